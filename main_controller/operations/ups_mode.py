"""Changes the UPS mode of one unit or of all (R23, Z10). Used by `/upsMode/<mode>`."""

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from main_controller.domain.commands import Command, CommandState, UnitOutcome
from main_controller.domain.identity import some
from main_controller.domain.orders import UpsOrder
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.errors import ControllerError, Refused, Sent, UpstreamError
from main_controller.operations.desk import Desk, foreseen
from main_controller.upstream.devices import Devices, Target


class UpsMode:
    """Orders a UPS mode 0..7; `enabled` is whether a UPS address is set. Goes on past a failing unit (Z10)."""

    def __init__(
        self,
        desk: Desk,
        devices: Devices,
        executor: Executor,
        *,
        enabled: bool,
        intent: Callable[[Command], None] = lambda command: None,
    ) -> None:
        self._desk = desk
        self._devices = devices
        self._executor = executor
        self._enabled = enabled
        self._intent = intent

    def order(
        self, mode: int, unit_id: str | None, by: str, *, stamp: Stamp = UNSTAMPED
    ) -> tuple[Command, dict[str, Any]]:
        """Set the mode. Returns the command and per unit `{"succeeded": bool, ...}`."""
        desk = self._desk
        if unit_id is not None:
            desk.known(unit_id)
        command = desk.begin(UpsOrder(unit_id, mode), by, stamp=stamp)
        with desk.turn(command, f"ups:{unit_id or ''}", "wait") as overtaken:
            with desk.commands.deciding():
                desk.timely(command, stamp)
                desk.not_while_stopping(command)
                self._enabled_or_refuse(command)
                facts = desk.picture().scope(unit_id)
                ambiguous = [fact.conflict for fact in facts if fact.conflict]
                if unit_id is not None and ambiguous:
                    raise desk.refuse(command, str(ambiguous[0]))
            desk.judged(command)
            self._intent(command)
            if overtaken():
                raise desk.cancel(command, "A stop overtook this order; nothing was sent.")
            targets = [Target(fact.id, fact.ip) for fact in facts if not fact.conflict]
            futures = {target.unit_id: self._executor.submit(self._one, target, mode) for target in targets}
            errors = {one: future.result() for one, future in futures.items()}
        return self._report(command, {**errors, **{f.id: Refused(f.conflict) for f in facts if f.conflict}})

    def _enabled_or_refuse(self, command: Command) -> None:
        if not self._enabled:
            raise self._desk.refuse(command, "No UPS address is set (setting ups_set_url); nothing was sent.")

    def _one(self, target: Target, mode: int) -> ControllerError | None:
        try:
            self._devices.ups_mode(target, mode)
        except Exception as fault:  # noqa: BLE001 - one failing unit never hides the others (Z10)
            return foreseen(fault, f"The order to the UPS of {target.unit_id}")
        return None

    def _report(self, command: Command, errors: dict[str, ControllerError | None]) -> tuple[Command, dict[str, Any]]:
        desk = self._desk
        body: dict[str, Any] = {}
        units: dict[str, UnitOutcome] = {}
        for unit_id, error in sorted(errors.items()):
            sent: Sent = True if error is None else error.sent
            sentence = None if error is None else error.sentence
            state = CommandState.ACCEPTED if error is None else CommandState.FAILED
            units[unit_id] = UnitOutcome(state, sent, None, sentence)
            body[unit_id] = {"succeeded": error is None, **({} if error is None else {"error": sentence, "sent": sent})}
        failed = [unit_id for unit_id, error in errors.items() if error is not None]
        if len(failed) < len(errors):
            return desk.accept(desk.units(command, units)), body
        sentence = f"No UPS took the mode: {some(sorted(failed)) or 'no unit is known'}."
        lefts = {outcome.sent for outcome in units.values()}
        left: Sent = True if True in lefts else "unknown" if "unknown" in lefts else False
        desk.fail(desk.units(command, units), sentence, sent=left, settled=desk.clock())
        raise UpstreamError(sentence, sent=left, details={"units": body, "command": command.id})
