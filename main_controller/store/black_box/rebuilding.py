"""Makes of a segment's entries the moment and the facts of one frame again, as they were when it was told.

Pure. Used by the black box. What the entries hold may be foreign: whatever does not fit is one `BadSegment`.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from main_controller.assessment.moment import Moment
from main_controller.domain.freshness import RECENT_READINGS, Reading, Sighting, read_dcdc
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.timestamps import is_moment
from main_controller.domain.units import Unit
from main_controller.sentence import Sentence, foreign, said_again, say
from main_controller.store.black_box.entries import (
    Change,
    Fact,
    FrameEntry,
    Message,
    Opening,
    WholeUnit,
)
from main_controller.store.black_box.segment import BadSegment
from main_controller.store.unit_cache import own_clock


@dataclass(frozen=True, slots=True)
class Recorded:
    """One frame as it was told: when it was `made` and when the `next` one was (UTC; None: not in this segment), its
    `serial`, by which `version` of the program, in the run that `start` names, and all that it rests on."""

    made: datetime
    next: datetime | None
    serial: int
    news_at: str | None
    moment: Moment
    facts: Mapping[str, Fact]
    version: str = ""
    start: str = ""


class _Converter(msgspec.Struct):
    """Of a unit's data its converter alone; the rest is passed over."""

    dcdc: Any = None


class _Note(msgspec.Struct, tag="note"):
    """A note, of which no frame is made: what stands in it is passed over, however much that is."""


_ENTRY = msgspec.json.Decoder(Opening | Change | FrameEntry | _Note)
_CONVERTER = msgspec.json.Decoder(_Converter)
_DATA = msgspec.json.Decoder(dict[str, Any])
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Track:
    """What is known of one unit on the way through a segment; its data are read only at the end."""

    __slots__ = ("absent_at", "data", "moved_at", "moved_wall", "moves", "present", "recent")

    def __init__(self, unit: WholeUnit, data: bytes) -> None:
        self.data = data
        self.moved_at = unit.moved_at
        self.moved_wall = unit.moved_wall
        self.present = unit.present
        self.absent_at = unit.absent_at
        self.recent = unit.recent
        self.moves: deque[tuple[bytes, float]] = deque(maxlen=RECENT_READINGS)

    def move(self, data: bytes, at: float, wall: datetime) -> None:
        """A new reading."""
        self.moves.append((data, at))
        self.data, self.moved_at, self.moved_wall, self.present, self.absent_at = data, at, wall, True, None

    def sighting(self, unit_id: str) -> Sighting:
        """The same as the cache had it."""
        data = _DATA.decode(self.data)
        newest = self.data if self.moves and self.moves[-1][0] is self.data else None
        read = [_reading(data if raw is newest else None, raw, at) for raw, at in self.moves]
        recent = (*self.recent, *read)[-RECENT_READINGS:]
        return Sighting(
            unit_id, data, own_clock(data), self.moved_at, self.moved_wall, self.present, self.absent_at, recent
        )


def _reading(data: Mapping[str, Any] | None, raw: bytes, at: float) -> Reading:
    held = {"dcdc": _CONVERTER.decode(raw).dcdc} if data is None else data
    return read_dcdc(Unit("", held).section("dcdc"), at)


class _Cluster:
    """The snapshots on the way through a segment."""

    def __init__(self, opening: Opening, data: bytes) -> None:
        cut = _Cut(data)
        self.opening = opening
        self.tracks = {unit.id: _Track(unit, cut.next(unit.length)) for unit in opening.units}
        self.answered_at, self.answered_wall = opening.answered_at, opening.answered_wall
        self.small: dict[str, Any] = {
            "serial": opening.serial,
            "members": opening.members,
            "remembered": opening.remembered,
            "forgotten": opening.forgotten,
            "grid": opening.grid,
            "conflicts": opening.conflicts,
        }

    def change(self, change: Change, data: bytes) -> None:
        """The next snapshot."""
        cut, tracks = _Cut(data), self.tracks
        if change.answered_at is not UNSET:
            self.answered_at = change.answered_at
        if change.answered_wall is not UNSET:
            self.answered_wall = change.answered_wall
        for name in ("members", "remembered", "forgotten", "grid", "conflicts"):
            value = getattr(change, name)
            if value is not UNSET:
                self.small[name] = value
        self.small["serial"] = change.serial
        for unit_id, length in change.moved:
            self._moved(unit_id, cut.next(length))
        for unit_id, length in change.altered:
            track = self._known(unit_id)
            track.data, track.present, track.absent_at = cut.next(length), True, None
        for unit_id in change.absent:
            track = self._known(unit_id)
            track.present, track.absent_at = False, self.answered_at
        for unit in change.whole:
            tracks[unit.id] = _Track(unit, cut.next(unit.length))
        for unit_id in change.gone:
            tracks.pop(unit_id, None)

    def _moved(self, unit_id: str, data: bytes) -> None:
        at, wall = self.answered_at, self.answered_wall
        if at is None or wall is None:
            raise _no_sense()
        if unit_id not in self.tracks:
            self.tracks[unit_id] = _Track(WholeUnit(unit_id, 0, at, wall, True, None, ()), data)
        self.tracks[unit_id].move(data, at, wall)

    def _known(self, unit_id: str) -> _Track:
        if unit_id not in self.tracks:
            raise _no_sense()
        return self.tracks[unit_id]

    def snapshot(self) -> Snapshot:
        """The snapshot to which the changes so far have come; without the body of `/get/logInfo`."""
        sightings = {unit_id: track.sighting(unit_id) for unit_id, track in self.tracks.items()}
        small = {**self.small, "conflicts": {one: _said(kept) for one, kept in self.small["conflicts"].items()}}
        return Snapshot(
            units={one: dict(seen.data) for one, seen in sightings.items() if seen.present},
            sightings=sightings,
            answered_at=self.answered_at,
            answered_wall=self.answered_wall,
            **small,
        )


