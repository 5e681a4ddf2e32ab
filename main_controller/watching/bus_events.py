"""Tells what goes wrong on the bus, when it begins and when it is over, and what changed by itself (S9).

A worker calls `run_once`, and the collector tells it of every poll, so that an alarm is journaled before any Wait wipes
it out. What converters do by themselves is found by `OwnChanges`. It sends nothing.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from main_controller.assessment.flows import Flow
from main_controller.assessment.grid_state import GridState
from main_controller.domain.actor import ActorKind
from main_controller.domain.commands import Command, CommandState, ConverterEffect
from main_controller.domain.deals import normalise
from main_controller.domain.orders import Order, StopAllOrder
from main_controller.domain.scope import Scope, named
from main_controller.domain.snapshot import Snapshot
from main_controller.errors import NotFound
from main_controller.orders.desk import Desk
from main_controller.orders.trips import Trips
from main_controller.rules.bus_condition import Condition, ConditionKind, Key, Look
from main_controller.rules.bus_watch import Explained, conditions
from main_controller.rules.deal_account import DealAccount
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.trends import Trends
from main_controller.sentence import Sentence, say
from main_controller.store.chronicle import Chronicle
from main_controller.watching.own_changes import OwnChanges, last_order
from main_controller.watching.taken_back import taken_back

OUT_OF_BAND = (ConditionKind.BUS_HIGH, ConditionKind.BUS_LOW)
"""The conditions in which the bus has left its band (I14)."""

ONE_READING = 8.0
"""How long (s) a figure may be missing, one reading of it, before what it showed is forgotten (K4)."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """A condition that holds: since when (monotonic s, and UTC), when it was last found, and whether it was told."""

    condition: Condition
    since: float
    at: datetime
    found: float
    told: bool = False


class StandingCondition(NamedTuple):
    """Something that is wrong on the bus, as a sentence, and since when (UTC)."""

    condition: Condition
    sentence: Sentence
    since: datetime


class BusEvents:
    """Looks at the bus again and again; `chronicle` tells what it finds by `limits`, and by those of units that have
    their `own`; `trips` keeps who tripped.

    `accounts` gives what is known of each of these deals beyond this moment.
    """

    def __init__(
        self,
        desk: Desk,
        chronicle: Chronicle,
        trips: Trips,
        *,
        limits: Limits,
        own: Mapping[str, Limits] = MappingProxyType({}),
        accounts: Callable[[Sequence[Flow]], Sequence[DealAccount | None]],
    ) -> None:
        self._desk = desk
        self._chronicle = chronicle
        self._changes = OwnChanges(desk, chronicle, trips)
        self._limits = limits
        self._own = own
        self._accounts = accounts
        self._trends = Trends()
        self._standing: dict[Key, _Standing] = {}  # replaced whole
        self._unseen: dict[Key, _Standing] = {}  # what was told and of which nobody can tell now whether it went
        self._told: set[str] = set()
        self._taken_back: list[tuple[Condition, datetime]] = []  # replaced whole
        self._looking = threading.Lock()  # protects the six above; who finds it taken leaves

    def standing(self) -> list[StandingCondition]:
        """What is wrong now and was told, the gravest first.

        Orders that the readings contradict stand before all else (S8).
        """
        told = [one for one in self._standing.values() if one.told]
        told.sort(key=lambda one: (not one.condition.grave, one.since))
        found = [*self._taken_back, *((one.condition, one.at) for one in told)]
        return [StandingCondition(condition, _ended(condition.text), at) for condition, at in found]

    def left_band(self) -> str | None:
        """When the bus was first seen outside its band, as ISO 8601 in UTC; None while it is inside (I14)."""
        out = [one.at for one in self._standing.values() if one.condition.kind in OUT_OF_BAND]
        return min(out).isoformat(timespec="milliseconds") if out else None

    def use(self, limits: Limits, own: Mapping[str, Limits]) -> None:
        """Go by these limits, and by those of units that have their `own`, from the next look on."""
        with self._looking:
            self._limits, self._own = limits, own

    def polled(self, before: Snapshot, after: Snapshot) -> None:
        """A listener of the collector: look at once at what a poll brought."""
        if before.sightings is not after.sightings:
            self.run_once()

    def run_once(self) -> None:
        """Look once; tell what began, what is over, and converters that changed by themselves."""
        if not self._looking.acquire(blocking=False):
            return  # the other thread is looking at the same state
        try:
            self._look(self._desk.cache.snapshot(), self._desk.grid())
        finally:
            self._looking.release()

    def _look(self, snapshot: Snapshot, grid: GridState) -> None:
        if not grid.units:
            return
        told = {key for key, one in self._standing.items() if one.told} | self._unseen.keys()
        self._trends = self._trends.followed(grid, self._desk.timing.stale_after)
        deals = tuple(zip(grid.flows, self._accounts(grid.flows), strict=True))
        look = Look(grid, self._limits, told, deals, self._trends, self._own)
        found = conditions(look, self.explained(snapshot))
        self._take(found, grid)
        self._changes.look(grid)
        contradicted = [one for one in self._desk.commands.latest() if one.state is CommandState.CONTRADICTED]
        self._tell_contradictions(contradicted, grid)
        self._taken_back = taken_back(self._desk, grid, contradicted)

    def explained(self, snapshot: Snapshot) -> Explained:
        """What explains each converter at work: the deals, and the last order of ours that stands."""
        deals = [normalise(deal) for deal in snapshot.grid.deals or ()]
        named = {str(deal.get(key)) for deal in deals for key in ("chargingUnit", "dischargingUnit")}
        by_hand = {}
        moves = self._desk.commands.moves()
        for unit_id in self._desk.commands.effects.converter_effects():
            last = last_order(self._desk, unit_id)
            if last is not None and self._stands(last, moves):
                by_hand[unit_id] = last.command_id
        return Explained(named, by_hand)

    def _stands(self, last: ConverterEffect, moves: Iterable[Command]) -> bool:
        """Whether this order is still somebody's will: of a guided transfer while that has the bus, of anybody else
        until a mode or a stop is ordered, also a stop that cannot leave."""
        try:
            by = self._desk.commands.get(last.command_id).by
        except NotFound:
            by = None  # it is remembered no more
        if by is not None and by.kind is ActorKind.TRANSFER:
            claim = self._desk.owner.claim
            return claim is not None and claim.owner == by
        scope = Scope(last.unit_id)
        return not any(move.last_given > last.entered and move.order.scope.overlaps(scope) for move in moves)

    def _take(self, found: Iterable[Condition], grid: GridState) -> None:
        now = grid.now
        standing: dict[Key, _Standing] = {}
        for condition in found:
            since, at, told = self._known(condition.key, now)
            if not told and now - since >= condition.after:
                text = _ended(condition.text)
                self._chronicle.tell(condition.kind, condition.unit_id, text, None, dict(condition.numbers))
                told = True
            standing[condition.key] = _Standing(condition, since, at, now, told)
        standing.update(self._not_known_to_be_over(standing, grid))
        gone = {key: one for key, one in self._standing.items() if one.told and key not in standing}
        unseen = {key: one for key, one in self._unseen.items() if key not in standing and one.condition.known_to(grid)}
        self._standing, self._unseen = standing, {}
        for key, one in {**gone, **unseen}.items():
            condition = one.condition
            unknown = condition.why_unknown(grid)
            if unknown is not None:
                self._unseen[key] = one
            if unknown is None or key in gone:
                over = _ended(unknown or condition.gone)
                self._chronicle.tell(condition.kind, condition.unit_id, over, dict(condition.numbers), None)

    def _known(self, key: Key, now: float) -> tuple[float, datetime, bool]:
        """Since when (monotonic s, and UTC) this is so, and whether it stands told.

        What nobody could see for a while began when it was first seen: missing data end nothing.
        """
        known = self._standing.get(key)
        if known is not None:
            return known.since, known.at, known.told
        before = self._unseen.get(key)
        return (now, self._desk.wall(), False) if before is None else (before.since, before.at, False)

    def _not_known_to_be_over(self, found: Collection[Key], grid: GridState) -> dict[Key, _Standing]:
        """What was not told yet and shows nothing now: a figure that is missing now and then would hide it for ever."""
        return {
            key: one
            for key, one in self._standing.items()
            if key not in found
            and not one.told
            and grid.now - one.found <= ONE_READING
            and one.condition.why_unknown(grid) is not None
        }

    def _tell_contradictions(self, contradicted: Collection[Command], grid: GridState) -> None:
        """What was done by a converter's own answer and is taken back stands among the events too (S8)."""
        known, self._told = self._told, {command.id for command in contradicted}
        for command in contradicted:
            if command.id not in known:
                text = say(
                    "watching.contradicted",
                    "{order} {command} for {scope}: {why}",
                    order=_named(command.order),
                    command=command.id,
                    scope=named(command.unit_id),
                    why=command.error,
                )
                self._chronicle.tell("contradicted", command.unit_id, text, None, None, command_id=command.id)
                self._changes.contradicted(command, grid)


def _named(order: Order) -> Sentence:
    """What a converter answered: Wait after a Stop all, or an order of its own."""
    if isinstance(order, StopAllOrder):
        return say("watching.stopAll", "Stop all")
    return say("watching.converterOrder", "Converter order")


def _ended(clause: str) -> Sentence:
    """What a condition says, as a whole sentence."""
    return say("watching.condition", "{condition}.", condition=clause)
