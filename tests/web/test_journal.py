"""The journal's routes: strict questions, pages that lead on, a file that no spreadsheet executes."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import pytz

from main_controller.domain.latch import HeldLatch
from main_controller.sentence import say
from main_controller.store.database import Database
from main_controller.store.journal import Journal, Stage
from main_controller.web.csv_file import FILES_AT_ONCE
from main_controller.web.journal import JournalPages
from tests.web.client import NOON, Client

HEADINGS = ["id", "at", "kind", "by", "unitId", "what", "before", "after", "outcome", "commandId", "order",
            "stage"]  # fmt: skip


class Site:
    """A journal with an hour between its rows, and its routes."""

    def __init__(self, database: Database, root: Path) -> None:
        self.database = database
        self.journal = Journal(database, wall=lambda: NOON)
        self.latch: HeldLatch | None = None
        self.pages = JournalPages(
            self.journal,
            root / "views",
            title=lambda: "Some & where",
            zone=pytz.timezone("Asia/Tokyo"),
            estop=lambda: self.latch,
        )
        self.client = Client(self.pages)

    def fill(self, count: int, **row: Any) -> None:
        for number in range(count):
            self.journal.append(
                "order", by="127.0.0.1", unit_id=f"E00{number % 2}", what=f"row {number}",
                at=NOON + timedelta(hours=number), **row,
            )  # fmt: skip
        self.database.write_once()

    def whats(self, query: str) -> list[str]:
        return [row["what"] for row in self.client.call(f"/journal{query}").json["rows"]]

    def table(self, query: str = "") -> list[list[str]]:
        answer = self.client.call(f"/journal.csv{query}")
        assert answer.status == 200
        return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


@pytest.fixture
def site(tmp_path: Path, root: Path) -> Iterator[Site]:
    database = Database(tmp_path / "journal.sqlite3")
    yield Site(database, root)
    database.close()


def test_who_asks_for_codes_gets_those_of_the_sentences_in_the_rows(site: Site) -> None:
    """A Japanese page says the journal by them; who does not ask sees the rows alone."""
    late = say("unit.late", "{unit} is late.", unit="E001")
    site.journal.append("unit", by="the grid", unit_id="E001", what=late)
    site.database.write_once()
    message = {"text": "E001 is late.", "code": "unit.late", "parameters": {"unit": "E001"}}
    assert site.client.call("/journal", headers={"APIS-Sentences": "codes"}).json["messages"] == [message]
    assert set(site.client.call("/journal").json) == {"rows", "next"}


def test_an_empty_journal_has_no_rows_and_no_next(site: Site) -> None:
    assert site.client.call("/journal").json == {"rows": [], "next": None}


def test_a_latched_e_stop_stands_first_on_its_page_too(site: Site) -> None:
    html = site.client.call("/journal.html").body.decode()
    assert 'id="estop-bar" aria-labelledby="estop-title" hidden>' in html
    assert html.index('action="stopAll"') < html.index('action="estop"')
    site.latch = HeldLatch("anna", None, "<smoke>", "2026-05-13T12:00:00.000+00:00", on_file=False)
    html = site.client.call("/journal.html").body.decode()
    assert "E-stop latched by anna: &lt;smoke&gt;" in html
    assert "a restart of this controller forgets it" in html
    assert 'aria-labelledby="estop-title" >' in html
    assert html.index('id="estop-bar"') < html.index("<header")


def test_its_page_tells_times_by_the_sites_clock_and_names_the_zone(site: Site) -> None:
    site.journal.append("schedule", by="anna", unit_id=None, what="set", after="2026-05-13T13:00:00.000+00:00", at=NOON)
    site.journal.append("mode", by="anna", unit_id=None, what="set", before="Run", after="20260513", at=NOON)
    site.database.write_once()
    site.latch = HeldLatch("anna", None, "smoke", "2026-05-13T12:00:00.000+00:00", on_file=False)
    html = site.client.call("/journal.html").body.decode()
    assert 'data-zone="Asia/Tokyo"' in html
    assert "Time (Asia/Tokyo)" in html
    assert "Since 2026-05-13 21:00 JST." in html
    assert '<td class="time" data-label="Time">2026-05-13 21:00:00 JST</td>' in html
    assert "+00:00" not in html
    assert site.client.call("/journal").json["rows"][0]["at"].endswith("+00:00")  # a program gets it as it is kept


def test_a_row_is_told_whole(site: Site) -> None:
    site.journal.append(
        "order", by="10.0.0.7", unit_id="E001", what="setDcdc", before={"word": "0x0000"}, after=[1, None],
        outcome="verified", command_id="c3",
        order="setDcdc", stage=Stage.VERIFIED,
    )  # fmt: skip
    site.database.write_once()
    assert site.client.call("/journal").json["rows"] == [
        {
            "id": 1, "at": "2026-05-13T12:00:00.000+00:00", "kind": "order", "by": "10.0.0.7", "unitId": "E001",
            "what": "setDcdc", "before": {"word": "0x0000"}, "after": [1, None], "outcome": "verified",
            "commandId": "c3", "order": "setDcdc", "stage": "verified",
        }
    ]  # fmt: skip


def test_next_leads_through_all_rows_newest_first(site: Site) -> None:
    site.fill(7)
    seen, query = [], "?limit=3"
    while True:
        body = site.client.call(f"/journal{query}").json
        seen += [row["id"] for row in body["rows"]]
        if body["next"] is None:
            break
        query = f"?limit=3&before={body['next']}"
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_time_and_unit_bound_the_rows(site: Site) -> None:
    site.fill(5)
    assert site.whats("?unit=E001") == ["row 3", "row 1"]
    assert site.whats("?from=2026-05-13T13:00:00Z&to=2026-05-13T15:00:00Z") == ["row 2", "row 1"]
    assert site.whats("?from=2026-05-13T15:00:00%2B00:00&unit=E000") == ["row 4"]
    assert site.whats("?unit=E009") == []


def test_a_time_without_an_offset_is_the_sites_and_a_plain_plus_is_a_plus(site: Site) -> None:
    site.fill(5)
    assert site.whats("?from=2026-05-14T00:00") == ["row 4", "row 3"]
    assert site.whats("?from=2026-05-14T00:00:00+09:00") == ["row 4", "row 3"]


@pytest.mark.parametrize("route", ["/journal", "/journal.csv"])
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("?unitId=E001", "unitId"),
        ("?unit=", "unit"),
        ("?unit=E001&unit=E002", "unit"),
        ("?unit=" + "x" * 257, "unit"),
        ("?unit=%00", "unit"),
        ("?from=yesterday", "yesterday"),
        ("?from=", "from"),
        ("?to=2026-02-30T00:00:00Z", "2026-02-30"),
        ("?from=2026-05-14T00:00:00Z&to=2026-05-13T00:00:00Z", "from"),
        ("?page=2", "page"),
    ],
)
def test_a_wrong_question_is_refused_by_name(site: Site, route: str, query: str, named: str) -> None:
    answer = site.client.call(f"{route}{query}")
    assert answer.status == 400
    assert named in answer.error


@pytest.mark.parametrize("value", ["0", "501", "-1", "1.5", "ten", "NaN", "9" * 30, "%EF%BC%91"])
def test_a_limit_is_a_number_up_to_500(site: Site, value: str) -> None:
    answer = site.client.call(f"/journal?limit={value}")
    assert answer.status == 400
    assert "limit" in answer.error


@pytest.mark.parametrize("value", ["0", "-1", "x", "9" * 30])
def test_before_is_an_id(site: Site, value: str) -> None:
    answer = site.client.call(f"/journal?before={value}")
    assert answer.status == 400
    assert "before" in answer.error


def test_the_largest_limit_is_taken(site: Site) -> None:
    site.fill(501)
    body = site.client.call("/journal?limit=500").json
    assert len(body["rows"]) == 500
    assert body["next"] == 2


def test_the_file_holds_every_row_oldest_first(site: Site) -> None:
    site.fill(1201, outcome="accepted")
    answer = site.client.call("/journal.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="journal.csv"'
    assert answer.body.startswith("\ufeffid,at,".encode()), "M22: a Japanese spreadsheet took it for Shift JIS"
    assert answer.headers["x-content-type-options"] == "nosniff"
    table = site.table()
    assert table[0] == HEADINGS
    assert [line[5] for line in table[1:]] == [f"row {number}" for number in range(1201)]
    assert table[1][1] == "2026-05-13T12:00:00.000+00:00"
    assert len(site.table("?unit=E001")) == 1 + 600


def test_an_empty_journal_is_a_file_with_its_headings(site: Site) -> None:
    assert site.table() == [HEADINGS]


@pytest.mark.parametrize("text", ["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_the_file_is_a_formula(site: Site, text: str) -> None:
    site.journal.append(
        text, by=text, unit_id=text, what=text, before=text, after=-1.5, outcome=text, command_id=text, order=text
    )
    site.database.write_once()
    line = site.table()[1]
    assert [line[index] for index in (2, 3, 4, 5, 6, 8, 9, 10)] == [f"'{text}"] * 8
    assert line[7] == "-1.5"


def test_quotes_commas_and_lines_stay_in_their_cell(site: Site) -> None:
    text = 'a "quoted", long\nsentence, 日本語'
    site.journal.append("order", by="x", unit_id=None, what=text, after={"a": "b,c"})
    site.database.write_once()
    line = site.table()[1]
    assert line[4:8] == ["", text, "", '{"a":"b,c"}']


def test_few_may_fetch_the_file_at_once_and_each_gives_its_place_back(site: Site) -> None:
    site.fill(2)
    for _ in range(FILES_AT_ONCE * 2):
        assert len(site.table()) == 3
        assert site.client.call("/journal.csv", "HEAD").status == 200
        assert site.client.call("/journal.csv?unit=").status == 400
    held = [hold(site) for _ in range(FILES_AT_ONCE)]
    answer = site.client.call("/journal.csv")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "10"
    held[0].close()
    assert len(site.table()) == 3
    for one in held:
        one.close()
    assert len(site.table()) == 3


def hold(site: Site) -> Any:
    """The reply of somebody who has begun to fetch the file and does not read on."""
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/journal.csv", "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
    }  # fmt: skip
    return site.client.app(environ, lambda *_: None)


def test_a_file_that_cannot_be_read_is_a_503_that_keeps_no_place(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"no database " * 1000)
    site = Site(Database(path), root)
    for _ in range(FILES_AT_ONCE + 1):
        assert site.client.call("/journal").status == 503
        answer = site.client.call("/journal.csv")
        assert answer.status == 503
        assert "cannot be read" in answer.error


def test_the_page_shows_the_rows_without_a_script(site: Site) -> None:
    site.fill(3)
    evil = "<script>alert('x')</script>"
    site.journal.append("order", by=evil, unit_id=evil, what=evil, before={evil: 1}, outcome=evil)
    site.database.write_once()
    html = site.client.call("/journal.html?from=&to=&unit=").body.decode()
    assert all(f"row {number}" in html for number in range(3))
    assert evil not in html
    one = site.client.call("/journal.html?unit=E001&from=2026-05-13T21:00").body.decode()
    assert "row 1" in one
    assert "row 0" not in one
    assert 'value="E001"' in one
    assert site.client.call("/journal.html?from=yesterday").status == 400


def test_the_page_is_a_page_with_its_title_escaped(site: Site) -> None:
    answer = site.client.call("/journal.html")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    html = answer.body.decode()
    assert "Some &amp; where" in html
    assert html.rstrip().endswith("</html>")
    assert site.client.call("/journal.html", headers={"If-None-Match": answer.headers["etag"]}).status == 304


@pytest.mark.parametrize("route", ["/journal", "/journal.csv", "/journal.html"])
def test_the_journal_can_only_be_read(site: Site, route: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert site.client.call(route, method).status == 405


def test_rows_are_chosen_by_what_they_are_about(site: Site) -> None:
    """Orders, what the grid did by itself, deals, faults; the file by the same."""
    for kind, by in (("order", "anna"), ("mode", "the grid"), ("busHigh", "the grid"), ("deal", "the grid")):
        site.journal.append(kind, by=by, unit_id=None, what=kind)
    site.journal.append("start", by="the program", unit_id=None, what="start")
    site.database.write_once()
    about = {"orders": ["order"], "grid": ["busHigh", "mode"], "deals": ["deal"], "faults": ["busHigh"]}
    for subject, whats in about.items():
        assert site.whats(f"?about={subject}") == whats
        assert [row[5] for row in site.table(f"?about={subject}")[1:]] == whats[::-1]
    wrong = site.client.call("/journal?about=gossip")
    assert (wrong.status, wrong.json["error"]) == (
        400,
        "The parameter about must be one of orders, grid, deals, faults, not 'gossip'.",
    )


@pytest.mark.parametrize("query", ["from=yesterday", "about=gossip", "from=2027-01-01&to=2026-01-01"])
def test_its_page_says_what_is_wrong_with_a_question_in_one_sentence(site: Site, query: str) -> None:
    """Whoever follows a link gets a page with the filter on it, not bare JSON."""
    site.fill(2)
    answer = site.client.call(f"/journal.html?{query}")
    assert answer.status == 400
    html = answer.body.decode()
    assert html.startswith("<!doctype html>")
    told = site.client.call(f"/journal?{query}").json["error"]
    assert f' data-kind="bad">{told}</p>' in unescape(html)
    assert "row 1" not in html
    assert 'id="journal-filter"' in html


def test_a_units_rows_are_also_those_of_its_deals(site: Site) -> None:
    for giver, taker in (("E001", "E002"), ("E003", "E001"), ("E002", "E003")):
        site.journal.append(
            "deal", by="the grid", unit_id=None, what=f"{giver} to {taker}", after={"giver": giver, "taker": taker}
        )
    site.journal.append("unit", by="the grid", unit_id="E001", what="own", after="a text")
    site.database.write_once()
    assert site.whats("?unit=E001") == ["own", "E003 to E001", "E001 to E002"]
    assert site.whats("?unit=E001&about=deals") == ["E003 to E001", "E001 to E002"]
