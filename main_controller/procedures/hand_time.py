"""Tells of converters that a person's order has kept at work for long, again and again, and may end them (I15).

A worker calls `run_once`. A new order by hand begins the time anew. A guided sharing has its own limit in time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.actor import ActorKind
from main_controller.domain.commands import ConverterEffect
from main_controller.domain.modes import SHARING_MODES, ConverterStatus
from main_controller.errors import NotFound
from main_controller.orders.desk import Desk
from main_controller.procedures.hand_end import HandEnd
from main_controller.sentence import Sentence, joined, say
from main_controller.store.chronicle import Chronicle


@dataclass(frozen=True, slots=True)
class _Driven:
    """A converter at work by a person's order."""

    unit: UnitAssessment
    order: ConverterEffect
    by: str


class HandTime:
    """`limit` (s) is how long a converter may work by one order until it is told, and again after each further such
    time; with an `end` it gets Wait at the second.
    """

    def __init__(
        self,
        desk: Desk,
        chronicle: Chronicle,
        *,
        limit: float,
        end: HandEnd | None,
    ) -> None:
        self._desk = desk
        self._chronicle = chronicle
        self._limit = limit
        self._end = end
        self._over: dict[str, str] = {}  # by unit, the order that its converter was seen in Wait after
        self._told: dict[str, tuple[str, int]] = {}  # by unit, of which order it was told how often

    def run_once(self) -> None:
        """Look once."""
        grid = self._desk.grid()
        driven = self._driven(grid)
        late = []
        for unit_id, one in driven.items():
            times = int((grid.now - one.order.entered) / self._limit)
            known, told = self._told.get(unit_id, ("", 0))
            if times > (told if known == one.order.command_id else 0):
                self._told[unit_id] = (one.order.command_id, times)
                self._tell(one, times)
            if times >= 2:
                late.append(unit_id)
        if self._end is not None:
            self._end.send(late, grid)

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
        if self._end is None:
            return say("procedures.stillWanted", "Is that still wanted? Order it anew, or Wait.")
        if times < 2:
            return say(
                "procedures.getsWaitIn",
                "Order it anew, or it gets Wait in {minutes:g} min.",
                minutes=self._limit / 60,
            )
        return say("procedures.getsWaitNow", "It gets Wait now.")
