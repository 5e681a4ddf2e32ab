"""Stops apis-main on one unit or on all: R16, G8, N8, T15, Z8. Used by `/shutDown`."""

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.orders import ShutDownOrder
from main_controller.domain.scope import Lane
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.orders.desk import Desk
from main_controller.orders.dispatcher import Dispatcher, Handling
from main_controller.rules.mode_rules import why_not_shut_down
from main_controller.upstream.apis_web import ApisWeb


class ShutDown:
    """Orders a shutdown, where Manual is in force and every converter in scope is freshly seen in Wait."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher, apis_web: ApisWeb) -> None:
        self._desk = desk
        self._dispatcher = dispatcher
        self._apis_web = apis_web

    def order(self, unit_id: str | None, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Shut down; raises Refused (409) with the reason, or UpstreamError."""
        if unit_id is not None:
            self._desk.known(unit_id)
        command = self._desk.begin(ShutDownOrder(unit_id), by, stamp=stamp)
        return self._dispatcher.carry_out(command, _ShuttingDown(self._desk, self._apis_web, command, stamp))[0]


class _ShuttingDown(Handling[None]):
    turn = Lane("mode")
    overtaken_by = (Lane("mode"),)

    def __init__(self, desk: Desk, apis_web: ApisWeb, command: Command, stamp: Stamp) -> None:
        self._desk = desk
        self._apis_web = apis_web
        self._command = command
        self._stamp = stamp

    def decide(self) -> None:
        """What is in scope now is what has to fall silent."""
        desk, command, unit_id = self._desk, self._command, self._command.unit_id
        desk.timely(command, self._stamp)
        desk.not_while_stopping(command)
        grid = desk.grid()
        reason = why_not_shut_down(unit_id, grid, desk.timing.fresh)
        if reason:
            raise desk.refuse(command, reason)
        units = tuple(unit.id for unit in grid.scope(unit_id))
        desk.commands.update(command.id, order=ShutDownOrder(unit_id, units))

    def send(self) -> None:
        """Send it."""
        self._apis_web.shutdown(self._command.unit_id)
