"""What is found in facts, each level at its bound; a fact that is missing is never "ok"."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from main_controller.channel import Channel, Hours, Sort
from main_controller.selfcheck import reach
from main_controller.selfcheck.facts import Answer, Backed, Checked, Facts, FileMode, Jump, Kind, Room, Running, Schema
from main_controller.selfcheck.finding import Finding, Level
from main_controller.selfcheck.findings import AT_REST, WHILE_RUNNING, findings
from main_controller.sentence import foreign
from tests.selfcheck.facts import GOOD, NOW, RUNS, WELL, chosen

GB = 1_000_000_000
BAD, WARNING, UNKNOWN, NOTICE, OK = Level


def found(code: str, facts: Facts, running: Running = RUNS) -> Finding:
    (one,) = [one for one in findings(facts, running) if one.code == code]
    return one


def test_a_console_of_which_nothing_is_wrong_is_ok_throughout() -> None:
    assert {one.level for one in findings(GOOD, RUNS)} == {OK}
    assert len(findings(GOOD)) == len(AT_REST)
    assert len({one.code for one in findings(GOOD, RUNS)}) == len(AT_REST) + len(WHILE_RUNNING)


@pytest.mark.parametrize(
    ("other", "level"),
    [
        ({"host": "::1"}, OK),
        ({"host": "127.8.0.1"}, OK),
        ({"host": "localhost"}, OK),
        ({"host": "0.0.0.0"}, BAD),
        ({"host": "::"}, BAD),
        ({"host": "192.168.0.5"}, BAD),
        ({"host": "console.example"}, BAD),
        ({"host": "192.168.0.5", "read_only": True}, WARNING),
        ({"host": "192.168.0.5", "accounts": True}, WARNING),
        ({"host": "192.168.0.5", "networks": ["192.168.0.0/24"]}, WARNING),
        ({"host": "192.168.0.5", "networks": ["192.168.0.0/24", "0.0.0.0/0"]}, BAD),
        ({"host": "192.168.0.5", "networks": ["::/0"]}, BAD),
    ],
)
def test_who_reaches_it(other: dict[str, Any], level: Level) -> None:
    assert found("address", chosen(**{"accounts": False, **other})).level is level


@pytest.mark.parametrize(
    ("code", "other", "level"),
    [
        ("accounts", {"accounts": False}, NOTICE),
        ("accounts", {"accounts": False, "host": "10.0.0.1", "networks": ["10.0.0.0/8"]}, BAD),
        ("accounts", {"accounts": False, "insecure": True}, BAD),
        ("accounts", {"host": "10.0.0.1"}, OK),
        ("anonymous", {"accounts": False}, NOTICE),
        ("anonymous", {"anonymous": "view"}, NOTICE),
        ("anonymous", {"anonymous": "stop"}, NOTICE),
        ("oneTimeCodes", {"one_time_codes": False}, NOTICE),
        ("oneTimeCodes", {"accounts": False}, NOTICE),
        ("readOnly", {"read_only": True}, NOTICE),
        ("getOrders", {"get_orders": True}, NOTICE),
        ("user", {"root": True}, WARNING),
        ("unitNetworks", {"real_devices": True}, WARNING),
        ("unitNetworks", {"real_devices": True, "unit_networks": ["10.0.0.0/8"]}, OK),
    ],
)
def test_what_is_set_weakly(code: str, other: dict[str, Any], level: Level) -> None:
    assert found(code, chosen(**other)).level is level


@pytest.mark.parametrize(
    ("channels", "level"),
    [
        ([], WARNING),
        ([Channel("a", Sort.MAIL, hours=Hours(time(8), time(18)))], WARNING),
        ([Channel("a", Sort.MAIL, kinds=("diskLow",))], WARNING),
        ([Channel("a", Sort.MAIL, after=600)], WARNING),
        ([Channel("a", Sort.MAIL, priority=2)], WARNING),
        ([Channel("a", Sort.MAIL, after=600), Channel("b", Sort.SYSLOG, priority=4)], OK),
    ],
)
def test_somebody_must_hear_of_everything_at_any_hour(channels: list[Channel], level: Level) -> None:
    assert found("channels", chosen(channels=channels)).level is level


@pytest.mark.parametrize(
    ("kind", "mode", "level"),
    [
        (Kind.DATA, 0o600, OK),
        (Kind.DATA, 0o400, OK),
        (Kind.DATA, 0o640, NOTICE),
        (Kind.DATA, 0o644, WARNING),
        (Kind.DATA, 0o660, BAD),
        (Kind.DATA, 0o602, BAD),
        (Kind.SECRET, 0o640, NOTICE),
        (Kind.SECRET, 0o604, BAD),
        (Kind.FOLDER, 0o700, OK),
        (Kind.FOLDER, 0o750, NOTICE),
        (Kind.FOLDER, 0o755, NOTICE),
        (Kind.FOLDER, 0o770, BAD),
        (Kind.DATA, None, UNKNOWN),
    ],
)
def test_to_whom_files_are_open(kind: Kind, mode: int | None, level: Level) -> None:
    one = found("files", replace(GOOD, files=(*GOOD.files, FileMode("/x", kind, mode))))
    assert one.level is level
    assert ("/x" in one.seen) is (level is not OK)
    assert ("/j" in one.seen) is False


def test_an_open_file_is_told_before_one_that_cannot_be_seen_and_that_before_what_the_group_may() -> None:
    unseen, group, world = (FileMode(str(mode), Kind.DATA, mode) for mode in (None, 0o640, 0o644))
    assert found("files", replace(GOOD, files=(unseen, group, world))).level is WARNING
    assert found("files", replace(GOOD, files=(unseen, group))).level is UNKNOWN


@pytest.mark.parametrize(("synchronised", "level"), [(True, OK), (False, WARNING), (None, UNKNOWN)])
def test_whether_the_clock_follows(synchronised: bool | None, level: Level) -> None:
    assert found("clock", replace(GOOD, synchronised=synchronised)).level is level


@pytest.mark.parametrize(
    ("rooms", "level"),
    [
        (None, UNKNOWN),
        ([], UNKNOWN),
        ([Room("/a", 50 * GB, 100 * GB)], OK),
        ([Room("/a", 7 * GB, 100 * GB)], WARNING),
        ([Room("/a", 19 * GB // 10, 100 * GB)], BAD),
        ([Room("/a", GB, 4 * GB)], WARNING),
        ([Room("/a", GB // 3, 4 * GB)], BAD),
        ([Room("/a", 50 * GB, 100 * GB), Room("/b", 1, 100 * GB)], BAD),
    ],
)
def test_how_much_room_there_is(rooms: list[Room] | None, level: Level) -> None:
    assert found("disk", replace(GOOD, rooms=rooms)).level is level


@pytest.mark.parametrize(
    ("schema", "level"),
    [(None, UNKNOWN), (Schema(0, 8), NOTICE), (Schema(7, 8), NOTICE), (Schema(8, 8), OK), (Schema(9, 8), BAD)],
)
def test_of_which_version_the_tables_are(schema: Schema | None, level: Level) -> None:
    assert found("schema", replace(GOOD, schema=schema)).level is level


@pytest.mark.parametrize(
    ("at", "level"),
    [
        (None, WARNING),
        (NOW - timedelta(days=7, hours=23), OK),
        (NOW - timedelta(days=8), WARNING),
        (NOW - timedelta(days=31), BAD),
        (NOW + timedelta(minutes=1), OK),
        (NOW + timedelta(hours=1), UNKNOWN),
    ],
)
def test_how_old_the_last_backup_is(at: datetime | None, level: Level) -> None:
    assert found("backup", replace(GOOD, backup=Backed(at, "/b.zip"))).level is level


def test_a_backup_of_which_nothing_can_be_read_is_not_told_as_none() -> None:
    assert found("backup", replace(GOOD, backup=None)).level is UNKNOWN
    assert found("backup", replace(chosen(simulated=True), backup=None)).level is OK


@pytest.mark.parametrize(("code", "part"), [("integrity", "integrity"), ("journal", "chain"), ("witness", "witness")])
@pytest.mark.parametrize(("well", "level"), [(True, OK), (False, BAD), (None, UNKNOWN)])
def test_what_the_costly_checks_say(code: str, part: str, well: bool | None, level: Level) -> None:
    changed: dict[str, Any] = {part: Answer(well, foreign("so it is"))}
    checked = replace(Checked(NOW, WELL, WELL, WELL), **changed)
    one = found(code, GOOD, replace(RUNS, checked=checked))
    assert (one.level, one.seen) == (level, "so it is")
    assert found(code, GOOD, replace(RUNS, checked=None)).level is UNKNOWN


def test_jumps_of_the_clock_and_what_is_not_kept_are_told() -> None:
    jumped = found("clockJumps", GOOD, replace(RUNS, jump=Jump(NOW, -7.4, 2)))
    assert jumped.level is WARNING
    assert jumped.seen == "The clock went by -7 s at once at 2026-05-13 03:00 UTC; so often since the start: 2."
    one = found("kept", GOOD, replace(RUNS, not_kept=[foreign("No log."), foreign("No pid file.")]))
    assert (one.level, one.seen) == (BAD, "No log. No pid file.")


def test_the_gravest_stands_first_and_each_but_ok_has_a_remedy() -> None:
    facts = replace(chosen(host="::", accounts=False, get_orders=True), synchronised=None, backup=Backed(None))
    levels = [one.level for one in findings(facts, replace(RUNS, checked=None))]
    assert levels == sorted(levels, key=list(Level).index)
    assert set(levels) == set(Level)
    assert all(one.remedy for one in findings(facts) if one.level is not OK)


def test_where_every_fact_is_missing_nothing_that_rests_on_one_is_ok() -> None:
    nothing = replace(
        GOOD, synchronised=None, rooms=None, schema=None, backup=None, files=(FileMode("/x", Kind.DATA, None),)
    )
    levels = {one.code: one.level for one in findings(nothing, replace(RUNS, checked=None))}
    rest_on_facts = ("files", "clock", "disk", "schema", "backup", "integrity", "journal", "witness")
    assert {levels[code] for code in rest_on_facts} == {UNKNOWN}


@pytest.mark.parametrize(
    ("changed", "level", "part"),
    [
        ({}, Level.OK, "Only this machine calls it"),
        ({"host": "0.0.0.0"}, Level.BAD, "plain HTTP"),
        ({"host": "0.0.0.0", "accounts": False}, Level.WARNING, "plain HTTP"),
        ({"public_names": ("grid.example",)}, Level.WARNING, "no proxy is trusted"),
        ({"public_names": ("grid.example",), "proxies": ("127.0.0.1/32",)}, Level.NOTICE, "nobody can tell"),
    ],
)
def test_passwords_that_pass_in_the_clear_are_told(changed: dict[str, Any], level: Level, part: str) -> None:
    found = reach.tls(chosen(**changed))
    assert (found.level, part in found.seen) == (level, True)
    assert (found.remedy is None) is (level is Level.OK)


def test_a_remedy_names_the_command_as_it_is_called_here() -> None:
    command = "/opt/apis-main-controller/bin/apis-main-controller --data /var/lib/apis"
    facts = replace(chosen(accounts=False, command=command), backup=Backed(None))
    assert f"by {command} user add NAME" in str(found("accounts", facts).remedy)
    assert f"Run {command} backup FILE" in str(found("backup", facts).remedy)
