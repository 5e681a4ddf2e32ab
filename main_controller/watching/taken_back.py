"""Orders that a converter answered as done and that its readings contradict: they stand above everything (S8).

Used by `bus_events`. Pure but for the desk that it asks; it sends nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from main_controller.assessment.grid_state import GridState
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.orders.desk import Desk
from main_controller.rules.bus_condition import Condition, ConditionKind
from main_controller.rules.evidence import shows_done
from main_controller.sentence import say
from main_controller.watching.answers import shown


def taken_back(desk: Desk, grid: GridState, contradicted: Iterable[Command]) -> list[tuple[Condition, datetime]]:
    """What of these orders stands contradicted now, as conditions of the bus with their beginning (UTC), oldest first.

    `contradicted` comes newest first. It stands until the converter shows what was ordered, or another order concerns
    it.
    """
    return [one for command in reversed([*contradicted]) for one in _standing(desk, grid, command)]


def _standing(desk: Desk, grid: GridState, command: Command) -> Iterator[tuple[Condition, datetime]]:
    order = command.order
    wanted = order.status if isinstance(order, ConverterOrder) else ConverterStatus.WAIT
    for unit_id, outcome in sorted(command.units.items()):
        unit = grid.units.get(unit_id)
        if outcome.state != CommandState.CONTRADICTED or unit is None or shows_done(order, unit.reading):
            continue
        if desk.ordered_since(command.id, command.entered, unit_id, stops=True):
            continue
        text = say(
            "watching.takenBack",
            "{unit} answered {command} of {by} as done ({wanted}), but its readings show {shown}",
            unit=unit_id,
            command=command.id,
            by=command.by.said,
            wanted=wanted.label,
            shown=shown(unit),
        )
        gone = say("watching.showsAnswered", "{unit} shows what it answered", unit=unit_id)
        numbers = {"command": command.id, "wanted": str(wanted), "shows": outcome.shows}
        condition = Condition(ConditionKind.CONTRADICTED, unit_id, text, gone, 0.0, numbers, grave=True)
        yield condition, command.ended_at or command.at
