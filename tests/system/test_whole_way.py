"""The whole way on the simulated cluster: collect, show, order, see it verified, schedule, stop, share, restart.

Time runs twenty times faster on both sides, so that the real system's lags (K4, K9, K13, K15) keep their proportions.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.simulator import SimulatedCluster
from tests.faulty_server import Exchange, answering
from tests.system.conftest import ready
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

TEMPO = 0.05
REAL_TIMES: dict[str, Any] = {
    "readinglag": 12 * TEMPO,
    "modetime": 3,
    "gracetime": 45 * TEMPO,
    "staleafter": 2,
    "freshreading": 2,
    "steptime": 20,
}
UNITS = ["E001", "E002", "E003", "E004"]


@contextmanager
def simulated(mode: Mode = Mode.AUTONOMOUS, units: int = 4) -> Iterator[SimulatedCluster]:
    cluster = SimulatedCluster(units, tempo=TEMPO, mode=mode, speed=10)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


@contextmanager
def watching(cluster: SimulatedCluster, folder: Path, **more: Any) -> Iterator[Console]:
    urls = {"apis_emul_url": cluster.emul_url, "apis_budo_url": cluster.budo_url, "emul_url": cluster.device_url}
    with Console(folder, **{**REAL_TIMES, **urls, **more}) as console:
        until(lambda: ready(console, len(cluster.plant.units)), "the first picture")
        yield console


def ordered(console: Console, target: str) -> Any:
    """An order that must be accepted sooner or later, as readings that count come in, and its end."""
    answers: list[Any] = []

    def accepted() -> bool:
        answers.append(console.call(target))
        assert answers[-1].status in (200, 409, 503), (target, answers[-1].body)
        return bool(answers[-1].status == 200)

    until(accepted, f"{target} accepted", every=0.1)
    return ended(console, answers[-1].json["command"])


def ended(console: Console, command_id: str, deadline: float = 20.0) -> Any:
    def over() -> Any:
        found = console.get(f"/commands/{command_id}")
        return found if found["state"] not in ("pending", "accepted") else None

    return until(over, f"the end of {command_id}", deadline)


def statuses(cluster: SimulatedCluster) -> dict[str, ConverterStatus]:
    return {unit.id: unit.status for unit in cluster.plant.units.values()}


def in_wait(cluster: SimulatedCluster) -> bool:
    return set(statuses(cluster).values()) == {ConverterStatus.WAIT}


def soon(seconds: float) -> str:
    return quote((datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds"))


def test_a_day_of_an_operator(tmp_path: Path) -> None:
    """Every kind of order to its verified end, as an operator would give them, and the journal that tells of it."""
    with simulated() as cluster, watching(cluster, tmp_path) as console:
        assert sorted(console.get("/get/logInfo")) == UNITS
        assert console.status["grid"]["mode"] == "autonomous"
        until(lambda: console.get("/get/dealsInfo"), "a deal")
        deal = console.get("/get/dealsInfo")[0]
        assert {"chargingUnit", "dischargingUnit", "isMasterDeal", "request", "requester", "responder"} <= set(deal)
        until(lambda: console.status["grid"]["voltageReference"], "a voltage reference")
        assert console.call("/").status == 200

        soft = ordered(console, "/setOperationMode?value=heteronomous")
        assert (soft["state"], soft["sent"], set(soft["units"])) == ("verified", True, set(UNITS))
        until(lambda: console.get(f"/commands/{soft['id']}")["progress"]["drained"], "the deals' end (K13)")
        assert in_wait(cluster)

        local = ordered(console, "/setOperationMode?unitId=E003&value=stop")
        assert local["state"] == "verified"
        assert console.get("/get/unit/E003")["apis"]["operation_mode"]["local"] == "stop"
        assert ordered(console, "/setOperationMode?unitId=E003&value=")["state"] == "verified"

        assert ordered(console, "/set/budo/active")["state"] == "verified"
        assert ordered(console, "/set/budo/stop")["state"] == "verified"
        assert ordered(console, "/set/budo/manual")["state"] == "verified"
        assert console.status["grid"]["mode"] == "manual"
        by_hand(console, cluster)

        shut = ordered(console, "/shutDown?unitId=E004")
        assert shut["state"] == "verified"
        assert console.status["units"]["E004"]["state"] == "silent"
        assert not console.status["units"]["E004"]["unwatched"], "it was seen in Wait"

        done = console.call("/stopAll")
        assert done.json["stopAll"] == "done."
        assert {unit["state"] for unit in done.json["units"].values()} == {"verified"}
        told = {row["commandId"] for row in console.get("/journal?limit=500")["rows"]}
        assert {soft["id"], local["id"], shut["id"], done.json["command"]} <= told


def by_hand(console: Console, cluster: SimulatedCluster) -> None:
    """N10-N13: the wrong procedure is refused with the reason in numbers, the right one runs."""
    charge = "/set/dcdc/E002?mode=0x0041&dvg=350&dig=1"
    refused = console.call(charge)
    assert refused.status == 409
    assert ("c", "no-voltage-reference") in {(rule["rule"], rule["cause"]) for rule in refused.json["rules"]}
    assert ordered(console, "/set/dcdc/E001?mode=0x0014&dvg=350&dig=2")["state"] == "verified"
    too_soon = console.call(charge + "&dryRun=true").json
    assert too_soon["allowed"] is False
    assert [rule for rule in too_soon["rules"] if rule["rule"] == "f" and rule["pass"] is not True]
    assert ordered(console, charge)["state"] == "verified"
    until(lambda: (console.get("/get/meter/E002")["ig"], console.get("/get/meter/E001")["ig"]) == (1.0, -1.0), "1 A")
    assert not any(unit.heavy_alarm for unit in cluster.plant.units.values()), "nothing tripped"
    assert console.call("/set/dcdc/E003?mode=0x0014&dvg=350&dig=2").status == 409, "one reference at a time"
    assert console.call("/setOperationMode?value=autonomous").status == 409, "not before all are in Wait (Z8)"
    assert console.call("/shutDown").status == 409
    for unit_id in ("E002", "E001"):
        assert ordered(console, f"/set/dcdc/{unit_id}?mode=0x0000")["state"] == "verified"
    assert in_wait(cluster)


def test_a_guided_sharing_runs_and_ends(tmp_path: Path) -> None:
    """N13: reference up, bus stable, current on; and its safe end."""
    with simulated(Mode.MANUAL) as cluster, watching(cluster, tmp_path) as console:
        started = console.call("/share?from=E001&to=E003&current=2&minutes=10")
        assert started.status == 200, started.body
        until(lambda: console.get("/get/share")["share"]["step"] == "sharing", "the sharing")
        assert statuses(cluster)["E001"] is ConverterStatus.VOLTAGE_REFERENCE
        assert statuses(cluster)["E003"] is ConverterStatus.CHARGE
        assert console.call("/share?from=E002&to=E004&current=1&wh=5").status == 409, "one at a time"
        assert console.call("/share/end").status == 200
        assert ended(console, started.json["command"])["state"] == "verified"
        assert console.get("/get/share")["share"]["state"] == "ended"
        assert in_wait(cluster)
        assert not any(unit.heavy_alarm for unit in cluster.plant.units.values()), "ended in the right order"


def test_a_guided_sharing_ends_by_itself_when_apis_web_dies(tmp_path: Path) -> None:
    """Killed in the middle; the converters are reached without it, current first, then the reference."""
    with simulated(Mode.MANUAL) as cluster, watching(cluster, tmp_path) as console:
        started = console.call("/share?from=E001&to=E003&current=1.5&wh=500")
        until(lambda: console.get("/get/share")["share"]["step"] == "sharing", "the sharing")
        cluster.fault("apis-web-dies")
        end = ended(console, started.json["command"], deadline=40)
        assert end["state"] == "failed"
        assert "no longer live" in end["error"]
        assert in_wait(cluster)
        assert not any(unit.heavy_alarm for unit in cluster.plant.units.values())
        cluster.clear()
        until(lambda: console.status["data"]["live"] == 4, "its return")


def test_a_scheduled_soft_stop_fires_is_seen_in_effect_and_is_gone(tmp_path: Path) -> None:
    """G6, B3, Z12, R13: for the cluster and for one unit."""
    with simulated() as cluster, watching(cluster, tmp_path) as console:
        value = soon(1.2)
        assert console.call(f"/setSchedule?operation=softStop&unitId=E002&value={soon(0.8)}").status == 200
        answer = console.call(f"/setSchedule?operation=softStop&value={value}")
        assert answer.json["succeeded"] is True
        assert console.get("/schedules").keys() == {"", "E002"}
        assert set(console.schedules()) == {"-softStop", "E002-softStop"}
        assert cluster.apis.mode is Mode.AUTONOMOUS
        until(lambda: cluster.apis.mode is Mode.HETERONOMOUS, "the soft stop")
        assert datetime.now(UTC) >= datetime.fromisoformat(answer.json["due"])
        until(lambda: console.get("/schedules") == {}, "its end")
        assert console.schedules() == {}
        assert cluster.apis.nodes["E002"].local is Mode.HETERONOMOUS
        last = {each["unitId"]: each["outcome"] for each in console.status["schedules"]["last"]}
        assert last == {None: "done", "E002": "done"}
        orders = [each for each in console.get("/commands")["commands"] if each["by"] == "scheduler"]
        assert {each["unitId"] for each in orders} == {None, "E002"}
        until(lambda: all(ended(console, each["id"])["state"] == "verified" for each in orders), "them verified")
        until(lambda: journaled(console, "schedule") >= 4, "its rows: set, set, done, done")


def journaled(console: Console, kind: str) -> int:
    """How many rows of this kind are in the journal by now."""
    return sum(row["kind"] == kind for row in console.get("/journal")["rows"])


def test_a_schedule_that_came_due_while_down_fires_after_the_start(tmp_path: Path) -> None:
    """B4, B5, Z12; with what else a restart must not forget: members, locks, command numbers (Z6a)."""
    with simulated() as cluster:
        with watching(cluster, tmp_path) as console:
            assert ordered(console, "/setOperationMode?unitId=E003&value=stop")["state"] == "verified"
            until(lambda: console.call("/setLock?unitId=E003&name=anna&reason=fuse").status == 200, "the lock")
            due = datetime.now(UTC) + timedelta(seconds=2)  # the program has ended by then
            value = quote(due.isoformat(timespec="milliseconds"))
            assert console.call(f"/setSchedule?operation=softStop&value={value}").status == 200
            numbers = [int(each["id"][1:]) for each in console.get("/commands")["commands"]]
        assert cluster.apis.mode is Mode.AUTONOMOUS
        until(lambda: datetime.now(UTC) > due + timedelta(seconds=0.2), "the time")
        with watching(cluster, tmp_path) as console:
            until(lambda: cluster.apis.mode is Mode.HETERONOMOUS, "the soft stop")
            until(lambda: console.schedules() == {}, "its file's end")
            assert console.get("/locks")["E003"]["name"] == "anna"
            assert console.status["units"]["E003"]["locked"]["reason"] == "fuse"
            assert console.call("/setOperationMode?unitId=E003&value=").status == 409, "locked"
            assert console.call("/clearLock?unitId=E003&name=bert").status == 409
            assert console.call("/clearLock?unitId=E003&name=anna").status == 200
            again = [int(each["id"][1:]) for each in console.get("/commands")["commands"]]
            assert min(again) > max(numbers)


def test_a_restart_forgets_no_live_hardware(tmp_path: Path) -> None:
    """Z6a, K6: a unit that died in a working word is named after the restart too, until it is acknowledged."""
    with FakeGrid("E001", "E002", "E003") as grid:
        grid.units["E002"]["dcdc"]["status"]["status"] = "0x0014"
        with Console(tmp_path, **grid.settings) as console:
            until(lambda: ready(console, 3), "the first picture")
            gone = grid.units.pop("E002")
            until(lambda: console.status["units"]["E002"]["unwatched"], "E002 unwatched")
        with Console(tmp_path, **grid.settings) as console:
            until(lambda: console.status["data"]["live"] == 2, "the others")
            lost = console.status["units"]["E002"]
            assert (lost["state"], lost["unwatched"], lost["lastWord"]) == ("silent", True, "0x0014")
            assert b"E002" in console.call("/").body
            refused = console.call("/setOperationMode?value=autonomous")
            assert refused.status == 409
            assert "E002" in refused.error
            assert console.call("/acknowledge?unitId=E002").status == 200
            assert console.status["units"]["E002"]["acknowledged"]["by"] == "127.0.0.1"
            assert console.call("/acknowledge?unitId=E001").status == 409
            grid.units["E002"] = gone
            until(lambda: console.status["data"]["live"] == 3, "E002 back")
            grid.close()


def test_stop_all_while_sharing_ends_the_deals_in_order(tmp_path: Path) -> None:
    """R15, Z9: autonomous: the cluster's stop first, then Wait to whoever has not reached it; one unit dead."""
    with simulated(units=20) as cluster, watching(cluster, tmp_path) as console:
        until(lambda: any(status.current_controlled for status in statuses(cluster).values()), "a deal at work")
        working = next(unit_id for unit_id, status in statuses(cluster).items() if status.current_controlled)
        cluster.fault("node-dies", unit=working)
        until(lambda: console.status["units"][working]["state"] == "silent", "its silence")
        answer = console.call("/stopAll", timeout=60)
        assert answer.status == 200, answer.json["error"]
        assert set(answer.json["units"]) == set(cluster.plant.units)
        assert in_wait(cluster)
        assert cluster.apis.mode is Mode.STOP
        assert [line for line in console.log.at(logging.WARNING) if "Stop all" in line], "L5"


