"""Changes the UPS mode of one unit or of all (R23, Z10). Used by `/upsMode/<mode>`."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import NamedTuple

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, CommandState, UnitOutcome
from main_controller.domain.orders import UpsOrder
from main_controller.domain.scope import Lane
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.errors import ControllerError, Refused, Sent, UpstreamError
from main_controller.orders.desk import Desk, foreseen
from main_controller.orders.dispatcher import Dispatcher, Handling
from main_controller.sentence import Sentence, say
from main_controller.upstream.devices import Devices, Target


class UpsAnswer(NamedTuple):
    """Why a UPS did not take the mode, None where it did, and whether the order left."""

    error: Sentence | None
    sent: Sent


class UpsMode:
    """Orders a UPS mode 0..7; `enabled` is whether a UPS address is set. Goes on past a failing unit (Z10)."""

    def __init__(
        self, desk: Desk, dispatcher: Dispatcher, devices: Devices, executor: Executor, *, enabled: bool
    ) -> None:
        self._desk = desk
        self._dispatcher = dispatcher
        self._devices = devices
        self._executor = executor
        self._enabled = enabled

    def order(
        self, mode: int, unit_id: str | None, by: Actor, *, stamp: Stamp = UNSTAMPED
    ) -> tuple[Command, Mapping[str, UpsAnswer]]:
        """Set the mode. Returns the command and what each unit's UPS answered."""
        desk = self._desk
        if unit_id is not None:
            desk.known(unit_id)
        order = UpsOrder(unit_id, mode)
        command = desk.begin(order, by, stamp=stamp)
        sending = _Setting(desk, self._send_all, command, order, stamp, enabled=self._enabled)
        return self._dispatcher.carry_out(command, sending)

    def _send_all(self, units: list[UnitAssessment], mode: int) -> dict[str, ControllerError | None]:
        """Send it to each; what went wrong at which unit."""
        targets = [Target(unit.id, unit.ip) for unit in units if not unit.conflict]
        futures = {target.unit_id: self._executor.submit(self._one, target, mode) for target in targets}
        errors = {unit_id: future.result() for unit_id, future in futures.items()}
        return {**errors, **{unit.id: Refused(unit.conflict) for unit in units if unit.conflict}}

    def _one(self, target: Target, mode: int) -> ControllerError | None:
        try:
            self._devices.ups_mode(target, mode)
        except Exception as fault:  # noqa: BLE001 - one failing unit never hides the others (Z10)
            return foreseen(fault, say("orders.orderToUps", "The order to the UPS of {unit}", unit=target.unit_id))
        return None


class _Setting(Handling[Mapping[str, UpsAnswer]]):
    """Its answer is that of each unit's UPS."""

    overtaken_by = (Lane("converter"),)

    def __init__(
        self,
        desk: Desk,
        send_all: Callable[[list[UnitAssessment], int], dict[str, ControllerError | None]],
        command: Command,
        order: UpsOrder,
        stamp: Stamp,
        *,
        enabled: bool,
    ) -> None:
        self._desk = desk
        self._send_all = send_all
        self._command = command
        self._order = order
        self._stamp = stamp
        self._enabled = enabled
        self._facts: list[UnitAssessment] = []
        self.turn = Lane("ups", order.scope)

    def decide(self) -> None:
        """Whom it is sent to."""
        desk, command = self._desk, self._command
        desk.timely(command, self._stamp)
        desk.not_while_stopping(command)
        if not self._enabled:
            unset = say("orders.noUpsAddress", "No UPS address is set (setting ups_set_url); nothing was sent.")
            raise desk.refuse(command, unset)
        self._facts = desk.grid().scope(self._order.unit_id)
        ambiguous = [unit.conflict for unit in self._facts if unit.conflict]
        if self._order.unit_id is not None and ambiguous:
            raise desk.refuse(command, ambiguous[0])

    def send(self) -> Mapping[str, UpsAnswer]:
        """Send it to all; what came of it at each. Raises UpstreamError where no UPS took it."""
        return self._report(self._send_all(self._facts, self._order.ups_mode))

    def _report(self, errors: dict[str, ControllerError | None]) -> Mapping[str, UpsAnswer]:
        answers: dict[str, UpsAnswer] = {}
        units: dict[str, UnitOutcome] = {}
        for unit_id, error in sorted(errors.items()):
            sent: Sent = True if error is None else error.sent
            sentence = None if error is None else error.sentence
            state = _state(error)
            units[unit_id] = UnitOutcome(state, sent, None, sentence)
            answers[unit_id] = UpsAnswer(sentence, sent)
        failed = [unit_id for unit_id, error in errors.items() if error is not None]
        self._desk.units(self._command, units)
        if len(failed) < len(errors):
            return answers
        sentence = say(
            "orders.noUpsTookIt",
            "No UPS took the mode: {units}.",
            units=sorted(failed) or say("orders.noneKnown", "no unit is known"),
        )
        lefts = {outcome.sent for outcome in units.values()}
        left: Sent = True if True in lefts else "unknown" if "unknown" in lefts else False
        raise UpstreamError(sentence, sent=left, details={"units": answers})


def _state(error: ControllerError | None) -> CommandState:
    """How the order stands at one UPS; where no answer came it may have taken it, and its data will tell (Z8a)."""
    if error is None:
        return CommandState.ACCEPTED
    return CommandState.PENDING if error.sent == "unknown" else CommandState.FAILED
