"""A real Prometheus scrapes the real program: what it then knows is what page, history and ledger say.

Some seconds in every run; with PROMETHEUS_MINUTES so many minutes of recording beside them (`make test-long`).
"""

import contextlib
import functools
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest

from main_controller import simulator
from main_controller.accounts.roles import Role
from main_controller.history.ledger_deal import End, Energy, LedgerDeal
from main_controller.history.slot import CLUSTER, MINUTE, Energies, Powers, Slot
from main_controller.metrics.alert_rules import alert_of
from main_controller.simulator import SimulatedCluster
from tests.metrics.scraping import ALERTS, DOCUMENTED, Prometheus, blocks, configured, dashboard
from tests.metrics.tools import promtool, tool
from tests.system.conftest import ready
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

MINUTES = float(os.environ.get("PROMETHEUS_MINUTES", "0"))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
UNITS = ("E001", "E002", "E003", "E004")
MAY_BE_EMPTY = ("Alarms that hold",)
"""Panels that show nothing on a good day."""


class Scene:
    """A simulated cluster, its console, and a Prometheus that has scraped it some times."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack, every: str = "1s", **settings: Any) -> None:
        tool("prometheus")
        hurried = functools.partial(SimulatedCluster, tempo=0.05)
        stack.enter_context(mock.patch.object(simulator, "SimulatedCluster", hurried))
        self.running = stack.enter_context(contextlib.ExitStack())
        self.console = self.running.enter_context(Console(folder / "console", simulate=4, **settings))
        until(lambda: ready(self.console, 4), "the first picture")
        (folder / "prometheus").mkdir()
        self.folder = folder / "prometheus"
        self._minute = int(LONG_AGO.timestamp())
        self.record(1.0)
        self.order()
        self.prometheus = stack.enter_context(Prometheus(self.folder, self.console.address, every))

    def order(self) -> None:
        """Two orders that end at once."""
        asked = "/setSchedule?operation=softStop"
        for path in (f"{asked}&value=2099-11-21T12:46:36Z", asked):
            assert self.console.call(path).status == 200

    def record(self, wh: float) -> None:
        """A minute of each unit, and a deal, as the recorder writes them."""
        history, energies = self.console.controller.stores.history, Energies(wh, wh / 2, 0.0, 0.0)
        start, self._minute = self._minute, self._minute + MINUTE
        history.write([Slot(one, start, MINUTE, 60.0, Powers(), energies, None, 50.0, (0.0,) * 5, (0.0,) * 5)
                       for one in (*UNITS, CLUSTER)])  # fmt: skip
        at = datetime.fromtimestamp(start, UTC)
        history.keep_deals([
            LedgerDeal("E001", "E002", None, None, None, None, True, at, True, at, at, at + timedelta(seconds=50),
                       End.DELIVERED, None, None, Energy(wh, 0.0, 50.0), Energy(wh * 0.9, 0.0, 50.0), 1.0, False)
        ])  # fmt: skip

    def scraped(self, times: int = 2) -> None:
        """Wait for so many further scrapes."""
        before = self.prometheus.value("count_over_time(up[10m])") or 0.0
        until(lambda: (self.prometheus.value("count_over_time(up[10m])") or 0.0) >= before + times, "scrapes", 60, 0.1)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        found = Scene(tmp_path_factory.mktemp("scraped"), stack)
        found.scraped(3)
        yield found


def test_it_scrapes_by_the_documented_configuration(scene: Scene) -> None:
    assert scene.prometheus.value('up{job="apis-mc"}') == 1.0
    (target,) = scene.prometheus.ask("targets")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", "")
    assert target["discoveredLabels"]["__address__"] == urlsplit(scene.console.address).netloc


def test_both_formats_of_the_live_program_are_well_formed(scene: Scene) -> None:
    answer = scene.console.call("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert promtool("check", "metrics", given=answer.body) == ""
    other = scene.console.call("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert other.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert other.body.endswith(b"# EOF\n")


def test_what_it_knows_is_what_the_status_says(scene: Scene) -> None:
    """Of things that move by at most so much between a scrape and a reading."""
    ask, status = scene.prometheus.value, scene.console.status
    assert ask('apis_mc_units{state="live"}') == status["data"]["live"] == 4
    assert scene.prometheus.query("max by (mode) (apis_mc_cluster_mode)") == {(("mode", "autonomous"),): 1.0}
    offered = status["flexibility"]
    for way in ("give", "take"):
        energy = ask(f'apis_mc_flexibility_energy_joules{{way="{way}"}} / 3600')
        assert energy == pytest.approx(offered[way]["energy"], rel=0.05)
        assert ask(f'apis_mc_flexibility_units{{way="{way}"}}') == offered[way]["units"]
    charge = ask('apis_mc_unit_charge_ratio{unit="E003"}')
    shown = scene.console.get("/get/unit/E003")["battery"]["rsoc"]
    assert charge == pytest.approx(shown / 100, abs=0.02)
    assert ask('apis_mc_orders_total{order="setSchedule"}') == 1.0


def test_per_unit_there_are_at_most_fifteen_series(scene: Scene) -> None:
    counts = scene.prometheus.query('count by (unit) ({__name__=~"apis_mc_unit_.*"})')
    assert set(counts) == {(("unit", one),) for one in UNITS}
    assert 12 <= max(counts.values()) <= 15


def test_energy_is_that_of_history_and_ledger_to_the_joule(scene: Scene) -> None:
    """Minutes and deals as the recorder writes them, over some scrapes."""
    for wh in (12.345, 0.001, 6.5):
        scene.record(wh)
    until(lambda: history_is_known(scene), "the history's sums in Prometheus", 30, 0.2)
    until(lambda: ledger_is_known(scene), "the ledger's sums in Prometheus", 30, 0.2)


def history_is_known(scene: Scene) -> bool:
    """Whether Prometheus has the sums of the history: the minutes of this test, and those that passed meanwhile."""
    told: list[dict[str, Any]] = []
    for begin in (LONG_AGO, datetime.now(UTC) - timedelta(minutes=30)):
        span = f"from={begin:%Y-%m-%dT%H:%M:%SZ}&to={begin + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
        rows = scene.console.get(f"/history?unitId=E001&step=60&{span}")
        told += [dict(zip(rows["columns"], row, strict=True)) for row in rows["rows"]]
    assert sum(row["gridInWh"] or 0.0 for row in told) > 18.8
    known = scene.prometheus.query('sum by (way) (apis_mc_unit_grid_energy_joules_total{unit="E001"})')
    return all(
        known[("way", way),] == pytest.approx(sum(row[name] or 0.0 for row in told) * 3600, abs=0.01)
        for way, name in (("in", "gridInWh"), ("out", "gridOutWh"))
    )


def ledger_is_known(scene: Scene) -> bool:
    """Whether Prometheus has the sums of the ledger, which grows while the simulated cluster shares."""
    kept = scene.console.get("/ledger/sums?by=month&from=2026-01-01T00:00:00Z&to=2030-01-01T00:00:00Z")["rows"]
    assert sum(row["deals"] for row in kept) >= 4
    known = scene.prometheus.query("sum by (end) (apis_mc_deals_energy_joules_total) / 3600")
    return all(
        known[("end", end),] == pytest.approx(sum(row[name] for row in kept), abs=0.002 * len(kept))
        for end, name in (("giver", "outWh"), ("taker", "inWh"))
    )


def test_every_query_of_the_dashboard_is_answered(scene: Scene) -> None:
    scene.scraped()
    for panel in dashboard()["panels"]:
        for target in panel["targets"]:
            asked = target["expr"].replace("$instance", ".*").replace("$unit", ".*")
            assert "$" not in asked
            found = scene.prometheus.query(asked)
            assert found or panel["title"] in MAY_BE_EMPTY, (panel["title"], asked)
            for name in re.findall(r"{{(\w+)}}", target.get("legendFormat", "")):
                assert name == "instance" or all(name in dict(labels) for labels in found), (panel["title"], name)
    for variable in dashboard()["templating"]["list"]:
        if variable["type"] == "query":
            asked = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["definition"])
            assert asked is not None
            assert scene.prometheus.query(f"count by ({asked[2]}) ({asked[1].replace('$instance', '.*')})")


@pytest.mark.parametrize("query", blocks("promql"))
def test_every_query_of_the_page_is_answered(scene: Scene, query: str) -> None:
    assert scene.prometheus.query(query)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines()]
CURL = f"""curl() {{ {sys.executable} -c 'import sys, urllib.request
sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[-1]).read())' "$@"; }}
python() {{ {sys.executable} "$@"; }}
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_works(scene: Scene, command: str, root: Path) -> None:
    told = command.replace(DOCUMENTED, urlsplit(scene.console.address).netloc)
    line = CURL + told.replace("venv/bin/python ", "python ")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=scene.folder, capture_output=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout or command.endswith("promtool check metrics")


