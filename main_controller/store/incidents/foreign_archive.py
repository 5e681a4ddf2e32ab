"""Reads the file of an incident that comes from elsewhere, and trusts nothing in it.

Only the files that ours has are taken, each by its own name, within bounds of number, length and packing; each must
have the digest of the manifest, each text the form of ours, and each segment must unpack to what it says. Nothing is
written but segments, under names that have the form of ours.
"""

import errno
import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from main_controller.domain.timestamps import is_moment
from main_controller.sentence import Sentence, say
from main_controller.store.black_box.segment import BadSegment, entries, read_segment
from main_controller.store.incidents.archive import (
    ABOUT,
    FORMAT,
    ITSELF,
    JOURNAL,
    KIND,
    MANIFEST,
    SEGMENTS,
    Manifest,
)
from main_controller.store.incidents.incident import Incident

Read = TypeVar("Read")

LARGEST = 2 << 30
"""How long (bytes) the file may be, and all that it holds unpacked."""

MOST = 5_000
"""How many files it may hold: an incident of six hours has some 360 segments."""

LARGEST_LIST = 4 << 20
"""How long (bytes) the list at its end may be."""

LONGEST: Mapping[str, int] = {MANIFEST: 4 << 20, ITSELF: 4 << 20, ABOUT: 1 << 20, JOURNAL: 32 << 20}
LONGEST_SEGMENT = (1 << 26) + (1 << 20) + 4096
"""How long (bytes) each file may be, unpacked."""

RATIO, SMALL = 200, 1 << 16
"""How many times as long as packed a file may be that is longer than this (bytes)."""

LARGEST_RAW, RAW_RATIO, SMALL_RAW = 1 << 26, 500, 1 << 22
"""How long (bytes) a segment's entries may be unpacked, and how many times as long as packed beyond the last: ours end
at 48 MiB, and are some 40 times as long."""

SMALL_ALL = 1 << 23
"""How long (bytes) all of them together may be unpacked beside `RATIO` times the whole file: ours are some 40 times as
long, and one that is not costs minutes and gigabytes to show."""

LARGEST_HEADS = 1 << 25
"""How long (bytes) the heads of all segments may be together: each look at the time line reads them."""

LONGEST_TEXT = 20_000

BROKEN = say("store.archiveBroken", "it is broken, or no zip file")
NO_SENSE = say("store.archiveNoSense", "what it tells of itself makes no sense")
NOT_SHOWN = say("store.archiveNoMoment", "none of its moments can be shown by this version")

_SEGMENT = re.compile(re.escape(SEGMENTS) + r"[0-9]{10}-[0-9]{8}T[0-9]{6}Z\.box")
_END = struct.Struct("<4s4H2LH")  # of a zip file, without a comment
_PIECE = 1 << 16


class BadArchive(Exception):
    """A file that is no incident of ours; `sentence` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class About(msgspec.Struct, frozen=True):
    """What is told of the program that kept it; settings as texts."""

    version: str
    title: str = ""
    timezone: str = "UTC"
    simulated: bool = False
    settings: dict[str, str] = {}


class Row(msgspec.Struct, frozen=True, rename="camel"):
    """A row of the journal, as `/journal` tells it; `before` and `after` stay JSON."""

    id: int
    at: datetime
    kind: str
    by: str
    unit_id: str | None
    what: str
    before: msgspec.Raw
    after: msgspec.Raw
    outcome: str | None
    command_id: str | None
    order: str | None
    stage: str | None


class Rows(msgspec.Struct, frozen=True):
    """The journal's rows of its time, the oldest first; `cut`: there were more."""

    rows: list[Row]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What is in the file: the `incident`, what is told of the program, the journal's rows, and its manifest."""

    incident: Incident
    about: About
    rows: Rows
    manifest: Manifest


def opened(path: Path, segments: Path) -> Opened:
    """What is in the file at `path`, with its segments written into the folder `segments`. Raises BadArchive for what
    is no incident of ours, OSError where it cannot be read or that folder written."""
    with path.open("rb") as raw:
        _check_end(raw)
        try:
            with zipfile.ZipFile(raw) as file:
                return _read(file, segments, path.stat().st_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error):
            raise BadArchive(BROKEN) from None
        except OSError as error:
            if error.errno != errno.EINVAL:  # a place before its beginning, where its list should be
                raise
            raise BadArchive(BROKEN) from None


def _check_end(raw: BinaryIO) -> None:
    """Look at the end of a zip file, before anybody reads the list that it names: it may be of any length."""
    size = raw.seek(0, 2)
    if size > LARGEST:
        raise BadArchive(say("store.archiveTooLarge", "it is larger than an incident's file may be"))
    raw.seek(max(0, size - _END.size))
    end = raw.read(_END.size)
    if len(end) < _END.size or not end.startswith(b"PK\5\6"):
        raise BadArchive(say("store.archiveNoZip", "it is no zip file, or its end is missing"))
    _, _, _, _, count, length, _, comment = _END.unpack(end)
    raw.seek(max(0, size - _END.size - 20))
    large = raw.read(4) == b"PK\6\7"  # it says that it has another end, for files that are larger than ours
    if count > MOST or length > LARGEST_LIST or comment or large:
        raise BadArchive(say("store.archiveTooMuch", "it holds more than an incident's file may"))
    raw.seek(0)