def test_stop_all_names_who_is_not_in_wait(tmp_path: Path) -> None:
    """Z9, Z10: the devices hang, so nobody can be seen in Wait; the reply says who, and goes on past each."""
    with simulated(Mode.MANUAL) as cluster, watching(cluster, tmp_path) as console:
        assert ordered(console, "/set/dcdc/E001?mode=0x0014&dvg=350&dig=2")["state"] == "verified"
        cluster.fault("devices-hang")
        answer = console.call("/stopAll", timeout=60)
        assert answer.status == 502
        assert {unit_id for unit_id, unit in answer.json["units"].items() if unit["state"] == "failed"} == set(UNITS)
        assert "E001" in answer.error
        cluster.clear()
        until(lambda: console.call("/stopAll", timeout=60).status == 200, "the end of the fault", deadline=40)
        assert in_wait(cluster)


def test_stop_all_with_a_dead_grid_master_sends_wait_itself(tmp_path: Path) -> None:
    """Z9, K7: no apis-main may hear the stop, so nothing is waited for."""
    with simulated() as cluster, watching(cluster, tmp_path) as console:
        until(lambda: console.status["grid"]["voltageReference"], "a deal at work")
        cluster.fault("grid-master-dies", takeover=105)
        console.call("/stopAll", timeout=60)
        assert in_wait(cluster)


