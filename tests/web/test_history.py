"""What was recorded is asked for slot by slot, as JSON or as a file (V8)."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytz

from main_controller.history.slot import CLUSTER, MINUTE, Energies, Powers, Slot
from main_controller.store.history import History
from main_controller.web.csv_file import CsvFiles
from main_controller.web.history import HistoryPages
from main_controller.web.shapes.history import COLUMNS
from tests.web.client import Client, known

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
FAR = "The parameter {} must lie in the years 1900 to 2199."


class Site:
    """A history of two hours before noon, with a gap of ten minutes, and its routes."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.history = History(folder / "history.sqlite3", wall=lambda: self.now, megabytes=100)
        self.written: int | None = None
        pages = HistoryPages(
            self.history, zone=pytz.timezone("Asia/Tokyo"), clock=lambda: self.now, files=CsvFiles(),
            check_unit=known,
            written_until=lambda: self.written,
        )  # fmt: skip
        self.client = Client(pages)
        for ago in range(120, 0, -1):
            if not 50 < ago <= 60:
                start = int((NOON - timedelta(minutes=ago)).timestamp())
                self.history.write([self.minute("E001", start), self.minute(CLUSTER, start)])

    @staticmethod
    def minute(unit_id: str, start: int) -> Slot:
        return Slot(
            unit_id, start, MINUTE, 60.0, Powers(grid=-600.0), Energies(0.0, 10.0), None, 50.0,
            (60.0, 0.0, 0.0, 0.0, 0.0), (60.0, 0.0, 0.0, 0.0, 0.0),
        )  # fmt: skip

    def ask(self, query: str) -> list[dict[str, Any]]:
        answer = self.client.call(f"/history?{query}").json
        return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.history.close()


def test_minutes_come_one_row_each_and_a_gap_is_a_row_of_nulls(site: Site) -> None:
    rows = site.ask("unitId=E001&step=60&from=2026-05-13T10:58:00Z&to=2026-05-13T11:02:00Z")
    assert [row["start"][11:16] for row in rows] == ["10:58", "10:59", "11:00", "11:01"]
    assert [row["coverage"] for row in rows] == [1.0, 1.0, 0.0, 0.0]
    assert [row["gridOutWh"] for row in rows] == [10.0, 10.0, None, None]
    assert rows[0]["gridW"] == -600.0
    assert rows[0]["pvW"] is None
    assert rows[2] == {**dict.fromkeys(COLUMNS), "start": rows[2]["start"], "coverage": 0.0}


def test_a_gap_is_told_from_what_is_not_written_yet(site: Site) -> None:
    query = "/history?unitId=E001&step=60&from=2026-05-13T11:55:00Z&to=2026-05-13T12:02:00Z"
    assert site.client.call(query).json["recordedUntil"] is None, "no minute was looked at since the start"
    site.written = int(NOON.timestamp())
    answer = site.client.call(query).json
    assert answer["recordedUntil"] == "2026-05-13T12:00:00.000+00:00"
    assert [row[0] >= answer["recordedUntil"] for row in answer["rows"]] == [False] * 5 + [True] * 2
    day = site.client.call("/history/coverage?from=2026-05-12T12:00:00Z").json["units"][1]["coverage"][-1]
    site.written = int(NOON.timestamp()) - 3600
    assert site.client.call("/history/coverage?from=2026-05-12T12:00:00Z").json["units"][1]["coverage"][-1] > day


def test_half_hours_days_and_months_hold_the_same_energy_and_say_what_they_lack(site: Site) -> None:
    halves = site.ask("unitId=E001&step=1800&from=2026-05-13T10:00:00Z&to=2026-05-13T12:00:00Z")
    assert [row["gridOutWh"] for row in halves] == [300.0, 300.0, 200.0, 300.0]
    assert [row["coverage"] for row in halves] == [1.0, 1.0, pytest.approx(0.667), 1.0]
    (day,) = site.ask("unitId=E001&step=day&from=2026-05-13T10:00:00Z&to=2026-05-13T12:00:00Z")
    assert (day["start"], day["gridOutWh"]) == ("2026-05-12T15:00:00.000+00:00", 1100.0)
    (month,) = site.ask("unitId=E001&step=month&from=2026-05-13T10:00:00Z&to=2026-05-13T12:00:00Z")
    assert (month["start"], month["gridOutWh"]) == ("2026-04-30T15:00:00.000+00:00", 1100.0)


