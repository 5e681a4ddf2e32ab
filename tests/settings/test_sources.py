"""Who wins: startMain.py < TOML < environment < command line; and nothing unknown or bad gets in (Z14-Z17)."""

import re
from dataclasses import Field
from pathlib import Path
from typing import Any

import pytest

from main_controller.errors import SettingError
from main_controller.settings import build_settings
from main_controller.settings.table import setting_fields


def test_the_later_source_wins(tmp_path: Path) -> None:
    """Z14's order, each source overriding only what it names."""
    config = tmp_path / "site.toml"
    config.write_text("b_port = 2\nstaleafter = 2\ntitle = '2'\n", encoding="utf-8")
    parameters = {"b_port": 1, "staleafter": 1, "title": "1", "schedulerInterval": 1, "apis_emul_url": None}
    settings = build_settings(
        parameters, ["--config", str(config), "--b_port", "4"], {"APIS_MC_B_PORT": "3", "APIS_MC_STALEAFTER": "3"}
    )
    assert (settings.b_port, settings.staleafter, settings.title, settings.schedulerInterval) == (4, 3, "2", 1)
    assert settings.sources == {
        "b_port": "the command line",
        "staleafter": "the environment",
        "title": str(config),
        "schedulerInterval": "startMain.py",
    }


@pytest.mark.parametrize("row", setting_fields(), ids=lambda row: row.name)
def test_every_setting_can_be_set_from_every_source(row: Field[Any], tmp_path: Path) -> None:
    """C4: no setting is forgotten by a source."""
    name = row.name
    text, other = _two_values(name)
    config = tmp_path / "site.toml"
    config.write_text(f"{name} = '{text}'\n", "utf-8")
    variable = f"APIS_MC_{name.upper()}"
    from_toml = build_settings({}, ["--config", str(config)], {})
    from_environment = build_settings({name: other}, [], {variable: text})
    from_command_line = build_settings({name: other}, [f"--{name}", text], {variable: other})
    assert getattr(build_settings({name: other}, [], {}), name) != getattr(from_toml, name)
    assert getattr(from_toml, name) == getattr(from_environment, name) == getattr(from_command_line, name)


def _two_values(name: str) -> tuple[str, str]:
    special = {
        "b_host": ("::1", "0.0.0.0"),
        "apis_host": ("web1", "web2"),
        "url": ('{"dcdc": ":1/a"}', '{"dcdc": ":2/b"}'),
        "timezone": ("Asia/Tokyo", "UTC"),
        "upstream_timezone": ("Asia/Tokyo", "UTC"),
        "gridvoltagemin": ("310", "320"),
        "gridvoltagemax": ("360", "370"),
        "directread": ("1", "3"),
        "chargefull": ("90", "80"),
        "batteryvoltagemax": ("56", "57"),
        "allowed_hosts": ("a:1,b", "c"),
        "unit_networks": ("10.0.0.0/8", "10.0.0.0/9"),
        "trusted_proxies": ("10.0.0.1", "127.0.0.1,::1"),
        "cafile": ("a", "b"),
        "credentialsfile": ("a", "b"),
        "allowed_networks": ("10.0.0.0/8", "192.168.0.0/16"),
        "title": ("A", "B"),
        "schedules": ("a", "b"),
        "database": ("a", "b"),
        "stablereadings": ("2", "3"),
        "journalkeep": ("10", "20"),
        "historymb": ("10", "20"),
        "blackboxmb": ("10", "20"),
        "incidentmb": ("10", "20"),
        "apislog": ("224.2.2.5:1", "224.2.2.6:2"),
        "channels": (
            '[{"name": "a", "kind": "syslog", "host": "b"}]',
            '[{"name": "c", "kind": "syslog", "host": "b"}]',
        ),
        "thresholds": ('[{"alarm": "gridError", "on": 5}]', '[{"alarm": "gridError", "on": 6}]'),
        "anonymous": ("view", "stop"),
        "digest": ("06:00", "08:00"),
        "heartbeat": ("https://a/b", "https://a/c"),
        "threads": ("10", "20"),
        "connection_limit": ("10", "20"),
    }
    if name in special:
        return special[name]
    flags = (
        *("emulator", "apis", "read_only", "handtimewait", "get_orders", "accounts", "onetimecodes", "twopersons"),
        *("insecure", "device_tls", "unitmetrics"),
    )
    if name in flags:
        return "true", "false"
    if name in ("set_url", "ups_set_url"):
        return ":1/a", ":2/b"
    if name.endswith("_url"):
        return "http://a:1", "http://b:2"
    return "7", "8"


