"""Force Stop of the cluster or of one unit: it overtakes everything, asks for no turn and waits for no disk (Z8, Z9a).

Used by the mode orders. Where converters are or may be driven by hand, Wait goes out beside it, since no apis-main ends
what it did not begin.
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from main_controller.assessment.grid_state import GridState
from main_controller.domain.commands import Command, ModeEffect
from main_controller.domain.modes import Mode
from main_controller.domain.orders import ModeOrder
from main_controller.domain.scope import Lane
from main_controller.orders.desk import THE_ORDER, Desk, Passage, all_the_same, foreseen
from main_controller.orders.mode_sender import ModeSender
from main_controller.orders.waits import WaitResult, Waits
from main_controller.sentence import say


class ForceStop:
    """Sends it; `executor` carries the stop while the Waits leave."""

    def __init__(self, desk: Desk, sender: ModeSender, waits: Waits, executor: Executor) -> None:
        self._desk = desk
        self._sender = sender
        self._waits = waits
        self._executor = executor

    def carry_out(self, command: Command, order: ModeOrder, grid: GridState) -> tuple[Command, Any]:
        """Send it at once; the accepted command and apis-web's answer."""
        with self._desk.seen_through(command) as passage:
            return self._carry_out(command, order, grid, passage)

    def _carry_out(self, command: Command, order: ModeOrder, grid: GridState, passage: Passage) -> tuple[Command, Any]:
        desk = self._desk
        desk.overtake(Lane("mode", order.scope))
        if order.unit_id is None:
            before = mode = grid.mode
        else:
            grid = desk.grid()  # made anew: what was entered before the stop is in it
            unit = grid.units[order.unit_id]
            before, mode = unit.local_mode, unit.obeys
            grid = replace(grid, units={unit.id: unit})
        effect = self._sender.note(command, order, before)
        if mode in (Mode.MANUAL, None) or Mode.MANUAL in grid.pending_for(order.unit_id):
            answer = self._send_with_waits(command, replace(order, waits=True), effect, grid)
        else:
            answer = self._send(command, order, effect)
        passage.sent = True
        return desk.accept(command), answer

    def _send_with_waits(self, command: Command, order: ModeOrder, effect: ModeEffect, grid: GridState) -> Any:
        """Send the stop, and Wait to every unit beside it."""
        desk = self._desk
        desk.commands.update(command.id, order=order)
        desk.overtake(Lane("converter", order.scope))
        asked = self._executor.submit(self._send, command, order, effect)
        results: Mapping[str, WaitResult] = {}
        with all_the_same(command.id):  # the stop itself is on its way
            results = self._waits.send_all(command.id, grid, quiet=command.tried_quietly)
        failed = sorted(
            unit_id for unit_id in grid.units if unit_id not in results or results[unit_id].error is not None
        )
        if failed:
            note = say("orders.waitsUnsent", "Wait could not be sent to {units}.", units=failed)
            desk.commands.update(command.id, note=note)
        return asked.result()

    def _send(self, command: Command, order: ModeOrder, effect: ModeEffect) -> Any:
        try:
            answer = self._sender.send(order)
        except Exception as fault:
            error = foreseen(fault, THE_ORDER)
            with all_the_same(command.id):
                self._sender.settle(effect, error.sent)
            raise self._desk.fault(command, error) from fault
        with all_the_same(command.id):
            self._sender.settle(effect, True)
        return answer
