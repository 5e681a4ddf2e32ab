"""Sends Wait to converters: to one at once, to many in the order that spares them (Z8, Z9, N13).

Used by the converter order, by Force Stop in Manual, by Stop all and by the safe end of a guided procedure. Wait asks
for no turn, no rule and no bound; it is recorded as an order like any other, so that the grid's state counts it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, replace
from typing import Any

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import ConverterEffect
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.scope import Lane, Scope
from main_controller.errors import ControllerError, Sent, UpstreamRefused
from main_controller.orders.desk import Desk, foreseen
from main_controller.sentence import say
from main_controller.upstream.devices import Devices, Target

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WaitResult:
    """What came of one Wait: whether it left, the converter's own `dcdc` answer, or the error.

    `asked_at` and `at` are when it left and when it came back, monotonic s.
    """

    unit_id: str
    at: float
    sent: Sent
    answer: Mapping[str, Any] | None = None
    error: ControllerError | None = None
    status: ConverterStatus | None = None
    asked_at: float = float("-inf")

    @property
    def in_wait(self) -> bool:
        """Whether the converter itself answered that it is in Wait."""
        return self.status is ConverterStatus.WAIT


class Waits:
    """Sends Wait; `executor` is for Wait alone, shared with no other order, and has a thread for each unit (Z8)."""

    def __init__(self, desk: Desk, devices: Devices, executor: Executor) -> None:
        self._desk = desk
        self._devices = devices
        self._executor = executor

    def send(self, command_id: str, unit_id: str, ip: str | None, *, quiet: bool = False) -> WaitResult:
        """Send Wait to one converter now; never raises, so that one device never keeps the others from their Wait.

        `quiet`: it is one more try of what was not sent, of which the log has a line already (M12).
        """
        desk = self._desk
        desk.overtake(Lane("converter", Scope(unit_id)))
        order = ConverterEffect(command_id, unit_id, ConverterStatus.WAIT, 0.0, 0.0, entered=desk.clock())
        desk.commands.effects.note_converter(order)
        try:
            answer = self._devices.command(Target(unit_id, ip), ConverterStatus.WAIT, 0.0, 0.0)
        except Exception as fault:  # noqa: BLE001 - Stop all goes on whatever fails on the way (Z9)
            error = foreseen(fault, say("orders.waitTo", "Wait to {unit}", unit=unit_id))
            return self._failed(order, error, error.sent, quiet=quiet)
        done = replace(order, returned=desk.clock(), sent=True, answer=answer)
        desk.commands.effects.note_converter(done)
        return WaitResult(
            unit_id, desk.clock(), True, answer=answer, status=done.answered_status, asked_at=order.entered
        )

    def _failed(self, order: ConverterEffect, error: ControllerError, sent: Sent, *, quiet: bool = False) -> WaitResult:
        now = self._desk.clock()
        self._desk.commands.effects.note_converter(replace(order, returned=now, sent=sent))
        level = logging.DEBUG if quiet and sent is False else logging.ERROR
        log.log(level, "%s: Wait to %s failed, sent %s: %s", order.command_id, order.unit_id, sent, error.sentence)
        return WaitResult(order.unit_id, now, sent, error=error, asked_at=order.entered)

    def start(self, command_id: str, units: Iterable[UnitAssessment], *, quiet: bool = False) -> "WaitWave":
        """Begin to send Wait to these units without waiting for any: current-controlled first, references last."""
        return WaitWave(self, self._executor, command_id, list(units), self._desk, quiet=quiet)

    def send_all(self, command_id: str, grid: GridState, *, quiet: bool = False) -> dict[str, WaitResult]:
        """Send Wait to every known unit in the sparing order and return what came of each; `quiet` as in `send`."""
        wave = self.start(command_id, grid.units.values(), quiet=quiet)
        while not wave.finished():
            wave.wait(0.2, self._pause)
        return wave.results()

    def _pause(self, seconds: float) -> None:
        cache = self._desk.cache
        cache.wait_newer(cache.snapshot().serial, seconds)


class WaitWave:
    """Waits on their way to several units; `finished` moves it on and is asked until it says True.

    The references get theirs after their followers: once these all said yes, or `followers_first` s after they were
    sent at the latest. A follower whose Wait failed at once is sent it again meanwhile.
    """

    def __init__(
        self,
        waits: Waits,
        executor: Executor,
        command_id: str,
        units: list[UnitAssessment],
        desk: Desk,
        *,
        quiet: bool = False,
    ) -> None:
        self._quiet = quiet
        self._waits = waits
        self._executor = executor
        self._command_id = command_id
        self._clock = desk.clock
        self._timing = desk.timing
        self._references = [unit for unit in units if unit.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE)]
        references = {unit.id for unit in self._references}
        others = [unit for unit in units if unit.id not in references]
        others.sort(key=lambda unit: not unit.estimate.possibly_current_controlled)
        self._others = {unit.id: unit for unit in others}
        self._futures: dict[str, Future[WaitResult]] = {}
        self._started = desk.clock()
        self._send(others)
        self.unit_ids = frozenset(unit.id for unit in units)
        self.finished()  # references without followers leave with them

    def finished(self) -> bool:
        """Whether every Wait came back; repeats the followers' and sends the references' when it is time."""
        if self._references:
            late = self._clock() - self._started >= self._timing.followers_first
            if late or (self._all_back() and not self._to_repeat()):
                references, self._references = self._references, []
                self._send(references)
            else:
                now = self._clock()
                self._send([unit for unit, at in self._to_repeat() if now - at >= self._timing.wait_again])
        return not self._references and self._all_back()

    def wait(self, timeout: float, pause: Callable[[float], None]) -> None:
        """Wait up to `timeout` seconds for those on their way to come back; `pause` where none is."""
        under_way = [future for future in self._futures.values() if not future.done()]
        if under_way:
            wait(under_way, timeout)
        else:
            pause(timeout)

    def results(self) -> dict[str, WaitResult]:
        """What came back so far."""
        return {unit_id: future.result() for unit_id, future in self._futures.items() if future.done()}

    def _to_repeat(self) -> list[tuple[UnitAssessment, float]]:
        """The followers whose Wait failed, and when; not those to which nothing can be sent at all."""
        failed = []
        for unit_id, result in self.results().items():
            hopeless = isinstance(result.error, UpstreamRefused) and result.sent is False
            if unit_id in self._others and result.error is not None and not hopeless:
                failed.append((self._others[unit_id], result.at))
        return failed

    def _all_back(self) -> bool:
        return all(future.done() for future in self._futures.values())

    def _send(self, units: Iterable[UnitAssessment]) -> None:
        for unit in units:
            self._futures[unit.id] = self._executor.submit(
                self._waits.send, self._command_id, unit.id, unit.ip, quiet=self._quiet
            )
