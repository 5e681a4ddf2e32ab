"""Reads converters themselves: once before an order rests on them (I12), again and again while they end (Z6c, S20).

`DirectReadings` is the converter order's, `RepeatedReadings` the safe end's of a guided transfer. Both are bounded in
time: a device that hangs costs an order two seconds and a stop nothing, since stops ask for no reading.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future, wait

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.freshness import Reading, read_dcdc
from main_controller.errors import ControllerError
from main_controller.orders.desk import foreseen
from main_controller.sentence import Sentence, say
from main_controller.upstream.devices import Devices, Target

log = logging.getLogger(__name__)

READ_EVERY = 1.0
"""How often (s) one converter is read again."""

READ_AT_ONCE = 16
"""How many converters are read again at the same time at most."""


class DirectReadings:
    """The converters' own readings; `executor` is for these alone, `limit` (s) is how long all of them may take."""

    def __init__(self, devices: Devices, executor: Executor, *, clock: Callable[[], float], limit: float) -> None:
        self._devices = devices
        self._executor = executor
        self._clock = clock
        self._limit = limit

    def of(self, units: Iterable[UnitAssessment]) -> dict[str, Reading | Sentence]:
        """What each of these converters says now, or a sentence why that is not known; never raises for a device."""
        futures = {unit.id: self._executor.submit(self._read, unit) for unit in units}
        wait(futures.values(), self._limit)
        late = say("orders.notReadWithin", "no answer came within {seconds:g} s.", seconds=self._limit)
        for future in futures.values():
            future.cancel()  # what has not begun would come too late
        ended = {unit_id: future for unit_id, future in futures.items() if future.done() and not future.cancelled()}
        return {unit_id: ended[unit_id].result() if unit_id in ended else late for unit_id in futures}

    def _read(self, unit: UnitAssessment) -> Reading | Sentence:
        try:
            dcdc = self._devices.read(Target(unit.id, unit.ip), "dcdc")
        except Exception as fault:  # noqa: BLE001 - whatever fails, the order then rests on the last reading (I12)
            return foreseen(fault, say("orders.readingOf", "The reading of {unit}", unit=unit.id)).sentence
        if not isinstance(dcdc, Mapping):
            return say("orders.notReadable", "it answered something else.")
        return read_dcdc(dcdc, self._clock())


class RepeatedReadings:
    """Reads a few converters again and again; one that hangs holds a thread of `readers` and no other read.

    Where a converter's own object tells no meter, its meter is read instead. `at` of a reading is when it was asked.
    """

    def __init__(self, devices: Devices, readers: Executor, clock: Callable[[], float]) -> None:
        self._devices = devices
        self._readers = readers
        self._clock = clock
        self._asked: dict[str, tuple[float, Future[Reading] | None]] = {}
        self._last: dict[str, Reading] = {}

    def forget(self) -> None:
        """Forget what was said; a read that is still under way is taken no more."""
        self._asked, self._last = {}, {}

    def look(self, units: Iterable[UnitAssessment]) -> None:
        """Take what has come, and ask those anew whose turn it is, the first ones first."""
        for unit_id, (asked_at, future) in list(self._asked.items()):
            if future is not None and future.done():
                self._asked[unit_id] = (asked_at, None)
                self._take(unit_id, future)
        now = self._clock()
        under_way = sum(1 for _, future in self._asked.values() if future is not None)
        for unit in units:
            asked_at, asked = self._asked.get(unit.id, (float("-inf"), None))
            if asked is None and now - asked_at >= READ_EVERY and under_way < READ_AT_ONCE:
                self._asked[unit.id] = (now, self._readers.submit(self._read, Target(unit.id, unit.ip), now))
                under_way += 1

    def of(self, unit_id: str) -> Reading | None:
        """The last that this converter itself said."""
        return self._last.get(unit_id)

    def _read(self, target: Target, asked_at: float) -> Reading:
        try:
            dcdc = self._devices.read(target, "dcdc")
        except ControllerError:
            dcdc = None
        if not isinstance(dcdc, Mapping) or not dcdc.get("meter"):
            meter = self._devices.read(target, "meter")
            dcdc = {"meter": meter if isinstance(meter, Mapping) else {}}
        return read_dcdc(dcdc, asked_at)

    def _take(self, unit_id: str, future: "Future[Reading]") -> None:
        error = future.exception()
        if error is None:
            self._last[unit_id] = future.result()
            return
        level = logging.DEBUG if isinstance(error, ControllerError) else logging.ERROR
        log.log(level, "%s cannot be read directly: %s", unit_id, error)
