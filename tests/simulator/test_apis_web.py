"""apis-web's exact replies, the wrong ones too (K3, K7, A15-3)."""

import json

import pytest

from main_controller.domain.modes import Mode, effective_mode, parse_mode
from main_controller.simulator import SimulatedCluster
from main_controller.simulator.exchange import Request
from tests.simulator.traces import budo, device, log_of, sharing, statuses, until

NO_E999 = {"succeeded": False, "error": "(NO_HANDLERS,-1) No handlers for address apis.E999.operationMode"}


@pytest.fixture
def cluster() -> SimulatedCluster:
    cluster = SimulatedCluster(4)
    until(cluster, lambda: sharing(cluster))
    return cluster


@pytest.mark.parametrize("query", [{"value": "autonomus"}, {}, {"value": ""}, {"vaule": "manual"}])
def test_a_misspelt_or_missing_mode_succeeds_and_stops_the_cluster(
    cluster: SimulatedCluster, query: dict[str, str]
) -> None:
    """K3: the global mode falls back to the policy's, deals are torn down hard."""
    assert budo(cluster, "/setOperationMode", **query) == {"succeeded": True}
    assert cluster.apis.mode is Mode.STOP
    cluster.advance(8)
    assert budo(cluster, "/deals") == []
    assert {unit.status.value for unit in cluster.plant.units.values()} == {"0x0000"}


@pytest.mark.parametrize("query", [{"value": "sotp"}, {}, {"value": ""}])
def test_a_misspelt_or_missing_mode_for_a_unit_clears_its_local_mode(
    cluster: SimulatedCluster, query: dict[str, str]
) -> None:
    """K3: succeeded, and it follows the cluster again."""
    assert budo(cluster, "/setOperationMode", unitId="E002", value="stop") == {"succeeded": True}
    assert cluster.apis.nodes["E002"].local is Mode.STOP
    assert budo(cluster, "/setOperationMode", unitId="E002", **query) == {"succeeded": True}
    assert cluster.apis.nodes["E002"].local is None


def test_an_unknown_unit_is_refused_with_http_200(cluster: SimulatedCluster) -> None:
    """K3, word for word."""
    reply = cluster.apis_web.budo_emulator(Request("GET", "/setOperationMode", {"unitId": "E999", "value": "stop"}))
    assert (reply.status, json.loads(reply.body)) == (200, NO_E999)
    refused = budo(cluster, "/shutdown", unitId="E999")
    assert refused["succeeded"] is False
    assert "No handlers for address apis.E999" in refused["error"]


def test_an_unknown_path_is_404(cluster: SimulatedCluster) -> None:
    """On both ports."""
    for answer in (cluster.apis_web.budo_emulator, cluster.apis_web.emulator_emulator):
        reply = answer(Request("GET", "/nope"))
        assert (reply.status, reply.body) == (404, b'{"error":"not found : /nope"}\n')


@pytest.mark.parametrize(
    ("path", "mode", "active"),
    [
        ("/active", "autonomous", True),
        ("/quiet", "heteronomous", True),
        ("/stop", "stop", False),
        ("/manual", "manual", False),
    ],
)
def test_the_four_words_set_the_mode_and_answer_as_status(path: str, mode: str, active: bool) -> None:
    """W6-W9."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL if mode == "stop" else Mode.STOP)
    assert budo(cluster, path) == {"active": active} == budo(cluster, "/getStatus")
    assert cluster.apis.mode.value == mode


@pytest.mark.parametrize("global_word", [mode.value for mode in Mode])
@pytest.mark.parametrize("local_word", ["", "heteronomous", "stop"])
def test_effective_mode_is_combined_as_apis_main_does(global_word: str, local_word: str) -> None:
    """A15-3, all twelve; `budo` is "1" only while effective is autonomous."""
    cluster = SimulatedCluster(2)
    budo(cluster, "/setOperationMode", value=global_word)
    budo(cluster, "/setOperationMode", value=local_word, unitId="E002")
    cluster.advance(12)
    unit = log_of(cluster)["E002"]
    effective = effective_mode(Mode(global_word), parse_mode(local_word))
    assert unit["apis"]["operation_mode"] == {
        "global": global_word,
        "local": local_word or None,
        "effective": effective.value,
    }
    assert unit["oesunit"]["budo"] == ("1" if effective is Mode.AUTONOMOUS else "0")


def test_soft_stop_makes_no_new_deal_and_stop_none_at_all() -> None:
    """Heteronomous from the start: never a deal; the same with every unit in a local soft stop."""
    quiet = SimulatedCluster(4, mode=Mode.HETERONOMOUS)
    local = SimulatedCluster(4, mode=Mode.STOP)
    for uid in local.apis.nodes:
        budo(local, "/setOperationMode", value="heteronomous", unitId=uid)
    budo(local, "/active")
    for _ in range(60):
        quiet.advance(1)
        local.advance(1)
        assert budo(quiet, "/deals") == budo(local, "/deals") == []


def test_shutdown_of_a_unit_ends_its_node_only() -> None:
    """Gone from the log, still a member, its converter as it was, no order reaches it."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL)
    device(cluster, "/set/dcdc/E003", mode="0x0014", dvg="350", dig="2")
    assert budo(cluster, "/shutdown", unitId="E003") == {"succeeded": True}
    cluster.advance(10)
    assert set(log_of(cluster)) == {"E001", "E002", "E004"}
    assert budo(cluster, "/unitIds") == ["E001", "E002", "E003", "E004"]
    assert cluster.plant.units["E003"].status.value == "0x0014"
    assert budo(cluster, "/setOperationMode", unitId="E003", value="stop")["succeeded"] is False


def test_shutdown_of_all_leaves_the_last_picture_and_nobody_to_ask() -> None:
    """The global mode does not survive it, a local one does (K3)."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL)
    budo(cluster, "/setOperationMode", unitId="E004", value="stop")
    cluster.advance(10)
    grid = log_of(cluster)
    assert budo(cluster, "/shutdown") == {"succeeded": True}
    cluster.advance(60)
    assert log_of(cluster) == grid
    assert budo(cluster, "/unitIds") == budo(cluster, "/deals") == []
    assert "error" in budo(cluster, "/getStatus")
    assert budo(cluster, "/setOperationMode", value="autonomous")["succeeded"] is False
    assert budo(cluster, "/shutdown")["succeeded"] is False
    cluster.fault("node-returns")
    cluster.advance(40)
    assert {unit["apis"]["operation_mode"]["global"] for unit in log_of(cluster).values()} == {"stop"}
    assert log_of(cluster)["E004"]["apis"]["operation_mode"]["local"] == "stop"


def test_run_on_a_bus_that_somebody_else_holds_ends_in_a_grid_error() -> None:
    """What manual work left behind stays (Z9a), and the first deal then stops the cluster (recorded at 193 s)."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL)
    device(cluster, "/set/dcdc/E004", mode="0x0014", dvg="350", dig="2")
    cluster.advance(15)
    budo(cluster, "/stop")
    cluster.advance(15)
    assert statuses(log_of(cluster))["E004"] == "0x0014"
    budo(cluster, "/active")
    until(cluster, lambda: budo(cluster, "/getStatus") == {"active": False}, 30)
    assert budo(cluster, "/deals")
    cluster.advance(20)
    assert {unit["apis"]["operation_mode"]["global"] for unit in log_of(cluster).values()} == {"stop"}
    assert budo(cluster, "/deals") == []
