"""Tells of converters that a person's order has kept at work for long, again and again, and may end them (I15).

A worker calls `run_once`. A new order by hand begins the time anew. A guided sharing has its own limit in time.
"""

import logging
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.actor import HAND_TIME, ActorKind
from main_controller.domain.commands import ConverterEffect
from main_controller.domain.modes import SHARING_MODES, ConverterStatus
from main_controller.errors import NotFound
from main_controller.orders.desk import Desk, foreseen
from main_controller.orders.set_converter import SetConverter
from main_controller.orders.trying import Trying
from main_controller.sentence import Sentence, joined, say
from main_controller.store.chronicle import Chronicle

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Driven:
    """A converter at work by a person's order."""

    unit: UnitAssessment
    order: ConverterEffect
    by: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """When (monotonic s) Wait was first and last sent to a unit."""

    first: float
    last: float


class HandTime:
    """`limit` (s) is how long a converter may work by one order until it is told, and again after each further such
    time; with `waits` it gets Wait at the second. `executor` sends, so that no unit waits for one that hangs.
    """

    def __init__(
        self,
        desk: Desk,
        set_converter: SetConverter,
        chronicle: Chronicle,
        *,
        executor: Executor,
        limit: float,
        waits: bool,
    ) -> None:
        self._desk = desk
        self._set_converter = set_converter
        self._chronicle = chronicle
        self._executor = executor
        self._limit = limit
        self._waits = waits
        self._over: dict[str, str] = {}  # by unit, the order that its converter was seen in Wait after
        self._told: dict[str, tuple[str, int]] = {}  # by unit, of which order it was told how often
        self._asked: dict[str, _Asked] = {}
        self._trying: dict[str, Trying] = {}

    def run_once(self) -> None:
        """Look once."""
        grid = self._desk.grid()
        driven = self._driven(grid)
        late = {}
        for unit_id, one in driven.items():
            times = int((grid.now - one.order.entered) / self._limit)
            known, told = self._told.get(unit_id, ("", 0))
            if times > (told if known == one.order.command_id else 0):
                self._told[unit_id] = (one.order.command_id, times)
                self._tell(one, times)
            if times >= 2:
                late[unit_id] = one
        self._asked = {unit_id: asked for unit_id, asked in self._asked.items() if unit_id in late}
        self._trying = {unit_id: trying for unit_id, trying in self._trying.items() if unit_id in late}
        if late and self._waits and self._desk.turns.held_by is None:
            self._send(late, grid)

    def _driven(self, grid: GridState) -> Mapping[str, _Driven]:
        """Whoever works by a person's order, and is not the guided sharing's; who was in Wait since does not."""
        claim = self._desk.owner.claim
        taken = () if claim is None else (claim.giver, claim.taker)
        driven = {}
        for unit_id, orders in self._desk.commands.effects.converter_effects().items():
            unit = grid.units.get(unit_id)
            order = max(orders, key=lambda one: one.entered, default=None)
            if unit is None or order is None or order.status is ConverterStatus.WAIT:
                continue
            if unit.confirmed_wait() or unit.obeys in SHARING_MODES:
                self._over[unit_id] = order.command_id
            by = self._person(order)
            if by is not None and unit_id not in taken and self._over.get(unit_id) != order.command_id:
                driven[unit_id] = _Driven(unit, order, by)
        return driven

    def _person(self, order: ConverterEffect) -> str | None:
        """Who gave this order; None where it was a guided sharing."""
        try:
            by = self._desk.commands.get(order.command_id).by
        except NotFound:
            return say("procedures.somebody", "somebody")  # it is remembered no more, or from before a restart
        return None if by.kind is ActorKind.TRANSFER else by.said

    def _tell(self, one: _Driven, times: int) -> None:
        minutes = times * self._limit / 60
        driven = say(
            "procedures.drivenByHand",
            "{unit} has been {status} for {minutes:g} min by an order of {by} ({command}).",
            unit=one.unit.id,
            status=one.order.status.label,
            minutes=minutes,
            by=one.by,
            command=one.order.command_id,
        )
        text = joined([driven, self._what_next(times)])
        numbers = {"minutes": minutes, "dvg": one.order.dvg, "dig": one.order.dig, "command": one.order.command_id}
        self._chronicle.tell("handTime", one.unit.id, text, None, numbers)

    def _what_next(self, times: int) -> Sentence:
        if not self._waits:
            return say("procedures.stillWanted", "Is that still wanted? Order it anew, or Wait.")
        if times < 2:
            return say(
                "procedures.getsWaitIn",
                "Order it anew, or it gets Wait in {minutes:g} min.",
                minutes=self._limit / 60,
            )
        return say("procedures.getsWaitNow", "It gets Wait now.")

    def _send(self, late: Mapping[str, _Driven], grid: GridState) -> None:
        """Send Wait, to current-controlled converters first; a reference keeps the bus while another may need it."""
        for unit_id, one in late.items():
            asked = self._asked.get(unit_id)
            if asked is not None and grid.now - asked.last < self._desk.timing.hand_again:
                continue
            if one.unit.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE) and self._needed(one.unit, grid):
                continue
            self._asked[unit_id] = _Asked(grid.now if asked is None else asked.first, grid.now)
            trying = self._trying.setdefault(unit_id, Trying())
            self._executor.submit(self._wait, unit_id, trying)

    def _needed(self, reference: UnitAssessment, grid: GridState) -> bool:
        """Whether another unit may be current-controlled, unless its Wait was sent long enough ago."""
        for unit in grid.others(reference.id):
            asked = self._asked.get(unit.id)
            had_its_time = asked is not None and grid.now - asked.first >= self._desk.timing.hand_again
            if unit.estimate.possibly_current_controlled and not unit.acknowledged and not had_its_time:
                return True
        return False

    def _wait(self, unit_id: str, trying: Trying) -> None:
        desk = self._desk
        tries = trying.begin(desk.clock())
        try:
            self._set_converter.wait(unit_id, HAND_TIME, tries=tries)
        except Exception as fault:  # noqa: BLE001 - nobody asks the future
            error = foreseen(fault, say("procedures.waitTo", "Wait to {unit}", unit=unit_id))
            known = tries is not None and not tries.tell and error.sent is False and tries.why == error.sentence
            level = logging.DEBUG if known else logging.ERROR
            log.log(level, "%s works by hand for too long, and Wait to it failed: %s", unit_id, error.sentence)
            if error.sent is False:
                trying.not_sent(error.sentence, desk.clock(), desk.wall(), command_id=error.details.get("command"))
                return
        trying.over()