# What orders become when apis-web lies


def run(grid: FakeGrid, console: Console) -> None:
    grid.mode = "autonomous"
    until(lambda: console.status["grid"]["mode"] == "autonomous", "Run")
    events = console.controller.operations.events
    until(lambda: events._seen is not None and events._seen.mode is Mode.AUTONOMOUS, "Run noted by who tells events")


def test_yes_and_nothing_happens_is_timed_out(grid: FakeGrid, console: Console) -> None:
    run(grid, console)
    grid.spoil("/setOperationMode", answering({"succeeded": True}))
    answer = console.call("/setOperationMode?value=stop&wait=verified")
    assert answer.status == 200
    assert (answer.json["state"], answer.json["verified"]) == ("timedOut", False)
    assert "shows Run" in ended(console, answer.json["command"])["error"]
    grid.close()


def test_no_and_it_happens_is_told(grid: FakeGrid, console: Console) -> None:
    run(grid, console)

    def refuse(exchange: Exchange) -> None:
        grid.mode = "stop"
        answering({"succeeded": False, "error": "timed out"})(exchange)

    grid.spoil("/setOperationMode", refuse)
    answer = console.call("/setOperationMode?value=stop")
    assert (answer.status, answer.json["sent"]) == (502, True)
    path = f"/commands/{answer.json['command']}"
    until(lambda: "units show it" in str(console.get(path)["note"]), "the contradiction told")
    grid.close()


