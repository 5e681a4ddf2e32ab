"""Stops apis-main on one unit or on all: R16, G8, N8, T15, Z8. Used by `/shutDown`."""

from collections.abc import Callable

from main_controller.domain.commands import Command
from main_controller.domain.mode_rules import why_not_shut_down
from main_controller.domain.orders import ShutDownOrder
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.operations.desk import Desk, foreseen
from main_controller.operations.set_mode import CLUSTER
from main_controller.upstream.apis_web import ApisWeb


class ShutDown:
    """Orders a shutdown, where Manual is in force and every converter in scope is freshly seen in Wait."""

    def __init__(
        self, desk: Desk, apis_web: ApisWeb, *, intent: Callable[[Command], None] = lambda command: None
    ) -> None:
        self._desk = desk
        self._apis_web = apis_web
        self._intent = intent

    def order(self, unit_id: str | None, by: str, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Shut down; raises Refused (409) with the reason, or UpstreamError."""
        desk = self._desk
        if unit_id is not None:
            desk.known(unit_id)
        command = desk.begin(ShutDownOrder(unit_id), by, stamp=stamp)
        with desk.turn(command, CLUSTER, CLUSTER) as overtaken:
            with desk.commands.deciding():
                desk.timely(command, stamp)
                desk.not_while_stopping(command)
                picture = desk.picture()
                reason = why_not_shut_down(unit_id, picture, desk.timing.fresh)
                if reason:
                    raise desk.refuse(command, reason)
                units = tuple(fact.id for fact in picture.scope(unit_id))
                desk.commands.update(command.id, order=ShutDownOrder(unit_id, units))
            desk.judged(command)
            self._intent(command)
            if overtaken():
                raise desk.cancel(command, "A stop overtook this order; nothing was sent.")
            try:
                self._apis_web.shutdown(unit_id)
            except Exception as fault:
                raise desk.fault(command, foreseen(fault, "The order")) from fault
        return desk.accept(command)
