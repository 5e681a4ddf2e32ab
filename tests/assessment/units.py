"""Units and pictures for the tests of the pure rules, made of readings and orders as the desk makes them."""

from collections.abc import Sequence
from typing import Any

from main_controller.assessment.estimate import estimate_of
from main_controller.assessment.figures import figures_of
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.actor import person
from main_controller.domain.commands import ConverterEffect
from main_controller.domain.freshness import Reading, UnitState
from main_controller.domain.modes import ConverterStatus, Mode, effective_mode
from main_controller.domain.units import Unit

ME = person("me")
"""Who gives orders in tests where it does not matter who."""

NOW = 1000.0
LAG = 12.0


def reading(
    status: ConverterStatus | None = ConverterStatus.WAIT, *, at: float = NOW - 2.0, **more: float | None
) -> Reading:
    """A reading that arrived `at`; vg 0 V, dvg 0 V, dig 0 A where nothing else is said."""
    values: dict[str, Any] = {"vg": 0.0, "ig": 0.0, "dvg": 0.0, "dig": 0.0, **more}
    return Reading(at, status, **values)


def order(status: ConverterStatus, *, entered: float = NOW - 30.0, **more: Any) -> ConverterEffect:
    """A converter order of 350 V and 1 A; in flight unless `returned` is given."""
    values: dict[str, Any] = {"command_id": "c1", "unit_id": "E001", "dvg": 350.0, "dig": 1.0, **more}
    return ConverterEffect(status=status, entered=entered, **values)


def answer(status: ConverterStatus | str, dvg: float | None = 350.0, dig: float | None = 1.0) -> dict[str, Any]:
    """The `dcdc` object that a converter answers with."""
    return {"status": {"status": str(status)}, "vdis": {"dvg": dvg}, "param": {"dig": dig}}


def battery(unit_id: str = "E001", **more: Any) -> Unit:
    """A unit's battery and converter as the data tell of them: half charged, 52 V, 25 degrees, all permitted."""
    told = {"rsoc": 60.0, "vb": 52.0, "tmp": 25.0, "status": "0x03", **more}
    return Unit(
        unit_id,
        {
            "battery": {"rsoc": told["rsoc"], "battery_operation_status": told["status"]},
            "dcdc": {"meter": {"vb": told["vb"], "tmp": told["tmp"]}},
        },
    )


def assessed(
    unit_id: str,
    status: ConverterStatus | None = ConverterStatus.WAIT,
    *,
    age: float = 2.0,
    orders: Sequence[ConverterEffect] = (),
    readings: Sequence[Reading] | None = None,
    state: UnitState | None = None,
    mode: Mode | None = Mode.MANUAL,
    local: Mode | None = None,
    vg: float | None = 0.0,
    dvg: float | None = 0.0,
    dig: float | None = 0.0,
    **more: Any,
) -> UnitAssessment:
    """A unit whose newest of three readings, 5 s apart, is `age` seconds old."""
    if readings is None:
        times = [NOW - age - 5.0 * back for back in (2, 1, 0)]
        readings = [reading(status, at=at, vg=vg, dvg=dvg, dig=dig) for at in times]
    last = readings[-1] if readings else None
    if state is None:
        state = UnitState.LIVE if age <= 30 else UnitState.STALE
    reported = more.pop("reported", battery(unit_id))
    told = figures_of(Unit(unit_id, {}) if reported is None else reported)
    values: dict[str, Any] = {
        "global_mode": mode,
        "local_mode": local,
        "effective": None if mode is None else effective_mode(mode, local),
        "reported": reported,
        "raw_status": None if status is None else str(status),
        "vg": vg,
        "dvg": dvg,
        "dig": dig,
        "figures": told._replace(vg=vg, dvg=dvg, dig=dig),
        **more,
    }
    return UnitAssessment(unit_id, state, NOW - age, last, tuple(readings), estimate_of(last, orders, LAG), **values)


def reference(
    unit_id: str = "E001", *, dvg: float = 350.0, dig: float = 2.3, vg: float = 350.0, **more: Any
) -> UnitAssessment:
    """A unit that is the voltage reference."""
    return assessed(unit_id, ConverterStatus.VOLTAGE_REFERENCE, dvg=dvg, dig=dig, vg=vg, **more)


def silent(unit_id: str, status: ConverterStatus | None = ConverterStatus.WAIT, **more: Any) -> UnitAssessment:
    """A member that the data no longer hold, last seen in `status`."""
    return assessed(unit_id, status, age=more.pop("age", 300.0), state=UnitState.SILENT, **more)


def never_seen(unit_id: str) -> UnitAssessment:
    """A member of which no reading was ever seen."""
    return UnitAssessment(unit_id, UnitState.SILENT, None, None, (), estimate_of(None, (), LAG))


def grid_of(*units: UnitAssessment, mode: Mode | None = Mode.MANUAL, **more: Any) -> GridState:
    """The state of a grid of these units."""
    return GridState(NOW, {one.id: one for one in units}, mode, **more)
