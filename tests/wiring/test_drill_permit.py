"""A drill begins where there is one of its name and nothing real is named, and orders nothing but its own cluster."""

import contextlib
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from main_controller.drills.scripts import DRILLS
from main_controller.errors import SettingError
from main_controller.settings import build_settings, check
from main_controller.wiring import controller
from main_controller.wiring.choices import simulated
from main_controller.wiring.drill_permit import REAL, calling_nobody, check_drill, require_simulated
from tests.system.console import settings_for

ASKED = ["--simulate", "--drill", "stuck-node"]

GIVEN = {
    "apis_host": "localhost",
    "apis_emul_port": "43900",
    "apis_budo_port": "43830",
    "apis_emul_url": "http://10.0.0.5:43900",
    "apis_budo_url": "http://10.0.0.5:43830",
    "apis": "true",
    "emulator": "true",
    "emul_port": "4390",
    "budo_port": "4383",
    "emul_url": "http://10.0.0.5:4390",
    "budo_url": "http://10.0.0.5:4383",
    "ups_set_url": ":8080/1/ups1/operation/mode",
    "set_url": ":4380/remote/set?",
    "url": '{"dcdc": ":4380/remote/get", "meter": ":4380/inquiry/09", "emu": ":8080/1/log/data"}',
}
"""A value for each, of some the default itself: that somebody names it is enough."""


def test_each_name_is_let_through_with_a_simulation() -> None:
    for name in DRILLS:
        check_drill(build_settings({}, ["--simulate", "--drill", name], {}))


@pytest.mark.parametrize("name", REAL)
def test_an_address_from_anywhere_is_refused_whatever_it_is(name: str, tmp_path: Path) -> None:
    config = tmp_path / "site.toml"
    config.write_text(f"{name} = {GIVEN[name]!r}\n")
    for argv, environ in (
        ([f"--{name}", GIVEN[name]], {}),
        ([], {f"APIS_MC_{name.upper()}": GIVEN[name]}),
        (["--config", str(config)], {}),
    ):
        with pytest.raises(SettingError) as refused:
            check_drill(build_settings({}, [*ASKED, *argv], environ))
        assert refused.value.key == name
        assert str(refused.value).count("\n") == 0


@pytest.mark.parametrize(
    ("name", "value"), [("apis_host", "10.0.0.5"), ("emulator", False), ("apis_budo_url", "http://grid:43830")]
)
def test_an_address_at_the_top_of_start_main_is_refused_where_somebody_changed_it(name: str, value: object) -> None:
    with pytest.raises(SettingError, match=r"startMain\.py"):
        check_drill(build_settings({name: value}, ASKED, {}))


def test_start_main_as_it_is_delivered_lets_a_drill_begin(tmp_path: Path) -> None:
    settings = dataclasses.replace(settings_for(tmp_path, {"simulate": 4}), drill="stuck-node")
    check_drill(settings)
    assert settings.sources["apis_host"] == "startMain.py"


def test_a_drill_that_nobody_knows_is_refused_with_all_that_there_are() -> None:
    with pytest.raises(SettingError) as refused:
        check_drill(build_settings({}, ["--simulate", "--drill", "stuck"], {}))
    assert all(f"\n  {name} " in str(refused.value) for name in DRILLS)


def test_a_cluster_that_may_never_trade_is_refused() -> None:
    with pytest.raises(SettingError, match="at least 4 units"):
        check_drill(build_settings({}, ["--simulate", "3", "--drill", "stuck-node"], {}))


def test_with_accounts_somebody_must_be_there_to_log_in() -> None:
    check_drill(build_settings({}, [*ASKED, "--byhand", "--accounts", "on"], {}))
    check_drill(build_settings({}, [*ASKED, "--anonymous", "stop", "--accounts", "on"], {}))
    with pytest.raises(SettingError, match="--byhand"):
        check_drill(build_settings({}, [*ASKED, "--accounts", "on"], {}))


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], int]:
    """The program's start, without what it changes of this process."""
    for name in ("limit_malloc_arenas", "keep_files_private"):
        monkeypatch.setattr(controller, name, lambda: None)
    monkeypatch.setattr(check, "look_at_logs", lambda *_, **__: None)
    return lambda argv: controller.main({}, argv)


@pytest.mark.parametrize(
    "argv",
    [
        ["--drill", "stuck-node"],
        ["--simulate", "--drill", "nothing"],
        [*ASKED, "--apis_host", "10.0.0.5"],
        [*ASKED, "--check-config", "--apis_host", "10.0.0.5"],
    ],
)
def test_bad_use_ends_with_2_before_anything_is_started(
    argv: list[str], start: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(argv) == 2
    assert capsys.readouterr().err.startswith(("--drill: ", "apis_host: "))


def test_the_list_has_a_line_for_each(start: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]) -> None:
    assert start(["--drill", "list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(DRILLS)


def test_in_a_drill_nobody_is_called_out() -> None:
    beats = ["--heartbeat", "http://127.0.0.1:9/beat"]
    drilled = calling_nobody(build_settings({}, [*ASKED, *beats], {}))
    assert (drilled.channels, drilled.heartbeat) == ((), None)
    assert calling_nobody(build_settings({}, ["--simulate", *beats], {})).heartbeat is not None


def test_all_orders_of_a_drill_go_to_its_simulated_cluster() -> None:
    with contextlib.ExitStack() as stack:
        used, cluster = simulated(build_settings({}, [*ASKED, "--apislog", ""], {}), stack)
        assert cluster is not None
        require_simulated(used, cluster)
        elsewhere: Any = {
            **dict.fromkeys(("apis_emul_url", "apis_budo_url", "emul_url", "ups_set_url"), "http://127.0.0.1:43900"),
            **dict.fromkeys(("apis", "emulator"), False),
        }
        for name, value in elsewhere.items():
            changed: Any = {name: value}
            with pytest.raises(ValueError, match="nothing but its own simulated cluster"):
                require_simulated(dataclasses.replace(used, **changed), cluster)


def test_where_its_incident_could_not_be_written_that_is_said_at_the_start(tmp_path: Path) -> None:
    """It was said after ten minutes, at its end."""
    (tmp_path / "drills").write_text("a file")
    settings = build_settings({}, [*ASKED, "--data", str(tmp_path)])
    with pytest.raises(SettingError) as refused:
        check_drill(settings)
    assert f"{tmp_path / 'drills'} is no folder that can be written into" in str(refused.value)
    check_drill(dataclasses.replace(settings, incidentdays=0))
    check_drill(dataclasses.replace(settings, data=tmp_path / "not" / "there"))
