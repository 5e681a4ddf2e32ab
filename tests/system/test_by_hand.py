"""Work by hand on the simulated cluster: an override that needs two persons, and a lease that somebody must renew."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from main_controller.accounts.roles import Role
from main_controller.clock import utc_now
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.simulator import SimulatedCluster
from tests.system.console import Console, until
from tests.system.http_call import Answer
from tests.system.test_whole_way import ended, in_wait, ordered, simulated, statuses, watching

OVERRIDDEN = "/set/dcdc/E002?mode=0x0041&dvg=350&dig=1&override=test+bench&overrideRules=e"


class People:
    """A console on which anna, bert and carl are engineers and ina an operator, each with a token."""

    def __init__(self, console: Console) -> None:
        self.console = console
        access = console.controller.accounts.access
        assert access is not None
        hashed = access.passwords.hashed("correct horse battery")
        self._secrets: dict[str, str] = {}
        for name in ("anna", "bert", "carl", "ina"):
            role = Role.OPERATOR if name == "ina" else Role.ENGINEER
            account = access.directory.create(name, name, role, hashed)
            made = access.directory.tokens.make(account.number, "test", role, utc_now() + timedelta(days=1))
            self._secrets[name] = made.secret

    def ask(self, name: str, target: str) -> Answer:
        """Somebody's order."""
        return self.console.call(target, "POST", headers={"Authorization": f"Bearer {self._secrets[name]}"})

    def look(self, name: str, target: str) -> Any:
        """What somebody reads."""
        return self.console.call(target, headers={"Authorization": f"Bearer {self._secrets[name]}"}).json

    def asked_for_long(self, target: str, status: int) -> Any:
        """Anna's order, as soon as readings that count let it pass."""
        answers: list[Answer] = []

        def passes() -> bool:
            answers.append(self.ask("anna", target))
            assert answers[-1].status in (status, 409, 503), answers[-1].body
            return answers[-1].status == status

        until(passes, f"{target} let pass", every=0.2)
        return answers[-1].json

    def override(self) -> str:
        """E001 holds the bus with too small a limit; anna overrides that for E002, and it waits."""
        self.asked_for_long("/set/dcdc/E001?mode=0x0014&dvg=350&dig=1", 200)
        waits = self.asked_for_long(OVERRIDDEN, 202)
        assert (waits["state"], waits["sent"]) == ("pending", False)
        return str(waits["command"])


@contextmanager
def with_people(folder: Path, **more: Any) -> Iterator[tuple[SimulatedCluster, Console, People]]:
    told = {"twopersons": True, "accounts": True, "anonymous": "stop", **more}
    with simulated(Mode.MANUAL) as cluster, watching(cluster, folder, **told) as console:
        yield cluster, console, People(console)


def test_an_override_is_sent_by_the_press_of_another_engineer(tmp_path: Path) -> None:
    with with_people(tmp_path) as (cluster, console, people):
        command = people.override()
        waiting = next(one for one in console.status["orders"] if one["id"] == command)
        assert (waiting["second"]["rules"], waiting["second"]["by"], waiting["override"]) == (["e"], None, "test bench")
        assert waiting["second"]["says"] == [
            "The reference's limit is 1 A, but it must carry up to 1 A and keep 0.125 A to hold the voltage with."
        ]
        assert people.ask("anna", f"/confirm?command={command}").status == 409
        assert people.ask("ina", f"/confirm?command={command}").status == 403
        assert console.call(f"/confirm?command={command}", "POST").status == 401
        assert statuses(cluster)["E002"] is ConverterStatus.WAIT
        done = people.ask("bert", f"/confirm?command={command}&wait=no&key=k1")
        assert done.status == 202, done.body
        assert ended(console, command)["state"] == "verified"
        assert statuses(cluster)["E002"] is ConverterStatus.CHARGE
        again = people.ask("bert", f"/confirm?command={command}&wait=no&key=k1")
        assert (again.status, again.json["again"]) == (202, True)
        assert people.ask("carl", f"/confirm?command={command}").status == 404
        both = "anna/test (127.0.0.1), bert/test (127.0.0.1)"
        rows = until(lambda: rows_of(console, command, "override", by=both), "the row that names both")
        assert "by two persons" in rows[0]["outcome"]


def test_what_is_withdrawn_or_overtaken_by_a_stop_was_never_sent(tmp_path: Path) -> None:
    with with_people(tmp_path) as (cluster, console, people):
        first = people.override()
        assert people.ask("bert", f"/withdraw?command={first}").status == 409
        assert people.ask("anna", f"/withdraw?command={first}").json["succeeded"] is True
        second = people.ask("anna", OVERRIDDEN).json["command"]
        assert console.call("/set/dcdc/E003?mode=0x0000", "POST").status == 200
        assert ended(console, second)["error"].startswith("A stop came while it waited for a second person")
        assert people.ask("bert", f"/confirm?command={second}").status == 404
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


def test_only_a_page_of_somebody_who_may_order_converters_renews_the_lease(tmp_path: Path) -> None:
    with with_people(tmp_path, lease=3) as (_, _console, people):
        people.asked_for_long("/set/dcdc/E001?mode=0x0014&dvg=350&dig=2", 200)

        def shows(name: str, state: str) -> bool:
            lease = people.look(name, "/get/frame?page=p1")["lease"]
            return lease is not None and lease["state"] == state

        until(lambda: shows("ina", "warned"), "the warning, though an operator's page is open")
        until(lambda: shows("anna", "held"), "an engineer's page to renew it")
        assert people.ask("ina", "/lease").status == 403
        assert people.ask("anna", "/lease").json["units"] == ["E001"]


def test_without_the_setting_there_is_no_lease(tmp_path: Path) -> None:
    with simulated(Mode.MANUAL, units=2) as cluster, watching(cluster, tmp_path) as console:
        refused = console.call("/lease", "POST")
        assert (refused.status, refused.error) == (409, "No lease is set: the setting lease is 0.")
        assert console.status["lease"] is None