@pytest.mark.parametrize(
    ("parameters", "argv", "environ", "key"),
    [
        ({"b_prot": 1}, [], {}, "b_prot"),
        ({"b_port": "x"}, [], {}, "b_port"),
        ({}, [], {"APIS_MC_B_PROT": "1"}, "APIS_MC_B_PROT"),
        ({}, [], {"APIS_MC_B_PORT": ""}, "APIS_MC_B_PORT"),
        ({}, [], {"APIS_MC_SIMULATE": "4"}, "APIS_MC_SIMULATE"),
        ({}, ["--b_port", "x"], {}, "--b_port"),
        ({}, ["-e", "perhaps"], {}, "--emulator"),
        ({}, ["--simulate", "0"], {}, "--simulate"),
        ({}, ["--simulate", "1001"], {}, "--simulate"),
        ({}, ["--simulate", "4", "--speed", "0"], {}, "--speed"),
        ({}, ["--speed", "10"], {}, "--speed"),
        ({}, ["--drill", "stuck-node"], {}, "--drill"),
        ({}, [], {"APIS_MC_DRILL": "stuck-node"}, "APIS_MC_DRILL"),
        ({}, ["--simulate", "--byhand"], {}, "--byhand"),
        ({}, ["--simulate", "--replay", "a.zip"], {}, "--replay"),
        ({}, ["--drill", "stuck-node", "--replay", "a.zip"], {}, "--replay"),
        ({}, ["--replay", ""], {}, "--replay"),
        ({}, ["--replay", "a.zip", "--b_host", "0.0.0.0"], {}, "--replay"),
        ({}, ["--replay", "a.zip", "--data", "here"], {}, "--replay"),
        ({}, ["backup", "a.zip", "--replay", "b.zip"], {}, "backup"),
        ({}, ["user", "list", "--verify-journal"], {}, "user"),
        ({}, ["--check-config", "--healthy"], {}, "--check-config"),
        ({}, ["backup", "a.zip", "--simulate", "--drill", "list"], {}, "backup"),
        ({}, ["--simulate", "--drill", ""], {}, "--drill"),
        ({}, ["--simulate", "--drill", "stuck-node", "--byhand", "0"], {}, "--byhand"),
        ({}, ["--config", "no/such/file.toml"], {}, "--config"),
        ({}, ["--timezone", "Mars/Olympus"], {}, "--timezone"),
        ({"apis_emul_url": "ftp://grid:43900"}, [], {}, "apis_emul_url"),
        ({}, [], {"APIS_MC_EMUL_URL": "http://name:word@grid"}, "APIS_MC_EMUL_URL"),
    ],
)
def test_the_unknown_and_the_bad_are_refused_by_name(
    parameters: dict[str, object], argv: list[str], environ: dict[str, str], key: str
) -> None:
    """Z14: the error names what its author wrote, so that it is found at once."""
    with pytest.raises(SettingError) as refused:
        build_settings(parameters, argv, environ)
    assert refused.value.key == key


def test_a_file_may_use_tomls_own_types(tmp_path: Path) -> None:
    """Numbers, truth, lists and tables, not only text."""
    config = tmp_path / "site.toml"
    lines = ("b_port = 1", "staleafter = 2.5", "emulator = false", "allowed_hosts = ['a']", "url.dcdc = ':1/x'")
    config.write_text("\n".join(lines), "utf-8")
    settings = build_settings({}, ["--config", str(config)], {})
    assert (settings.b_port, settings.staleafter, settings.emulator) == (1, 2.5, False)
    assert (settings.allowed_hosts, settings.url) == (("a",), {"dcdc": ":1/x"})