def test_every_configuration_of_the_page_is_one(tmp_path: Path) -> None:
    configured(tmp_path, DOCUMENTED, token="apis_x")
    for number, text in enumerate(blocks("yaml")):
        path = tmp_path / f"{number}.yml"
        path.write_text(text, "utf-8")
        promtool("check", "config", path.name, folder=tmp_path)


def test_every_alert_is_evaluated_and_none_fires_on_a_healthy_grid(scene: Scene) -> None:
    def evaluated() -> list[Any] | None:
        found = [rule for group in scene.prometheus.ask("rules")["groups"] for rule in group["rules"]]
        return found if all(rule["health"] != "unknown" for rule in found) else None

    rules = until(evaluated, "each alert evaluated", 30, 0.2)
    assert rules is not None
    assert len(rules) == ALERTS.read_text("utf-8").count("- alert:")
    assert [rule["name"] for rule in rules if rule["health"] != "ok"] == []
    alerts = scene.prometheus.ask("alerts")["alerts"]
    firing = {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}
    assert firing <= {alert_of("unitClock")}, "a simulated day runs faster than ours"


def test_a_unit_that_falls_silent_leaves_no_figure_and_fires_its_alert(scene: Scene) -> None:
    origin = {"Origin": scene.console.address.rstrip("/")}
    scene.console.call("/practice/press?kind=unitSilent", "POST", headers=origin)
    try:
        gone = until(lambda: scene.prometheus.query("apis_mc_unit_up == 0"), "the unit gone", 60, 0.2)
        (labels,) = gone
        unit_id = dict(labels)["unit"]
        until(lambda: not scene.prometheus.query(f'apis_mc_unit_power_watts{{unit="{unit_id}"}}'), "no figure", 30, 0.2)
        assert scene.prometheus.value(f'apis_mc_unit_grid_energy_joules_total{{unit="{unit_id}",way="in"}}') is not None
        names = {alert_of(kind) for kind in ("unitSilent", "unwatchedHardware", "unitStale")}
        until(
            lambda: names & {one["labels"]["alertname"] for one in scene.prometheus.ask("alerts")["alerts"]},
            "its alert", 60, 0.2,
        )  # fmt: skip
    finally:
        scene.console.call("/practice/release", "POST", headers=origin)


