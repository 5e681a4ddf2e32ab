"""Reads converters themselves, a moment before an order rests on what they do (I12).

Used by the converter order. Bounded in time: a device that hangs costs an order two seconds and a stop nothing, since
stops ask for no reading and have threads of their own.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, wait

from main_controller.domain.freshness import Reading, read_dcdc
from main_controller.domain.picture import Fact
from main_controller.operations.desk import foreseen
from main_controller.upstream.devices import Devices, Target


class DirectReadings:
    """The converters' own readings; `executor` is for these alone, `limit` (s) is how long all of them may take."""

    def __init__(self, devices: Devices, executor: Executor, *, clock: Callable[[], float], limit: float) -> None:
        self._devices = devices
        self._executor = executor
        self._clock = clock
        self._limit = limit

    def of(self, facts: Iterable[Fact]) -> dict[str, Reading | str]:
        """What each of these converters says now, or a sentence why that is not known; never raises for a device."""
        futures = {fact.id: self._executor.submit(self._read, fact) for fact in facts}
        wait(futures.values(), self._limit)
        late = f"no answer came within {self._limit:g} s."
        for future in futures.values():
            future.cancel()  # what has not begun would come too late
        ended = {unit_id: future for unit_id, future in futures.items() if future.done() and not future.cancelled()}
        return {unit_id: ended[unit_id].result() if unit_id in ended else late for unit_id in futures}

    def _read(self, fact: Fact) -> Reading | str:
        try:
            dcdc = self._devices.read(Target(fact.id, fact.ip), "dcdc")
        except Exception as fault:  # noqa: BLE001 - whatever fails, the order then rests on the last reading (I12)
            return foreseen(fault, f"The reading of {fact.id}").sentence
        return read_dcdc(dcdc, self._clock()) if isinstance(dcdc, dict) else "it answered something else."