@pytest.mark.parametrize("text", ["b_prot = 1\n", "b_port = 'x'\n", "[b_port]\nx = 1\n", "b_port =", "\udcff"])
def test_a_bad_file_is_refused(text: str, tmp_path: Path) -> None:
    """Unknown keys, bad values, bad TOML and bad UTF-8 alike."""
    config = tmp_path / "site.toml"
    config.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingError, match=r"b_p|--config"):
        build_settings({}, ["--config", str(config)], {})


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_is_read_as_a_windows_editor_saves_it(mark: str, tmp_path: Path) -> None:
    """M23: a byte order mark and CRLF."""
    config = tmp_path / "site.toml"
    config.write_bytes(f"{mark}b_port = 1\r\n\r\n[url]\r\ndcdc = ':1/x'\r\n".encode())
    settings = build_settings({}, ["--config", str(config)], {})
    assert (settings.b_port, settings.url) == (1, {"dcdc": ":1/x"})


def test_a_file_in_utf_16_is_one_clear_sentence(tmp_path: Path) -> None:
    config = tmp_path / "site.toml"
    config.write_bytes("b_port = 1\r\n".encode("utf-16"))
    with pytest.raises(
        SettingError, match=r"^--config: .*site\.toml cannot be read: it is saved as UTF-16; save it as"
    ):
        build_settings({}, ["--config", str(config)], {})


PLATFORM = {
    "APIS_MC_SERVICE_HOST": "10.0.0.1",
    "APIS_MC_SERVICE_PORT": "4382",
    "APIS_MC_SERVICE_PORT_HTTP": "4382",
    "APIS_MC_PORT": "tcp://10.0.0.1:4382",
    "APIS_MC_PORT_4382_TCP": "tcp://10.0.0.1:4382",
    "APIS_MC_PORT_4382_TCP_PROTO": "tcp",
    "APIS_MC_PORT_4382_TCP_PORT": "4382",
    "APIS_MC_PORT_4382_TCP_ADDR": "10.0.0.1",
}


def test_the_variables_of_a_container_platform_are_left_alone_and_told() -> None:
    """M23: a service named apis-mc kept the program from starting, with a riddle."""
    settings = build_settings({}, [], {**PLATFORM, "APIS_MC_B_PORT": "1"})
    assert (settings.b_port, settings.sources) == (1, {"b_port": "the environment"})
    (note,) = settings.notes
    assert note.startswith("APIS_MC_PORT and 7 more like it in the environment is no setting and is left alone: ")
    assert "enableServiceLinks: false" in note


def test_a_platforms_variable_that_is_named_as_a_setting_is_explained() -> None:
    """A service named apis-mc-b."""
    with pytest.raises(SettingError, match=r"^APIS_MC_B_PORT: 'tcp://10\.0\.0\.1:80' is the address of a service"):
        build_settings({}, [], {"APIS_MC_B_PORT": "tcp://10.0.0.1:80"})


@pytest.mark.parametrize(
    "variable", ["APIS_MC_PORT", "APIS_MC_SERVICE", "APIS_MC_HOST", "APIS_MC_PORT_4382", "APIS_MC_B_PROT"]
)
def test_a_misspelt_variable_is_still_refused(variable: str) -> None:
    with pytest.raises(SettingError, match=f"^{variable}: unknown setting in the environment"):
        build_settings({}, [], {variable: "4382"})


def test_a_file_of_variables_with_crlf_is_read() -> None:
    settings = build_settings({}, [], {"APIS_MC_TIMEZONE": "Asia/Tokyo\r", "APIS_MC_B_PORT": "1\r"})
    assert (settings.timezone, settings.b_port) == ("Asia/Tokyo", 1)


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    """Help where a letter slipped."""
    with pytest.raises(SettingError, match=r"unknown setting in startMain\.py; is b_port meant\?"):
        build_settings({"b_prot": 1}, [], {})


def test_variables_of_others_are_left_alone() -> None:
    """Only APIS_MC_ is ours."""
    assert build_settings({}, [], {"PATH": "x", "APIS": "y", "B_PORT": "1"}).b_port == 4382


@pytest.mark.parametrize("flag", ["-e", "--emul", "--emulator"])
def test_the_old_flag_chooses_where_orders_go(flag: str) -> None:
    """Z14: -e/--emul sets `emulator`."""
    assert build_settings({}, [flag, "false"], {}).emulator is False
    assert build_settings({"emulator": False}, [flag, "True"], {}).emulator is True


@pytest.mark.parametrize("flag", ["-d", "--db"])
def test_the_old_database_flag_is_accepted_and_said_to_do_nothing(flag: str) -> None:
    """Z14: the old start scripts keep working."""
    settings = build_settings({}, [flag, "mysql"], {})
    assert "no effect" in settings.notes[0]
    assert settings.sources == {}


