"""One fault of the simulated cluster, and the arguments it is begun with, checked."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from main_controller.simulator.plant import Plant


class FaultError(ValueError):
    """A fault that does not exist, or arguments that do not fit it."""


class Arguments:
    """What stands beside `name` in `/fault?name=...`. Whatever does not fit raises FaultError with a sentence."""

    def __init__(self, said: dict[str, str], plant: Plant) -> None:
        self._said = said
        self._plant = plant

    def has(self, name: str) -> bool:
        """Whether it was said at all."""
        return name in self._said

    def unit(self, default: str | None = None) -> str:
        """`unit`, a unit's id; by default the first."""
        unit_id = self._said.get("unit", next(iter(self._plant.units)) if default is None else default)
        if unit_id not in self._plant.units:
            raise FaultError(f"there is no unit {unit_id!r}")
        return unit_id

    def units(self) -> list[str]:
        """`units`, ids with commas between them, of some but not all units."""
        wanted = [text for text in self._said.get("units", "").split(",") if text]
        unknown = [unit_id for unit_id in wanted if unit_id not in self._plant.units]
        if unknown:
            raise FaultError(f"there is no unit {unknown[0]!r}")
        if not wanted or set(wanted) == set(self._plant.units):
            raise FaultError("units names some of the units, e.g. E003,E004, and not all")
        return wanted

    def number(self, name: str, low: float, high: float, default: float | None = None) -> float:
        """A number from `low` to `high`; without `default` it must be said."""
        text = self._said.get(name, "" if default is None else str(default))
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise FaultError(f"{name} is a number from {low:g} to {high:g}")
        return value

    def choice(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of some words; without `default` it must be said."""
        text = self._said.get(name, default)
        if text not in (statuses := tuple(allowed)):
            raise FaultError(f"{name} is one of {', '.join(statuses)}")
        return str(text)

    def choices(self, name: str, allowed: Iterable[str]) -> list[str]:
        """Some words with commas between them, all of them where none is said."""
        statuses = tuple(allowed)
        said = self._said.get(name)
        chosen = list(statuses) if said is None else said.split(",")
        if not set(chosen) <= set(statuses):
            raise FaultError(f"{name} are of {', '.join(statuses)}")
        return chosen


Known = dict[str, str]
"""The arguments as they took effect: what `/fault` lists, and what the fault is ended with."""


@dataclass(frozen=True)
class Fault:
    """One line of the table: what it does, how it begins and ends (None: it happens once), which arguments it takes.

    With `each` it is begun for every unit where none is named.
    """

    says: str
    begin: Callable[[Arguments], Known]
    end: Callable[[Known], None] | None = None
    takes: tuple[str, ...] = ()
    each: bool = False
