"""Writes down snapshots, frames and what else happens as the entries of one segment after another.

Used by the black box, by one thread at a time. A segment begins with all that is known, at a frame, so that it can be
read by itself. Where something is missing in between, the segment ends and the next says why.
"""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET

from main_controller.domain.freshness import Sighting
from main_controller.domain.snapshot import Snapshot
from main_controller.sentence import Sentence, encoded, messages, say
from main_controller.store.black_box.entries import (
    Change,
    Entry,
    Fact,
    FrameEntry,
    Mark,
    Message,
    Note,
    Opening,
    ToldFrame,
    WholeUnit,
)
from main_controller.store.black_box.segment import FORMAT, GAPS, MARKS, Head, Packing, Segment

LASTS = 60.0
"""How long (s) a segment lasts."""

LARGE = 48 << 20
"""How many bytes of entries end one sooner."""

QUIET = timedelta(seconds=3)
"""How long after a frame it is no longer told as what is so: a longer pause is a gap."""

WAITING = 2_000
"""How many notes wait for the first frame."""

_RAWS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NOTHING = Snapshot()


class Recording:
    """`version` is the program's, and `start` names this run of it."""

    def __init__(self, *, version: str, start: str) -> None:
        self._version = version
        self._start = start
        self._number = 1
        self._latest = _NOTHING  # the last snapshot that was told
        self._told: ToldFrame | None = None  # the last frame of the segment under way
        self._packing: Packing | None = None
        self._since = 0.0  # when (monotonic s) the segment under way began
        self._begins: datetime | None = None
        self._until: datetime | None = None  # until when the last frame was told, once that is known
        self._frames = 0
        self._gaps: list[tuple[datetime, datetime]] = []
        self._marks: list[Mark] = []
        self._left_out = 0
        self._lost: Sentence | None = None  # why there is nothing just before the segment under way
        self._lost_next: Sentence | None = None
        self._early: deque[tuple[Note, Mark | None]] = deque(maxlen=WAITING)
        self._sealed: list[Segment] = []

    # What is told

    def snapshot(self, snapshot: Snapshot) -> None:
        """Every snapshot, in the order of their serials."""
        if snapshot.serial <= self._latest.serial:
            return
        if self._packing is not None:
            if snapshot.serial == self._latest.serial + 1:
                self._add(*_change(self._latest, snapshot))
            else:
                self.broken(say("store.snapshotsMissing", "some of what apis-web answered was not written down"))
        self._latest = snapshot

    def frame(self, told: ToldFrame) -> None:
        """Every frame, in their order; its snapshot was told before it."""
        snapshot = told.moment.snapshot
        if self._ends_before(told) and snapshot.serial >= self._latest.serial:
            self.seal(told.made)
        if self._packing is None:
            if snapshot.serial < self._latest.serial:
                return  # what came after it is known already: the next frame begins the segment
            self._open(told)
        before = self._told
        if before is not None and told.made - before.made > QUIET:
            self._gaps.append((before.made, told.made))
        self._add(_frame(before, told))
        self._told, self._frames = told, self._frames + 1

    def note(self, note: Note, mark: Mark | None = None) -> None:
        """What else happened; `mark` where it is for the time line too."""
        if self._packing is None:
            self._early.append((note, mark))
            return
        self._add(note)
        if mark is None:
            return
        if len(self._marks) < MARKS:
            self._marks.append(mark)
        else:
            self._left_out += 1

    def broken(self, why: Sentence) -> None:
        """Something that was told is missing: what follows does not rest on what came before."""
        self.seal()
        self._lost_next = why

    # Segments

    def seal(self, until: datetime | None = None) -> None:
        """End the segment under way, if there is one; `until` when its last frame was told (UTC), where it is known."""
        if self._packing is None:
            return
        if self._told is not None and until is not None and until - self._told.made > QUIET:
            self._gaps.append((self._told.made, until))
        self._until = until
        self._sealed.append(Segment(self._head(self._packing.raw), self._packing.end()))
        self._packing, self._told = None, None
        self._number += 1

    def take_sealed(self) -> list[Segment]:
        """The segments that have ended since this was last asked."""
        sealed, self._sealed = self._sealed, []
        return sealed

    def under_way(self) -> Segment | None:
        """The segment under way as far as it goes; None where there is none."""
        if self._packing is None:
            return None
        packed = self._packing.so_far()
        return Segment(self._head(self._packing.raw), packed)

    @property
    def head(self) -> Head | None:
        """The head of the segment under way, as far as it goes."""
        return None if self._packing is None else self._head(self._packing.raw)

    def _head(self, raw: int) -> Head:
        if self._begins is None or self._told is None:
            raise RuntimeError("a segment begins with a frame")
        return Head(
            format=FORMAT,
            version=self._version,
            start=self._start,
            number=self._number,
            begins=self._begins,
            ends=self._told.made if self._until is None else max(self._told.made, self._until),
            frames=self._frames,
            raw=raw,
            lost=None if self._lost is None else messages([self._lost])[0],
            gaps=tuple(self._gaps),
            marks=tuple(self._marks),
            left_out=self._left_out,
        )

    def _ends_before(self, told: ToldFrame) -> bool:
        """Whether the segment under way ends before this frame: it lasted, is large, or the clock was set back."""
        before, packing = self._told, self._packing
        if before is None or packing is None:
            return False
        return (
            told.moment.now - self._since >= LASTS
            or packing.raw >= LARGE
            or told.made < before.made
            or len(self._gaps) >= GAPS
        )

    def _open(self, told: ToldFrame) -> None:
        self._packing, self._since, self._begins = Packing(), told.moment.now, told.made
        self._frames, self._gaps, self._marks, self._left_out = 0, [], [], 0
        self._lost, self._lost_next, self._until = self._lost_next, None, None
        self._latest = told.moment.snapshot
        self._add(*_opening(told))
        early, self._early = self._early, deque(maxlen=WAITING)
        for note, mark in early:
            self.note(note, mark)

    def _add(self, entry: Entry, units: bytes = b"") -> None:
        if self._packing is not None:
            self._packing.add(encoded(entry)[0], units)


