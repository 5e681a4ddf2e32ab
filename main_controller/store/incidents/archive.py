"""Makes the file of an incident that leaves this machine: a zip that is readable by itself, with a digest of each part.

`foreign_archive.py` reads it. It is made as it is fetched, so that a large one takes neither memory nor disk.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime

import msgspec

from main_controller.store.black_box.past import span_of
from main_controller.store.black_box.segment import Segment
from main_controller.store.black_box.timeline import Span, Why, gaps_of
from main_controller.store.incidents.incident import Incident
from main_controller.store.incidents.incidents import Incidents
from main_controller.store.zip_entry import private_entry

FORMAT = 1
"""Which form the file has; a program reads no other."""

KIND = "apis-incident"

MANIFEST, ITSELF, ABOUT, JOURNAL = "manifest.json", "incident.json", "about.json", "journal.json"
SEGMENTS = "segments/"


class Part(msgspec.Struct, frozen=True):
    """One file in it, by its `name`, its length (`bytes`), and its SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str


class Unrecorded(msgspec.Struct, frozen=True):
    """From when to when (UTC) nothing is recorded, though there is something before and after, and `why`."""

    begins: datetime
    ends: datetime
    why: Why


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in it: made by which `version` of the program and when, of the site of this `title`; and its `gaps`."""

    kind: str
    format: int
    version: str
    made: datetime
    title: str
    files: tuple[Part, ...]
    gaps: tuple[Unrecorded, ...] = ()


def archive(incidents: Incidents, one: Incident, *, version: str, title: str, made: datetime) -> Iterator[bytes]:
    """The file, piece by piece. What it tells of the program and of the journal is read before the first; raises
    ControllerError and OSError."""
    about, rows = incidents.beside(one)
    return _pieces(incidents, one, about, rows, version, title, made)


def _pieces(
    incidents: Incidents, one: Incident, about: bytes, rows: bytes, version: str, title: str, made: datetime
) -> Iterator[bytes]:
    sink = _Sink()
    parts: list[Part] = []
    spans: list[Span] = []
    place = 0
    with zipfile.ZipFile(sink, "w") as file:

        def add(name: str, content: bytes, packing: int) -> bytes:
            file.writestr(private_entry(name, made, packing), content)
            parts.append(Part(name, len(content), hashlib.sha256(content).hexdigest()))
            return sink.taken()

        yield add(ITSELF, msgspec.json.encode(one), zipfile.ZIP_DEFLATED)
        yield add(ABOUT, about, zipfile.ZIP_DEFLATED)
        yield add(JOURNAL, rows, zipfile.ZIP_DEFLATED)
        for each in incidents.segments(one):
            content = incidents.file_of(each)
            if content is None:
                continue
            span = span_of(each.head if isinstance(each, Segment) else each)
            follows = not spans or span.is_next_after(spans[-1])
            spans.append(span)
            place += 1 if follows else 2  # so that whoever reads the file sees that one is missing
            yield add(f"{SEGMENTS}{place:010d}-{span.begins:%Y%m%dT%H%M%S}Z.box", content, zipfile.ZIP_STORED)
        manifest = Manifest(
            kind=KIND, format=FORMAT, version=version, made=made, title=title, files=tuple(parts),
            gaps=tuple(Unrecorded(gap.begins, gap.ends, gap.why) for gap in gaps_of(spans)),
        )  # fmt: skip
        yield add(MANIFEST, msgspec.json.encode(manifest), zipfile.ZIP_DEFLATED)
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What is written and not yet taken; nobody can go back in it."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        piece = bytes(memoryview(content))  # type: ignore[arg-type]
        self._held.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        """All of it, once."""
        held, self._held = b"".join(self._held), []
        return held
