"""What works by hand, who gets Wait with it, and how a lease stands after so much silence."""

from dataclasses import replace

import msgspec
import pytest

from main_controller.assessment.grid_state import GridState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.rules.hand_lease import LeaseState, driven_by_hand, lease_state, to_wait
from tests.orders.bench import Bench, open_bench

CV, CHARGE, DISCHARGE = (ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE, ConverterStatus.DISCHARGE)


def driven(bench: Bench, *owned: str) -> list[str]:
    return [unit.id for unit in driven_by_hand(bench.desk.grid(), owned)]


def apis_mains(grid: GridState, unit_id: str) -> GridState:
    """The same with this unit driven by apis-main."""
    unit = msgspec.structs.replace(grid.units[unit_id], effective=Mode.AUTONOMOUS)
    return replace(grid, units={**grid.units, unit_id: unit})


def test_what_works_in_manual_is_driven_by_hand_whoever_ordered_it() -> None:
    with open_bench() as bench:
        bench.unit("E001").status, bench.unit("E002").status = str(CV), str(CHARGE)
        bench.settled()
        assert driven(bench) == ["E001", "E002"]
        assert driven(bench, "E002") == ["E001"], "the other is a guided sharing's"


@pytest.mark.parametrize("mode", [Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP])
def test_nothing_else_is(mode: Mode) -> None:
    with open_bench(mode=mode) as bench:
        bench.unit("E001").status = str(CV)
        assert driven(bench.settled()) == []


def test_an_order_on_its_way_counts_and_what_somebody_has_looked_at_does_not() -> None:
    with open_bench() as bench:
        bench.unit("E001").status = str(DISCHARGE)
        bench.settled()
        bench.ordered("E002", CHARGE)
        assert driven(bench) == ["E001", "E002"]
        bench.unit("E001").there = False
        bench.run(120.0)
        bench.acknowledged.given["E001"] = bench.cache.snapshot().last_status("E001")
        assert driven(bench) == ["E002"]


def test_with_a_reference_all_followers_get_wait_and_else_only_those_by_hand() -> None:
    with open_bench("E001", "E002", "E003", "E004") as bench:
        bench.unit("E001").status = str(CV)
        bench.unit("E002").status, bench.unit("E003").status = str(CHARGE), str(DISCHARGE)
        grid = apis_mains(bench.settled().desk.grid(), "E002")
        assert [unit.id for unit in driven_by_hand(grid, ())] == ["E001", "E003"]
        assert to_wait(grid, driven_by_hand(grid, ())) == ["E001", "E002", "E003"], "E002 would lose its reference"
        grid = apis_mains(grid, "E001")
        assert to_wait(grid, driven_by_hand(grid, ())) == ["E003"], "apis-main holds the bus"


@pytest.mark.parametrize(
    ("silent", "state"), [(0.0, "held"), (119.9, "held"), (120.0, "warned"), (149.9, "warned"), (150.0, "ending")]
)
def test_it_is_warned_first(silent: float, state: str) -> None:
    assert lease_state(silent, 120.0, 30.0) is LeaseState(state)
