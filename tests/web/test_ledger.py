"""The ledger is asked for deal by deal, as a file, or summed up by the site's clock (K12)."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytz

from main_controller.domain.deal_lines import How, Stage
from main_controller.history.apis_account import ApisAccount, Compared
from main_controller.history.ledger_deal import Cause, End, Energy, LedgerDeal
from main_controller.store.history import History
from main_controller.web.csv_file import CsvFiles
from main_controller.web.ledger import LedgerPages
from main_controller.web.shapes.ledger import COLUMNS
from tests.web.client import Client, known

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


def deal(minutes: float, **more: Any) -> LedgerDeal:
    """One that ended so many minutes after noon."""
    ended = NOON + timedelta(minutes=minutes)
    given: dict[str, Any] = {
        "giver": "E001", "taker": "E002", "request": "CHARGE", "requester": "E002", "responder": "E001",
        "start_time": "2020/01/01-12:00:00", "master": True, "agreed_at": ended - timedelta(seconds=400),
        "saw_begin": True, "flowed_from": ended - timedelta(seconds=360), "flowed_to": ended - timedelta(seconds=4),
        "ended_at": ended, "end": End.DELIVERED, "cause": None, "command_id": None, "out": Energy(73.5, 2.0, 356.0),
        "into": Energy(70.0, 1.9, 356.0), "coverage": 1.0, "attributed": False,
    }  # fmt: skip
    return LedgerDeal(**{**given, **more})


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    kept = History(tmp_path / "history.sqlite3", wall=lambda: NOON, megabytes=100)
    yield kept
    kept.close()


@pytest.fixture
def client(history: History) -> Client:
    return Client(LedgerPages(history, zone=pytz.timezone("Asia/Tokyo"), files=CsvFiles(), check_unit=known))


def test_an_entry_tells_both_ends_their_loss_and_how_sure_they_are(client: Client, history: History) -> None:
    history.keep_deals([deal(0)])
    (entry,) = client.call("/ledger").json["deals"]
    assert (entry["dischargingUnit"], entry["chargingUnit"]) == ("E001", "E002")
    assert (entry["outWh"], entry["inWh"], entry["lossWh"], entry["uncertaintyWh"]) == (73.5, 70.0, 3.5, 2.0)
    assert (entry["end"], entry["cause"], entry["method"], entry["coverage"]) == ("delivered", None, "measured", 1.0)
    assert entry["flowedFrom"] == "2026-05-13T11:54:00.000+00:00"
    assert entry["startTime"] == "2020/01/01-12:00:00"


def test_what_is_not_known_is_null(client: Client, history: History) -> None:
    never = {
        "flowed_from": None,
        "flowed_to": None,
        "end": End.NEVER_STARTED,
        "out": None,
        "into": None,
        "coverage": 0.0,
    }
    history.keep_deals(
        [deal(0, **never, request=None), deal(1, into=None, cause=Cause.ORDER, command_id="c7", end=End.CUT)]
    )
    cut, never_begun = client.call("/ledger").json["deals"]
    assert (never_begun["outWh"], never_begun["lossWh"], never_begun["uncertaintyWh"]) == (None, None, None)
    assert (cut["inWh"], cut["lossWh"], cut["cause"]) == (None, None, {"kind": "order", "command": "c7"})


def test_pages_lead_on_and_a_unit_is_found_at_either_end(client: Client, history: History) -> None:
    history.keep_deals([deal(number, giver=f"E00{number % 2 + 1}", taker="E009") for number in range(5)])
    first = client.call("/ledger?limit=2").json
    assert [entry["id"] for entry in first["deals"]] == [5, 4]
    assert [entry["id"] for entry in client.call(f"/ledger?limit=9&before={first['next']}").json["deals"]] == [3, 2, 1]
    assert len(client.call("/ledger?unitId=E002").json["deals"]) == 2
    assert len(client.call("/ledger?unitId=E009").json["deals"]) == 5
    assert len(client.call("/ledger?from=2026-05-13T12:01:00Z&to=2026-05-13T12:03:00Z").json["deals"]) == 2


def test_sums_are_by_the_sites_clock_and_say_what_they_lack(client: Client, history: History) -> None:
    history.keep_deals([
        deal(0), deal(170), deal(200), deal(210, into=None, coverage=0.4), deal(220, taker="E003"),
        deal(230, flowed_from=None, flowed_to=None, out=None, into=None),
    ])  # fmt: skip
    first, second = client.call("/ledger/sums?by=day").json["rows"]
    assert (first["start"], first["deals"], first["outWh"], first["inWh"]) == (
        "2026-05-13T00:00:00+09:00",
        2,
        147.0,
        140.0,
    )
    assert (second["start"], second["deals"], second["partly"]) == ("2026-05-14T00:00:00+09:00", 3, 1)
    assert (first["withoutCurrent"], second["withoutCurrent"]) == (0, 1), "together as many as are listed"
    assert (second["outWh"], second["inWh"], second["lossWh"]) == (147.0, 140.0, 7.0)
    assert first["uncertaintyWh"] == pytest.approx(2**0.5 * 1.9, abs=0.001)
    pairs = client.call("/ledger/sums?by=month&pair=true").json["rows"]
    assert [(row["chargingUnit"], row["deals"]) for row in pairs] == [("E002", 4), ("E003", 1)]
    assert len(client.call("/ledger/sums?by=hour").json["rows"]) == 3


def test_more_sums_than_one_answer_holds_are_refused_with_what_to_ask(client: Client, history: History) -> None:
    history.keep_deals([deal(0, giver=f"E{number}") for number in range(5_001)])
    answer = client.call("/ledger/sums?by=day&pair=true")
    assert (answer.status, answer.error) == (
        400,
        "These would be more than 5000 rows: ask for less time, longer spans, or no pairs.",
    )
    assert client.call("/ledger/sums?by=day").json["rows"][0]["deals"] == 5_001


@pytest.mark.parametrize(
    ("by", "start"),
    [
        ("hour", "2026-10-25T02:00:00+01:00"),
        ("day", "2026-10-25T00:00:00+02:00"),
        ("month", "2026-10-01T00:00:00+02:00"),
    ],
)
def test_a_sum_begins_where_its_zone_says_also_when_the_clock_is_put_back(
    history: History, by: str, start: str
) -> None:
    history.keep_deals([deal(0, ended_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))])
    client = Client(LedgerPages(history, zone=pytz.timezone("Europe/Berlin"), files=CsvFiles(), check_unit=known))
    (row,) = client.call(f"/ledger/sums?by={by}").json["rows"]
    assert row["start"] == start


def test_the_file_holds_all_and_no_cell_is_a_formula(client: Client, history: History) -> None:
    history.keep_deals([deal(0, giver="=1+2"), *(deal(number) for number in range(600))])
    answer = client.call("/ledger.csv")
    table = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    assert table[0] == list(COLUMNS)
    assert len(table) == 602
    assert dict(zip(table[0], table[-1], strict=True))["dischargingUnit"] == "'=1+2"
    assert dict(zip(table[0], table[1], strict=True))["outWh"] == "73.5"


def test_what_apis_main_said_stands_beside_it_and_a_difference_is_told(client: Client, history: History) -> None:
    account = ApisAccount(
        "5cf8",
        50.0,
        1.0,
        51.6,
        {Stage.STARTED: NOON},
        ((How.ABORTED, "=1+2"),),
        Compared(False, 10.08, 30.0, 51.6, 7.0),
    )
    history.keep_deals([deal(0), deal(1, apis=account)])
    told, untold = client.call("/ledger").json["deals"]
    assert untold["apis"] is None
    assert told["apis"] == {
        "dealId": "5cf8", "agreedWh": 50.0, "agreedA": 1.0, "countedWh": 51.6,
        "stages": {"started": "2026-05-13T12:00:00.000+00:00"}, "breaks": [{"how": "aborted", "why": "=1+2"}],
        "compared": {
            "battery": "E002", "clockRate": 10.08, "countedWh": 51.6, "readWh": 30.0, "differenceWh": 21.6,
            "uncertaintyWh": 7.0,
            "apart": "apis-main counted 51.6 Wh of the deal from E001 to E002 at the battery of E002, and the readings "
            "say 30.0 Wh (by the units' clock): they differ by more than the 7.0 Wh by which both may be wrong.",
        },
    }  # fmt: skip
    table = list(csv.reader(io.StringIO(client.call("/ledger.csv").body.decode("utf-8-sig"), newline="")))
    row = dict(zip(table[0], table[1], strict=True))
    assert (row["apisDealId"], row["apisCountedWh"], row["apisDifferenceWh"]) == ("5cf8", "51.6", "21.6")
    assert (row["apisReasons"], row["apisUncertaintyWh"]) == ("aborted: =1+2", "7")
    assert dict(zip(table[0], table[2], strict=True))["apisReasons"] == ""


def test_counts_that_agree_are_no_news(client: Client, history: History) -> None:
    account = ApisAccount("5cf8", 50.0, 1.0, 51.6, {}, (), Compared(True, 1.0, 50.0, 51.6, 7.0))
    history.keep_deals([deal(0, apis=account)])
    (told,) = client.call("/ledger").json["deals"]
    assert (told["apis"]["compared"]["apart"], told["apis"]["compared"]["battery"]) == (None, "E001")


@pytest.mark.parametrize("query", ["/ledger?limit=0", "/ledger/sums?by=week", "/ledger/sums?pair=yes", "/ledger?from=x",
                                   "/ledger?from=2026-05-13T12:00:00Z&to=2026-05-13T12:00:00Z"])  # fmt: skip
def test_a_wrong_question_is_refused(client: Client, query: str) -> None:
    assert client.call(query).status == 400
