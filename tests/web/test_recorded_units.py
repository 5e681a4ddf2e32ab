"""A unit that left but was recorded stays readable; one that nobody knows is 404."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytz

from main_controller.domain.snapshot import Snapshot
from main_controller.errors import NoDataYet, NotFound
from main_controller.store.history import History
from main_controller.web.csv_file import CsvFiles
from main_controller.web.history import HistoryPages
from main_controller.web.ledger import LedgerPages
from main_controller.web.recorded_units import RecordedUnits
from tests.web.client import Client
from tests.web.test_history import Site
from tests.web.test_ledger import NOON, deal


class Cache:
    """Knows the unit E010, of which nothing was recorded yet."""

    def __init__(self) -> None:
        self.now = Snapshot(members=("E010",), answered_at=1.0)

    def snapshot(self) -> Snapshot:
        return self.now


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    kept = History(tmp_path / "history.sqlite3", wall=lambda: NOON, megabytes=100)
    kept.write([Site.minute("E001", int(NOON.timestamp()) - 60)])
    kept.keep_deals([deal(0, giver="E004", taker="E005")])
    yield kept
    kept.close()


def test_who_was_recorded_or_is_there_is_known(history: History) -> None:
    check = RecordedUnits(history, Cache()).check
    for unit_id in (None, "E001", "E004", "E005", "E010"):
        check(unit_id)
    with pytest.raises(NotFound, match="There is no unit 'E999'"):
        check("E999")


def test_before_apis_web_has_told_of_any_unit_nobody_is_a_stranger(history: History) -> None:
    cache = Cache()
    cache.now = replace(cache.now, members=(), answered_at=None)
    check = RecordedUnits(history, cache).check
    check("E001")
    with pytest.raises(NoDataYet):
        check("E999")


@pytest.mark.parametrize("path", ["/history", "/history.csv", "/ledger", "/ledger.csv", "/ledger/sums"])
def test_each_route_of_the_record_refuses_a_stranger(history: History, path: str) -> None:
    """It answered 200 with nothing, so that a slip of the pen looked like an empty record."""
    check, zone = RecordedUnits(history, Cache()).check, pytz.timezone("Asia/Tokyo")
    client = Client(
        HistoryPages(history, zone=zone, clock=lambda: NOON, files=CsvFiles(), check_unit=check),
        LedgerPages(history, zone=zone, files=CsvFiles(), check_unit=check),
    )
    answer = client.call(f"{path}?unitId=E999")
    assert (answer.status, "There is no unit 'E999'" in answer.body.decode()) == (404, True)
    assert client.call(f"{path}?unitId=E010").status == 200
