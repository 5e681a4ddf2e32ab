"""Owns the folder of the incidents: keeps what the black box holds of their time, takes notes, lets the oldest go.

Whoever knows of a reason calls `keep` and goes on; a worker calls `write_once`, which takes whole segments into a
folder of their own, so that they stay when the black box lets them go. What was under way when the program was killed
goes on at its next start. Of each incident there are three files: itself, what is told of the program, and, once it is
whole, the journal's rows of its time.
"""

import logging
import stat
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
from msgspec import structs

from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError, NoDataYet, NotFound, Refused
from main_controller.sentence import Sentence, foreign, joined, say
from main_controller.store.atomic_file import remove_unfinished, remove_whole, write_whole
from main_controller.store.black_box.segment import Segment, file_of
from main_controller.store.black_box.shelf import Kept as OnShelf
from main_controller.store.incidents.incident import (
    AROUND,
    NOTES,
    Incident,
    PersonsNote,
    Reason,
    id_of,
    kept,
    newest_first,
    next_to_go,
    number_of,
)
from main_controller.store.incidents.pool import Pool

log = logging.getLogger(__name__)

AGAIN = 10.0
"""How long (s) after a refusal the disk is tried again."""

PATIENCE = 3.0
"""How long (s) who asks for something waits until others have done with the folder."""

SETTLES = timedelta(minutes=3)
"""How long after its end nothing of an incident's time comes from the black box any more."""

ROWS = 20_000
"""How many rows of the journal are kept of one at most."""

LARGEST = 4 << 20
"""How large (bytes) the file of an incident itself may be; ours stay far below."""

ITSELF, ABOUT, JOURNAL = ".json", ".about.json", ".journal.json"
"""What stands behind an incident's id in the names of its files."""

_INCIDENT = msgspec.json.Decoder(Incident)


class Box(Protocol):
    """The black box, as the incidents need it."""

    @property
    def loaded(self) -> bool:
        """Whether its folder has been looked through."""

    @property
    def fault(self) -> Sentence | None:
        """Why it is not written, None while it is."""

    def on_disk(self, begins: datetime, ends: datetime) -> Sequence[OnShelf]:
        """The segments in its folder that hold some of this time, in the order of writing."""

    def in_memory(self, begins: datetime, ends: datetime) -> Sequence[Segment]:
        """Those that are not there yet."""


class Reach(NamedTuple):
    """An incident, and from when to when (UTC) moments of it are kept on the disk; None where none is yet."""

    incident: Incident
    begins: datetime | None
    ends: datetime | None