class _Cut:
    """The units' bytes of one entry, cut one after another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def next(self, length: int) -> bytes:
        """The next so many."""
        end = self._at + length
        if length < 0 or end > len(self._data):
            raise _no_sense()
        part, self._at = self._data[self._at : end], end
        return part


class Rebuilding:
    """Goes through the entries of one segment."""

    def __init__(self) -> None:
        self._cluster: _Cluster | None = None
        self._waiting: deque[tuple[Change, bytes]] = deque()  # of snapshots that no frame has shown yet
        self._frame: FrameEntry | None = None
        self._orders: dict[str, Any] = {}
        self._modes: tuple[Any, ...] = ()
        self._acknowledged: tuple[str, ...] = ()
        self._mode_changed_at: float | None = None
        self._facts: dict[str, msgspec.Raw] = {}
        self._said: dict[str, list[Message]] = {}

    def frame_at(self, entries: Iterable[tuple[bytes, bytes]], at: datetime) -> Recorded | None:
        """The last frame that was made up to `at` (UTC, ms); None where the first was made later. Raises BadSegment."""
        following: datetime | None = None
        try:
            for text, data in entries:
                entry = _ENTRY.decode(text)
                if isinstance(entry, FrameEntry) and in_ms(entry.made) > at:
                    following = entry.made
                    break
                self._take(entry, data)
            return self._recorded(following)
        except _UNREADABLE:
            raise _no_sense() from None
        except (TypeError, ValueError, OverflowError, KeyError):  # a time without a zone, a number where a text stands
            raise _no_sense() from None

    def _take(self, entry: Opening | Change | FrameEntry | _Note, data: bytes) -> None:
        if isinstance(entry, Opening):
            if self._cluster is not None:
                raise _no_sense()
            self._cluster = _Cluster(entry, data)
        elif isinstance(entry, Change):
            self._waiting.append((entry, data))
        elif isinstance(entry, FrameEntry):
            self._shown(entry)

    def _shown(self, frame: FrameEntry) -> None:
        """A frame rests on the snapshot that it names, though newer ones may be known already."""
        if self._cluster is None:
            raise _no_sense()
        while self._waiting and self._waiting[0][0].serial <= frame.snapshot:
            self._cluster.change(*self._waiting.popleft())
        self._frame = frame
        self._orders.update(frame.orders)
        if frame.modes is not UNSET:
            self._modes = frame.modes
        if frame.acknowledged is not UNSET:
            self._acknowledged = frame.acknowledged
        if frame.mode_changed_at is not UNSET:
            self._mode_changed_at = frame.mode_changed_at
        for name, body in frame.facts.items():
            self._facts[name] = body
            self._said[name] = frame.said.get(name, [])

    def _recorded(self, following: datetime | None) -> Recorded | None:
        frame, cluster = self._frame, self._cluster
        if frame is None or cluster is None:
            return None
        moment = Moment(
            cluster.snapshot(),
            frame.now,
            frame.wall,
            cluster.opening.timing,
            self._orders,
            self._modes,
            frozenset(self._acknowledged),
            self._mode_changed_at,
            cluster.opening.bus_limits,
        )
        if not (is_moment(frame.wall) and is_moment(frame.made)):
            raise _no_sense()
        facts = {name: Fact(bytes(body), _all_said(self._said[name])) for name, body in self._facts.items()}
        return Recorded(frame.made, following, frame.serial, frame.news_at, moment, facts)


def by(recorded: Recorded, version: str, start: str) -> Recorded:
    """The same with who recorded it."""
    return replace(recorded, version=version, start=start)


def in_ms(at: datetime) -> datetime:
    """A time as replies tell it, without what is below a millisecond."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _said(kept: str | Message) -> Sentence:
    if isinstance(kept, str):
        return foreign(kept)
    return said_again(str(kept.get("text")), [kept])


def _all_said(kept: list[Message]) -> tuple[Sentence, ...]:
    return tuple(map(_said, kept))


def _no_sense() -> BadSegment:
    return BadSegment(say("store.entriesMakeNoSense", "its entries do not fit together"))
