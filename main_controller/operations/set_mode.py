"""Sets the operation mode of the cluster or of one unit: R11, R12, N6, Z7-Z9b.

Used by the mode routes and by the scheduler. Force Stop overtakes everything and asks for no turn; in Manual it also
sends Wait to every converter, since no apis-main ends what it did not begin (Z9a).
"""

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from main_controller.domain.commands import Command, ModeEffect
from main_controller.domain.identity import some
from main_controller.domain.live_bus import DEAD_BUS, RunLimits
from main_controller.domain.mode_rules import only_lowers, why_not_global, why_not_local
from main_controller.domain.modes import BUDO_WORDS, Mode
from main_controller.domain.orders import BudoOrder, ModeOrder
from main_controller.domain.picture import Fact, Picture
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.errors import Sent
from main_controller.operations.desk import Desk, foreseen
from main_controller.operations.waits import Waits
from main_controller.upstream.apis_web import ApisWeb

log = logging.getLogger(__name__)

SCHEDULER = "scheduler"
"""Who gave an order that no person gave."""

CLUSTER = "mode"
"""The scope of the cluster's mode orders among turns and stops."""


class SetMode:
    """Orders a mode. `person_ordered` is told the scope of every order that a person gave (Z12).

    Run starts on a bus of at most `dead_bus` V only, unless deals hold it (S10).
    """

    def __init__(
        self,
        desk: Desk,
        apis_web: ApisWeb,
        waits: Waits,
        executor: Executor,
        *,
        person_ordered: Callable[[str | None], None],
        intent: Callable[[Command], None] = lambda command: None,
        dead_bus: float = DEAD_BUS,
    ) -> None:
        self._desk = desk
        self._apis_web = apis_web
        self._waits = waits
        self._executor = executor
        self._person_ordered = person_ordered
        self._intent = intent
        self._limits = RunLimits(desk.timing.fresh, dead_bus)

    def cluster(self, mode: Mode, by: str, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Set the cluster's mode through `/setOperationMode` (R12)."""
        command, _ = self._cluster(ModeOrder(None, mode), mode, by, stamp, lambda: self._apis_web.set_global_mode(mode))
        return command

    def budo(self, word: str, by: str, *, stamp: Stamp = UNSTAMPED) -> tuple[Command, bool]:
        """Set the cluster's mode through apis-web's path of this word (R11); returns its `active` too."""
        return self._cluster(
            BudoOrder(None, BUDO_WORDS[word]), BUDO_WORDS[word], by, stamp, lambda: self._apis_web.budo(word)
        )

    def unit(self, unit_id: str, mode: Mode | None, by: str, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Set one unit's local mode; None clears it, so that the unit follows the cluster (N6)."""
        desk = self._desk
        desk.known(unit_id)
        fact = desk.picture().facts[unit_id]
        stops = mode is Mode.STOP
        command = desk.begin(ModeOrder(unit_id, mode), by, before={"mode": fact.local_mode}, stamp=stamp, judged=stops)
        scope = f"{CLUSTER}:{unit_id}"
        send = lambda: self._apis_web.set_local_mode(unit_id, mode)  # noqa: E731 - one call, handed on twice
        if stops:
            self._stop_unit(command, fact, send)
            return desk.accept(command)
        seen = desk.commands.stops(scope)
        with desk.turn(command, scope, scope, CLUSTER) as overtaken:
            with desk.commands.deciding():
                picture = desk.picture()
                lowers = mode is Mode.HETERONOMOUS and only_lowers(unit_id, picture)
                if not lowers:
                    desk.timely(command, stamp)
                desk.not_while_stopping(command, lowers=lowers)
                reason = why_not_local(unit_id, mode, picture, desk.locks.all(), self._limits)
                if reason:
                    raise desk.refuse(command, reason)
                order = self._note(command, mode, fact.local_mode)
            self._unless(overtaken, command, order)
            try:
                self._send(command, order, send)
            finally:  # a stop of the whole cluster holds whatever a unit's own mode is (A15-3)
                followed = desk.commands.stops(scope) != seen and self._again(
                    command, order, lambda: self._apis_web.set_local_mode(unit_id, Mode.STOP)
                )
            if followed:
                raise desk.cancel(command, followed, sent=True, settled=desk.clock())
        return desk.accept(command)

    def _cluster(
        self, asked: ModeOrder, mode: Mode, by: str, stamp: Stamp, send: Callable[[], Any]
    ) -> tuple[Command, Any]:
        desk = self._desk
        picture = desk.picture()
        stops = mode is Mode.STOP
        command = desk.begin(asked, by, before={"mode": picture.mode}, stamp=stamp, judged=stops)
        if stops:
            return self._stop(command, picture, send)
        with desk.turn(command, CLUSTER, CLUSTER) as overtaken:
            with desk.commands.deciding():
                picture = desk.picture()
                lowers = mode is Mode.HETERONOMOUS and only_lowers(None, picture)
                if not lowers:
                    desk.timely(command, stamp)
                desk.not_while_stopping(command, lowers=lowers)
                reason = why_not_global(mode, picture, desk.locks.all(), self._limits)
                if reason:
                    raise desk.refuse(command, reason)
                order = self._note(command, mode, picture.mode)
            self._unless(overtaken, command, order)
            try:
                answer = self._send(command, order, send)
            finally:
                followed = overtaken() and self._again(
                    command, order, lambda: self._apis_web.set_global_mode(Mode.STOP)
                )
            if followed:
                raise desk.cancel(command, followed, sent=True, settled=desk.clock())
        return desk.accept(command), answer

    def _stop_unit(self, command: Command, fact: Fact, send: Callable[[], Any]) -> None:
        """One unit's Force Stop; in Manual, which its own mode does not end, with Wait to its converter (S13)."""
        desk = self._desk
        desk.overtake(f"{CLUSTER}:{fact.id}")
        picture = desk.picture()
        order = self._note(command, Mode.STOP, fact.local_mode)
        if fact.obeys in (Mode.MANUAL, None) or Mode.MANUAL in picture.pending_for(fact.id):
            self._send_with_waits(command, order, send, replace(picture, facts={fact.id: fact}), f"wait:{fact.id}")
        else:
            self._send(command, order, send)

    def _stop(self, command: Command, picture: Picture, send: Callable[[], Any]) -> tuple[Command, Any]:
        """Force Stop: at once, and with Wait to every converter where no apis-main may end what runs (Z9a)."""
        desk = self._desk
        desk.overtake(CLUSTER)
        order = self._note(command, Mode.STOP, picture.mode)
        drives_by_hand = picture.mode in (Mode.MANUAL, None) or Mode.MANUAL in picture.pending_for(None)
        if drives_by_hand:
            answer = self._send_with_waits(command, order, send, picture, "wait")
        else:
            answer = self._send(command, order, send)
        return desk.accept(command), answer

    def _send_with_waits(
        self, command: Command, order: ModeEffect, send: Callable[[], Any], picture: Picture, scope: str
    ) -> Any:
        """Send the stop, and Wait to every unit of the picture beside it."""
        desk = self._desk
        if isinstance(command.order, ModeOrder):
            desk.commands.update(command.id, order=replace(command.order, waits=True))
        desk.overtake(scope)
        asked = self._executor.submit(self._send, command, order, send)
        results = self._waits.send_all(command.id, picture)
        failed = sorted(unit_id for unit_id, result in results.items() if result.error is not None)
        if failed:
            desk.commands.update(command.id, note=f"Wait could not be sent to {some(failed)}.")
        return asked.result()

    def _note(self, command: Command, mode: Mode | None, before: Mode | None) -> ModeEffect:
        by_person = command.by != SCHEDULER
        order = ModeEffect(
            command.id, command.unit_id, mode, self._desk.clock(), before=before, by_person=by_person, at=command.at
        )
        self._desk.commands.note_mode(order)
        return order

    def _unless(self, overtaken: Callable[[], bool], command: Command, order: ModeEffect) -> None:
        """The last look before sending: a stop that came since makes this order void."""
        self._desk.judged(command)
        self._intent(command)
        if overtaken():
            self._desk.settle_mode(order, False)
            raise self._desk.cancel(command, "A stop overtook this order; nothing was sent.")

    def _send(self, command: Command, order: ModeEffect, send: Callable[[], Any]) -> Any:
        try:
            answer = send()
        except Exception as fault:
            error = foreseen(fault, "The order")
            sent: Sent = error.sent
            self._desk.settle_mode(order, sent)
            self._tell_schedules(order, sent)
            raise self._desk.fault(command, error) from fault
        self._desk.settle_mode(order, True)
        self._tell_schedules(order, True)
        return answer

    def _tell_schedules(self, order: ModeEffect, sent: Sent) -> None:
        """A person's order clears what is due in its scope, once it has left: nothing may keep it back (Z8, Z12)."""
        if order.by_person and sent is not False:
            self._person_ordered(order.unit_id)

    def _again(self, command: Command, overtaken: ModeEffect, stop: Callable[[], None]) -> str:
        """A stop that came while the order was in flight is sent again after it (Z9); what came of that."""
        desk = self._desk
        log.warning("%s: a stop overtook this order in flight; stop follows it", command.id)
        order = replace(
            overtaken, command_id=f"{command.id} stopped", mode=Mode.STOP, entered=desk.clock(), before=overtaken.mode
        )
        desk.commands.note_mode(order)
        try:
            stop()
            note = "A stop overtook this order in flight; stop followed it."
            desk.settle_mode(order, True)
        except Exception as fault:  # noqa: BLE001 - it is told, and the overtaken order goes on to its end
            error = foreseen(fault, "The stop")
            note = f"A stop overtook this order in flight; the stop after it failed: {error.sentence}"
            log.error("%s: %s", command.id, note)
            desk.settle_mode(order, error.sent)
        desk.commands.update(command.id, note=note)
        return note