def test_a_half_hour_that_is_not_over_stands_as_far_as_it_is_known(site: Site) -> None:
    site.now = NOON + timedelta(minutes=5)
    site.history.write([site.minute("E001", int(NOON.timestamp()))])
    last = site.ask("unitId=E001&step=1800&from=2026-05-13T11:30:00Z&to=2026-05-13T12:05:00Z")
    assert [row["gridOutWh"] for row in last] == [300.0, 10.0]


def test_without_a_unit_it_is_the_cluster_and_without_times_the_last_of_them(site: Site) -> None:
    answer = site.client.call("/history?step=60").json
    assert (answer["unit"], answer["step"], len(answer["rows"])) == (None, "60", 60)
    assert answer["reachesBackTo"] == "2026-05-13T10:00:00.000+00:00"
    assert len(site.client.call("/history").json["rows"]) == 48


def test_a_unit_that_nobody_knows_has_gaps_alone(site: Site) -> None:
    assert {row["coverage"] for row in site.ask("unitId=E999&step=60")} == {0.0}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("step=hour", "The step 'hour' is none; use 60, 1800, day, month."),
        ("from=2026-05-14T00:00:00Z", "The parameter from must lie before to."),
        ("step=60&from=2026-05-01T00:00:00Z", "These would be some 18000 rows, more than 5000; step=1800 fits."),
        ("step=1800&from=2020-05-01T00:00:00Z", "These would be some 105768 rows, more than 5000; step=day fits."),
        (
            "step=month&from=9990-01-01T00:00&to=9999-12-31T23:59",
            "The parameter from must lie in the years 1900 to 2199.",
        ),
        ("step=day&to=9999-12-31T23:59", "The parameter to must lie in the years 1900 to 2199."),
        (
            "step=month&from=0001-01-02T00:00&to=0001-02-01T00:00",
            "The parameter from must lie in the years 1900 to 2199.",
        ),
        ("from=yesterday", '"yesterday" is not a date and time such as 2026-05-13T12:00:00+09:00.'),
    ],
)
def test_a_wrong_question_is_one_sentence_that_says_what_fits(site: Site, query: str, sentence: str) -> None:
    answer = site.client.call(f"/history?{query}")
    assert (answer.status, answer.error) == (400, sentence)


@pytest.mark.parametrize("step", ["60", "1800", "day", "month"])
@pytest.mark.parametrize("to", ["1900-01-02T00:00", "1970-01-01T00:00Z", "1970-01-01T00:00", "2199-12-31T23:59"])
def test_a_time_at_which_nothing_was_recorded_has_gaps_alone(site: Site, step: str, to: str) -> None:
    """The second 0 is a time as any other."""
    rows = site.ask(f"step={step}&to={to}&unitId=E001")
    assert {row["coverage"] for row in rows} == {0.0}
    assert all(row["start"] < to for row in rows)


def test_coverage_of_a_time_that_no_clock_shows_is_refused(site: Site) -> None:
    answer = site.client.call("/history/coverage?from=9999-12-30T00:00&to=9999-12-31T23:59")
    assert (answer.status, answer.error) == (400, "The parameter from must lie in the years 1900 to 2199.")


def test_it_tells_how_complete_each_day_of_each_unit_is(site: Site) -> None:
    """Of today as far as it has come: in Tokyo 21 hours, two of which were covered but for ten minutes."""
    answer = site.client.call("/history/coverage?from=2026-05-12T12:00:00Z").json
    assert answer["days"] == ["2026-05-11T15:00:00.000+00:00", "2026-05-12T15:00:00.000+00:00"]
    told = {one["unitId"]: one["coverage"] for one in answer["units"]}
    assert told == {None: [0.0, 0.087], "E001": [0.0, 0.087]}
    assert answer["reachesBackTo"] == "2026-05-13T10:00:00.000+00:00"


