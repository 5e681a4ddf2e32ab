"""Work by hand on the simulated cluster: an override that needs two persons, and a lease that somebody must renew."""

from pathlib import Path
from typing import Any

import bottle
import pytest

from main_controller.domain.actor import Actor, person
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.simulator import SimulatedCluster
from main_controller.web import commands
from tests.system.console import Console, until
from tests.system.test_whole_way import ended, in_wait, ordered, simulated, statuses, watching

OVERRIDDEN = "/set/dcdc/E002?mode=0x0041&dvg=350&dig=1&override=test+bench&overrideRules=e"


def by_account() -> Actor:
    """Who calls: the account that the test's own header names."""
    return person(str(bottle.request.environ["REMOTE_ADDR"]), bottle.request.get_header("X-Account", ""))


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A console on which two persons can be told apart."""
    monkeypatch.setattr(commands, "caller", by_account)


def as_(console: Console, account: str, target: str) -> Any:
    return console.call(target, "POST", headers={"X-Account": account})


def asked(console: Console) -> str:
    """E001 holds the bus with too small a limit; anna overrides that for E002, and it waits."""
    assert ordered(console, "/set/dcdc/E001?mode=0x0014&dvg=350&dig=1")["state"] == "verified"
    answers: list[Any] = []

    def waits() -> bool:
        answers.append(as_(console, "anna", OVERRIDDEN))
        assert answers[-1].status in (202, 409), answers[-1].body
        return bool(answers[-1].status == 202)

    until(waits, "the bus at its voltage", every=0.2)
    assert (answers[-1].json["state"], answers[-1].json["sent"]) == ("pending", False)
    return str(answers[-1].json["command"])


@pytest.mark.usefixtures("accounts")
def test_an_override_is_sent_by_the_press_of_another_engineer(tmp_path: Path) -> None:
    with simulated(Mode.MANUAL) as cluster, watching(cluster, tmp_path, twopersons=True) as console:
        command = asked(console)
        waiting = next(one for one in console.status["orders"] if one["id"] == command)
        assert (waiting["second"]["rules"], waiting["second"]["by"], waiting["override"]) == (["e"], None, "test bench")
        assert waiting["second"]["says"] == [
            "The reference's limit is 1 A, but it must carry up to 1 A and keep 0.125 A to hold the voltage with."
        ]
        assert as_(console, "anna", f"/confirm?command={command}").status == 409
        assert as_(console, "", f"/confirm?command={command}").status == 409
        assert statuses(cluster)["E002"] is ConverterStatus.WAIT
        done = as_(console, "bert", f"/confirm?command={command}&wait=no&key=k1")
        assert done.status == 202, done.body
        assert ended(console, command)["state"] == "verified"
        assert statuses(cluster)["E002"] is ConverterStatus.CHARGE
        again = as_(console, "bert", f"/confirm?command={command}&wait=no&key=k1")
        assert (again.status, again.json["again"]) == (202, True)
        assert as_(console, "carl", f"/confirm?command={command}").status == 404
        both = "anna (127.0.0.1), bert (127.0.0.1)"
        rows = until(lambda: rows_of(console, command, "override", by=both), "the row that names both")
        assert "by two persons" in rows[0]["outcome"]


@pytest.mark.usefixtures("accounts")
def test_what_is_withdrawn_or_overtaken_by_a_stop_was_never_sent(tmp_path: Path) -> None:
    with simulated(Mode.MANUAL) as cluster, watching(cluster, tmp_path, twopersons=True) as console:
        first = asked(console)
        assert as_(console, "bert", f"/withdraw?command={first}").status == 409
        assert as_(console, "anna", f"/withdraw?command={first}").json["succeeded"] is True
        second = as_(console, "anna", OVERRIDDEN).json["command"]
        assert console.call("/set/dcdc/E003?mode=0x0000", "POST").status == 200
        assert ended(console, second)["error"].startswith("A stop came while it waited for a second person")
        assert as_(console, "bert", f"/confirm?command={second}").status == 404
        assert [console.get(f"/commands/{one}")["sent"] for one in (first, second)] == [False, False]
        assert statuses(cluster)["E002"] is ConverterStatus.WAIT


def rows_of(console: Console, command: str, kind: str, *, by: str) -> list[Any]:
    rows = console.get("/journal?limit=500")["rows"]
    return [row for row in rows if (row["commandId"], row["kind"], row["by"]) == (command, kind, by)]


def driven(console: Console, cluster: SimulatedCluster) -> None:
    """E001 holds the bus and E002 takes 1 A, by hand."""
    assert ordered(console, "/set/dcdc/E001?mode=0x0014&dvg=350&dig=2")["state"] == "verified"
    assert ordered(console, "/set/dcdc/E002?mode=0x0041&dvg=350&dig=1")["state"] == "verified"
    assert statuses(cluster)["E002"] is ConverterStatus.CHARGE


def test_work_by_hand_ends_once_nobody_is_heard_also_over_a_restart(tmp_path: Path) -> None:
    with simulated(Mode.MANUAL) as cluster:
        with watching(cluster, tmp_path, lease=4) as console:
            driven(console, cluster)
            assert console.call("/lease", "POST").json == {"succeeded": True, "seconds": 4, "units": ["E001", "E002"]}
            held = {"state": "held", "units": ["E001", "E002"], "seconds": 4, "silentSince": None, "waitsAt": None}
            until(lambda: console.get("/get/frame?page=p1")["lease"] == held, "both in the frame")
        with watching(cluster, tmp_path, lease=4) as console:
            until(lambda: (console.status["lease"] or {}).get("state") == "warned", "the warning")
            assert statuses(cluster)["E002"] is ConverterStatus.CHARGE
            until(lambda: console.call("/alarms").json["alarms"], "the alarm")
            assert "handLease" in {one["kind"] for one in console.get("/alarms")["alarms"]}
            until(lambda: in_wait(cluster), "all in Wait")
            until(lambda: console.status["lease"] is None, "its end")
            waits = [one for one in console.get("/commands")["commands"] if one["by"] == "lease"]
            assert [one["unitId"] for one in reversed(waits)] == ["E002", "E001"]
            assert not any(unit.heavy_alarm for unit in cluster.plant.units.values()), "ended in the right order"


def test_without_the_setting_there_is_no_lease(tmp_path: Path) -> None:
    with simulated(Mode.MANUAL, units=2) as cluster, watching(cluster, tmp_path) as console:
        refused = console.call("/lease", "POST")
        assert (refused.status, refused.error) == (409, "No lease is set: the setting lease is 0.")
        assert console.status["lease"] is None
