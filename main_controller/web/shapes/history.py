"""What has been, slot by slot (V8)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypedDict

import msgspec

from main_controller.domain.timestamps import iso_utc
from main_controller.history.slot import Slot
from main_controller.web.shapes.common import Time, UnitId

COLUMNS = (
    "start", "coverage",
    "pvW", "loadW", "utilityW", "batteryW", "gridW",
    "gridInWh", "gridOutWh", "batteryInWh", "batteryOutWh",
    "lowestV", "meanV", "highestV", "chargePercent",
    "waitS", "referenceS", "chargeS", "dischargeS", "otherS",
    "runS", "softStopS", "forceStopS", "manualS", "noModeS",
)  # fmt: skip
"""The columns, each with its unit at its end; `coverage` is 0 to 1."""

Column = Annotated[str, msgspec.Meta(description="a figure's name, with its unit at its end")]
Row = Annotated[list[Any], msgspec.Meta(description="a slot's values in the order of the columns; null: not told")]


class HistoryShown(TypedDict):
    """What was recorded of a unit (`unit` null: of the cluster), one row for each slot, the oldest first.

    `coverage` is the part of the slot in which the unit was live by its own clock while this program ran; a slot
    without any has 0 and nulls. `+` charges; what is `In` flows into the unit or its battery. `reachesBackTo` is the
    beginning of the oldest slot that is kept of those of which these are made, null: there is none.

    `recordedUntil` is up to when minutes are written. A slot that ends later stands so far, and one that begins then or
    later tells nothing yet: only what lies before is a gap where it is not covered. null: not known yet, just after a
    start.
    """

    unit: UnitId | None
    step: str
    columns: list[Column]
    rows: list[Row]
    reachesBackTo: Time | None
    recordedUntil: Time | None


class UnitCoverage(TypedDict):
    """The part (0 to 1) of each day in which a unit was covered; `unitId` null: the mean over the units of then."""

    unitId: UnitId | None
    coverage: list[Annotated[float, msgspec.Meta(ge=0, le=1)]]


class CoverageShown(TypedDict):
    """How complete the record is: `days` are their first moments by the site's clock. A day that is not over counts as
    far as it has come. What lies before `reachesBackTo` is not kept; null: nothing is."""

    days: list[Time]
    units: list[UnitCoverage]
    reachesBackTo: Time | None


def row_of(start: int, slot: Slot | None) -> list[Any]:
    """A slot's values in the order of `COLUMNS`; of a gap only its start and that nothing is covered."""
    from_1970 = _time(start)
    if slot is None:
        return [from_1970, 0.0, *(None for _ in COLUMNS[2:])]
    volts: Sequence[float | None] = slot.voltage or (None, None, None)
    return [
        from_1970, round(slot.coverage, 3),
        *map(_tenth, slot.powers), *(_rounded(one, 3) for one in slot.energies), *(_rounded(one, 2) for one in volts),
        _tenth(slot.charge), *map(_tenth, slot.statuses), *map(_tenth, slot.modes),
    ]  # fmt: skip


def _tenth(value: float | None) -> float | None:
    return _rounded(value, 1)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _time(start: int) -> str:
    return iso_utc(datetime.fromtimestamp(start, UTC))
