"""What the cluster could give and take: by charge and limits, of units that tell, and never a guess."""

from typing import Any

import pytest

from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.limits import BatteryLimits
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.rules.flexibility import Flexibility, Offer, flexibility
from main_controller.rules.interlock_terms import Limits
from main_controller.sentence import foreign
from tests.assessment.units import assessed, battery, grid_of

CHARGE, DISCHARGE = ConverterStatus.CHARGE, ConverterStatus.DISCHARGE
LIMITS = Limits(current_max=2.0, bus_current=100.0, battery=BatteryLimits(reserve=20.0, hysteresis=5.0, full=95.0))


def unit(unit_id: str = "E001", rsoc: float | None = 60.0, *, full: float | None = 4800.0, status: Any = None,
         mode: Mode | None = Mode.AUTONOMOUS, permits: str = "0x03", age: float = 2.0, **more: Any
         ) -> UnitAssessment:  # fmt: skip
    remaining = None if rsoc is None or full is None else full * rsoc / 100
    told: dict[str, Any] = {"vb": 52.0, "temperature": 25.0}
    told |= {name: more.pop(name) for name in ("vb", "temperature") if name in more}
    figures = Figures(rsoc=rsoc, remaining=remaining, **told)
    return assessed(
        unit_id, status or ConverterStatus.WAIT, mode=mode, figures=figures, age=age,
        reported=battery(unit_id, status=permits), **more,
    )  # fmt: skip


def found(*units: UnitAssessment, limits: Limits = LIMITS, locked: Any = ()) -> Flexibility:
    return flexibility(grid_of(*units), limits, locked)


def way(energy: float, units: int = 1, power: float = 700.0) -> Offer:
    return Offer(pytest.approx(power), pytest.approx(energy), units)  # type: ignore[arg-type]


def test_one_unit_gives_down_to_its_reserve_and_takes_up_to_full_at_its_converters_limit() -> None:
    """60 % of 4,800 Wh: 40 % to the reserve of 20, 35 % to 95; 2 A at 350 V."""
    assert found(unit()) == Flexibility(way(1920.0), way(1680.0), 1, 0)


def test_units_add_up_and_the_bus_bounds_them_together() -> None:
    three = [unit(f"E00{n}") for n in (1, 2, 3)]
    assert found(*three) == Flexibility(way(5760.0, 3, 2100.0), way(5040.0, 3, 2100.0), 3, 0)
    bound = Limits(current_max=2.0, bus_current=5.0, battery=LIMITS.battery)
    assert found(*three, limits=bound).give == way(5760.0, 3, 1750.0)


def test_the_batterys_own_current_may_be_less_than_the_converters() -> None:
    """10 A at 52 V, of which nine tenths arrive."""
    limits = Limits(current_max=2.0, battery=BatteryLimits(current_max=10.0))
    assert found(unit(), limits=limits).take == way(1680.0, 1, 468.0)


@pytest.mark.parametrize(
    ("rsoc", "status", "gives", "takes"),
    [
        (25.0, None, False, True),  # begins to give only above reserve and hysteresis
        (25.0, DISCHARGE, True, True),  # goes on giving down to the reserve
        (20.0, DISCHARGE, False, True),
        (25.1, None, True, True),
        (95.0, None, True, False),
        (94.9, CHARGE, True, True),
    ],
)
def test_reserve_hysteresis_and_full_are_those_of_the_rules(
    rsoc: float, status: ConverterStatus | None, gives: bool, takes: bool
) -> None:
    one = found(unit(rsoc=rsoc, status=status))
    assert one.give is not None
    assert one.take is not None
    assert (one.give.units, one.take.units) == (int(gives), int(takes))
    assert (one.give.power > 0, one.take.power > 0) == (gives, takes)
    assert (one.give.energy > 0, one.take.energy > 0) == (gives, takes)


@pytest.mark.parametrize(
    ("more", "gives", "takes"),
    [
        ({"permits": "0x01"}, 0, 1),
        ({"permits": "0x02"}, 1, 0),
        ({"permits": "0x00"}, 0, 0),
        ({"temperature": -5.0}, 0, 0),
        ({"temperature": 46.0}, 0, 0),
        ({"vb": 58.2}, 1, 0),
        ({"vb": 32.2}, 0, 1),
        ({"vb": None, "temperature": None}, 1, 1),
        ({"mode": Mode.HETERONOMOUS}, 0, 0),
        ({"mode": Mode.STOP}, 0, 0),
        ({"mode": Mode.MANUAL}, 1, 1),
        ({"conflict": foreign("two of them")}, 0, 0),
    ],
)
def test_what_keeps_a_unit_from_working_one_way_is_reckoned_as_nothing(
    more: dict[str, Any], gives: int, takes: int
) -> None:
    one = found(unit(**more))
    assert (one.give and one.give.units, one.take and one.take.units) == (gives, takes)
    assert (one.of, one.untold) == (1, 0)


@pytest.mark.parametrize("scope", ["", "E001"])
def test_nothing_may_be_started_where_somebody_works(scope: str) -> None:
    assert found(unit(), locked=[scope]).give == Offer(0.0, 0.0, 0)
    assert found(unit(), locked=["E002"]).give == way(1920.0)


@pytest.mark.parametrize(
    "more", [{"rsoc": None}, {"full": None}, {"mode": None}, {"age": 60.0}, {"rsoc": 0.0}, {"full": 1e300}]
)
def test_what_is_not_told_is_neither_offered_nor_taken_for_nothing(more: dict[str, Any]) -> None:
    assert found(unit(**more)) == Flexibility(None, None, 0, 1)
    beside = found(unit(**more), unit("E002"))
    assert (beside.give, beside.of, beside.untold) == (way(1920.0), 1, 1)


def test_without_units_there_is_nothing_to_tell() -> None:
    assert found() == Flexibility(None, None, 0, 0)