# Snapshots


def _opening(told: ToldFrame) -> tuple[Opening, bytes]:
    snapshot, moment = told.moment.snapshot, told.moment
    data = _Data(snapshot)
    entry = Opening(
        serial=snapshot.serial,
        answered_at=snapshot.answered_at,
        answered_wall=snapshot.answered_wall,
        units=tuple(data.whole(one) for one in snapshot.sightings.values()),
        members=snapshot.members,
        remembered=dict(snapshot.remembered),
        forgotten=dict(snapshot.forgotten),
        grid=snapshot.grid,
        conflicts=_kept(snapshot.conflicts),
        timing=moment.timing,
        bus_limits=moment.bus_limits,
    )
    return entry, data.joined()


def _change(before: Snapshot, after: Snapshot) -> tuple[Change, bytes]:
    """What is new in the second of two snapshots."""
    data = _Data(after)
    moved: list[Sighting] = []
    altered: list[Sighting] = []
    whole: list[Sighting] = []
    absent: list[str] = []
    gone: list[str] = []
    if after.sightings is not before.sightings:
        known = before.sightings
        gone = [unit_id for unit_id in known if unit_id not in after.sightings]
        for unit_id, one in after.sightings.items():
            old = known.get(unit_id)
            if old is one:
                continue
            if _moved(old, one, after):
                moved.append(one)
            elif old is None or old.recent is not one.recent or old.moved_at != one.moved_at:
                whole.append(one)
            elif one.present and one.absent_at is None:
                altered.append(one)
            elif one.data is old.data and one.absent_at == after.answered_at:
                absent.append(unit_id)
            else:
                whole.append(one)
    entry = Change(
        serial=after.serial,
        answered_at=UNSET if after.answered_at == before.answered_at else after.answered_at,
        answered_wall=UNSET if after.answered_wall == before.answered_wall else after.answered_wall,
        moved=tuple([(one.unit_id, data.add(one)) for one in moved]),  # their bytes stand in this order
        altered=tuple([(one.unit_id, data.add(one)) for one in altered]),
        absent=tuple(absent),
        whole=tuple([data.whole(one) for one in whole]),
        gone=tuple(gone),
        members=UNSET if after.members is before.members else after.members,
        remembered=UNSET if after.remembered is before.remembered else dict(after.remembered),
        forgotten=UNSET if after.forgotten == before.forgotten else dict(after.forgotten),
        grid=UNSET if after.grid == before.grid else after.grid,
        conflicts=UNSET if after.conflicts == before.conflicts else _kept(after.conflicts),
    )
    return entry, data.joined()