def test_the_simulation_is_never_chosen_implicitly() -> None:
    """Z17: only the option itself switches it on; it has 4 units unless told."""
    assert build_settings({}, [], {}).simulate is None
    assert build_settings({}, ["--simulate"], {}).simulate == 4
    settings = build_settings({}, ["--simulate", "20", "--speed", "1"], {})
    assert (settings.simulate, settings.speed) == (20, 1)


def test_a_drill_is_chosen_on_the_command_line_alone_with_a_simulation() -> None:
    assert build_settings({}, ["--simulate"], {}).drill is None
    scripted = build_settings({}, ["--simulate", "--drill", "stuck-node"], {})
    assert (scripted.drill, scripted.by_hand) == ("stuck-node", None)
    assert build_settings({}, ["--simulate", "--drill", "stuck-node", "--byhand"], {}).by_hand == 10
    assert build_settings({}, ["--simulate", "--drill", "stuck-node", "--byhand", "3"], {}).by_hand == 3
    assert build_settings({}, ["--drill", "list"], {}).drill == "list"


@pytest.mark.parametrize("argv", [["--b_prot", "1"], ["--b_por", "1"], ["surplus"], ["--log-level", "LOUD"]])
def test_an_unknown_option_ends_the_program_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It is named, and not taken for one that begins alike."""
    with pytest.raises(SystemExit) as ended:
        build_settings({}, argv, {})
    assert ended.value.code == 2
    assert argv[0] in capsys.readouterr().err


def test_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    """With its explanation; percent signs included."""
    with pytest.raises(SystemExit) as ended:
        build_settings({}, ["--help"], {})
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"--{row.name} (VALUE|\[VALUE\])", shown) for row in setting_fields())


@pytest.mark.parametrize(
    ("parameters", "argv", "environ", "shown"),
    [
        ({"journal": "a/b"}, [], {}, "journal (from startMain.py)"),
        ({}, ["--journal", "a/b"], {}, "--journal (from the command line)"),
        ({}, [], {"APIS_MC_JOURNAL": "a/b"}, "APIS_MC_JOURNAL (from the environment)"),
    ],
)
def test_a_setting_is_read_by_its_old_name_and_the_log_says_todays(
    parameters: dict[str, object], argv: list[str], environ: dict[str, str], shown: str, tmp_path: Path
) -> None:
    """Whoever named the journal's file keeps it."""
    settings = build_settings(parameters, argv, environ, root=tmp_path)
    assert settings.database == tmp_path / "a/b"
    assert settings.estopfile == tmp_path / "a/estop"
    assert settings.notes == (f"{shown} is the old name of the setting database: write database instead.",)


def test_the_later_source_wins_under_either_name(tmp_path: Path) -> None:
    by_new = build_settings({"journal": "old"}, ["--database", "new"], {}, root=tmp_path)
    by_old = build_settings({"database": "old"}, ["--journal", "new"], {}, root=tmp_path)
    assert by_new.database == by_old.database == tmp_path / "new"
    assert build_settings({"database": "one"}, [], {}, root=tmp_path).notes == ()


def test_both_names_in_one_place_are_refused() -> None:
    """Nobody can tell which is meant."""
    with pytest.raises(SettingError, match="--journal: it is the old name of database, which is given too"):
        build_settings({}, ["--journal", "a", "--database", "b"], {})


@pytest.mark.parametrize(
    ("argv", "value"),
    [
        ([], False),
        (["--insecure"], True),
        (["--insecure", "--b_port", "7"], True),
        (["--insecure", "true"], True),
        (["--insecure", "false"], False),
    ],
)
def test_insecure_needs_no_value(argv: list[str], value: bool) -> None:
    """Whoever types the word means it."""
    assert build_settings({}, argv, {}).insecure is value


def test_what_the_command_line_does_not_know_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The names of all settings stood before it."""
    with pytest.raises(SystemExit) as left:
        build_settings({}, ["--nonsense"])
    assert left.value.code == 2
    assert (
        capsys.readouterr().err
        == "startMain.py: unrecognized arguments: --nonsense; --help tells of all that there is.\n"
    )


def test_bounds_are_told_in_figures() -> None:
    with pytest.raises(SettingError, match=r"is not within 10\.\.1000000 "):
        build_settings({"historymb": 10**9}, [])