def test_what_is_gone_leaves_nothing_that_looks_live(scene: Scene) -> None:
    """The last of this file: it ends the program."""
    scene.running.close()
    until(lambda: scene.prometheus.value('up{job="apis-mc"}') == 0.0, "the target down", 30, 0.2)
    assert scene.prometheus.query('count({__name__=~"apis_mc_.*"})') == {}


def test_where_accounts_are_on_it_scrapes_by_a_viewers_token(grid: FakeGrid, tmp_path: Path) -> None:
    with Console(tmp_path / "console", accounts=True, **grid.settings) as console:
        access = console.controller.accounts.access
        assert access is not None
        account = access.directory.create(
            "anna", "anna", Role.ENGINEER, access.passwords.hashed("correct horse battery")
        )
        ends = datetime.now(UTC) + timedelta(days=1)
        token = access.directory.tokens.make(account.number, "prometheus", Role.VIEWER, ends).secret
        assert console.call("/metrics").status == 401
        with Prometheus(tmp_path, console.address, token=token) as prometheus:
            until(lambda: prometheus.value('apis_mc_units{state="live"}') == 2.0, "figures by the token", 30, 0.2)
            access.directory.change(account.number, enabled=False)
            until(lambda: prometheus.value("up") == 0.0, "nothing without it", 30, 0.2)
            assert prometheus.query("apis_mc_units") == {}


@pytest.mark.skipif(not MINUTES, reason="takes minutes: make test-long")
def test_minutes_of_recording_equal_the_history(tmp_path: Path) -> None:
    """The program's own recorder, over whole minutes that Prometheus saw begin and end."""
    with contextlib.ExitStack() as stack:
        scene = Scene(tmp_path, stack, "5s")
        query = scene.prometheus.query

        def energies() -> dict[Any, float]:
            return query("apis_mc_unit_grid_energy_joules_total + on() group_left() 0 * apis_mc_build_info")

        def written() -> float:
            return scene.prometheus.value("apis_mc_history_written_timestamp_seconds") or 0.0

        started = datetime.now(UTC).timestamp()
        until(lambda: written() > started, "the first whole minute", 150, 1.0)
        scene.scraped()
        begun, before = written(), energies()
        threading.Event().wait(MINUTES * 60)
        scene.scraped()
        ended, after = written(), energies()
        assert ended > begun
        span = f"from={_iso(begun)}&to={_iso(ended)}"
        total = 0.0
        for labels, joules in after.items():
            told = dict(labels)
            rows = scene.console.get(f"/history?unitId={told['unit']}&step=60&{span}")
            name = {"in": "gridInWh", "out": "gridOutWh"}[told["way"]]
            kept = [dict(zip(rows["columns"], row, strict=True))[name] for row in rows["rows"]]
            wh = sum(value for value in kept if value is not None)
            assert joules - before[labels] == pytest.approx(wh * 3600, abs=3.6 * (len(kept) + 1)), labels
            total += wh
        assert total > 0, "nothing was shared"


def _iso(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
