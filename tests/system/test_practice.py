"""A press on the simulated cluster shows the kind of alarm that it names, and its release ends it.

A few of them in every run; with PRACTICE=all every kind, each of which takes up to some minutes (`make test-long`).
"""

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from main_controller.alarms.kinds import KINDS
from main_controller.simulator import PRESSES
from tests.system.console import Console, until

QUICK = ("heavyAlarm", "estopLatched")
PRESSED = [kind.code for kind in KINDS if os.environ.get("PRACTICE") == "all" or kind.code in QUICK]

DEALS_BEGIN = 10.0
"""How long (s) the simulated cluster is let share energy first."""


@pytest.mark.parametrize("kind", PRESSED)
def test_a_press_shows_the_alarm_that_it_names(tmp_path: Path, kind: str) -> None:
    hears: dict[str, Any] = {"apislog": "224.2.2.4:8888"} if kind == "apisMainError" else {}
    with Console(tmp_path, simulate=4, staleafter=10, modetime=30, readinglag=12, stoplag=30, **hears) as console:
        until(lambda: console.status["data"]["live"] == 4, "the first picture", 60)
        if kind in PRESSES:
            threading.Event().wait(DEALS_BEGIN)
        origin = {"Origin": console.address.rstrip("/")}

        def active() -> list[str]:
            return [one["kind"] for one in console.get("/alarms")["alarms"] if one["active"]]

        assert kind not in active()
        assert console.call(f"/practice/press?kind={kind}", "POST", headers=origin).json["pressed"] == kind
        until(lambda: kind in active(), kind, 240, every=0.5)
        if kind not in PRESSES:
            assert console.call("/practice/release", "POST", headers=origin).json["pressed"] is None
            until(lambda: kind not in active(), f"the end of {kind}", 240, every=0.5)


def test_a_real_cluster_has_nothing_to_press(console: Console) -> None:
    origin = {"Origin": console.address.rstrip("/")}
    assert console.call("/practice").status == 404
    for path in ("/practice/press?kind=gridError", "/practice/release"):
        refused = console.call(path, "POST", headers=origin)
        assert (refused.status, refused.error) == (404, "This is a real cluster: there is nothing to practise on.")
