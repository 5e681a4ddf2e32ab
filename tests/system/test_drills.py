"""A drill measures the way from its fault to a safe state, orders on its own simulated cluster alone, and tells of it.

The simulated programs are twenty times as fast; with DRILLS=all each drill runs as it is started by hand, which takes
some minutes (`make test-long`).
"""

import contextlib
import functools
import io
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest

from main_controller import simulator
from main_controller.drills.scripts import DRILLS
from main_controller.simulator import SimulatedCluster
from main_controller.store.incidents.foreign_archive import opened
from main_controller.wiring import drilling as drilling_module
from main_controller.wiring.drilling import Drilling
from tests.system.console import Console, until
from tests.system.program import Program, copy_checkout

TEMPO = 0.05
"""How much shorter the simulated programs' periods are, as `console.SHORT` makes those of ours."""

SOON = '[{"alarm": "unwatchedHardware", "on": 0.4}, {"alarm": "apisWebUnreachable", "on": 0.4}]'
"""The alarms' own delays, as short."""

IN_TIME = 60.0


@contextlib.contextmanager
def trading(folder: Path) -> Iterator[Console]:
    """The console and a simulated cluster, twenty times as fast."""
    hurried = functools.partial(SimulatedCluster, tempo=TEMPO)
    with (
        mock.patch.object(simulator, "SimulatedCluster", hurried),
        Console(folder, simulate=4, gracetime=1, thresholds=SOON) as console,
    ):
        yield console


def drilling(console: Console, name: str, **given: Any) -> Drilling:
    """What `--drill` builds."""
    parts = console.controller
    cluster = parts.cluster
    assert cluster is not None
    return Drilling(
        name, cluster, parts.app, parts.settings, parts.stores, parts.operations, parts.alarms,
        address=console.address, **given,
    )  # fmt: skip


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Where any connection of this process goes to."""
    found: set[Any] = set()

    def noting(name: str) -> None:
        connects = getattr(socket.socket, name)

        def noted(self: socket.socket, address: Any) -> Any:
            if self.type == socket.SOCK_STREAM:  # a datagram's only asks for a route
                found.add(address)
            return connects(self, address)

        monkeypatch.setattr(socket.socket, name, noted)

    noting("connect")
    noting("connect_ex")
    return found


@pytest.mark.parametrize("name", DRILLS)
def test_a_drill_reaches_a_safe_state_on_its_own_cluster_alone_and_tells_the_way(
    tmp_path: Path, name: str, reached: set[Any]
) -> None:
    said, ended = io.StringIO(), []
    with contextlib.redirect_stdout(said), trading(tmp_path) as console:
        drill = drilling(console, name, done=lambda: ended.append(True))
        drill.start()
        assert drill.join(IN_TIME)
        cluster = console.controller.cluster
        assert cluster is not None
        ours = {urlsplit(url).netloc for url in (cluster.budo_url, cluster.emul_url, cluster.device_url)}
    told, course = said.getvalue(), drill.course
    assert {f"{address[0]}:{address[1]}" for address in reached} == ours, "it called something else"
    assert (drill.status, ended) == (0, [True]), told
    assert None not in (course.alarm, course.grave, course.ordered, course.left, course.ended)
    assert course.grave <= course.ordered <= course.ended  # type: ignore[operator]
    assert course.truth.since is not None
    assert course.waits.since is not None
    assert course.console.since >= course.truth.first  # type: ignore[operator]
    assert told.rstrip().splitlines()[-1].startswith("A safe state was reached.")
    assert DRILLS[name].fault in told
    assert re.search(rf"127\.0\.0\.1: stopAll for the cluster.* \[{course.outcome}", told)
    assert not re.search(r"  +not seen$", told, re.MULTILINE), "of a figure"
    file = next((tmp_path / "drills").glob(f"20*Z-{name}.zip"))
    assert f" is kept in {file}.\nLook at it again: ./startMain.py --replay {file}\n" in told
    (tmp_path / "segments").mkdir()
    kept = opened(file, tmp_path / "segments")
    assert any((tmp_path / "segments").iterdir())
    reason = kept.incident.reasons[0]
    assert (reason.kind, reason.text) == ("drill", f"Drill {name}: the fault was caused.")
    assert {"came", course.outcome} <= {row.stage for row in kept.rows.rows if row.order == "stopAll"}


def test_by_hand_a_persons_stop_all_is_measured_and_the_page_goes_on(tmp_path: Path) -> None:
    said, ended = io.StringIO(), []
    with contextlib.redirect_stdout(said), trading(tmp_path) as console:
        drill = drilling(console, "tripped-reference", by_hand=1.0, done=lambda: ended.append(True))
        drill.start()
        until(lambda: drill.course.grave is not None, "the alarm", IN_TIME)
        assert drill.course.ordered is None
        console.call("/stopAll?wait=no", "POST")
        assert drill.join(IN_TIME)
        assert console.status["simulated"] is True
    assert (drill.status, ended) == (0, []), said.getvalue()
    assert "within 1 min." in said.getvalue()
    assert re.search(r"The page goes on: http://\S+\?at=20\S+Z ", said.getvalue())


def test_a_converter_that_obeys_nobody_keeps_it_from_a_safe_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drilling_module, "AFTER", 10.0)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), trading(tmp_path) as console:
        cluster = console.controller.cluster
        assert cluster is not None
        for unit_id in cluster.plant.units:
            cluster.fault("driver-lies", unit=unit_id, kind="deaf", only="0x0000")
        drill = drilling(console, "stuck-node")
        drill.start()
        assert drill.join(IN_TIME)
    assert drill.status == 1
    assert re.search(r"\nA safe state was NOT reached: E00\d.* on a bus of 350 V\.\n$", said.getvalue())


def test_nobody_who_orders_in_time_is_told_and_is_no_safe_state(tmp_path: Path) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), trading(tmp_path) as console:
        drill = drilling(console, "tripped-reference", by_hand=0.01)
        drill.start()
        assert drill.join(IN_TIME)
    assert drill.status == 1
    assert "A safe state was NOT reached: nobody ordered Stop all within 0.01 min.\n" in said.getvalue()


def program(folder: Path, name: str, *flags: str) -> Program:
    """`startMain.py --drill`, with its own times."""
    own = {"readinglag": 12, "staleafter": 30, "datacollectorinterval": 1, "schedulerInterval": 5}
    return Program(
        copy_checkout(folder / "checkout"), folder / "data", "--simulate", "4", "--drill", name, *flags, **own
    )


@pytest.mark.skipif(os.environ.get("DRILLS") != "all", reason="takes some minutes: DRILLS=all, as make test-long does")
@pytest.mark.parametrize("name", DRILLS)
def test_each_drill_as_it_is_started_by_hand_reaches_a_safe_state(tmp_path: Path, name: str) -> None:
    with program(tmp_path, name) as running:
        assert running.wait(600) == 0, running.errors
        assert "\nA safe state was reached." in running.errors


def test_ctrl_c_ends_a_drill_in_good_order(tmp_path: Path) -> None:
    with program(tmp_path, "stuck-node") as running:
        until(lambda: "it begins once" in running.errors, "its beginning", 60)
        running.signal(signal.SIGINT)
        assert running.wait() == 1
        assert "There was no drill: it was broken off.\n" in running.errors
        assert "Traceback" not in running.errors
