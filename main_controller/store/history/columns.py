"""The columns of a slot in the file: whole numbers, scaled, so that a unit's minute takes few bytes.

Used within store/history. Nothing is stored for what is not told; a zero takes no byte besides its column's.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from main_controller.history.slot import MODES, STATUSES, Energies, Powers, Slot, Voltage

POWERS = tuple(f"{name}_w" for name in Powers._fields)
"""Tenths of W."""
ENERGIES = tuple(f"{name}_wh" for name in Energies._fields)
"""Thousandths of Wh."""
VOLTAGES = ("lowest_v", "mean_v", "highest_v")
"""Hundredths of V."""
IN_STATUS = ("wait_s", "reference_s", "charge_s", "discharge_s", "other_s")
IN_MODE = ("run_s", "soft_stop_s", "force_stop_s", "manual_s", "no_mode_s")
"""Tenths of s, as `covered`."""

ALL = ("covered", *POWERS, *ENERGIES, *VOLTAGES, "charge", *IN_STATUS, *IN_MODE)
"""In the order of the table, after `unit` and `start`; `charge` in tenths of %."""

_TENTH, _HUNDREDTH, _THOUSANDTH = 10, 100, 1000
_SCALES = (
    _TENTH, *(_TENTH,) * len(POWERS), *(_THOUSANDTH,) * len(ENERGIES), *(_HUNDREDTH,) * len(VOLTAGES), _TENTH,
    *(_TENTH,) * len(IN_STATUS), *(_TENTH,) * len(IN_MODE),
)  # fmt: skip
_LARGEST = 2**62
_MEANS = (*POWERS, "mean_v")

assert len(IN_STATUS) == len(STATUSES)
assert len(IN_MODE) == len(MODES)


class Table(NamedTuple):
    """A table of slots of one `length`, s."""

    name: str
    length: int


def packed(slot: Slot) -> tuple[int | None, ...]:
    """The values of `ALL`."""
    volts: Sequence[float | None] = slot.voltage or (None, None, None)
    values = (slot.covered, *slot.powers, *slot.energies, *volts, slot.charge, *slot.statuses, *slot.modes)
    return tuple(
        None if value is None else max(-_LARGEST, min(_LARGEST, round(value * scale)))
        for value, scale in zip(values, _SCALES, strict=True)
    )


def unpacked(unit_id: str, start: int, length: int, row: Sequence[Any]) -> Slot:
    """The slot of the values of `ALL`."""
    values = [None if value is None else value / scale for value, scale in zip(row, _SCALES, strict=True)]
    covered, rest = values[0] or 0.0, values[1:]
    powers, rest = rest[: len(POWERS)], rest[len(POWERS) :]
    energies, rest = rest[: len(ENERGIES)], rest[len(ENERGIES) :]
    (lowest, mean, highest), charge, rest = rest[:3], rest[3], rest[4:]
    voltage = None if lowest is None or mean is None or highest is None else Voltage(lowest, mean, highest)
    seconds = [value or 0.0 for value in rest]
    return Slot(
        unit_id, start, length, covered, Powers(*powers), Energies(*energies), voltage, charge,
        tuple(seconds[: len(IN_STATUS)]), tuple(seconds[len(IN_STATUS) :]),
    )  # fmt: skip


def added(column: str) -> str:
    """What becomes of a column when more comes for a slot that is there, as SQL: after a restart within the minute, or
    after the clock was set back."""
    ours, new = f"slot.{column}", f"excluded.{column}"
    if column in _MEANS:
        mean = f"({ours} * slot.covered + {new} * excluded.covered) / max(1, slot.covered + excluded.covered)"
        return f"CASE WHEN {ours} IS NULL THEN {new} WHEN {new} IS NULL THEN {ours} ELSE {mean} END"
    if column == "charge":
        return f"coalesce({new}, {ours})"
    if column == "lowest_v":
        return f"coalesce(min({ours}, {new}), {ours}, {new})"
    if column == "highest_v":
        return f"coalesce(max({ours}, {new}), {ours}, {new})"
    return f"CASE WHEN {ours} IS NULL THEN {new} WHEN {new} IS NULL THEN {ours} ELSE {ours} + {new} END"


def summed(column: str) -> str:
    """A column of a longer slot made of shorter ones, as SQL over their group."""
    if column in _MEANS:
        weight = f"sum(CASE WHEN {column} IS NULL THEN 0 ELSE covered END)"
        return f"CAST(round(1.0 * sum({column} * covered) / nullif({weight}, 0)) AS INTEGER)"
    if column == "lowest_v":
        return f"min({column})"
    if column == "highest_v":
        return f"max({column})"
    if column == "charge":
        return "NULL"
    return f"sum({column})"
