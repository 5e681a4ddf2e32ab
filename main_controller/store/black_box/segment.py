"""The file of about a minute of the black box: a head that can be read alone, and compressed entries.

Used by the recording and the shelf. A file may be broken or foreign: its sizes are bounded before anything is
unpacked, both parts are proven by their digests, and what is wrong is one `BadSegment` with its sentence.
"""

import hashlib
import io
import os
import stat
import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard

from main_controller.domain.timestamps import is_moment
from main_controller.sentence import Sentence, say
from main_controller.store.black_box.entries import Mark, Message

FORMAT = 1
"""Which form the entries have; a program reads no other."""

MAGIC = b"APISBOX\n"
_PREFIX = struct.Struct("<8sIQ32s32s")  # magic, lengths of head and packed entries, their SHA-256
_LENGTHS = struct.Struct("<II")  # of an entry: its JSON, and the units' bytes behind that

LARGEST_HEAD = 1 << 20
LARGEST_PACKED = 1 << 26
LARGEST_RAW = 1 << 27
"""How large (bytes) the head, the packed entries and what they unpack to may be; a segment of ours stays far below."""

MARKS, GAPS = 200, 50
"""How many marks a head has at most, and how many gaps; with the last of these the segment ends."""

WINDOW_LOG = 22
"""How far back (2 to the power of it, bytes) the compression looks, and how much memory a reader spends on it: a
reading of 1,000 units lies 1.3 MB before the next."""

LEVEL = 3

SMALL, SMALL_LEVEL = 1 << 19, 19
"""Entries of at most so many bytes are packed once more, and better, before they go to the disk: a small board has few
of them, and its card is to be spared. It takes some 0.2 s of CPU a minute, in the thread that writes."""

LAST_BLOCK = b"\x01\x00\x00"
"""What ends a Zstandard frame (RFC 8878, 3.1.1.2): a raw block without bytes that says that it is the last."""


class BadSegment(Exception):
    """A file that is no whole segment of ours; `sentence` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment says of itself without being unpacked.

    `version` is the program's that wrote it, in the run that `start` names, of which it is the segment of this
    `number`. `begins` (UTC) is when its first frame was made, `ends` until when its last one was told, `frames` so
    many. Within `gaps` no frame was made. `lost` is the sentence on what is missing just before it, None where nothing
    is or nobody knows. `marks` are what happened in it, without `left_out` more; `raw` is how long (bytes) its entries
    are unpacked.
    """

    format: int
    version: str
    start: str
    number: int
    begins: datetime
    ends: datetime
    frames: int
    raw: int
    lost: Message | None = None
    gaps: tuple[tuple[datetime, datetime], ...] = ()
    marks: tuple[Mark, ...] = ()
    left_out: int = 0


class Segment(msgspec.Struct, frozen=True):
    """A head and its entries, packed."""

    head: Head
    packed: bytes


_HEAD = msgspec.json.Decoder(Head)


class Packing:
    """Packs the entries of one segment, one after another."""

    def __init__(self) -> None:
        parameters = zstandard.ZstdCompressionParameters.from_level(LEVEL, window_log=WINDOW_LOG)
        self._compressing = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        self._packed: list[bytes] = []
        self.raw = 0

    def add(self, text: bytes, units: bytes = b"") -> None:
        """One more entry: its JSON, and the units' bytes of which it tells the lengths."""
        lengths = _LENGTHS.pack(len(text), len(units))
        self._packed += [self._compressing.compress(part) for part in (lengths, text, units) if part]
        self.raw += len(lengths) + len(text) + len(units)

    def so_far(self) -> bytes:
        """All that was added, packed as if it had ended; more may follow."""
        self._packed.append(self._compressing.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
        return self._joined() + LAST_BLOCK

    def end(self) -> bytes:
        """The whole; nothing follows."""
        self._packed.append(self._compressing.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH))
        return self._joined()

    def _joined(self) -> bytes:
        self._packed = [b"".join(self._packed)]
        return self._packed[0]


def repacked(segment: Segment) -> Segment:
    """The same with its entries packed better, where they are few; as it is where they cannot be unpacked."""
    if segment.head.raw > SMALL:
        return segment
    try:
        raw = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW_LOG).decompressobj().decompress(segment.packed)
    except zstandard.ZstdError:
        return segment  # who reads it says so
    parameters = zstandard.ZstdCompressionParameters.from_level(SMALL_LEVEL, source_size=len(raw))
    packed = zstandard.ZstdCompressor(compression_params=parameters).compress(raw)
    return Segment(segment.head, packed) if len(packed) < len(segment.packed) else segment


