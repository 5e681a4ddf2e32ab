"""The whole program tells people: from a fault of the grid to a mail server, a web hook, and back (part 4)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from main_controller.errors import SettingErrors
from main_controller.notification import delivery
from main_controller.watching import alarm_watch
from main_controller.wiring.notification import check_channels, reached
from tests.conftest import ROOT
from tests.notifiers.servers import web
from tests.notifiers.test_mail import Box, smtp
from tests.system.conftest import console_on
from tests.system.console import settings_for, until
from tests.system.fake_grid import FakeGrid


def channels(hook: Path, mail: int) -> str:
    return json.dumps(
        [
            {"name": "hook", "kind": "webhook", "url_file": str(hook), "priority": 4},
            {
                "name": "mail", "kind": "mail", "host": "127.0.0.1", "port": mail, "security": "none",
                "from": "apis@example.org", "to": ["a@example.org"], "priority": 1, "language": "ja",
            },
        ]
    )  # fmt: skip


def test_a_fault_is_told_and_its_end_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "GATHERS", 2.0)
    monkeypatch.setattr(alarm_watch, "SETTLES", 0.0)
    box, hook = Box(), tmp_path / "url"
    with web() as server, smtp(box) as port, FakeGrid(mode="autonomous") as grid:
        hook.write_text(f"http://127.0.0.1:{server.port}/T0K3N\n", "utf-8")
        with console_on(grid, tmp_path / "console", channels=channels(hook, port)) as console:
            tested = console.call("/notify/test?channel=hook", "POST", headers={"Origin": console.address.rstrip("/")})
            assert tested.json["tests"] == [{"name": "hook", "sort": "webhook", "taken": True, "error": None}]
            grid.error = True
            until(lambda: len(box.got) == 1, "the mail", 40)
            told = until(lambda: [json.loads(one.body) for one in server.got if b'"alarms"' in one.body][1:], "it", 40)
            assert told[0]["alarms"][0]["kind"] == "gridError"
            assert "DC Grid がエラーを報告しています" in box.got[0].get_content()
            (alarm,) = [one for one in console.get("/alarms")["alarms"] if one["kind"] == "gridError"]
            console.call(
                f"/alarms/{alarm['id']}/acknowledge?name=Sato", "POST", headers={"Origin": console.address.rstrip("/")}
            )
            grid.error = False
            until(lambda: any("解消" in one.get_content() for one in box.got), "that it is over", 80)
            shown = json.dumps([console.get("/notify/channels"), console.get("/journal?limit=500")])
            assert "T0K3N" not in shown
            assert not any("T0K3N" in one for one in console.log.at(20))


def test_without_channels_a_test_says_so(grid: FakeGrid, tmp_path: Path) -> None:
    with console_on(grid, tmp_path / "console") as console:
        origin = {"Origin": console.address.rstrip("/")}
        assert console.get("/notify/channels") == {"channels": []}
        refused = console.call("/notify/test", "POST", headers=origin)
        assert (refused.status, refused.error) == (409, "There are no channels: the setting channels names none.")
        assert console.call("/notify/test?channel=x", "POST", headers=origin).status == 404


def test_a_kind_that_there_is_none_of_is_refused_at_start(tmp_path: Path) -> None:
    given = [{"name": "log", "kind": "syslog", "host": "127.0.0.1", "kinds": ["gridErorr"]}]
    settings = settings_for(tmp_path, {"channels": json.dumps(given), "data": tmp_path})
    with pytest.raises(SettingErrors, match=r"channel log: there is no kind 'gridErorr'; is gridError meant\?"):
        check_channels(settings)


def test_check_config_says_what_could_be_reached(tmp_path: Path) -> None:
    with web() as server:
        hook = tmp_path / "url"
        hook.write_text(f"http://127.0.0.1:{server.port}/T0K3N", "utf-8")
        argv = ["--check-config", "--data", str(tmp_path), "--channels", channels(hook, 9)]
        done = subprocess.run(
            [sys.executable, str(ROOT / "startMain.py"), *argv], capture_output=True, text=True, timeout=120
        )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "channel hook (webhook): could be reached\n" in said
    assert "channel mail (mail): could NOT be reached. 127.0.0.1:9 refuses connections.\n" in said
    assert "T0K3N" not in said
    assert server.got == []


def test_no_channel_that_hears_of_all_is_said(tmp_path: Path) -> None:
    given = [{"name": "log", "kind": "syslog", "host": "127.0.0.1", "hours": "08:00-18:00"}]
    settings = settings_for(tmp_path, {"channels": json.dumps(given), "data": tmp_path})
    assert "No channel is told at every hour, of every kind and at once." in reached(settings)
