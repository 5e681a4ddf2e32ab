"""Few search what was recorded at the same time, so that searches take neither the memory nor the time of a stop."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytz

from main_controller.store.database import Database
from main_controller.store.journal import Journal
from main_controller.web import recorded
from main_controller.web.apis_log import ApisLogPages
from main_controller.web.application import Part
from main_controller.web.csv_file import CsvFiles
from main_controller.web.history import HistoryPages
from main_controller.web.journal import JournalPages
from main_controller.web.ledger import LedgerPages
from tests.web.client import NOON, Client

WHEN = {"from": "2026-05-13T10:00:00Z", "to": "2026-05-13T12:00:00Z"}


class Slow:
    """Records of which each search takes until it is let go; `under_way` counts those that search."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.under_way = self.most = 0
        self._counting = threading.Lock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **more: self._search(name)

    def _search(self, name: str) -> Any:
        with self._counting:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self.begun.release()
        assert self.go.wait(10.0)
        with self._counting:
            self.under_way -= 1
        return {"reaches_back": {60: None, 1800: None}, "ended_between": None, "page": ([], None), "coverage": {}}.get(
            name, None if name == "made_until" else []
        )


def parts(slow: Slow, root: Path, database: Database) -> dict[str, Part]:
    kept: Any = slow
    journal = Journal(database, wall=lambda: NOON)
    journal.page = slow.page  # type: ignore[method-assign]
    zone, clock = pytz.utc, lambda: datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
    history = HistoryPages(kept, zone=zone, clock=clock, files=CsvFiles(), check_unit=lambda unit_id: None)
    ledger = LedgerPages(kept, zone=zone, files=CsvFiles(), check_unit=lambda unit_id: None)
    return {
        "/history": history,
        "/history/coverage": history,
        "/ledger": ledger,
        "/ledger/sums": ledger,
        "/apislog": ApisLogPages(kept, list, zone=zone),
        "/journal": JournalPages(journal, root / "views"),
    }


@pytest.mark.parametrize("path", ["/history", "/history/coverage", "/ledger", "/ledger/sums", "/apislog", "/journal"])
def test_two_search_some_wait_and_the_others_are_told_when_to_come_again(
    path: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded, "WAITING", 3)
    monkeypatch.setattr(recorded, "PATIENCE", 10.0)
    slow, database = Slow(), Database(tmp_path / "journal.sqlite3")
    client = Client(parts(slow, root, database)[path])
    statuses: list[int] = []
    answered = threading.Semaphore(0)

    def ask() -> None:
        answer = client.call(path)
        statuses.append(answer.status)
        if answer.status == 503:
            assert answer.headers["retry-after"] == "2"
            assert answer.error == "Others search these records already; try again in a moment."
        answered.release()

    callers = [threading.Thread(target=ask) for _ in range(12)]
    for caller in callers:
        caller.start()
    for _ in range(2):
        assert slow.begun.acquire(timeout=5.0)
    for _ in range(7):
        assert answered.acquire(timeout=5.0), "those beyond who searches and who waits are answered at once"
    assert statuses == [503] * 7
    slow.go.set()
    for caller in callers:
        caller.join(10.0)
    assert sorted(statuses) == [200] * 5 + [503] * 7
    assert slow.most == 2
    database.close()