def test_minutes_of_a_half_hour_that_is_not_made_yet_count_too(site: Site) -> None:
    before = site.client.call("/history/coverage").json["units"][1]["coverage"][-1]
    site.now = NOON + timedelta(minutes=5)
    site.history.write([site.minute("E001", int(NOON.timestamp()) + 60 * n) for n in range(5)])
    after = site.client.call("/history/coverage").json["units"][1]["coverage"][-1]
    assert (before, after) == (round(110 / 1260, 3), round(115 / 1265, 3))


def test_the_last_half_hour_before_a_stop_counts_until_it_is_made(site: Site) -> None:
    """After a start nothing is made before the first minute is written, however long the program stood still."""
    site.now = NOON + timedelta(hours=5)
    halves = site.ask("unitId=E001&step=1800&from=2026-05-13T11:00:00Z&to=2026-05-13T17:00:00Z")
    assert [row["gridOutWh"] for row in halves] == [200.0, 300.0, *[None] * 10]


def test_it_is_told_of_so_many_days_at_once(site: Site) -> None:
    answer = site.client.call("/history/coverage?from=2026-01-01T00:00:00Z")
    assert (answer.status, answer.error) == (400, "These would be 132 days, more than 62.")


def test_the_file_has_the_same_rows_with_units_in_the_names(site: Site) -> None:
    answer = site.client.call("/history.csv?unitId=E001&step=60&from=2026-05-13T10:58:00Z&to=2026-05-13T11:02:00Z")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    table = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    assert table[0] == list(COLUMNS)
    rows = [dict(zip(table[0], row, strict=True)) for row in table[1:]]
    assert [row["gridW"] for row in rows] == ["-600", "-600", "", ""], "a number is no formula"
    assert len(site.client.call("/history.csv?step=60&from=2026-05-01T00:00:00Z").body.splitlines()) == 18_001
    future = site.client.call("/history.csv?step=60&from=2026-05-13T10:58:00Z&to=2099-01-01T00:00:00Z")
    assert len(future.body.splitlines()) < 1_000  # of years that are to come there is nothing to tell


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Asia/Tokyo", "2026-03-29", 24),
    ],
)
def test_a_day_on_which_clocks_are_changed_holds_all_its_hours_once(
    tmp_path: Path, zone: str, day: str, hours: float
) -> None:
    """10 Wh a minute, for three days: 23 or 25 hours hold as many minutes, and the month holds the days."""
    place = pytz.timezone(zone)
    midnight = place.localize(datetime.fromisoformat(day)).astimezone(UTC)
    history = History(tmp_path / "history.sqlite3", wall=lambda: midnight + timedelta(days=2), megabytes=100)
    pages = HistoryPages(
        history,
        zone=place,
        clock=lambda: midnight + timedelta(days=2),
        files=CsvFiles(),
        check_unit=known,
    )
    first = int((midnight - timedelta(days=1)).timestamp())
    history.write([Site.minute("E001", first + index * 60) for index in range(3 * 24 * 60)])
    before, after = midnight - timedelta(hours=3), midnight + timedelta(hours=hours + 3)
    query = f"unitId=E001&from={before.isoformat()}&to={after.isoformat()}".replace("+", "%2B")
    answer = Client(pages).call(f"/history?{query}&step=day").json
    rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    found = next(row for row in rows if row["start"].startswith(midnight.strftime("%Y-%m-%dT%H:%M")))
    assert len(rows) == 3
    assert found["gridOutWh"] == pytest.approx(hours * 600)
    assert found["coverage"] == 1.0
    answer = Client(pages).call(f"/history?{query}&step=1800").json
    own = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    start, end = found["start"], rows[rows.index(found) + 1]["start"]
    assert len([row for row in own if start <= row["start"] < end]) == hours * 2
    history.close()
