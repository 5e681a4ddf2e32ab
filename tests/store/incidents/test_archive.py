"""An incident's file holds all of it with digests that are right, and a file from elsewhere is trusted in nothing."""

import hashlib
import io
import json
import re
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from main_controller.store.black_box.segment import MAGIC, file_of, read_segment
from main_controller.store.incidents import PersonsNote
from main_controller.store.incidents.archive import ABOUT, ITSELF, JOURNAL, MANIFEST, archive
from main_controller.store.incidents.foreign_archive import BadArchive, opened
from tests.store.incidents.site import Site

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of an incident."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.polls(100)
    number = site.keep("it broke").number
    site.incidents.note(number, PersonsNote(site.wall(), "anna", "fuse"))
    site.polls(100)
    one = site.incidents.one(number)
    return b"".join(archive(site.incidents, one, version="0.1.0", title="north", made=site.wall()))


def files_in(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(files: Mapping[str, bytes] | list[tuple[str, bytes]], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", packing) as file:
        for name, content in files.items() if isinstance(files, Mapping) else files:
            file.writestr(name, content)
    return sink.getvalue()


def signed(files: Files) -> Files:
    """These files with a list of them that is right."""
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
        if name != MANIFEST
    ]
    return {**files, MANIFEST: json.dumps(manifest).encode()}


def segment_of(files: Files) -> str:
    return next(name for name in files if name.startswith("segments/"))


def open_it(tmp_path: Path, content: bytes) -> Any:
    file, folder = tmp_path / "it.zip", tmp_path / "segments"
    file.write_bytes(content)
    folder.mkdir()
    return opened(file, folder)


def test_what_was_kept_is_in_it_with_its_digests(whole: bytes, tmp_path: Path) -> None:
    files = files_in(whole)
    listed = {one["name"]: one["sha256"] for one in json.loads(files[MANIFEST])["files"]}
    assert listed == {name: hashlib.sha256(files[name]).hexdigest() for name in files if name != MANIFEST}
    found = open_it(tmp_path, whole)
    assert [note.text for note in found.incident.notes] == ["fuse"]
    assert (found.about.version, found.manifest.title) == ("0.1.0", "north")
    assert len(found.rows.rows) == 1
    heads = [read_segment(path).head for path in sorted((tmp_path / "segments").iterdir())]
    assert [head.number for head in heads] == list(range(1, len(heads) + 1))
    assert len(heads) >= 3


def test_a_segment_that_broke_on_the_disk_spoils_none_of_the_others(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.polls(200)
    one = site.keep()
    site.incidents.write_once()
    path = sorted(site.pool.folder.iterdir())[1]
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    made = b"".join(archive(site.incidents, one, version="0.1.0", title="", made=site.wall()))
    found = open_it(tmp_path, made)
    paths = sorted((tmp_path / "segments").iterdir())
    heads = [read_segment(each).head for each in paths]
    assert [head.number for head in heads] == [1, 3, 4]
    assert [int(each.name[:10]) for each in paths] == [1, 3, 4]
    (gap,) = found.manifest.gaps
    assert (gap.begins, gap.ends, gap.why) == (heads[0].ends, heads[1].begins, "lost")


def test_a_machine_without_a_clock_of_its_own_makes_one_too(tmp_path: Path) -> None:
    """It lives in 1970, of which no zip can tell."""
    site = Site(tmp_path / "site")
    site.polls(10)
    one, then = site.keep(), datetime(1970, 1, 1, 12, tzinfo=UTC)
    made = b"".join(archive(site.incidents, one, version="0.1.0", title="", made=then))
    assert open_it(tmp_path, made).manifest.made == then


def test_one_that_was_packed_anew_is_read_too(whole: bytes, tmp_path: Path) -> None:
    assert open_it(tmp_path, zipped(files_in(whole))).incident.reasons[0].text == "it broke"


def bomb_in_zip(files: Files) -> bytes:
    return zipped(signed({**files, JOURNAL: b'{"rows":[' + b" " * (48 << 20) + b"]}"}))


def too_many(files: Files) -> bytes:
    return zipped([*files.items(), *((f"segments/{n:010d}-20260513T120000Z.box", b"") for n in range(5_000))])


def zstandard_bomb(files: Files) -> bytes:
    """A segment whose entries unpack to far more than its head says, with digests that are right."""
    name = segment_of(files)
    head = msgspec.json.decode(files[name][84 : 84 + struct.unpack("<I", files[name][8:12])[0]])
    packed = zstandard.ZstdCompressor().compress(struct.pack("<II", 1 << 20, 0) + b" " * (256 << 20))
    text = msgspec.json.encode({**head, "raw": 1 << 20})
    digests = hashlib.sha256(text).digest(), hashlib.sha256(packed).digest()
    made = struct.pack("<8sIQ32s32s", MAGIC, len(text), len(packed), *digests) + text + packed
    return zipped(signed({**files, name: made}), zipfile.ZIP_STORED)


def thin_segment(files: Files) -> bytes:
    """A segment that is what it says, of entries that were packed to nearly nothing."""
    name = segment_of(files)
    raw = struct.pack("<II", 40 << 20, 0) + b" " * (40 << 20)
    packed = zstandard.ZstdCompressor().compress(raw)
    head = msgspec.json.decode(_parts(files[name])[0])
    text = msgspec.json.encode({**head, "raw": len(raw)})
    digests = hashlib.sha256(text).digest(), hashlib.sha256(packed).digest()
    made = struct.pack("<8sIQ32s32s", MAGIC, len(text), len(packed), *digests) + text + packed
    return zipped(signed({**files, name: made}), zipfile.ZIP_STORED)


def with_segment(content: bytes, **changes: Any) -> bytes:
    """The segment `content` with a head that tells something else."""
    head, packed = _parts(content)
    text = msgspec.json.encode({**msgspec.json.decode(head), **changes})
    digests = hashlib.sha256(text).digest(), hashlib.sha256(packed).digest()
    return struct.pack("<8sIQ32s32s", MAGIC, len(text), len(packed), *digests) + text + packed


def thin_segments(files: Files) -> bytes:
    """Each is long for what it packs, and within what one may be: together they take minutes to unpack."""
    first = segment_of(files)
    raw = struct.pack("<II", 3 << 20, 0) + b" " * (3 << 20)
    packed = zstandard.ZstdCompressor().compress(raw)
    length = struct.unpack("<I", files[first][8:12])[0]
    bare = files[first][: 84 + length] + packed
    more = {
        f"segments/{number:010d}-20260513T130000Z.box": with_segment(bare, raw=len(raw), number=number)
        for number in range(50, 60)
    }
    return zipped(signed({**files, **more}))


def many_gaps(files: Files) -> bytes:
    """A head of a MiB that costs gigabytes, as each gap is held and walked through for each answer."""
    name = segment_of(files)
    gap = ["2026-05-13T12:00:00Z", "2026-05-13T12:00:01Z"]
    return zipped(signed({**files, name: with_segment(files[name], gaps=[gap] * 20_000)}))


def large_heads(files: Files) -> bytes:
    """Each head within what one may be, and together more than anybody reads for each answer."""
    first = segment_of(files)
    mark = {"at": "2026-05-13T12:00:00Z", "kind": "event", "text": "x" * 5_000}
    more = {
        f"segments/{number:010d}-20260513T130000Z.box": with_segment(files[first], marks=[mark] * 190, number=number)
        for number in range(50, 90)
    }
    return zipped(signed({**files, **more}), zipfile.ZIP_STORED)


def at_the_end_of_time(files: Files) -> bytes:
    name = segment_of(files)
    return zipped(signed({**files, name: with_segment(files[name], ends="9999-12-31T23:59:59-14:00")}))


def broken_zstandard(files: Files) -> bytes:
    name = segment_of(files)
    prefix, head, packed = files[name][:84], *_parts(files[name])
    spoilt = packed[:40] + bytes(byte ^ 0xFF for byte in packed[40:80]) + packed[80:]
    made = prefix[:52] + hashlib.sha256(spoilt).digest() + head + spoilt
    return zipped(signed({**files, name: made}))


def _parts(segment: bytes) -> tuple[bytes, bytes]:
    length = struct.unpack("<I", segment[8:12])[0]
    return segment[84 : 84 + length], segment[84 + length :]


def symlink(files: Files) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            if name == ABOUT:
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            file.writestr(entry, content)
    return sink.getvalue()


def with_more(name: str) -> Callable[[Files], bytes]:
    return lambda files: zipped(signed({**files, name: b"{}"}))


def with_other(name: str, content: bytes) -> Callable[[Files], bytes]:
    return lambda files: zipped(signed({**files, name: content}))


def renamed(given: str, wanted: str) -> Callable[[Files], bytes]:
    """One more file, by a name that no honest program writes."""
    return lambda files: zipped(signed({**files, given: b"{}"})).replace(given.encode(), wanted.encode())


def told(**changes: Any) -> Callable[[Files], bytes]:
    """An incident that tells something else of itself."""

    def changed(files: Files) -> bytes:
        return zipped(signed({**files, ITSELF: json.dumps({**json.loads(files[ITSELF]), **changes}).encode()}))

    return changed


def without(name: str) -> Callable[[Files], bytes]:
    return lambda files: zipped(signed({one: content for one, content in files.items() if one != name} | {
        MANIFEST: files[MANIFEST]})) if name != MANIFEST else zipped(
        {one: content for one, content in files.items() if one != MANIFEST})  # fmt: skip


def unsigned(files: Files) -> bytes:
    return zipped({**files, ABOUT: files[ABOUT] + b" "})


def other_form(files: Files) -> bytes:
    return zipped({**files, MANIFEST: json.dumps({**json.loads(files[MANIFEST]), "format": 2}).encode()})


def encrypted(files: Files) -> bytes:
    content = bytearray(zipped(files))
    place = content.index(b"PK\1\2")
    content[place + 8] |= 1
    return bytes(content)


def lies_of_its_length(files: Files) -> bytes:
    """The list says that a file is shorter than it unpacks to."""
    content = bytearray(zipped(files))
    place = content.rindex(b"PK\1\2")
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(content)


def long_list(files: Files) -> bytes:
    content = bytearray(zipped(files))
    content[-10:-6] = struct.pack("<I", 1 << 30)
    return bytes(content)


SEGMENT = "segments/0000000099-20260513T120000Z.box"
HOSTILE: dict[str, Callable[[Files], bytes]] = {
    "bomb": bomb_in_zip,
    "too many": too_many,
    "bomb of Zstandard": zstandard_bomb,
    "broken Zstandard": broken_zstandard,
    "climbs": with_more("../evil.json"),
    "climbs among segments": with_more("segments/../../evil.box"),
    "absolute": with_more("/etc/evil"),
    "backslash": with_more("..\\evil"),
    "unexpected": with_more("evil.py"),
    "folder": with_more("segments/"),
    "null in its name": renamed("about.json_exe", f"{ABOUT}\0exe"),
    "twice": renamed("abouts.txt", ABOUT),
    "symlink": symlink,
    "wrong digest": unsigned,
    "other form": other_form,
    "encrypted": encrypted,
    "lies of its length": lies_of_its_length,
    "long list": long_list,
    "bzip2": lambda files: zipped(files, zipfile.ZIP_BZIP2),
    "lzma": lambda files: zipped(files, zipfile.ZIP_LZMA),
    "no manifest": without(MANIFEST),
    "no incident": without(ITSELF),
    "no segment": lambda files: zipped(signed({n: c for n, c in files.items() if not n.startswith("segments/")})),
    "segment that is none": with_other(SEGMENT, b"APISBOX\n" + b"\0" * 200),
    "deep JSON": with_other(ABOUT, b'{"version":"1","settings":' + b"[" * 60_000),
    "JSON of another form": with_other(ITSELF, b'{"number": 1}'),
    "manifest of another form": lambda files: zipped({**files, MANIFEST: b'[{"files": 1}]'}),
    "huge incident": with_other(ITSELF, b" " * (5 << 20) + b"{}"),
    "no UTF-8": with_other(ITSELF, b'{"number":1,"begins":"\xff"}'),
    "empty rows": with_other(JOURNAL, b'{"rows":[' + b"{}," * 100_000 + b"{}]}"),
    "row without a zone": lambda files: zipped(
        signed({**files, JOURNAL: files[JOURNAL].replace(b"+00:00", b"")})
    ),
    "segment that unpacks to too much": thin_segment,
    "segments that unpack to too much together": thin_segments,
    "head with more gaps than a segment has": many_gaps,
    "heads that are too large together": large_heads,
    "segment at the end of time": at_the_end_of_time,
    "first year": told(begins="0001-01-01T00:00:00+14:00"),
    "last year": told(ends="9999-12-31T23:59:59-14:00"),
    "row of the last year": lambda files: zipped(
        signed({**files, JOURNAL: re.sub(rb'"at":"[^"]*"', b'"at":"9999-12-31T23:59:59-14:00"', files[JOURNAL])})
    ),
    "too many reasons": told(reasons=[{"at": "2026-05-13T12:00:00Z", "kind": "stop", "text": "x"}] * 51),
    "too many notes": told(notes=[{"at": "2026-05-13T12:00:00Z", "by": "anna", "text": "x"}] * 201),
    "no zone": told(begins="2026-05-13T12:00:00"),
    "no reason": told(reasons=[]),
    "number": told(number=-1),
    "huge number": told(number=10**15),
    "backwards": told(begins="2027-05-13T12:00:00Z"),
    "endless text": told(reasons=[{"at": "2026-05-13T12:00:00Z", "kind": "stop", "text": "x" * 30_000}]),
    "list before its beginning": lambda files: zipped(files)[2_000:],
    "cut": lambda files: zipped(files)[:-100],
    "cut in the middle": lambda files: zipped(files)[:2_000],
    "empty": lambda files: b"",
    "no zip": lambda files: b"APISBOX\n" * 100,
    "empty zip": lambda files: zipped({}),
    "comment": lambda files: zipped(files)[:-2] + b"\5\0hello",
}  # fmt: skip


@pytest.mark.parametrize("how", HOSTILE)
def test_a_foreign_file_is_refused_with_one_sentence_and_little_memory(whole: bytes, tmp_path: Path, how: str) -> None:
    content = HOSTILE[how](files_in(whole))
    file, folder = tmp_path / "it.zip", tmp_path / "in" / "segments"
    file.write_bytes(content)
    folder.mkdir(parents=True)
    tracemalloc.start()
    try:
        with pytest.raises(BadArchive) as refused:
            opened(file, folder)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    sentence = str(refused.value.sentence)
    assert sentence
    assert "\n" not in sentence
    assert len(sentence) < 300
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.parent for path in written} <= {tmp_path, folder}
    assert {path.name for path in written if path.parent == tmp_path} == {"it.zip"}


def test_segments_are_written_as_they_were(whole: bytes, tmp_path: Path) -> None:
    open_it(tmp_path, whole)
    files = files_in(whole)
    for path in (tmp_path / "segments").iterdir():
        assert path.read_bytes() == files[f"segments/{path.name}"] == file_of(read_segment(path))


def test_its_times_are_those_of_the_day(whole: bytes) -> None:
    made = datetime.fromisoformat(json.loads(files_in(whole)[MANIFEST])["made"])
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        assert {one.date_time for one in file.infolist()} == {made.timetuple()[:6]}
