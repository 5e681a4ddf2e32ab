"""The 18 parameters and our further settings: names, defaults, and what is made of what (A10, Z14)."""

import dataclasses
from pathlib import Path

import pytest

from main_controller.errors import SettingError
from main_controller.settings.places import PAGE, default_data
from main_controller.settings.table import Settings, setting_fields

SPECIFIED = {
    "b_host": "127.0.0.1",
    "b_port": 4382,
    "emul_port": 4390,
    "budo_port": 4383,
    "emulator": True,
    "apis": True,
    "apis_host": "localhost",
    "apis_emul_port": 43900,
    "apis_budo_port": 43830,
    "apis_emul_url": "http://localhost:43900",
    "apis_budo_url": "http://localhost:43830",
    "ups_set_url": ":8080/1/ups1/operation/mode",
    "set_url": ":4380/remote/set?",
    "url": {"dcdc": ":4380/remote/get", "meter": ":4380/inquiry/09", "emu": ":8080/1/log/data"},
    "emul_url": "http://localhost:4390",
    "budo_url": "http://localhost:4383",
    "datacollectorinterval": 1,
    "schedulerInterval": 5,
}


def test_the_18_parameters_stand_first_with_their_defaults() -> None:
    """C1, C3: every name of chapter 7.1 exists and has Z14's default."""
    assert [row.name for row in setting_fields()][:18] == list(SPECIFIED)
    settings = Settings()
    assert {name: getattr(settings, name) for name in SPECIFIED} == SPECIFIED


def test_the_collector_rests_five_seconds_with_real_hardware() -> None:
    """Z14: 5 s, 1 s while the emulator is used, unless it is set."""
    assert Settings(emulator=False).datacollectorinterval == 5
    assert Settings(emulator=True, datacollectorinterval=3).datacollectorinterval == 3


def test_urls_are_made_of_host_and_port_and_one_given_by_hand_wins() -> None:
    """Z14."""
    settings = Settings(apis_host="fd00::7", apis_emul_port=1, apis_budo_url="http://elsewhere:2", emul_port=3)
    assert settings.apis_emul_url == "http://[fd00::7]:1"
    assert settings.apis_budo_url == "http://elsewhere:2"
    assert settings.emul_url == "http://localhost:3"


def test_nothing_can_be_changed_afterwards() -> None:
    """One frozen object."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().b_port = 1  # type: ignore[misc]


def test_relative_paths_count_from_the_checkout(tmp_path: Path) -> None:
    """Not from the folder in which somebody happened to stand."""
    settings = Settings(root=tmp_path, schedules=Path("plans"), database=Path("/var/lib/j.sqlite3"))
    assert settings.schedules == tmp_path / "plans"
    assert settings.database == Path("/var/lib/j.sqlite3")


def test_all_that_is_written_lies_in_the_data_folder_but_for_what_is_given_by_itself(tmp_path: Path) -> None:
    """M11: the checkout by default, as ever."""
    usual = Settings(root=tmp_path)
    assert (usual.data, usual.schedules) == (tmp_path, tmp_path / "schedules")
    assert (usual.database, usual.estopfile) == (tmp_path / "journal/journal.sqlite3", tmp_path / "journal/estop")
    moved = Settings(root=tmp_path, data=Path("mine"), schedules=Path("plans"))
    assert (moved.data, moved.schedules) == (tmp_path / "mine", tmp_path / "plans")
    assert moved.database == tmp_path / "mine/journal/journal.sqlite3"
    assert Settings(root=tmp_path, data=Path("/var/x"), database=Path("j/one")).estopfile == tmp_path / "j/estop"


@pytest.mark.parametrize(
    ("state", "home", "place"), [("/state", "/own", "/state"), ("state", "/own", "/own/.local/state")]
)
def test_an_installation_writes_into_the_users_state(
    monkeypatch: pytest.MonkeyPatch, state: str, home: str, place: str
) -> None:
    """XDG: a relative folder is to be ignored."""
    monkeypatch.setenv("HOME", home)
    assert default_data(PAGE, {"XDG_STATE_HOME": state}) == Path(place, "apis-main-controller")


def test_the_lowest_voltage_is_below_the_highest() -> None:
    """Two settings that contradict each other are refused by name."""
    with pytest.raises(SettingError, match="gridvoltagemin: 380 V is not below"):
        Settings(gridvoltagemin=380)


@pytest.mark.parametrize("row", setting_fields(), ids=lambda row: row.name)
def test_every_setting_says_what_it_is_for(row: dataclasses.Field[object]) -> None:
    """--help and docs/settings.md have something to say about each, and its value passes its own check."""
    assert row.metadata["help"]
    value = getattr(Settings(root=Path()), row.name)
    assert row.metadata["read"](value if not isinstance(value, tuple) else ",".join(value)) == value
