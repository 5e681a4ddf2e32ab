"""Owns what converters themselves say when they are read directly, which counts at once (Z6c, S20).

Used by the safe end of a guided transfer. Where a device cannot be read so, its readings are the only source.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

from main_controller.domain.picture import Fact
from main_controller.domain.units import number
from main_controller.errors import ControllerError
from main_controller.upstream.devices import Devices, Target

log = logging.getLogger(__name__)

READ_EVERY = 1.0
"""How often (s) a converter is read directly, where it can be."""

READ_AT_ONCE = 16
"""How many converters are read at the same time at most."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a converter's meter said when it was asked at `asked_at` (monotonic s): V and A, None where it did not."""

    asked_at: float
    vg: float | None
    ig: float | None


class DirectReads:
    """Reads a few converters again and again; one that hangs holds a thread of `readers` and no other read."""

    def __init__(self, devices: Devices, readers: Executor, clock: Callable[[], float]) -> None:
        self._devices = devices
        self._readers = readers
        self._clock = clock
        self._asked: dict[str, tuple[float, Future[Mapping[str, Any]]]] = {}
        self._measured: dict[str, Measured] = {}

    def forget(self) -> None:
        """Forget what was said; a read that is still under way is taken no more."""
        self._asked, self._measured = {}, {}

    def look(self, facts: Iterable[Fact]) -> None:
        """Take what has come, and ask those anew whose turn it is, the first ones first."""
        for unit_id, (asked_at, future) in list(self._asked.items()):
            if future.done() and not self._is_taken(unit_id, asked_at):
                self._take(unit_id, asked_at, future)
        now = self._clock()
        under_way = sum(1 for _, future in self._asked.values() if not future.done())
        for fact in facts:
            asked_at, asked = self._asked.get(fact.id, (float("-inf"), None))
            free = asked is None or asked.done()
            if free and now - asked_at >= READ_EVERY and under_way < READ_AT_ONCE:
                self._asked[fact.id] = (now, self._readers.submit(self._read, Target(fact.id, fact.ip)))
                under_way += 1

    def _is_taken(self, unit_id: str, asked_at: float) -> bool:
        measured = self._measured.get(unit_id)
        return measured is not None and measured.asked_at >= asked_at

    def of(self, unit_id: str) -> Measured | None:
        """The last that this converter itself said."""
        return self._measured.get(unit_id)

    def _read(self, target: Target) -> Mapping[str, Any]:
        try:
            meter = _meter(self._devices.read(target, "dcdc"))
        except ControllerError:
            meter = {}
        if not meter:
            told = self._devices.read(target, "meter")
            meter = told if isinstance(told, Mapping) else {}
        return meter

    def _take(self, unit_id: str, asked_at: float, future: "Future[Mapping[str, Any]]") -> None:
        error = future.exception()
        if error is not None:
            level = logging.DEBUG if isinstance(error, ControllerError) else logging.ERROR
            log.log(level, "%s cannot be read directly: %s", unit_id, error)
            return
        meter = future.result()
        self._measured[unit_id] = Measured(asked_at, number(meter.get("vg")), number(meter.get("ig")))


def _meter(dcdc: object) -> Mapping[str, Any]:
    meter = dcdc.get("meter") if isinstance(dcdc, Mapping) else None
    return meter if isinstance(meter, Mapping) else {}
