"""apis-main's own log is asked for by unit, level and time, with its errors counted (K16, K17)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytz

from main_controller.domain.apis_log import Level, LogLine
from main_controller.store.history import History
from main_controller.web.apis_log import ApisLogPages
from tests.web.client import Client

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
ERROR = "(HARDWARE:LOCAL:ERROR:E003) over current [a.b.C.d(C.java:12)]"


def line(level: Level, message: str, unit_id: str | None = "E003", source: str = "a.user.ErrorCollection") -> LogLine:
    return LogLine("apis-main", unit_id, NOON, level, source, message)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    kept = History(tmp_path / "history.sqlite3", wall=lambda: NOON, megabytes=100)
    kept.keep_lines([
        (NOON, line(Level.SEVERE, ERROR)),
        (NOON + timedelta(seconds=5), line(Level.WARNING, "slow", "E001", "a.Other")),
        (NOON + timedelta(seconds=9), line(Level.SEVERE, ERROR.replace("12", "99"))),
    ])  # fmt: skip
    yield kept
    kept.close()


@pytest.fixture
def client(history: History) -> Client:
    newest = [(NOON, line(Level.FINE, "one")), (NOON, line(Level.INFO, "two", "E001"))]
    return Client(ApisLogPages(history, lambda: newest, zone=pytz.utc))


def test_the_newest_come_first_and_errors_are_counted_with_what_apis_main_does(client: Client) -> None:
    page = client.call("/apislog").json
    assert [one["message"] for one in page["lines"]] == [ERROR.replace("12", "99"), "slow", ERROR]
    (error,) = page["errors"]
    assert (error["count"], error["unitId"], error["text"]) == (2, "E003", "over current")
    assert (error["first"], error["last"]) == ("2026-05-13T12:00:00.000+00:00", "2026-05-13T12:00:09.000+00:00")
    assert error["does"] == "apis-main ends its deals in good order, sends its converter to Wait and resets."


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ("unitId=E001", ["slow"]), ("level=SEVERE&limit=1", [ERROR.replace("12", "99")]),
        ("from=2026-05-13T12:00:05Z&to=2026-05-13T12:00:06Z", ["slow"]), ("before=2", [ERROR]),
        ("level=INFO", ["two"]), ("level=FINE", ["two", "one"]), ("level=FINE&unitId=E003", ["one"]),
        ("level=FINE&from=2026-05-13T12:00:01Z", []),
    ],
)  # fmt: skip
def test_lines_are_filtered(client: Client, query: str, messages: list[str]) -> None:
    assert [one["message"] for one in client.call(f"/apislog?{query}").json["lines"]] == messages


def test_pages_lead_on(client: Client) -> None:
    first = client.call("/apislog?limit=2").json
    assert first["next"] == 2
    assert client.call("/apislog?limit=2&before=2").json["next"] is None


@pytest.mark.parametrize("query", ["level=LOUD", "from=2026-05-13T12:00:05Z&to=2026-05-13T12:00:05Z", "limit=0"])
def test_a_wrong_question_is_refused(client: Client, query: str) -> None:
    assert client.call(f"/apislog?{query}").status == 400


def test_a_year_that_no_clock_shows_is_refused(client: Client) -> None:
    answer = client.call("/apislog?from=9999-12-31T23:59")
    assert (answer.status, answer.error) == (400, "The parameter from must lie in the years 1900 to 2199.")


def test_different_errors_are_told_up_to_a_bound(client: Client, history: History) -> None:
    """Forged ones do not make an answer long."""
    history.keep_lines([
        (NOON + timedelta(minutes=1), line(Level.SEVERE, f"(LOGIC:LOCAL:ERROR:E{number}) {'x' * 60_000}"))
        for number in range(300)
    ])  # fmt: skip
    answer = client.call("/apislog?limit=1")
    assert len(answer.json["errors"]) == 100
    assert len(answer.body) < 300_000