class Incidents:
    """In the folder of the `pool`'s folder, each for `days` and all within `pool.bytes`. `about` tells of the program
    and its settings, without secrets; `rows` gives the journal's between two times, the oldest first, and may raise
    ControllerError. `wall` is UTC, `clock` monotonic s."""

    def __init__(
        self,
        pool: Pool,
        box: Box,
        *,
        days: float,
        about: Callable[[], Mapping[str, Any]],
        rows: Callable[[datetime, datetime], Iterable[Mapping[str, Any]]],
        wall: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = pool.folder.parent
        self.days = days
        self._pool = pool
        self._box = box
        self._about = about
        self._rows = rows
        self._wall = wall
        self._clock = clock
        self._changing = threading.Lock()  # protects the next three; held for moments, as orders' threads come here
        self._incidents: dict[int, Incident] = {}
        self._changed: set[int] = set()  # those whose files are not as they are
        self._listeners: list[Callable[[], None]] = []
        self._writing = threading.Lock()  # held while the folder is read or written
        self._held_since: float | None = None  # by the clock; None while nobody does
        self._loaded = False
        self._unread: Sentence | None = None  # where a file cannot be read: which segments it wants nobody knows
        self._full = False
        self._tried_at = float("-inf")
        self._fault: Sentence | None = None
        self._refused: OSError | None = None  # what the disk said last, None while it takes all

    @property
    def fault(self) -> Sentence | None:
        """Why incidents are not kept on the disk, or which of them cannot be read there; None while all is well."""
        since = self._held_since
        hangs = since is not None and self._clock() - since > AGAIN
        faults = [one for one in (_hangs(self.folder) if hangs else self._fault, self._unread) if one is not None]
        return joined(faults, between=" ") if len(faults) > 1 else next(iter(faults), None)

    @property
    def used(self) -> int:
        """How many bytes their segments take."""
        return self._pool.used

    @property
    def room(self) -> int:
        """How many bytes they may take."""
        return self._pool.bytes

    @property
    def wishes(self) -> int:
        """How many are kept for nothing but that a person wanted it."""
        with self._changing:
            return sum(all(why.kind == "kept" for why in one.reasons) for one in self._incidents.values())

    def listen(self, listener: Callable[[], None]) -> None:
        """Have `listener` told when there is something to write; quick, and never raises."""
        self._listeners.append(listener)

    # What anybody asks

    def keep(self, reason: Reason, begins: datetime | None = None, ends: datetime | None = None) -> Incident:
        """Keep what was and will be from `begins` to `ends` (UTC; without: 10 min before and after the reason); at
        once, and never raises. Gives the incident that it became part of."""
        begins, ends = begins or reason.at - AROUND, ends or reason.at + AROUND
        with self._changing:
            number = max(int(self._wall().timestamp()), max(self._incidents, default=0) + 1)
            found, gone = kept(self._incidents.values(), reason, begins, ends, number)
            for one in gone:
                del self._incidents[one.number]
            self._incidents[found.number] = found
            self._changed |= {found.number, *(one.number for one in gone)}
            listeners = [*self._listeners]
        if found.number == number:
            log.info("incident %s is kept: %s", found.id, reason.text)
        for listener in listeners:
            listener()
        return found

    def all(self) -> Sequence[Incident]:
        """The newest first."""
        with self._changing:
            return newest_first(self._incidents.values())

    def one(self, number: int) -> Incident:
        """The incident of this number, or of which that one became part. Raises NotFound."""
        with self._changing:
            return self._of(number)

    def _of(self, number: int) -> Incident:
        joined = next((one for one in self._incidents.values() if number in one.joined), None)
        found = self._incidents.get(number, joined)
        if found is None:
            raise NotFound(say("store.noIncident", "There is no incident {id}.", id=id_of(number)))
        return found

    def note(self, number: int, note: PersonsNote) -> Incident:
        """Write down what somebody says of it, on the disk before this returns. Raises NotFound, Refused, NoDataYet."""
        with self._holding(PATIENCE):
            one = self.one(number)
            if len(one.notes) >= NOTES:
                raise Refused(say("store.notesFull", "An incident takes {most} notes at most.", most=NOTES))
            try:
                self._write(structs.replace(one, notes=(*one.notes, note)))
            except OSError as error:
                raise NoDataYet(_rests(self.folder, error)) from error
            with self._changing:  # more reasons may have come meanwhile, or it became part of another
                now = self._of(number)
                noted = structs.replace(now, notes=(*now.notes, note))
                self._incidents[noted.number] = noted
                self._changed.add(noted.number)
            return noted

    def written(self) -> None:
        """Have what was asked for on the disk before this returns. Raises NoDataYet where that refuses it for now."""
        self._tried_at = float("-inf")
        try:
            self._write_once(PATIENCE)
        except OSError as error:
            raise NoDataYet(_rests(self.folder, error)) from error

    def reaches(self) -> Sequence[Reach]:
        """Each, the newest first, with what is kept of it on the disk: one look at the segments for all."""
        held = self._pool.kept
        begins = sorted(each.begins for each in held)
        ends = sorted(each.ends for each in held)
        found: list[Reach] = []
        for one in self.all():
            first, after = bisect_left(ends, one.begins), bisect_right(begins, one.ends)
            some = first < after
            found.append(
                Reach(
                    one,
                    max(one.begins, begins[first]) if some else None,
                    min(one.ends, ends[after - 1]) if some else None,
                )
            )
        return found

    def size(self, one: Incident) -> int:
        """How many bytes its segments on the disk take."""
        return sum(each.size for each in self._held(one))

    def first_recorded(self, begins: datetime, ends: datetime) -> datetime | None:
        """The first moment of this time of which there is something to be kept; None where there is nothing."""
        in_memory = (each.head.begins for each in self._box.in_memory(begins, ends))
        kept = [*self._box.on_disk(begins, ends), *self._pool.kept]
        on_disk = (each.begins for each in kept if each.begins <= ends and each.ends >= begins)
        first = min([*in_memory, *on_disk], default=None)
        return None if first is None else max(first, begins)

    def segments(self, one: Incident) -> list[OnShelf | Segment]:
        """Its segments in the order of writing: those on the disk, and what is not there yet."""
        in_memory = self._box.in_memory(one.begins, one.ends)
        held = self._held(one)
        there = {(each.start, each.number) for each in held}
        new = [each for each in in_memory if (each.head.start, each.head.number) not in there]
        return [*held, *new]

    def file_of(self, each: OnShelf | Segment) -> bytes | None:
        """The bytes of a segment's file; None where it is broken, and set aside with that, or gone."""
        segment = each if isinstance(each, Segment) else self._pool.read(each)
        return None if segment is None else file_of(segment)

    def beside(self, one: Incident) -> tuple[bytes, bytes]:
        """What was told of the program then, and the journal's rows of its time; as JSON. Raises ControllerError."""
        rows = self._there(one, JOURNAL) if one.whole else None
        return self._there(one, ABOUT) or self._about_now(), rows or self._rows_of(one)

    def _held(self, one: Incident) -> list[OnShelf]:
        return [each for each in self._pool.kept if one.covers(each.begins, each.ends)]

    def _there(self, one: Incident, what: str) -> bytes | None:
        try:
            return self._file(one.number, what).read_bytes()
        except OSError:  # it is not written yet, or cannot be read: then it is told as of now
            return None

    def _about_now(self) -> bytes:
        return msgspec.json.encode({"at": iso_utc(self._wall()), **self._about()})

    def _rows_of(self, one: Incident) -> bytes:
        rows = list(islice(self._rows(one.begins, one.ends), ROWS + 1))
        return msgspec.json.encode({"rows": rows[:ROWS], "cut": len(rows) > ROWS})

    def read_once(self) -> None:
        """Read what is there, as `write_once` does first, and let it be as it is: a recording's. Raises OSError."""
        with self._writing:
            self._load()

    # The worker

    def write_once(self) -> None:
        """Take in what the black box has of them, write what changed, and let the oldest go. Raises OSError where the
        disk refuses: it is tried again, after `AGAIN` s; until then this raises what was said last."""
        self._write_once(None)

    def _write_once(self, patience: float | None) -> None:
        with self._holding(patience):
            if self._fault is not None and self._clock() - self._tried_at < AGAIN:
                if self._refused is not None:
                    raise OSError(*self._refused.args)
                return
            self._tried_at = self._clock()
            try:
                if not self._loaded:
                    self._load()
                self._full = False
                for one in self.all():
                    if not one.whole:
                        self._grow(one)
                self._write_changed()
                self._prune()
            except OSError as error:
                self._refused, self._fault = error, _rests(self.folder, error)
                raise
            self._refused = None
            self._fault = _full(self._pool.bytes) if self._full else None

    @contextmanager
    def _holding(self, patience: float | None) -> Iterator[None]:
        """Read or write the folder, alone; raises NoDataYet where others take longer than `patience` s (None: any)."""
        if not self._writing.acquire(timeout=-1 if patience is None else patience):
            raise NoDataYet(_hangs(self.folder))
        self._held_since = self._clock()
        try:
            yield
        finally:
            self._held_since = None
            self._writing.release()

    def _load(self) -> None:
        """Read what is there, once at the start."""
        self._pool.load()
        remove_unfinished(self.folder)
        found: dict[int, Incident] = {}
        for path in sorted(self.folder.iterdir()):
            number = number_of(path.name.removesuffix(ITSELF)) if path.suffix == ITSELF else None
            if number is None:
                continue
            try:
                one = _read(path)
                if one.number != number:
                    raise ValueError("it is named after another one")
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OSError) as error:
                log.error("the incident in %s cannot be read, and stays as it is: %s", path.name, error)
                self._unread = say(
                    "store.incidentUnread",
                    "The incident in {file} cannot be read: look for a copy of it, and move it away.",
                    file=str(path),
                )
                continue
            found[number] = one
        gone = {number for one in found.values() for number in one.joined if one.has_taken_in(found.get(number))}
        with self._changing:
            self._incidents = {**{n: one for n, one in found.items() if n not in gone}, **self._incidents}
            self._changed |= gone  # a kill came before their files were removed
        self._loaded = True
        self._sweep()

    def _grow(self, one: Incident) -> None:
        """Take in what there is of its time; and where nothing more will come, end it with the journal's rows."""
        if not self._box.loaded:
            return
        ended = self._has_ended(one)
        there = {each.path.name for each in self._pool.kept}
        for found in self._box.on_disk(one.begins, one.ends):
            if found.path.name in there:
                continue
            if self._makes_room(found.size):
                self._pool.take(found)
            else:
                self._full = True
        if not ended:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._file(one.number, JOURNAL), self._rows_of(one))
        except ControllerError as error:
            log.warning("the journal's rows of incident %s cannot be read, and are asked for again: %s",
                        one.id, error.sentence)  # fmt: skip
            return
        with self._changing:
            now = self._incidents.get(one.number)
            if now is not None and (now.begins, now.ends) == (one.begins, one.ends):
                self._incidents[one.number] = structs.replace(now, whole=True)
                self._changed.add(one.number)

    def _has_ended(self, one: Incident) -> bool:
        """Whether nothing more of its time can come: what came after it is on the disk, or should be by now."""
        now = self._wall()
        if now <= one.ends:
            return False
        later = any(each.ends > one.ends for each in self._box.on_disk(one.ends, now))
        return later or (now - one.ends > SETTLES and self._box.fault is None)

    def _write_changed(self) -> None:
        with self._changing:
            changed = sorted(self._changed)
        for number in changed:
            with self._changing:
                self._changed.discard(number)
                one = self._incidents.get(number)
            try:
                if one is None:
                    self._remove(number)
                else:
                    self._write(one)
            except OSError:
                with self._changing:
                    self._changed.add(number)
                raise

    def _write(self, one: Incident) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._file(one.number), msgspec.json.encode(one))
        about = self._file(one.number, ABOUT)
        if not about.exists():
            write_whole(about, self._about_now())

    def _makes_room(self, size: int) -> bool:
        """Whether there is room for so many bytes more, after the oldest went."""
        self._prune(size)
        return self._pool.used + size <= self._pool.bytes

    def _prune(self, more: int = 0) -> None:
        """Let the oldest go until there is room for so many bytes more, and those that were kept long enough."""
        if self._pool.used + more > self._pool.bytes:
            self._pool.drop_broken()
        while True:
            with self._changing:
                over = (
                    self._unread is None and self._pool.used + more > self._pool.bytes
                )  # else no segment goes with it
                gone = next_to_go(
                    self._incidents.values(), self._wall(), lasts=timedelta(days=self.days), over=over
                )  # fmt: skip
                if gone is None:
                    break
                del self._incidents[gone.number]
            log.info("incident %s went, from %s", gone.id, iso_utc(gone.begins))
            self._remove(gone.number)
            self._sweep()

    def _sweep(self) -> None:
        """Remove the segments that no incident wants."""
        if self._unread:
            return
        wanted = self.all()
        self._pool.let_go(lambda each: any(one.covers(each.begins, each.ends) for one in wanted))

    def _remove(self, number: int) -> None:
        for what in (ITSELF, ABOUT, JOURNAL):
            path = self._file(number, what)
            if path.exists():
                remove_whole(path)

    def _file(self, number: int, what: str = ITSELF) -> Path:
        return self.folder / f"{id_of(number)}{what}"


def _read(path: Path) -> Incident:
    """Raises OSError, or ValueError and msgspec's errors for what is no incident."""
    told = path.stat()
    if not stat.S_ISREG(told.st_mode):
        raise ValueError("it is no file")
    if told.st_size > LARGEST:
        raise ValueError("it is too large")
    one = _INCIDENT.decode(path.read_bytes())
    if not one.makes_sense:
        raise ValueError("it makes no sense")
    return one


def _full(room: int) -> Sentence:
    return say(
        "store.incidentsFull",
        "What is kept of incidents that go on takes all that it may, {megabytes} MB: no more of them is kept.",
        megabytes=room // 1_000_000,
    )


def _hangs(folder: Path) -> Sentence:
    return say(
        "store.incidentsHang", "The disk does not answer: incidents wait to be kept in {folder}.", folder=str(folder)
    )


def _rests(folder: Path, error: OSError) -> Sentence:
    return say(
        "store.incidentsRest",
        "Incidents are not kept on the disk, as {folder} refuses: {why}.",
        folder=str(folder),
        why=foreign(error.strerror or str(error)),
    )