def _read(file: zipfile.ZipFile, folder: Path, size: int) -> Opened:
    """Its content; `size` (bytes) is how long the whole file is."""
    members = _members(file)
    manifest = _json(_content(file, members[MANIFEST]), Manifest)
    if manifest.kind != KIND or manifest.format != FORMAT:
        raise BadArchive(say("store.archiveOtherForm", "it has another form than this version reads"))
    told = {part.name: part for part in manifest.files}
    if len(told) != len(manifest.files) or told.keys() != members.keys() - {MANIFEST}:
        raise BadArchive(say("store.archiveOtherList", "it does not hold the files that its list names"))

    def content(name: str) -> bytes:
        found, part = _content(file, members[name]), told[name]
        if len(found) != part.bytes or hashlib.sha256(found).hexdigest() != part.sha256:
            raise BadArchive(say("store.archiveChanged", "{name} is not as it was written", name=name))
        return found

    incident = _json(content(ITSELF), Incident)
    about, rows = _json(content(ABOUT), About), _json(content(JOURNAL), Rows)
    _check(incident, manifest, about, rows)
    names = sorted(name for name in members if name.startswith(SEGMENTS))
    if not names:
        raise BadArchive(say("store.archiveEmpty", "nothing is recorded in it"))
    left, heads = SMALL_ALL + RATIO * size, LARGEST_HEADS
    for name in names:
        found = content(name)
        raw, packed = _take_segment(found, folder / name.removeprefix(SEGMENTS), name, left)
        left, heads = left - raw, heads - (len(found) - packed)
        if heads < 0:
            raise BadArchive(say("store.archiveTooMuch", "it holds more than an incident's file may"))
    return Opened(incident, about, rows, manifest)


def _members(file: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Its files by name. Raises BadArchive for any that ours would not have."""
    found: dict[str, zipfile.ZipInfo] = {}
    for one in file.infolist():
        name = one.filename
        longest = LONGEST.get(name, LONGEST_SEGMENT if _SEGMENT.fullmatch(name) else None)
        kind = stat.S_IFMT(one.external_attr >> 16)
        if longest is None or one.orig_filename != name or name in found or kind not in (0, stat.S_IFREG):
            raise BadArchive(say("store.archiveForeign", "it holds {name}, which no incident has", name=_shown(name)))
        if one.flag_bits & 1 or one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArchive(say("store.archivePacked", "{name} is packed otherwise than an incident's", name=name))
        if one.file_size > longest or one.file_size > max(SMALL, RATIO * one.compress_size):
            raise BadArchive(say("store.archiveFileTooLarge", "{name} is larger than it may be", name=name))
        found[name] = one
    if sum(one.file_size for one in found.values()) > LARGEST:
        raise BadArchive(say("store.archiveTooMuch", "it holds more than an incident's file may"))
    for name in LONGEST:
        if name not in found:
            raise BadArchive(say("store.archiveLacks", "it lacks {name}", name=name))
    return found


def _content(file: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """What a file holds, no more than it says."""
    parts: list[bytes] = []
    left = one.file_size
    with file.open(one) as opened_file:
        while left and (part := opened_file.read(min(left, _PIECE))):
            parts.append(part)
            left -= len(part)
        if left or opened_file.read(1):
            raise BadArchive(BROKEN)
    return b"".join(parts)


def _json(content: bytes, form: type[Read]) -> Read:
    try:
        return msgspec.json.decode(content, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadArchive(NO_SENSE) from None


def _check(incident: Incident, manifest: Manifest, about: About, rows: Rows) -> None:
    """Refuse what has the form of an incident and is none."""
    times = [manifest.made, *(row.at for row in rows.rows)]
    times += [at for gap in manifest.gaps for at in (gap.begins, gap.ends)]
    texts = [
        manifest.title, manifest.version, about.title, about.timezone,
        *(why.text for why in incident.reasons), *(note.text for note in incident.notes),
    ]  # fmt: skip
    if (
        not incident.makes_sense
        or incident.begins > incident.ends
        or not all(map(is_moment, times))
        or any(len(text) > LONGEST_TEXT for text in texts)
    ):
        raise BadArchive(NO_SENSE)


def _take_segment(content: bytes, path: Path, name: str, left: int) -> tuple[int, int]:
    """Write one segment, after all of it was unpacked once within its bounds, `left` bytes at most; how many bytes its
    entries are unpacked and packed."""
    path.write_bytes(content)
    try:
        segment = read_segment(path)
        raw = segment.head.raw
        if raw > left or raw > LARGEST_RAW or raw > max(SMALL_RAW, RAW_RATIO * len(segment.packed)):
            raise BadArchive(say("store.archiveFileTooLarge", "{name} is larger than it may be", name=name))
        for _ in entries(segment.packed, segment.head.raw):
            pass
    except BadSegment as bad:
        raise BadArchive(say("store.archiveSegment", "{name}: {why}", name=name, why=bad.sentence)) from None
    return raw, len(segment.packed)


def _shown(name: str) -> str:
    """A foreign name for a sentence."""
    return repr(name[:80])
