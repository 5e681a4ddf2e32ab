"""`/metrics` of the whole program: what it cannot tell is absent, and what it counted outlives it."""

import re
from pathlib import Path
from unittest import mock

import pytest

from main_controller.errors import ControllerError
from main_controller.history.slot import MINUTE, Energies, Powers, Slot
from main_controller.sentence import foreign
from main_controller.wiring import metrics as wiring
from tests.system.conftest import console_on
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid


def series(console: Console) -> dict[str, float]:
    """What is served now, by name and labels as written."""
    answer = console.call("/metrics")
    assert answer.status == 200
    lines = [line for line in answer.body.decode().splitlines() if not line.startswith("#")]
    return {name.removeprefix("apis_mc_"): float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def named(found: dict[str, float], name: str) -> list[str]:
    return [one for one in found if one.partition("{")[0] == name]


def test_it_tells_of_the_whole_program(console: Console) -> None:
    until(lambda: all(series(console)[one] == 1.0 for one in named(series(console), "loop_up")), "every loop")
    found = series(console)
    assert found['units{state="live"}'] == 2.0
    assert found["alarms_up"] == found["journal_up"] == found["history_up"] == 1.0
    assert {re.sub(r".*=|[\"}]", "", one) for one in named(found, "loop_up")} == {
        "alarms", "data collector", "grid watcher", "recorder", "scheduler"
    }  # fmt: skip
    queues = ("request", "stop request", "stop all request", "journal", "history")
    assert named(found, "queue_length") == [f'queue_length{{queue="{one}"}}' for one in queues]
    assert found['route_replies_total{code="2xx",route="getStatus"}'] >= 1
    assert found["poll_duration_seconds_count"] >= 1


def test_routes_are_counted_by_their_declaration_and_never_by_path(console: Console) -> None:
    for path in ("/get/unit/E001", "/get/unit/nobody", "/get/unit/..%2f..", "/nowhere", "/get/logInfo", "/get/frame"):
        console.call(path)
    until(lambda: 'route_duration_seconds_count{route="getLogInfo"}' in series(console))
    found = series(console)
    assert found['route_replies_total{code="2xx",route="getUnit"}'] == 1
    assert found['route_replies_total{code="4xx",route="getUnit"}'] == 2
    assert 'route_duration_seconds_count{route="getFrame"}' in found
    assert not [one for one in found if "nobody" in one or "nowhere" in one or "/" in one]


def test_alarms_that_nobody_looks_at_are_absent(console: Console) -> None:
    with mock.patch.object(wiring, "LOOKED_AT", -1.0):
        until(lambda: series(console)["alarms_up"] == 0.0, "alarms that were not looked at")
        assert named(series(console), "alarm_active") == []
    until(lambda: series(console)["alarms_up"] == 1.0)
    assert named(series(console), "alarm_active")


def test_energies_that_cannot_be_read_are_absent_and_all_else_is_served(console: Console) -> None:
    refused = mock.Mock(side_effect=ControllerError(foreign("the disk is gone")))
    with mock.patch.object(console.controller.stores.history, "totals", refused):
        until(lambda: not named(series(console), "deals_ended_total"), "no totals")
        assert series(console)['units{state="live"}'] == 2.0
    until(lambda: bool(named(series(console), "deals_ended_total")), "totals again")


def test_while_apis_web_is_away_no_figure_of_a_unit_stands(console: Console, grid: FakeGrid) -> None:
    assert named(series(console), "unit_grid_voltage_volts")
    grid.close()
    until(lambda: not named(series(console), "unit_grid_voltage_volts"), "figures gone")
    found = series(console)
    assert (found['unit_up{unit="E001"}'], found['unit_state{unit="E001",state="stale"}']) == (0.0, 1.0)
    assert found['apis_web_up{program="emulatorEmulator"}'] == 0.0
    assert found["poll_failures_total"] > 0
    assert found["poll_age_seconds"] > 1.5
    assert named(found, "flexibility_power_watts") == named(found, "bus_voltage_volts") == []


@pytest.mark.parametrize("of_units", [True, False])
def test_energy_goes_on_over_a_restart(grid: FakeGrid, tmp_path: Path, of_units: bool) -> None:
    energies = []
    for wh in (1.0, 0.5):
        with Console(tmp_path / "console", unitmetrics=of_units, **grid.settings) as console:
            until(lambda: console.status["data"]["live"] == 2, "the first picture")
            slot = Slot("E001", 0, MINUTE, 60.0, Powers(), Energies(wh, 0.0), None, None, (0.0,) * 5, (0.0,) * 5)
            console.controller.stores.history.write([slot])
            if not of_units:
                assert [one for one in series(console) if "E001" in one] == []
                return
            until(lambda: bool(named(series(console), "unit_grid_energy_joules_total")), "energy")
            told = {one: value for one, value in series(console).items() if 'unit="E001",way="in"' in one}
            energies.append(told)
    (first, second) = energies
    assert list(first) == list(second), "one record"
    assert [*first.values(), *second.values()] == pytest.approx([3600.0, 5400.0], abs=1.0)


def test_who_may_not_call_may_not_scrape(grid: FakeGrid, tmp_path: Path) -> None:
    with console_on(grid, tmp_path / "console") as console, mock.patch.object(
        console.controller._routes.application._guard, "_networks", ()
    ):  # fmt: skip
        assert console.call("/metrics").status == 403