def test_a_lost_reply_whose_order_was_carried_out_is_verified(grid: FakeGrid, console: Console) -> None:
    """Z8a: unknown, watched, and not sent again."""

    def carry_out(exchange: Exchange) -> None:
        grid.mode = "heteronomous"
        exchange.reset()

    run(grid, console)
    grid.spoil("/setOperationMode", carry_out)
    answer = console.call("/setOperationMode?value=heteronomous")
    assert (answer.status, answer.json["sent"]) == (502, "unknown")
    assert ended(console, answer.json["command"])["state"] == "verified"
    assert len(grid.web.seen("/setOperationMode")) == 1
    grid.close()


def test_a_cluster_that_goes_elsewhere_is_told(grid: FakeGrid, console: Console) -> None:
    """K3, Z13a: yes to Soft Stop, and the cluster drops to stop: the order failed, and the grid acted by itself."""

    def elsewhere(exchange: Exchange) -> None:
        grid.mode = "stop"
        answering({"succeeded": True})(exchange)

    run(grid, console)
    grid.spoil("/setOperationMode", elsewhere)
    answer = console.call("/setOperationMode?value=heteronomous&wait=verified")
    assert answer.json["state"] == "timedOut"
    until(lambda: any("by itself" in each["text"] for each in console.status["gridEvents"]), "the event")
    grid.close()


@pytest.mark.parametrize("first", ["heteronomous", "autonomous"])
def test_of_two_operators_the_stop_wins(grid: FakeGrid, console: Console, first: str) -> None:
    """Q8, Z8: whatever is on its way, stop passes at once and is sent again after what it overtook."""
    run(grid, console)

    def slowly(exchange: Exchange) -> None:
        if "value=stop" not in exchange.target:
            exchange._closing.wait(0.3)
        answer(exchange)

    answer = grid._answer
    grid.spoil("/setOperationMode", slowly)
    caller = threading.Thread(target=console.call, args=(f"/setOperationMode?value={first}",))
    caller.start()
    until(lambda: grid.web.seen("/setOperationMode"), "the first order under way")
    assert console.call("/setOperationMode?value=stop").status == 200
    caller.join(20)
    until(lambda: console.status["grid"]["mode"] == "stop", "the stop")
    assert grid.sent[-1].endswith("value=stop"), grid.sent
    grid.close()
