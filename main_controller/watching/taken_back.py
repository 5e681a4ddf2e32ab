"""Orders that a converter answered as done and that its readings contradict: they stand above everything (S8).

Used by `bus_events`. Pure but for the desk that it asks; it sends nothing.
"""

from typing import Any

from main_controller.assessment.grid_state import GridState
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.orders.desk import Desk
from main_controller.rules.bus_condition import ConditionKind
from main_controller.rules.evidence import shows_done
from main_controller.watching.answers import shown


def taken_back(desk: Desk, picture: GridState) -> list[dict[str, Any]]:
    """What stands contradicted now, oldest first, as the conditions of the bus say it.

    It stands until the converter shows what was ordered, or another order concerns it.
    """
    contradicted = [one for one in desk.commands.latest() if one.state is CommandState.CONTRADICTED]
    return [said for command in reversed(contradicted) for said in _standing(desk, picture, command)]


def _standing(desk: Desk, picture: GridState, command: Command) -> list[dict[str, Any]]:
    order = command.order
    wanted = order.word if isinstance(order, ConverterOrder) else ConverterStatus.WAIT
    found = []
    for unit_id, outcome in sorted(command.units.items()):
        fact = picture.facts.get(unit_id)
        if outcome.state != CommandState.CONTRADICTED or fact is None or shows_done(order, fact.reading):
            continue
        if desk.ordered_since(command.id, command.entered, unit_id, stops=True):
            continue
        shows = shown(fact)
        said = f"{unit_id} answered {command.id} of {command.by} as done ({wanted.label})"
        found.append(
            {
                "kind": ConditionKind.CONTRADICTED,
                "unitId": unit_id,
                "text": f"{said}, but its readings show {shows}.",
                "numbers": {"command": command.id, "wanted": str(wanted), "shows": outcome.shows},
                "since": (command.ended_at or command.at).isoformat(timespec="milliseconds"),
                "grave": True,
            }
        )
    return found
