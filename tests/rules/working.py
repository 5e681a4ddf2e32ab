"""Converters at work for the tests of the bus' alarms, their readings and their data telling the same."""

from collections.abc import Collection, Mapping
from typing import Any

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.limits import BatteryLimits
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.units import Unit
from main_controller.rules.bus_condition import Condition, ConditionKind, Key, Look
from main_controller.rules.bus_watch import Explained, conditions
from main_controller.rules.interlock_terms import Limits
from tests.assessment.units import NOW, assessed, grid_of, reading

CV, CHARGE, DISCHARGE, WAIT = (
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
    ConverterStatus.WAIT,
)


def working(
    unit_id: str, status: ConverterStatus | None, ig: float | None, *, volts: Any = (), **more: Any
) -> UnitAssessment:
    """A unit with a sound battery on a bus of 350 V; `volts` are its last readings' voltages, the newest last."""
    told = {
        "vg": 350.0, "dvg": 350.0, "dig": 2.3, "vb": 52.0, "ib": 10.0, "tmp": 25.0, "rsoc": 60.0, "permission": None,
        **more,
    }  # fmt: skip
    shown = [*volts] or [told["vg"]] * 3
    times = [NOW - 2.0 - 5.0 * back for back in reversed(range(len(shown)))]
    readings = [
        reading(status, at=at, vg=vg, ig=ig, dvg=told["dvg"], dig=told["dig"])
        for at, vg in zip(times, shown, strict=True)
    ]
    meter = {"vg": shown[-1], "ig": ig, "vb": told["vb"], "ib": told["ib"], "tmp": told["tmp"]}
    data = {
        "dcdc": {"status": {"status": None if status is None else str(status)}, "meter": meter},
        "battery": {"rsoc": told["rsoc"], "battery_operation_status": told["permission"]},
    }
    return assessed(unit_id, status, readings=readings, reported=Unit(unit_id, data), age=told.get("age", 2.0))


def found(
    *units: UnitAssessment, limits: Limits | None = None, told: Collection[Key] = (),
    own: Mapping[str, Limits] | None = None,
) -> list[Condition]:  # fmt: skip
    """What is wrong with these units, besides that nothing explains them and that their currents need not add up."""
    look = Look(grid_of(*units, mode=Mode.MANUAL), limits or Limits(), told, own=own or {})
    all_found = conditions(look, Explained(by_hand={one.id: "c1" for one in units}))
    return [one for one in all_found if one.kind is not ConditionKind.CURRENTS_OFF]


def kinds(*units: UnitAssessment, **more: Any) -> list[str]:
    """The kinds of that."""
    return [one.kind for one in found(*units, **more)]


def only(*units: UnitAssessment, **more: Any) -> Condition:
    """The one thing that is wrong."""
    (one,) = found(*units, **more)
    return one


def bearing(**more: float) -> Limits:
    """The limits with another battery."""
    return Limits(battery=BatteryLimits(**more))
