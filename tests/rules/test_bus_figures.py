"""The figures of the bus are sums that say what they rest on."""

from dataclasses import astuple
from typing import Any

import pytest

from main_controller.assessment.bus import bus_of
from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.limits import BusLimits
from main_controller.domain.modes import ConverterStatus
from main_controller.rules.bus_figures import (
    Balance,
    BusFigures,
    BusVoltage,
    Headroom,
    Holder,
    bus_figures,
    headroom,
    unit_losses,
)
from main_controller.rules.bus_watch import Explained
from main_controller.rules.interlock_terms import Limits
from tests.assessment.units import NOW, assessed, grid_of

CV, CHARGE, DISCHARGE, WAIT = (
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
    ConverterStatus.WAIT,
)


def measured(**figures: Any) -> Figures:
    return Figures(**{"vg": 350.0, "ig": 0.0, "wg": 0.0, "wb": -20.0, **figures})


def unit(unit_id: str, status: ConverterStatus | None = WAIT, *, age: float = 2.0, **figures: Any) -> UnitAssessment:
    return assessed(unit_id, status, age=age, figures=measured(**figures))


def sharing() -> list[UnitAssessment]:
    return [
        unit("E001", CV, dvg=350.0, dig=2.3, ig=-2.0, wg=-700.0, wb=-755.0),
        unit("E002", CHARGE, dvg=350.0, dig=2.0, ig=2.0, vg=348.0, wg=696.0, wb=650.0),
        unit("E003", vg=349.0),
    ]


def figures(units: list[UnitAssessment], explained: Explained | None = None) -> BusFigures:
    live = [one for one in units if one.live]
    grid = grid_of(*units, bus=bus_of(live, BusLimits(), NOW))
    return bus_figures(grid, explained or Explained(), Limits(fresh=15.0))


def test_the_reference_tells_what_it_carries_and_what_it_could_still_take_over() -> None:
    assert figures(sharing()).reference == Holder("E001", dvg=350.0, vg=350.0, limit=2.3, net=2.0, headroom=0.3)


def test_of_two_references_or_none_nothing_is_told() -> None:
    assert figures([unit("E001", CV), unit("E002", CV)]).reference is None
    assert figures([unit("E001")]).reference is None


def test_the_voltage_rests_on_fresh_readings_and_says_how_many() -> None:
    told = figures([*sharing(), unit("E004", vg=0.0, age=16.0), unit("E005", vg=None)]).voltage
    assert told == BusVoltage(lowest=348.0, mean=349.0, highest=350.0, of=3, below=1.0, outside=())
    assert figures([unit("E001", vg=None)]).voltage is None


def test_the_balance_is_what_the_bus_loses_and_says_when_its_readings_are_apart() -> None:
    assert figures(sharing()).balance == Balance(
        taken=696.0, given=700.0, residual=4.0, percent=0.6, skew=0.0, within_skew=False
    )
    apart = figures([*sharing(), unit("E004", age=8.0)]).balance
    assert apart is not None
    assert (apart.skew, apart.within_skew) == (6.0, True)
    assert figures([*sharing(), unit("E004", wg=None)]).balance is None, "one who does not tell spoils the sum"
    alone = figures([unit("E001")]).balance
    assert alone is not None
    assert (alone.percent, alone.skew, alone.within_skew) == (None, 0.0, False)


def test_of_units_that_are_not_live_nothing_is_told() -> None:
    assert figures([*sharing(), unit("E004", CHARGE, wg=300.0, age=31.0)]) == figures(sharing())
    assert figures([]) == BusFigures()


def test_a_converter_loses_whichever_way_it_works() -> None:
    giver, taker, _ = sharing()
    assert (unit_losses(giver.figures), unit_losses(taker.figures)) == (55.0, 46.0)
    assert figures(sharing()).losses == 101.0
    assert figures([*sharing(), unit("E004", CHARGE, wb=None)]).losses is None


def test_every_converter_at_work_is_listed_with_what_explains_it() -> None:
    told = figures(sharing(), Explained({"E002"}, {"E001": "c7"})).working
    assert [(one.unit_id, one.explained_by) for one in told] == [("E001", "c7"), ("E002", "deal")]
    assert (told[1].dvg, told[1].dig) == (350.0, 2.0)
    assert (told[1].vg, told[1].ig) == (348.0, 2.0)
    assert figures([unit("E009", None)]).working[0].explained_by is None


def test_headroom_is_told_by_charge_and_current_and_minutes_only_the_way_it_goes() -> None:
    giving = measured(ig=-2.0, wb=-600.0, rsoc=50.0, remaining=1200.0)
    told = headroom(giving, current_max=2.3, reserve=20.0)
    assert told == Headroom(
        current=0.3, power=105, to_reserve=720, to_full=1200, minutes_to_reserve=72, minutes_to_full=None
    )
    low = headroom(measured(rsoc=15.0, remaining=360.0, wb=600.0), current_max=2.3, reserve=20.0)
    assert (low.to_reserve, low.minutes_to_full) == (0, 204)


@pytest.mark.parametrize("missing", [{"rsoc": None}, {"remaining": None}, {"rsoc": 0.0}])
def test_what_the_hardware_does_not_tell_is_null(missing: dict[str, Any]) -> None:
    values = {"rsoc": 50.0, "remaining": 1200.0, **missing}
    told = headroom(measured(**values), current_max=2.3, reserve=20.0)
    assert (told.to_reserve, told.to_full) == (None, None)
    mute = headroom(measured(ig=None), current_max=2.3, reserve=20.0)
    assert (mute.current, mute.power) == (None, None)
    assert headroom(measured(vg=0.0), current_max=2.3, reserve=20.0).power is None, "a dead bus tells no power"


@pytest.mark.parametrize(("rsoc", "remaining"), [(5e-324, 1e308), (1e308, 1e308), (1e-300, 1.0), (50.0, 1e300)])
@pytest.mark.parametrize("wb", [-5000.0, 5000.0, 1e308, -1e308])
def test_headroom_beyond_all_sense_is_not_told(rsoc: float, remaining: float, wb: float) -> None:
    """One unit that tells nonsense made its own dry run fail."""
    told = headroom(measured(rsoc=rsoc, remaining=remaining, wb=wb), current_max=2.3, reserve=20.0)
    assert all(value is None or value < 1e9 for value in astuple(told))
    assert told.to_reserve in (None, 0)
