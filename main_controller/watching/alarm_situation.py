"""Puts together what alarms rest on: the grid, the conditions of the bus, orders, and the program's own troubles.

Used by the watch of the alarms. It judges nothing.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta

from main_controller.alarms.situation import Situation, Trouble
from main_controller.domain.actor import ActorKind
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.orders import EndTransferOrder, TransferOrder
from main_controller.domain.scope import named
from main_controller.orders.desk import Desk
from main_controller.rules.bus_condition import Condition
from main_controller.sentence import say
from main_controller.watching.shut_downs import shut_down

NEWS = timedelta(seconds=60)
"""For how long an order that failed shows itself; its alarm stands until somebody has read it."""

LONG = 600.0
"""After how long (s) an order that nobody has seen in effect is said to wait."""

ENDED_BADLY = (CommandState.FAILED, CommandState.TIMED_OUT)

Troubles = Callable[[], Sequence[Trouble]]
"""What is wrong now with one part of this program."""


class Surroundings:
    """`conditions` are those of the bus that stand and were told; `parts` tell what is wrong with each of them, and
    `untold` the kinds of alarms of which nothing can be told now."""

    def __init__(
        self,
        desk: Desk,
        conditions: Callable[[], Sequence[Condition]],
        parts: Sequence[Troubles],
        untold: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._desk = desk
        self._conditions = conditions
        self._parts = parts
        self._untold = untold

    def situation(self) -> Situation:
        """Everything as it is now."""
        grid = self._desk.grid()
        scopes = shut_down(self._desk, grid.now)
        troubles = [*self._orders(grid.now), *(trouble for part in self._parts for trouble in part())]
        return Situation(
            grid,
            self._conditions(),
            explained=grid.units.keys() if None in scopes else frozenset(filter(None, scopes)),
            troubles=troubles,
            untold=self._untold(),
        )

    def _orders(self, now: float) -> Iterator[Trouble]:
        """Orders of persons and procedures that failed a moment ago, or that nobody has seen in effect for long."""
        wall = self._desk.wall()
        for command in self._desk.commands.latest():
            if command.by.kind is ActorKind.SCHEDULER or isinstance(command.order, TransferOrder | EndTransferOrder):
                continue
            if command.state in ENDED_BADLY and command.judged and _just_ended(command, wall - NEWS):
                yield Trouble(
                    "stopFailed" if command.order.stops else "orderFailed",
                    command.id,
                    say(
                        "watching.orderFailed",
                        "{order} for {scope} ({id}) failed: {why}",
                        order=command.order.name,
                        scope=named(command.unit_id),
                        id=command.id,
                        why=command.error,
                    ),
                )
            elif command.state.open and now - command.entered > LONG:
                yield Trouble(
                    "orderWaits",
                    command.id,
                    say(
                        "watching.orderWaits",
                        "{order} for {scope} ({id}) has not been seen in effect for {minutes:.0f} min.",
                        order=command.order.name,
                        scope=named(command.unit_id),
                        id=command.id,
                        minutes=(now - command.entered) / 60,
                    ),
                )


def _just_ended(command: Command, since: datetime) -> bool:
    return command.ended_at is not None and command.ended_at >= since
