"""Sets the operation mode of the cluster or of one unit: R11, R12, N6, Z7-Z9b.

Used by the mode routes and by the scheduler. Force Stop goes its own way: `ForceStop`.
"""

import logging
from typing import Any

from main_controller.assessment.grid_state import GridState
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, ModeEffect, Tries
from main_controller.domain.modes import BUDO_WORDS, Mode
from main_controller.domain.orders import BudoOrder, ModeOrder
from main_controller.domain.scope import Lane
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.errors import Sent
from main_controller.orders.desk import Desk, foreseen
from main_controller.orders.dispatcher import Dispatcher, Handling
from main_controller.orders.force_stop import ForceStop
from main_controller.orders.mode_sender import ModeSender
from main_controller.rules.live_bus import DEAD_BUS, RunLimits
from main_controller.rules.mode_rules import only_lowers, why_not_global, why_not_local
from main_controller.sentence import Sentence, say

log = logging.getLogger(__name__)


class SetMode:
    """Orders a mode. Run starts on a bus of at most `dead_bus` V only, unless deals hold it (S10)."""

    def __init__(
        self,
        desk: Desk,
        dispatcher: Dispatcher,
        sender: ModeSender,
        force_stop: ForceStop,
        *,
        dead_bus: float = DEAD_BUS,
    ) -> None:
        self._desk = desk
        self._dispatcher = dispatcher
        self._sender = sender
        self._force_stop = force_stop
        self._limits = RunLimits(desk.timing.fresh, dead_bus)

    def cluster(self, mode: Mode, by: Actor, *, stamp: Stamp = UNSTAMPED, tries: Tries | None = None) -> Command:
        """Set the cluster's mode through `/setOperationMode` (R12); `tries` are those before it (M12)."""
        return self._order(ModeOrder(None, mode), by, stamp, tries)[0]

    def budo(self, status: str, by: Actor, *, stamp: Stamp = UNSTAMPED) -> tuple[Command, bool]:
        """Set the cluster's mode through apis-web's path of this word (R11); returns its `active` too."""
        return self._order(BudoOrder(None, BUDO_WORDS[status]), by, stamp)

    def unit(
        self, unit_id: str, mode: Mode | None, by: Actor, *, stamp: Stamp = UNSTAMPED, tries: Tries | None = None
    ) -> Command:
        """Set one unit's local mode; None clears it, so that the unit follows the cluster (N6); `tries` as above."""
        self._desk.known(unit_id)
        return self._order(ModeOrder(unit_id, mode), by, stamp, tries)[0]

    def _order(self, order: ModeOrder, by: Actor, stamp: Stamp, tries: Tries | None = None) -> tuple[Command, Any]:
        desk = self._desk
        grid = desk.grid()
        before = {"mode": _shown(order, grid)}
        command = desk.begin(order, by, before=before, stamp=stamp, judged=order.stops, tries=tries)
        if order.stops:
            return self._force_stop.carry_out(command, order, grid)
        return self._dispatcher.carry_out(command, _Change(desk, self._sender, self._limits, command, order, stamp))


class _Change(Handling[Any]):
    """A mode other than Force Stop, of the cluster or of one unit."""

    def __init__(
        self, desk: Desk, sender: ModeSender, limits: RunLimits, command: Command, order: ModeOrder, stamp: Stamp
    ) -> None:
        self._desk = desk
        self._sender = sender
        self._limits = limits
        self._command = command
        self._order = order
        self._stamp = stamp
        self._effect: ModeEffect | None = None
        self.turn = Lane("mode", order.scope)
        self.overtaken_by = tuple({self.turn, Lane("mode")})
        self._stops = desk.turns.stops(self.turn)

    def decide(self) -> None:
        """A Soft Stop that only lowers passes everything but the rules of the place (S1)."""
        desk, order, command = self._desk, self._order, self._command
        grid = desk.grid()
        lowers = order.mode is Mode.HETERONOMOUS and only_lowers(order.unit_id, grid)
        if not lowers:
            desk.timely(command, self._stamp)
        desk.not_while_stopping(command, lowers=lowers)
        reason = self._why_not(grid)
        if reason:
            raise desk.refuse(command, reason)
        self._effect = self._sender.note(command, order, _shown(order, grid))

    def _why_not(self, grid: GridState) -> Sentence | None:
        order, locks = self._order, self._desk.locks.all()
        if order.unit_id is not None:
            return why_not_local(order.unit_id, order.mode, grid, locks, self._limits)
        return None if order.mode is None else why_not_global(order.mode, grid, locks, self._limits)

    def send(self) -> Any:
        """Send the mode."""
        return self._sender.send(self._order)

    def settle(self, sent: Sent, answer: Any) -> None:
        """From here on it is under way, or never was."""
        if self._effect is not None:
            self._sender.settle(self._effect, sent)

    def follow(self, sent: Sent) -> Sentence | None:
        """Send stop again in the same scope; one of the cluster holds whatever a unit's own mode is (A15-3)."""
        desk, command = self._desk, self._command
        if desk.turns.stops(self.turn) == self._stops:
            return None
        log.warning("%s: a stop overtook this order in flight; stop follows it", command.id)
        stop = ModeOrder(self._order.unit_id, Mode.STOP)
        effect = ModeEffect(
            f"{command.id} stopped", stop.unit_id, stop.mode, desk.clock(), before=self._order.mode, at=command.at,
            by_person=self._effect is not None and self._effect.by_person,
        )  # fmt: skip
        desk.commands.effects.note_mode(effect)
        try:
            self._sender.send(stop)
            note = say("orders.stopFollowed", "A stop overtook this order in flight; stop followed it.")
            desk.settle_mode(effect, True)
        except Exception as fault:  # noqa: BLE001 - it is told, and the overtaken order goes on to its end
            error = foreseen(fault, say("orders.theStop", "The stop"))
            note = say(
                "orders.stopAfterFailed",
                "A stop overtook this order in flight; the stop after it failed: {why}",
                why=error.sentence,
            )
            log.error("%s: %s", command.id, note)
            desk.settle_mode(effect, error.sent)
        desk.commands.update(command.id, note=note)
        return note


def _shown(order: ModeOrder, grid: GridState) -> Mode | None:
    """The mode that an order takes the place of: the cluster's, or the unit's own."""
    return grid.mode if order.unit_id is None else grid.units[order.unit_id].local_mode
