"""Units that have left, against the real program over HTTP: six of a cluster, then four (M9, K6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faulty_server import Exchange, message
from tests.system.conftest import console_on, ready
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

SIX = tuple(f"E00{number}" for number in range(1, 7))
GONE = ("E005", "E006")
BY = "&name=Sato&reason=scrapped"


@contextmanager
def cluster_of_four(folder: Path, **settings: Any) -> Iterator[tuple[FakeGrid, Console]]:
    """Six units, E006 the voltage reference, then a restart on the same data with the last two gone.

    `/unitIds` goes on naming all six.
    """
    with FakeGrid(*SIX) as before:
        before.units["E006"]["dcdc"]["status"]["status"] = "0x0014"
        with console_on(before, folder, **settings):
            pass
    with FakeGrid(*SIX) as grid:
        for unit_id in GONE:
            del grid.units[unit_id]

        def all_six(exchange: Exchange) -> None:
            exchange.send(message(b'["E001", "E002", "E003", "E004", "E005", "E006"]'))

        grid.web.answers["/unitIds"] = all_six
        with Console(folder, **settings, **grid.settings) as console:
            until(lambda: ready(console, 4), "the four")
            yield grid, console


@pytest.fixture
def four(tmp_path: Path) -> Iterator[tuple[FakeGrid, Console]]:
    with cluster_of_four(tmp_path / "console") as both:
        yield both


def forget(console: Console, unit_id: str, more: str = "") -> Any:
    """Say that a unit has left; the reply with its status."""
    return console.call(f"/forget?unitId={unit_id}{BY}{more}", "POST")


def test_two_of_six_have_left_and_stop_all_is_done_again(four: tuple[FakeGrid, Console]) -> None:
    """M9: before, Stop all fails whatever one does, and no unit can be the voltage reference."""
    grid, console = four
    failed = console.call("/stopAll", "POST", timeout=60)
    assert (failed.status, "E005, E006" in failed.error) == (502, True)
    reference = "/set/dcdc/E001?mode=0x0014&dvg=350&dig=2"
    refused = console.call(f"{reference}&override=gone&overrideRules=c,e,f", "POST")
    assert (refused.status, "E006 is or may be the voltage reference" in refused.error) == (409, True)

    assert forget(console, "E005").json["succeeded"] is True
    unconfirmed = forget(console, "E006")
    assert (unconfirmed.status, "send confirm=0x0014" in unconfirmed.error) == (409, True)
    assert forget(console, "E006", "&confirm=0x0014").status == 200

    done = console.call("/stopAll", "POST", timeout=60)
    assert (done.status, set(done.json["units"])) == (200, {"E001", "E002", "E003", "E004"})
    assert grid.mode == "stop", "asked for, since nobody had heard whether the two were in Run"
    until(lambda: console.call("/setOperationMode?value=manual", "POST").status == 200, "Manual again")
    until(lambda: console.call(reference, "POST").status == 200, "the reference")
    status = console.status
    assert (set(status["units"]), status["data"]["silent"]) == ({"E001", "E002", "E003", "E004"}, 0)
    assert not [sent for sent in grid.sent if "E005" in sent], "an id that the emulator lacks is never sent (K11)"


def test_whom_it_cannot_forget_it_says_why(four: tuple[FakeGrid, Console]) -> None:
    _, console = four
    for target, status, part in (
        (f"/forget?unitId=E001{BY}&confirm=0x0000", 409, "still shown"),
        (f"/forget?unitId=E777{BY}", 404, "no unit"),
        ("/forget?unitId=E005&name=Sato", 400, "reason"),
        ("/forget?unitId=E005&reason=gone", 400, "name"),
        (f"/forget?unitId=E005{BY}&confirm=", 400, "confirm"),
        (f"/forget?unitId=E005{BY}&sure=yes", 400, "sure"),
    ):
        answer = console.call(target, "POST")
        assert (answer.status, part in answer.error) == (status, True), (target, answer.body)
    assert len(console.status["units"]) == 6


def test_it_is_journaled_outlasts_a_restart_and_ends_when_the_unit_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "console"
    with cluster_of_four(folder) as (_, console):
        assert console.call("/setSchedule?unitId=E005&operation=run&value=2090-01-01T00:00:00Z").status == 200
        assert forget(console, "E005").json["schedules"] == 1
        assert console.get("/schedules") == {}
        assert forget(console, "E006", "&confirm=0x0014").status == 200
        rows = until(lambda: rows_of(console, "E006", "forget"), "its row")
        assert rows[0]["after"]["wanted"] == {"name": "Sato", "reason": "scrapped"}
        for target in ("/get/unit/E006", "/set/dcdc/E006?mode=0x0000", "/setSchedule?unitId=E006&operation=run"):
            assert console.call(target).status == 404, target
    with FakeGrid(*SIX[:4]) as grid, console_on(grid, folder) as console:
        assert set(console.status["units"]) == set(SIX[:4])
        grid.units["E006"] = grid._new("E006", 5)
        until(lambda: "E006" in console.status["units"], "its return")
        event = until(
            lambda: [one for one in console.status["gridEvents"] if "E006 is back" in one["text"]], "the event"
        )
        assert (event[0]["kind"], event[0]["unitId"]) == ("member", "E006")
        assert until(lambda: rows_of(console, "E006", "is back"), "its row")
        assert "E005" not in console.status["units"]
    with FakeGrid(*SIX[:4]) as grid, console_on(grid, folder) as console:
        assert console.status["units"]["E006"]["state"] == "silent", "a member again, over a restart"


def rows_of(console: Console, unit_id: str, part: str) -> list[dict[str, Any]]:
    rows = console.get(f"/journal?unit={unit_id}&limit=100")["rows"]
    return [row for row in rows if part in row["what"] and (row["outcome"] == "verified" or row["kind"] == "member")]


def test_with_real_drivers_stop_all_tries_their_hardware_and_lists_it_apart(tmp_path: Path) -> None:
    """Its last address may still answer; here nothing does, and the verdict is that of the four all the same."""
    with cluster_of_four(tmp_path / "console", emulator=False, set_url=":9/set?") as (_, console):
        for unit_id, confirm in zip(GONE, ("0x0000", "0x0014"), strict=True):
            assert forget(console, unit_id, f"&confirm={confirm}").status == 200
        answer = console.call("/stopAll", "POST", timeout=60)
        assert set(answer.json["units"]) == set(SIX[:4])
        assert set(answer.json["forgotten"]) == set(GONE)
        assert not any(unit_id in answer.json.get("error", "") for unit_id in GONE)


def test_read_only_lets_nobody_be_forgotten(tmp_path: Path) -> None:
    with cluster_of_four(tmp_path / "console", read_only=True) as (_, console):
        assert forget(console, "E005").status == 403
        assert "E005" in console.status["units"]
