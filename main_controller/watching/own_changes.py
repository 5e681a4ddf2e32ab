"""What converters do by themselves: a status that no order of ours explains, and who tripped (S9, I11).

Used by `BusEvents` at every look at the bus. It sends nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import Command, ConverterEffect
from main_controller.domain.modes import SHARING_MODES, ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.orders.desk import Desk
from main_controller.orders.trips import Trips
from main_controller.sentence import say
from main_controller.store.chronicle import Chronicle


class _Seen(NamedTuple):
    """What a unit's last reading showed of its converter, and when (monotonic s)."""

    at: float
    status: ConverterStatus | None
    alarm: bool


class OwnChanges:
    """Compares each reading with the one before; `chronicle` tells what changed, `trips` keeps who tripped.

    One thread at a time.
    """

    def __init__(self, desk: Desk, chronicle: Chronicle, trips: Trips) -> None:
        self._desk = desk
        self._chronicle = chronicle
        self._trips = trips
        self._seen: dict[str, _Seen] = {}
        self._tripped: dict[str, str] = {}  # by unit the order under which it tripped last

    def look(self, grid: GridState) -> None:
        """In Manual and in Force Stop apis-main drives nobody: a status that changed without our order is news."""
        for unit in grid.live:
            if unit.reading is None:
                continue
            before = self._seen.get(unit.id)
            self._seen[unit.id] = _Seen(unit.reading.at, unit.last_status, unit.reading.alarm)
            if before is None or unit.obeys is None or unit.obeys in SHARING_MODES:
                continue
            if before.status is unit.last_status:
                self._look_at_alarm(unit, before)
            elif not self._ours(unit, before):
                self._tell_change(unit, before)

    def contradicted(self, command: Command, grid: GridState) -> None:
        """Readings took back what a converter answered: one that was to work and shows Wait has tripped."""
        unit = grid.units.get(command.unit_id or "")
        worked = isinstance(command.order, ConverterOrder) and not command.order.stops
        if worked and unit is not None and unit.last_status is ConverterStatus.WAIT:
            self._note_once(unit, command.id)

    def _look_at_alarm(self, unit: UnitAssessment, before: _Seen) -> None:
        """Who was ordered to work and shows Wait and a new heavy alarm has tripped between two readings (I11)."""
        alarm = unit.reading is not None and unit.reading.alarm and not before.alarm
        last = last_order(self._desk, unit.id)
        if alarm and unit.last_status is ConverterStatus.WAIT and last is not None and not mode_since(self._desk, last):
            self._note_once(unit, last.command_id)

    def _tell_change(self, unit: UnitAssessment, before: _Seen) -> None:
        """Tell of a converter that does something else by itself; to Wait it has tripped."""
        last = last_order(self._desk, unit.id)
        if unit.last_status is ConverterStatus.WAIT and unit.reading is not None:
            self._trips.note(unit.id, unit.reading.at)
            if last is not None:
                self._tripped[unit.id] = last.command_id
        was, shows = (_label(status) for status in (before.status, unit.last_status))
        text = say(
            "watching.changedByItself",
            "{unit} was {was} and is {shows} now, by itself.",
            unit=unit.id,
            was=was,
            shows=shows,
        )
        self._chronicle.tell("converter", unit.id, text, was, _numbers(unit))

    def _note_once(self, unit: UnitAssessment, command_id: str) -> None:
        """Note a trip under this order, unless it was noted already."""
        if unit.reading is not None and self._tripped.get(unit.id) != command_id:
            self._tripped[unit.id] = command_id
            self._trips.note(unit.id, unit.reading.at)

    def _ours(self, unit: UnitAssessment, before: _Seen) -> bool:
        """Whether an order of ours, or a stop, may be what the reading shows."""
        timing = self._desk.timing
        earliest = before.at - timing.stop_lag - timing.stale_after
        last = last_order(self._desk, unit.id)
        counts = last.counts_from(timing.lag) if last is not None else None
        if last is not None and counts is not None and unit.reading is not None and unit.reading.at >= counts:
            earliest = max(earliest, last.entered)  # a Wait before the last order explains this reading no more
        orders: Iterable[ConverterEffect] = self._desk.commands.effects.converter_effects().get(unit.id, ())
        if any(order.status is unit.last_status and (order.returned or order.entered) >= earliest for order in orders):
            return True
        stops = self._desk.commands.effects.mode_effects()
        return unit.last_status is ConverterStatus.WAIT and any(
            order.unit_id in (None, unit.id) and order.entered >= earliest for order in stops
        )


def last_order(desk: Desk, unit_id: str) -> ConverterEffect | None:
    """The last order of ours to this converter, where it was one to work; None where it was Wait, or none."""
    orders = desk.commands.effects.converter_effects().get(unit_id, ())
    last = max(orders, key=lambda order: order.entered, default=None)
    return None if last is None or last.status is ConverterStatus.WAIT else last


def mode_since(desk: Desk, last: ConverterEffect) -> bool:
    """Whether a mode was ordered after this order: then whoever still works does so by nobody's will."""
    return any(
        order.entered > last.entered and order.unit_id in (None, last.unit_id)
        for order in desk.commands.effects.mode_effects()
    )


def _label(status: ConverterStatus | None) -> str:
    return status.label if status is not None else say("watching.stateUnknown", "a state that is not known")


def _numbers(unit: UnitAssessment) -> Mapping[str, Any]:
    reading = unit.reading
    if reading is None:
        return {}
    return {"vg": reading.vg, "ig": reading.ig, "dvg": reading.dvg, "dig": reading.dig}
