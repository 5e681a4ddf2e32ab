"""How a site's own thresholds of alarms are read: a list of tables in the settings file, or JSON text.

Used by the table of settings. They decide when an alarm is told, at the site or at one unit; no order is judged by
them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from main_controller.settings import kinds

MEASURED: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "belowReserve": {"below": (0, 100)},
    "aboveFull": {"above": (0, 100)},
    "batteryVoltage": {"below": (0, 1500), "above": (0, 1500)},
    "batteryCurrent": {"above": (0, 10000)},
    "temperature": {"below": (-100, 200), "above": (-100, 200)},
    "unitCurrent": {"above": (0, 1000)},
    "busCurrent": {"above": (0, 100_000)},
}
"""The alarms of a measure that may have limits of their own, each between its least and its most: %, V, A, °C."""

LONGEST = 3600
"""How long (s) a delay may be."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Of one alarm, at one unit (None: at all): its delays `on` and `off` (s; None: the table's), and by `below` and
    `above` its limits."""

    alarm: str
    unit: str | None = None
    on: float | None = None
    off: float | None = None
    limits: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        given = {"on": self.on, "off": self.off, **self.limits}
        told = " ".join(f"{name} {value:g}" for name, value in given.items() if value is not None)
        return f"{self.alarm} of {self.unit or 'all'}: {told}"


def thresholds(raw: object) -> tuple[Threshold, ...]:
    """The thresholds, one for each alarm and unit."""
    table = raw
    if isinstance(raw, str):
        try:
            table = json.loads(raw or "[]")
        except ValueError:
            raise ValueError("it is not a JSON list of thresholds") from None
    if not isinstance(table, list | tuple):
        raise ValueError("it is not a list of thresholds: write [[thresholds]] above each")
    found: list[Threshold] = []
    for place, one in enumerate(table, 1):
        read = one if isinstance(one, Threshold) else _threshold(one, place)
        if any((read.alarm, read.unit) == (other.alarm, other.unit) for other in found):
            raise ValueError(f"two thresholds are of {read.alarm} of {read.unit or 'all'}")
        found.append(read)
    return tuple(found)


def _threshold(raw: object, place: int) -> Threshold:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("alarm"), str):
        raise ValueError(f"threshold {place} needs the name of an alarm")
    alarm = raw["alarm"]
    measured = MEASURED.get(alarm, {})
    unit = raw.get("unit")
    if unit is not None and (not isinstance(unit, str) or not unit):
        raise ValueError(f"threshold {place}: its unit is {kinds.quoted(unit)}, and no id")
    if unit is not None and alarm == "busCurrent":
        raise ValueError(f"threshold {place}: {alarm} is of the bus, and of no unit")
    numbers: dict[str, float] = {}
    for name, value in raw.items():
        if name in ("alarm", "unit"):
            continue
        low, high = (0, LONGEST) if name in ("on", "off") else measured.get(name, (1, 0))
        if high < low:
            known = ", ".join(["alarm", "unit", "on", "off", *measured])
            raise ValueError(f"threshold {place}: {kinds.quoted(name)} is not known of {alarm}; known are {known}")
        try:
            numbers[name] = kinds.number(low, high)(value)  # type: ignore[assignment]  # it gives numbers
        except ValueError as fault:
            raise ValueError(f"threshold {place}: {name}: {fault}") from None
    if not numbers:
        raise ValueError(f"threshold {place} of {alarm} sets nothing")
    limits = {name: value for name, value in numbers.items() if name not in ("on", "off")}
    return Threshold(alarm, unit, numbers.get("on"), numbers.get("off"), MappingProxyType(limits))
