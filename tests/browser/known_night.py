"""A night that is known minute by minute, written into a folder as the program's own recorder would write it.

Eight hours of two units: minutes 180 to 219 were not recorded at all, E001 was silent from 300 to 309, and two deals
ran: E001 gave to E002 from 60 to 130, E002 gave to E001 from 240 to 270, where a stop of all cut it. At 270 the Grid
Master moved.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from main_controller.history.ledger_deal import Cause, End, Energy, LedgerDeal
from main_controller.history.slot import CLUSTER, HALF_HOUR, MINUTE, Energies, Powers, Slot, Voltage
from main_controller.store.database import Database
from main_controller.store.history import History
from main_controller.store.journal import Journal

ZONE = "Asia/Tokyo"
MINUTES = 480
NOT_RUNNING = range(180, 220)
SILENT = range(300, 310)
GIVING, TAKING = range(60, 130), range(240, 270)
"""The minutes of both deals, as E001 sees them."""
MOVED = 270
"""The minute in which the Grid Master moved."""
SAID = "The Grid Master moved from E002 to E001."


@dataclass(frozen=True)
class Known:
    """What stands of E001 for one minute: mean powers in W, energies in Wh, charge in %."""

    pv: float
    load: float
    grid: float
    charge: float

    @property
    def given(self) -> float:
        """Into the bus, Wh."""
        return max(0.0, -self.grid) / 60

    @property
    def taken(self) -> float:
        """From the bus, Wh."""
        return max(0.0, self.grid) / 60

    @property
    def into_battery(self) -> float:
        """Net, Wh."""
        return (self.pv - self.load + self.grid) / 60


def known(minute: int) -> Known | None:
    """What E001 did in a minute of the night; None where that was not recorded. Each has a consumption of its own."""
    if minute in NOT_RUNNING or minute in SILENT:
        return None
    grid = -600.0 if minute in GIVING else 950.0 if minute in TAKING else 0.0
    return Known(max(0.0, 93.0 - 3 * minute), 400.0 + minute / 2, grid, 80.0 - minute / 10)


class Night:
    """The night that began at the half hour 40 hours ago, and the folder's record of it."""

    def __init__(self) -> None:
        self.begin = int(time.time() - 40 * 3600) // HALF_HOUR * HALF_HOUR

    def at(self, minute: float) -> datetime:
        """A minute's beginning, aware UTC."""
        return datetime.fromtimestamp(self.begin + 60 * minute, UTC)

    def told(self, minute: float, form: str = "%Y-%m-%d %H:%M JST") -> str:
        """The same by the site's clock, as the page writes it."""
        return self.at(minute).astimezone(ZoneInfo(ZONE)).strftime(form)

    @property
    def query(self) -> str:
        """What an address says that shows the whole night."""
        return f"from={self.at(0):%Y-%m-%dT%H:%M:00Z}&to={self.at(MINUTES):%Y-%m-%dT%H:%M:00Z}"

    def write(self, database: Path) -> None:
        """Into the files of that journal and of the history beside it, before a program opens them."""
        database.parent.mkdir(parents=True, exist_ok=True)
        with self._history(database.with_name("history.sqlite3")) as history:
            history.write([slot for minute in range(MINUTES + 1) for slot in self._slots(minute)])
            history.keep_deals([
                self._deal("E001", "E002", GIVING, Energy(700.0, 0.9, 4200), Energy(665.0, 0.8, 4200), End.DELIVERED),
                self._deal("E002", "E001", TAKING, Energy(500.0, 1.4, 1800), Energy(475.0, 1.3, 1800), End.CUT),
            ])  # fmt: skip
        opened = Database(database)
        journal = Journal(opened, wall=lambda: datetime.now(UTC))
        journal.append("gridMaster", by="grid", unit_id="E001", what=SAID, at=self.at(MOVED))
        opened.write_once()
        opened.close()

    @contextmanager
    def _history(self, path: Path) -> Iterator[History]:
        history = History(path, wall=lambda: datetime.now(UTC), megabytes=100)
        yield history
        history.close()

    def _slots(self, minute: int) -> list[Slot]:
        """E001's, that of E002, which takes what E001 gives and does nothing else, and the cluster's."""
        if minute in NOT_RUNNING:
            return []
        start, one = self.begin + 60 * minute, known(minute)
        other = Known(0.0, 100.0, 570.0 if minute in GIVING else -1000.0 if minute in TAKING else 0.0, 40.0)
        slots = [self._slot("E001", start, one)] if one else []
        both = [*([one] if one else []), other]
        total = Slot(
            CLUSTER, start, MINUTE, 30.0 * len(both), _powers(both), _energies(both), Voltage(349.0, 350.0, 351.0),
            sum(each.charge for each in both) / len(both), (60.0, 0.0, 0.0, 0.0, 0.0), (60.0, 0.0, 0.0, 0.0, 0.0),
        )  # fmt: skip
        return [*slots, self._slot("E002", start, other), total]

    @staticmethod
    def _slot(unit_id: str, start: int, one: Known) -> Slot:
        return Slot(
            unit_id, start, MINUTE, 60.0, _powers([one]), _energies([one]), Voltage(349.0, 350.0, 351.0), one.charge,
            (60.0, 0.0, 0.0, 0.0, 0.0), (60.0, 0.0, 0.0, 0.0, 0.0),
        )  # fmt: skip

    def _deal(self, giver: str, taker: str, minutes: range, out: Energy, into: Energy, end: End) -> LedgerDeal:
        begin, finish = self.at(minutes.start), self.at(minutes.stop)
        return LedgerDeal(
            giver, taker, "charge", taker, giver, None, False, begin - timedelta(seconds=8), True, begin, finish,
            finish, end, Cause.GLOBAL_STOP if end is End.CUT else None, None, out, into, 1.0, False,
        )  # fmt: skip


def _powers(of: list[Known]) -> Powers:
    return Powers(
        pv=sum(one.pv for one in of), load=sum(one.load for one in of), grid=sum(one.grid for one in of),
        battery=sum(one.into_battery for one in of) * 60,
    )  # fmt: skip


def _energies(of: list[Known]) -> Energies:
    return Energies(
        sum(one.taken for one in of), sum(one.given for one in of),
        sum(max(0.0, one.into_battery) for one in of), sum(max(0.0, -one.into_battery) for one in of),
    )  # fmt: skip