def file_of(segment: Segment) -> bytes:
    """The bytes of its file."""
    head = msgspec.json.encode(segment.head)
    digests = hashlib.sha256(head).digest(), hashlib.sha256(segment.packed).digest()
    return _PREFIX.pack(MAGIC, len(head), len(segment.packed), *digests) + head + segment.packed


def read_head(path: Path) -> Head:
    """The head of a file alone. Raises BadSegment or OSError."""
    with _opened(path) as file:
        return _read_head(file, os.fstat(file.fileno()).st_size)[0]


def read_segment(path: Path) -> Segment:
    """A whole file. Raises BadSegment or OSError."""
    with _opened(path) as file:
        head, length, digest = _read_head(file, os.fstat(file.fileno()).st_size)
        packed = file.read(length)
    if hashlib.sha256(packed).digest() != digest:
        raise BadSegment(say("store.segmentChanged", "its entries are not as they were written"))
    return Segment(head, packed)


def _opened(path: Path) -> BinaryIO:
    """The file, which no pipe or device in its place can hold up. Raises BadSegment or OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadSegment(say("store.noFile", "it is no file"))
    return os.fdopen(descriptor, "rb")


def _read_head(file: BinaryIO, size: int) -> tuple[Head, int, bytes]:
    prefix = file.read(_PREFIX.size)
    if len(prefix) < _PREFIX.size or not prefix.startswith(MAGIC):
        raise BadSegment(say("store.noSegment", "it is no segment of a black box"))
    _, length, packed, digest, packed_digest = _PREFIX.unpack(prefix)
    if length > LARGEST_HEAD or packed > LARGEST_PACKED or size != _PREFIX.size + length + packed:
        raise BadSegment(say("store.segmentOfWrongSize", "it is cut, or of a size that no segment has"))
    text = file.read(length)
    if hashlib.sha256(text).digest() != digest:
        raise BadSegment(say("store.headChanged", "its head is not as it was written"))
    try:
        head = _HEAD.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadSegment(say("store.headUnreadable", "its head cannot be read")) from None
    if head.format != FORMAT:
        raise BadSegment(
            say(
                "store.otherFormat",
                "it has the form {form}, and this version reads {ours}",
                form=head.format,
                ours=FORMAT,
            )
        )
    many = len(head.gaps) > GAPS or len(head.marks) > MARKS
    if not 0 < head.raw <= LARGEST_RAW or many or not _tells_moments(head):
        raise BadSegment(say("store.headUnreadable", "its head cannot be read"))
    return head, packed, packed_digest


def _tells_moments(head: Head) -> bool:
    """Whether of every time in it is known which moment it is."""
    times = [head.begins, head.ends, *(at for gap in head.gaps for at in gap), *(mark.at for mark in head.marks)]
    return all(map(is_moment, times))


def entries(packed: bytes, raw: int) -> Iterator[tuple[bytes, bytes]]:
    """Each entry's JSON and units' bytes, in order: `raw` bytes unpacked, and never more. Raises BadSegment."""
    unpacking = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW_LOG).stream_reader(io.BytesIO(packed))
    left = raw
    try:
        while lengths := _read(unpacking, _LENGTHS.size):
            text, units = _LENGTHS.unpack(lengths)
            left -= _LENGTHS.size + text + units
            if left < 0:
                raise BadSegment(say("store.segmentTooLong", "it unpacks to more than it says"))
            yield _read(unpacking, text), _read(unpacking, units)
        if left:
            raise BadSegment(say("store.segmentCut", "its entries are cut"))
    except zstandard.ZstdError:
        raise BadSegment(say("store.segmentUnreadable", "its entries cannot be unpacked")) from None


def _read(unpacking: zstandard.ZstdDecompressionReader, length: int) -> bytes:
    """So many bytes; none at the end. Raises BadSegment where it ends amid them."""
    parts: list[bytes] = []
    left = length
    while left and (part := unpacking.read(left)):
        parts.append(part)
        left -= len(part)
    if left and (parts or length != _LENGTHS.size):
        raise BadSegment(say("store.segmentCut", "its entries are cut"))
    return b"".join(parts)
