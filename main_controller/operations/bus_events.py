"""Tells what goes wrong on the bus, when it begins and when it is over, and what changed by itself (S9).

A worker calls `run_once`, and the collector tells it of every poll, so that an alarm is journaled before any Wait wipes
it out. It sends nothing.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import CommandState, ConverterEffect
from main_controller.domain.deals import normalise
from main_controller.domain.modes import SHARING_MODES, ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.snapshot import Snapshot
from main_controller.operations.chronicle import Chronicle
from main_controller.operations.desk import Desk
from main_controller.operations.taken_back import taken_back
from main_controller.operations.trips import Trips
from main_controller.rules.bus_condition import Condition, ConditionKind, Key, Look
from main_controller.rules.bus_watch import Explained, conditions
from main_controller.rules.interlock_terms import Limits

OUT_OF_BAND = (ConditionKind.BUS_HIGH, ConditionKind.BUS_LOW)
"""The conditions in which the bus has left its band (I14)."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """A condition that holds: since when (monotonic s, and UTC), and whether it was told."""

    condition: Condition
    since: float
    at: datetime
    told: bool = False


class BusEvents:
    """Looks at the bus again and again; `chronicle` tells what it finds by `limits`, `trips` keeps who tripped."""

    def __init__(self, desk: Desk, chronicle: Chronicle, trips: Trips, *, limits: Limits) -> None:
        self._desk = desk
        self._chronicle = chronicle
        self._trips = trips
        self._limits = limits
        self._standing: dict[Key, _Standing] = {}  # replaced whole
        self._words: dict[str, tuple[float, ConverterStatus | None]] = {}
        self._told: set[str] = set()
        self._taken_back: list[dict[str, Any]] = []  # replaced whole
        self._looking = threading.Lock()  # protects the four above; who finds it taken leaves

    def standing(self) -> list[dict[str, Any]]:
        """What is wrong now and was told, the gravest first, as JSON: kind, unitId, text, numbers, since, grave.

        Orders that the readings contradict stand before all else (S8).
        """
        told = [one for one in self._standing.values() if one.told]
        told.sort(key=lambda one: (not one.condition.grave, one.since))
        return [*self._taken_back] + [
            {
                "kind": one.condition.kind,
                "unitId": one.condition.unit_id,
                "text": f"{one.condition.text}.",
                "numbers": dict(one.condition.numbers),
                "since": one.at.isoformat(timespec="milliseconds"),
                "grave": one.condition.grave,
            }
            for one in told
        ]

    def left_band(self) -> str | None:
        """When the bus was first seen outside its band, as ISO 8601 in UTC; None while it is inside (I14)."""
        out = [one.at for one in self._standing.values() if one.condition.kind in OUT_OF_BAND]
        return min(out).isoformat(timespec="milliseconds") if out else None

    def polled(self, before: Snapshot, after: Snapshot) -> None:
        """A listener of the collector: look at once at what a poll brought."""
        if before.sightings is not after.sightings:
            self.run_once()

    def run_once(self) -> None:
        """Look once; tell what began, what is over, and converters that changed by themselves."""
        if not self._looking.acquire(blocking=False):
            return  # the other thread is looking at the same picture
        try:
            self._look(self._desk.cache.snapshot(), self._desk.picture())
        finally:
            self._looking.release()

    def _look(self, snapshot: Snapshot, picture: GridState) -> None:
        if not picture.facts:
            return
        told = {key for key, one in self._standing.items() if one.told}
        found = conditions(Look(picture, self._limits, told), self.explained(snapshot))
        self._take(found, picture)
        self._look_at_words(picture)
        self._tell_contradictions(picture)
        self._taken_back = taken_back(self._desk, picture)

    def explained(self, snapshot: Snapshot) -> Explained:
        """What explains each converter at work: the deals, and the last order of ours that stands."""
        deals = [normalise(deal) for deal in snapshot.grid.deals or ()]
        named = {str(deal.get(key)) for deal in deals for key in ("chargingUnit", "dischargingUnit")}
        by_hand = {}
        for unit_id, orders in self._desk.commands.converter_effects().items():
            last = max(orders, key=lambda order: order.entered, default=None)
            if last is not None and last.word is not ConverterStatus.WAIT and not self._mode_since(last):
                by_hand[unit_id] = last.command_id
        return Explained(named, by_hand)

    def _mode_since(self, last: ConverterEffect) -> bool:
        """Whether a mode was ordered after this order: then whoever still works does so by nobody's will."""
        return any(
            order.entered > last.entered and order.unit_id in (None, last.unit_id)
            for order in self._desk.commands.mode_effects()
        )

    def _take(self, found: Iterable[Condition], picture: GridState) -> None:
        now = picture.now
        standing: dict[Key, _Standing] = {}
        for condition in found:
            known = self._standing.get(condition.key)
            since, at, told = (known.since, known.at, known.told) if known else (now, self._desk.wall(), False)
            if not told and now - since >= condition.after:
                self._chronicle.tell(
                    condition.kind, condition.unit_id, f"{condition.text}.", None, dict(condition.numbers)
                )
                told = True
            standing[condition.key] = _Standing(condition, since, at, told)
        gone = [one for key, one in self._standing.items() if one.told and key not in standing]
        self._standing = standing
        for one in gone:
            condition = one.condition
            over = condition.why_unknown(picture) or condition.gone
            self._chronicle.tell(condition.kind, condition.unit_id, f"{over}.", dict(condition.numbers), None)

    def _look_at_words(self, picture: GridState) -> None:
        """In Manual and in Force Stop apis-main drives nobody: a word that changed without an order of ours is news."""
        for fact in picture.live:
            if fact.reading is None:
                continue
            before = self._words.get(fact.id)
            self._words[fact.id] = (fact.reading.at, fact.last_status)
            if before is None or before[1] is fact.last_status or fact.obeys is None or fact.obeys in SHARING_MODES:
                continue
            if not self._ours(fact, before[0]):
                if fact.last_status is ConverterStatus.WAIT:
                    self._trips.note(fact.id, fact.reading.at)
                was, shows = (_label(word) for word in (before[1], fact.last_status))
                self._chronicle.tell(
                    "converter", fact.id, f"{fact.id} was {was} and is {shows} now, by itself.", was, _numbers(fact)
                )

    def _ours(self, fact: UnitAssessment, since: float) -> bool:
        """Whether an order of ours, or a stop, may be what the reading shows."""
        timing = self._desk.timing
        earliest = since - timing.stop_lag - timing.stale_after
        orders: Iterable[ConverterEffect] = self._desk.commands.converter_effects().get(fact.id, ())
        if any(order.word is fact.last_status and (order.returned or order.entered) >= earliest for order in orders):
            return True
        stops = self._desk.commands.mode_effects()
        return fact.last_status is ConverterStatus.WAIT and any(
            order.unit_id in (None, fact.id) and order.entered >= earliest for order in stops
        )

    def _tell_contradictions(self, picture: GridState) -> None:
        """What was done by a converter's own answer and is taken back stands among the events too (S8).

        One that answered that it works and shows Wait has tripped before any reading showed it at work (I11).
        """
        contradicted = [one for one in self._desk.commands.latest() if one.state is CommandState.CONTRADICTED]
        known, self._told = self._told, {command.id for command in contradicted}
        for command in contradicted:
            if command.id not in known:
                text = f"{command.order.name} {command.id} for {command.order.scope}: {command.error}"
                self._chronicle.tell("contradicted", command.unit_id, text, None, None)
                fact = picture.facts.get(command.unit_id or "")
                worked = isinstance(command.order, ConverterOrder) and not command.order.stops
                if (
                    worked
                    and fact is not None
                    and fact.reading is not None
                    and fact.last_status is ConverterStatus.WAIT
                ):
                    self._trips.note(fact.id, fact.reading.at)


def _label(word: ConverterStatus | None) -> str:
    return word.label if word is not None else "a state that is not known"


def _numbers(fact: UnitAssessment) -> Mapping[str, Any]:
    reading = fact.reading
    if reading is None:
        return {}
    return {"vg": reading.vg, "ig": reading.ig, "dvg": reading.dvg, "dig": reading.dig}