def _moved(old: Sighting | None, one: Sighting, after: Snapshot) -> bool:
    """Whether it is a new reading of the unit's, told by this snapshot's answer."""
    new = old is None or old.clock != one.clock
    return new and one.present and one.moved_at == after.answered_at and one.moved_wall == after.answered_wall


class _Data:
    """The units' own bytes as the answer of `/get/log` has them, in the order in which they are asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._raws: Mapping[str, msgspec.Raw] | None = None
        self._parts: list[bytes | msgspec.Raw] = []

    def add(self, one: Sighting) -> int:
        """Put this unit's data behind the others; how long they are."""
        raw: bytes | msgspec.Raw | None = self._of_answer().get(one.unit_id) if one.present else None
        if raw is None:
            raw = encoded(one.data)[0]
        self._parts.append(raw)
        return len(memoryview(raw))

    def whole(self, one: Sighting) -> WholeUnit:
        """All that is known of this unit, its data put behind the others'."""
        length = self.add(one)
        return WholeUnit(one.unit_id, length, one.moved_at, one.moved_wall, one.present, one.absent_at, one.recent)

    def joined(self) -> bytes:
        """All of them."""
        return b"".join(self._parts)

    def _of_answer(self) -> Mapping[str, msgspec.Raw]:
        if self._raws is None:
            self._raws = _RAWS.decode(self._snapshot.body) if self._snapshot.body else {}
        return self._raws


def _kept(conflicts: Mapping[str, Sentence]) -> dict[str, str | Message]:
    """The sentences by their codes; somebody else's words as they are."""
    return {unit_id: next(iter(messages([one])), str(one)) for unit_id, one in conflicts.items()}


# Frames


def _frame(before: ToldFrame | None, told: ToldFrame) -> FrameEntry:
    """What is new in a frame; all where it is the first of a segment."""
    moment, old = told.moment, None if before is None else before.moment
    orders = moment.converter_effects
    if old is not None and orders is not old.converter_effects:
        orders = {one: sent for one, sent in orders.items() if old.converter_effects.get(one) is not sent}
    elif old is not None:
        orders = {}
    facts = _new_facts({} if before is None else before.facts, told.facts)
    return FrameEntry(
        made=told.made,
        serial=told.serial,
        snapshot=moment.snapshot.serial,
        now=moment.now,
        wall=moment.wall,
        news_at=told.news_at,
        orders={one: tuple(sent) for one, sent in orders.items()},
        modes=UNSET if old is not None and old.mode_effects is moment.mode_effects else tuple(moment.mode_effects),
        acknowledged=UNSET
        if old is not None and old.acknowledged == moment.acknowledged
        else tuple(sorted(moment.acknowledged)),
        mode_changed_at=UNSET
        if old is not None and old.mode_changed_at == moment.mode_changed_at
        else moment.mode_changed_at,
        facts={name: msgspec.Raw(fact.body) for name, fact in facts.items()},
        said={name: said for name, fact in facts.items() if (said := messages(fact.said))},
    )


def _new_facts(before: Mapping[str, Fact], now: Mapping[str, Fact]) -> dict[str, Fact]:
    return {
        name: fact
        for name, fact in now.items()
        if (old := before.get(name)) is None or (old.body is not fact.body and old.body != fact.body)
    }


def content_of(value: Any) -> Any:
    """Any value as JSON that stands in a note; what JSON cannot hold as Python shows it."""
    try:
        return msgspec.Raw(encoded(value)[0])
    except (TypeError, ValueError, RecursionError, NotImplementedError):
        return repr(value)
