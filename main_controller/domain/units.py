"""Reading one unit's JSON without trusting it: sections, figures, missing values (A8, Z4).

Used by everything that looks into a unit's data. Nothing here raises on odd data; what is not there is None.
"""

import math
from collections.abc import Mapping
from typing import Any

from main_controller.domain.modes import Mode, parse_mode

_NOTHING: Mapping[str, Any] = {}
PERMISSIONS: Mapping[str, int] = {f"{form}{value}": value for value in range(4) for form in ("0x0", "0x", "0", "")}
"""`battery_operation_status` where it is written as text: "0x03", "3"."""


def number(value: object) -> float | None:
    """A finite number as float, or None for anything else (numbers in strings and booleans are none)."""
    kind = type(value)
    if kind is not float and kind is not int:  # what JSON gives, and a bool is neither
        return None
    try:
        return float(value) if math.isfinite(value) else None  # type: ignore[arg-type]
    except OverflowError:  # an integer that no float can hold
        return None


def text(value: object) -> str | None:
    """A non-empty string, or None for anything else."""
    return value if isinstance(value, str) and value else None


def address(value: object) -> str | None:
    """A unit's address as sent; "NA" is none (K1)."""
    return None if value == "NA" else text(value)


def alarmed(status: Mapping[str, Any]) -> bool:
    """Whether a `dcdc.status` reports a fault; "Light alarm" is normal operation (K1, T12)."""
    return status.get("alarmState") == "Heavy alarm" or status.get("stateAlarm") == "Heavy alarm"


class Unit:
    """A read-only view of one unit's data as apis-web sent them (fields F1-F41).

    Powers are in W, voltages in V, currents in A; `+` charges the battery (N14, K2).
    """

    __slots__ = ("data", "id")

    def __init__(self, unit_id: str, data: Mapping[str, Any]) -> None:
        self.id = unit_id
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unit) and self.id == other.id and self.data == other.data

    __hash__ = None  # type: ignore[assignment]  # a view of a mapping

    def section(self, *path: str) -> Mapping[str, Any]:
        """The object at `path`, or an empty one where there is none."""
        found: Any = self.data
        for key in path:
            found = found.get(key)
            if not isinstance(found, dict):  # JSON objects are dicts; asking for any Mapping takes four times as long
                return _NOTHING
        return found  # type: ignore[no-any-return]

    def figure(self, *path: str) -> float | None:
        """The number at `path`, or None."""
        return number(self.section(*path[:-1]).get(path[-1]))

    @property
    def raw_status(self) -> str | None:
        """The converter's status as sent, also where it is none of the four statuses."""
        return text(self.section("dcdc", "status").get("status"))

    @property
    def heavy_alarm(self) -> bool:
        """Whether the converter reports a fault."""
        return alarmed(self.section("dcdc", "status"))

    @property
    def dvg(self) -> float | None:
        """Target voltage of the bus, V (F33)."""
        return self.figure("dcdc", "vdis", "dvg")

    @property
    def dig(self) -> float | None:
        """Set point of the grid current, A, without sign (Z8, T33)."""
        return self.figure("dcdc", "param", "dig")

    @property
    def rsoc(self) -> float | None:
        """Relative state of charge, % (F17)."""
        return self.figure("battery", "rsoc")

    @property
    def permission(self) -> int | None:
        """What the battery permits (F18, T34): 0 nothing, 1 charging, 2 discharging, 3 both; None: not told."""
        told = self.section("battery").get("battery_operation_status")
        if isinstance(told, str):
            told = PERMISSIONS.get(told.strip().lower())
        value = number(told)
        return int(value) if value in (0.0, 1.0, 2.0, 3.0) and value is not None else None

    @property
    def global_mode(self) -> Mode | None:
        """The cluster's mode as this unit knows it (F4)."""
        return parse_mode(self.section("apis", "operation_mode").get("global"))

    @property
    def local_mode(self) -> Mode | None:
        """This unit's own mode; None follows the global one (F5)."""
        return parse_mode(self.section("apis", "operation_mode").get("local"))

    @property
    def effective(self) -> Mode | None:
        """The mode that this unit says it obeys (F6)."""
        return parse_mode(self.section("apis", "operation_mode").get("effective"))

    @property
    def grid_master(self) -> bool:
        """Whether this unit serves as Grid Master (`apis.is_grid_master`, T17)."""
        return self.section("apis").get("is_grid_master") is True

    @property
    def ip(self) -> str | None:
        """The unit's address as sent; "NA" is none (K1)."""
        return address(self.section("oesunit").get("ip"))

    @property
    def display(self) -> str | None:
        """The unit's name for people (F10)."""
        return text(self.section("oesunit").get("display"))

    @property
    def time(self) -> str | None:
        """The unit's own clock as sent, without a zone (F19, Z5b)."""
        return text(self.data.get("time"))
