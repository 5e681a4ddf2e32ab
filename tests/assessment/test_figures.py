"""The figures of a unit are read from its own data, and what the hardware does not tell is None."""

import json
from pathlib import Path

import pytest

from main_controller.assessment.figures import Figures, figures_of
from main_controller.domain.units import Unit

SAMPLES = Path(__file__).resolve().parents[1] / "recordings" / "samples"


def test_the_figures_are_read_from_a_units_own_data() -> None:
    data = {
        "dcdc": {
            "meter": {"vg": 350, "wg": -70.5, "ig": -0.2, "wb": -75.0, "vb": 48.0, "ib": -1.5, "tmp": 26.5},
            "vdis": {"dvg": 351.0},
            "param": {"dig": 2.3},
            "powermeter": {"p1": 40.0, "p2": 30.0},
        },
        "emu": {"pvc_charge_power": 310.0, "ups_output_power": 50.0, "charge_discharge_power": -20.0},
        "battery": {"rsoc": 70.5},
        "apis": {"remaining_capacity_wh": 1692},
    }
    read = figures_of(Unit("E001", data))
    assert (read.vg, read.wg, read.ig, read.wb, read.vb, read.ib) == (350.0, -70.5, -0.2, -75.0, 48.0, -1.5)
    assert (read.dvg, read.dig, read.rsoc, read.remaining, read.temperature) == (351.0, 2.3, 70.5, 1692.0, 26.5)
    assert (read.pv, read.load, read.utility, read.demand, read.battery) == (310.0, 50.0, 30.0, 40.0, -20.0)
    assert (read.carries, read.inward) == (True, True)


@pytest.mark.parametrize(
    ("power", "current", "read"),
    [(354.39, -7.38, -354.39), (354.39, 7.38, 354.39), (-20.0, -0.4, -20.0), (20.0, None, 20.0), (None, -1.0, None)],
)
def test_a_battery_that_gives_is_told_by_the_sign_of_its_current(
    power: float | None, current: float | None, read: float | None
) -> None:
    unit = Unit("E001", {"emu": {"charge_discharge_power": power, "battery_current": current}})
    assert figures_of(unit).battery == read


def test_the_recorded_emulator_tells_no_sign_of_its_batterys_power_but_its_currents() -> None:
    """What the sun gives and the converter brings, less what the house takes, is what it tells (K2)."""
    entries = json.loads((SAMPLES / "get-log.sharing.json").read_text("utf-8"))
    found = [figures_of(Unit(unit_id, data)) for unit_id, data in entries.items()]
    assert all(data["emu"]["charge_discharge_power"] >= 0 for data in entries.values())
    assert {(read.battery or 0) < 0 for read in found} == {True, False}


def test_what_the_hardware_does_not_tell_is_none() -> None:
    assert figures_of(Unit("E001", {})) == Figures()
