"""What is rendered for Prometheus: valid in both formats, bounded per unit, and never an old value that looks live."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from main_controller.alarms.kinds import KINDS
from main_controller.assessment.cluster import Totals as Sums
from main_controller.assessment.figures import Figures
from main_controller.assessment.flows import Flow
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.history.ledger_deal import End
from main_controller.history.slot import CLUSTER, Energies
from main_controller.history.totals import Totals
from main_controller.metrics.exposition import Exposition, Rendered
from main_controller.metrics.instruments import Instruments
from main_controller.metrics.situation import LoopStanding, Situation
from main_controller.metrics.unit_lines import MOST
from main_controller.rules.flexibility import Flexibility, Offer
from tests.assessment.units import assessed, grid_of, never_seen, silent
from tests.metrics.tools import promtool


def read_openmetrics(text: str) -> list[Metric]:
    return list(openmetrics.text_string_to_metric_families(text))  # type: ignore[no-untyped-call]


FIGURES = Figures(
    pv=500.0, load=300.0, utility=20.0, battery=-150.0, wg=-700.0, vg=350.5, ig=-2.0, rsoc=61.5, remaining=2950.0
)
RECORD = Totals(
    1700000000,
    {"E001": Energies(1.5, 2.0, 3.0, 4.0), "E002": Energies(0.5, None, None, None), CLUSTER: Energies(2.0, 2.0)},
    {End.DELIVERED: 3, End.CUT: 1},
    10.0,
    9.0,
)


def told(unit_id: str = "E001", **more: Any) -> UnitAssessment:
    return assessed(unit_id, ConverterStatus.DISCHARGE, mode=Mode.AUTONOMOUS, figures=FIGURES, **more)


def situation(*units: UnitAssessment, **more: Any) -> Situation:
    grid = grid_of(*units, **more.pop("grid", {}))
    return Situation(grid, "0.1.0", 1_778_673_600.5, **{"totals": RECORD, **more})


def rendered(told: Situation, *, of_units: bool = True) -> Rendered:
    return Exposition(Instruments(), of_units=of_units).render(told)


Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: bytes) -> Samples:
    found: Samples = {}
    for family in read_text(text.decode()):
        for one in family.samples:
            key = (one.name.removeprefix("apis_mc_"), tuple(sorted(one.labels.items())))
            assert key not in found, key
            found[key] = one.value
    return found


def of(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((name, tuple(sorted(labels.items()))))


def names(found: Samples, unit_id: str) -> Counter[str]:
    return Counter(name for name, labels in found if ("unit", unit_id) in labels)


def test_a_live_unit_has_fifteen_series_in_base_units() -> None:
    found = samples(rendered(situation(told())).text)
    assert names(found, "E001").total() == MOST == 15
    flows = {flow: of(found, "unit_power_watts", unit="E001", flow=flow) for flow in ("pv", "load", "utility")}
    assert flows == {"pv": 500.0, "load": 300.0, "utility": 20.0}
    assert of(found, "unit_power_watts", unit="E001", flow="battery") == -150.0
    assert of(found, "unit_power_watts", unit="E001", flow="grid") == -700.0
    assert of(found, "unit_grid_voltage_volts", unit="E001") == 350.5
    assert of(found, "unit_grid_current_amperes", unit="E001") == -2.0
    assert of(found, "unit_charge_ratio", unit="E001") == 0.615
    assert of(found, "unit_state", unit="E001", state="live") == 1.0
    assert of(found, "unit_converter_status", unit="E001", status="0x0002") == 1.0
    assert of(found, "unit_mode", unit="E001", mode="autonomous") == 1.0
    assert (of(found, "unit_up", unit="E001"), of(found, "unit_age_seconds", unit="E001")) == (1.0, 2.0)
    joules = [
        of(found, "unit_grid_energy_joules_total", unit="E001", way=way, record="1700000000") for way in ("in", "out")
    ]
    assert joules == [5400.0, 7200.0]


@pytest.mark.parametrize("unit", [told(age=60.0), silent("E001", figures=FIGURES)])
def test_of_a_unit_that_is_not_live_no_figure_is_told_but_its_state_age_and_energy_are(unit: UnitAssessment) -> None:
    """Prometheus would show what stays as of now."""
    found = samples(rendered(situation(unit)).text)
    assert dict(names(found, "E001")) == {
        "unit_up": 1, "unit_age_seconds": 1, "unit_state": 1, "unit_grid_energy_joules_total": 2
    }  # fmt: skip
    assert of(found, "unit_up", unit="E001") == 0.0
    assert of(found, "unit_state", unit="E001", state=str(unit.state)) == 1.0
    age = of(found, "unit_age_seconds", unit="E001")
    assert age is not None
    assert age >= 60.0


def test_what_is_not_told_is_absent_and_never_zero() -> None:
    tells_nothing = msgspec.structs.replace(told("E002"), figures=Figures())
    found = samples(rendered(situation(tells_nothing, never_seen("E003"))).text)
    figures = ("unit_power_watts", "unit_charge_ratio", "unit_grid_voltage_volts", "unit_grid_current_amperes")
    assert not [name for name, _ in found if name in figures]
    assert of(found, "unit_age_seconds", unit="E003") is None
    assert of(found, "unit_up", unit="E003") == 0.0
    untold = {"deals", "deals_running", "deals_power_watts", "cluster_error", "grid_master_known", "bus_voltage_volts",
              "poll_age_seconds", "alarm_active", "estop_latched", "cluster_charge_ratio"}  # fmt: skip
    assert not untold & {name for name, _ in found}
    assert of(found, "alarms_up") == 0.0


def test_totals_that_cannot_be_read_are_absent() -> None:
    text = rendered(situation(told(), totals=None)).text
    assert b"joules_total" not in text
    assert b"deals_ended" not in text


def test_the_cluster_its_deals_and_what_it_could_give() -> None:
    flows = (
        Flow("E001", "E002", running=True, power=690.0), Flow("E001", "E003", running=False), Flow("E004", "E002")
    )  # fmt: skip
    more = {"grid": {"flows": flows, "deals": 3, "error": False, "grid_master_known": True, "mode": Mode.AUTONOMOUS,
                     "totals": Sums(pv=900.0, load=600.0, rsoc=50.0, remaining=1000.0)}}  # fmt: skip
    offers = Flexibility(Offer(1400.0, 2000.0, 2), Offer(700.0, 500.0, 1), 2, 1)
    found = samples(rendered(situation(told(), **more, flexibility=offers)).text)
    assert [of(found, name) for name in ("deals", "deals_running", "deals_power_watts")] == [3.0, 1.0, 690.0]
    assert of(found, "cluster_power_watts", flow="pv") == 900.0
    assert of(found, "cluster_power_watts", flow="utility") is None
    assert (of(found, "cluster_charge_ratio"), of(found, "cluster_stored_energy_joules")) == (0.5, 3.6e6)
    assert of(found, "cluster_energy_joules_total", flow="grid_in", record="1700000000") == 7200.0
    assert of(found, "cluster_mode", mode="autonomous") == 1.0
    assert of(found, "deals_ended_total", end="delivered", record="1700000000") == 3.0
    assert of(found, "deals_energy_joules_total", end="giver", record="1700000000") == 36000.0
    assert of(found, "flexibility_power_watts", way="give") == 1400.0
    assert of(found, "flexibility_energy_joules", way="take") == 500.0 * 3600
    assert (of(found, "flexibility_units", way="give"), of(found, "flexibility_untold_units")) == (2.0, 1.0)


def test_power_of_deals_that_nobody_tells_is_not_nothing() -> None:
    flow = Flow("E001", "E002", running=True)
    found = samples(rendered(situation(told(), grid={"flows": (flow,), "deals": 1})).text)
    assert (of(found, "deals_running"), of(found, "deals_power_watts")) == (1.0, None)


def test_every_kind_of_alarm_is_there_from_the_start() -> None:
    found = samples(rendered(situation(told(), alarms={"unitSilent": 2})).text)
    assert sum(name == "alarm_active" for name, _ in found) == len(KINDS)
    assert of(found, "alarm_active", kind="unitSilent", priority="3") == 2.0
    assert of(found, "alarm_active", kind="gridError", priority="1") == 0.0
    assert sum(name == "alarms_raised_total" for name, _ in found) == len(KINDS)


def test_single_units_can_be_left_out() -> None:
    text = rendered(situation(told(), told("E002")), of_units=False).text
    assert b"E001" not in text
    assert b'apis_mc_units{state="live"} 2.0' in text


ODD = ('quo"te', "back\\slash", "line\nfeed", "日本", "half\ud800", "brace}{", "a=b,c", " ", "#")


def test_ids_of_any_kind_are_told_whole_in_both_formats() -> None:
    both = rendered(situation(*(told(one) for one in ODD), totals=None))
    expected = {one.encode("utf-8", "replace").decode() for one in ODD}
    for families in ([*read_text(both.text.decode())], read_openmetrics(both.openmetrics.decode())):
        ids = {one.labels["unit"] for family in families for one in family.samples if family.name == "apis_mc_unit_up"}
        assert ids == expected


def full() -> Situation:
    return situation(
        told(), told("E002", age=60.0), never_seen("E003"), alarms={}, estop=False, answered_age=0.5, title='a "b"',
        peers={"emulatorEmulator": True, "budoEmulator": False}, loops=[LoopStanding("alarms", True, 0.1)],
        findings=["busLow"], queues={"journal": 3}, written_until=1_778_673_600,
        flexibility=Flexibility(None, None, 0, 3),
    )  # fmt: skip


def test_both_formats_tell_the_same() -> None:
    both = rendered(full())
    assert both.openmetrics.endswith(b"\n# EOF\n")

    def values(families: Any) -> dict[Any, float]:
        return {
            (one.name, tuple(sorted(one.labels.items()))): one.value
            for family in families
            for one in family.samples
            if not one.name.startswith("apis_mc_process_")
        }

    assert values(read_text(both.text.decode())) == values(read_openmetrics(both.openmetrics.decode()))


def test_promtool_finds_nothing_to_say() -> None:
    instruments = Instruments()
    instruments.replied("getFrame", 200, 0.003)
    instruments.polled(0.02, good=False)
    assert promtool("check", "metrics", given=Exposition(instruments).render(full()).text) == ""


def test_every_name_is_ours_and_every_help_a_sentence() -> None:
    text = rendered(full()).text.decode()
    for name, says in re.findall(r"^# HELP (\S+) (.*)$", text, re.MULTILINE):
        assert name.startswith("apis_mc_")
        assert says[0].isupper() or says.startswith("pv "), says
        assert says.endswith("."), says
    for name in re.findall(r"^(\w+)", text, re.MULTILINE):
        assert name.startswith("apis_mc_")


def test_the_same_moment_is_rendered_the_same_but_for_the_process_itself() -> None:
    exposition = Exposition(Instruments())
    one, other = (
        [line for line in exposition.render(full()).text.splitlines() if b"_process_" not in line] for _ in range(2)
    )
    assert one == other
    later = exposition.render(replace(full(), wall=1.0)).text
    assert b"apis_mc_rendered_timestamp_seconds 1.0\n" in later
