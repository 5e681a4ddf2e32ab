"""A segment is read as it was written; one that is broken, foreign or a bomb is refused with one sentence, unharmed."""

import hashlib
import random
import struct
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import zstandard

from main_controller.store.black_box.entries import Mark
from main_controller.store.black_box.rebuilding import Rebuilding
from main_controller.store.black_box.segment import (
    FORMAT,
    LARGEST_PACKED,
    LARGEST_RAW,
    MAGIC,
    SMALL,
    BadSegment,
    Head,
    Packing,
    Segment,
    entries,
    file_of,
    read_head,
    read_segment,
    repacked,
)

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
ENTRIES = [(b'{"a":1}', b""), (b'{"b":2}', b"x" * 100_000), (b"{}", bytes(range(256)) * 40)]


def head(**changes: object) -> Head:
    made: dict[str, object] = {
        "format": FORMAT, "version": "0.1.0", "start": "a", "number": 3, "begins": NOON, "ends": NOON, "frames": 1,
        "raw": 1000, "marks": (Mark(NOON, "event", "it began"),),
    }  # fmt: skip
    return msgspec.convert({**made, **changes}, Head)


def packing() -> Packing:
    made = Packing()
    for text, units in ENTRIES:
        made.add(text, units)
    return made


def file_with(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def raw_file(text: bytes, said: dict[str, int] | None = None) -> bytes:
    """A file without entries whose digests are right, whatever its head is and is `said` of its lengths."""
    packed = b""
    lengths = {"text": len(text), "packed": len(packed), **(said or {})}
    digests = hashlib.sha256(text).digest(), hashlib.sha256(packed).digest()
    return struct.pack("<8sIQ32s32s", MAGIC, lengths["text"], lengths["packed"], *digests) + text + packed


def test_a_segment_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = packing()
    segment = Segment(head(raw=made.raw), made.end())
    path = file_with(tmp_path / "a", file_of(segment))
    assert read_head(path) == segment.head
    assert read_segment(path) == segment
    assert list(entries(segment.packed, made.raw)) == ENTRIES


def test_one_of_few_entries_is_packed_better_and_says_the_same() -> None:
    """What flows on a small board differs in some digits from what it was a second ago."""
    chance = random.Random(1)
    made, told = Packing(), []
    for number in range(400):
        told.append((b'{"type":"change","serial":%d}' % number, b'{"vg":%.3f,"ig":%.3f}' % (chance.random(), number)))
        made.add(*told[-1])
    segment = Segment(head(raw=made.raw), made.end())
    better = repacked(segment)
    assert better.head == segment.head
    assert len(better.packed) < 0.9 * len(segment.packed)
    assert list(entries(better.packed, made.raw)) == told


def test_one_of_many_entries_is_left_as_it_is() -> None:
    """It would cost a large site seconds of CPU a minute."""
    made = packing()
    segment = Segment(head(raw=SMALL + 1), made.end())
    assert repacked(segment) is segment


def test_one_whose_entries_are_broken_is_left_as_it_is() -> None:
    """Its writer must not stand still before it."""
    made = packing()
    segment = Segment(head(raw=made.raw), b"x" * 20 + made.end()[20:])
    assert repacked(segment) is segment


def test_one_under_way_is_read_as_far_as_it_goes_and_goes_on() -> None:
    """At every entry; a reader that is asked between two must not miss the last."""
    made = Packing()
    for count, entry in enumerate(ENTRIES * 20, start=1):
        made.add(*entry)
        assert list(entries(made.so_far(), made.raw)) == (ENTRIES * 20)[:count]
    assert list(entries(made.end(), made.raw)) == ENTRIES * 20


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    made = packing()
    content = file_of(Segment(head(raw=made.raw), made.end()))
    chance = random.Random(1)
    for place in [*range(84), *chance.sample(range(84, len(content)), 300)]:
        broken = bytearray(content)
        broken[place] ^= 1 << chance.randrange(8)
        with pytest.raises(BadSegment) as refused:
            read_segment(file_with(tmp_path / "a", bytes(broken)))
        assert refused.value.sentence.code.startswith("store.")


def test_one_that_is_cut_or_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    made = packing()
    content = file_of(Segment(head(raw=made.raw), made.end()))
    for length in [0, 1, 7, 8, 50, 83, 84, 90, len(content) - 1]:
        with pytest.raises(BadSegment):
            read_head(file_with(tmp_path / "a", content[:length]))
    with pytest.raises(BadSegment):
        read_head(file_with(tmp_path / "a", content + b"x"))


@pytest.mark.parametrize("changes", [{"text": 1 << 31}, {"packed": LARGEST_PACKED + 1}, {"packed": 1 << 62}])
def test_a_size_that_no_segment_has_is_refused_before_anything_is_read(tmp_path: Path, changes: dict[str, int]) -> None:
    path = file_with(tmp_path / "a", raw_file(msgspec.json.encode(head()), changes))
    tracemalloc.start()
    with pytest.raises(BadSegment):
        read_segment(path)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{}", b"[]", b"\xff", b"[" * 100_000, msgspec.json.encode({"format": 1}),
        msgspec.json.encode(head(raw=LARGEST_RAW + 1)), msgspec.json.encode(head(raw=0)),
        msgspec.json.encode(head(raw=-5)), msgspec.json.encode(head(format=FORMAT + 1)),
        msgspec.json.encode(head(begins=NOON.replace(tzinfo=None))),
    ],
)  # fmt: skip
def test_a_head_that_is_none_is_refused(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(BadSegment):
        read_head(file_with(tmp_path / "a", raw_file(text)))


def test_a_bomb_unpacks_to_no_more_than_it_says() -> None:
    """Some kilobytes that would be 64 MB: no more is ever held than an entry that was allowed."""
    bomb = zstandard.ZstdCompressor().compress(struct.pack("<II", 1 << 20, 0) + b"0" * (1 << 26))
    assert len(bomb) < 100_000
    tracemalloc.start()
    with pytest.raises(BadSegment):
        list(entries(bomb, 1 << 21))
    lying = zstandard.ZstdCompressor().compress(struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF))
    with pytest.raises(BadSegment):
        list(entries(lying, LARGEST_RAW))
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


def test_a_window_larger_than_ours_is_refused() -> None:
    """A frame may ask for gigabytes of memory to be read."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    wide = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = wide.compress(struct.pack("<II", 2, 0) + b"{}") + wide.flush()
    with pytest.raises(BadSegment):
        list(entries(packed, 1000))


def test_what_is_no_zstandard_or_ends_amid_an_entry_is_refused() -> None:
    made = packing()
    packed = made.end()
    for broken in (b"x" * 100, packed[: len(packed) // 2], zstandard.ZstdCompressor().compress(b"\x05\x00\x00")):
        with pytest.raises(BadSegment):
            list(entries(broken, 10_000_000))


@pytest.mark.parametrize(
    "told",
    [
        [b"{}"], [b"null"], [b'{"type":"opening"}'],
        [b'{"type":"frame","made":"2026-05-13T12:00:00Z","serial":1,"snapshot":1,"now":1,"wall":"2026-05-13T12:00:00Z"}'],
        [b'{"type":"note","at":"2026-05-13T12:00:00","kind":"x","content":[' + b"[" * 5000],
    ],
)  # fmt: skip
def test_entries_that_do_not_fit_together_are_refused(told: list[bytes]) -> None:
    with pytest.raises(BadSegment):
        Rebuilding().frame_at([(text, b"") for text in told], NOON)
