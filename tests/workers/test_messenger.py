"""Who looks what channels are to be told: what waits, what outlives a restart, and the daily digest."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import pytz

from main_controller.alarms.alarm import Alarm
from main_controller.channel import Channel, Sort
from main_controller.notification.digest import Day, digest
from main_controller.store.database import Database
from main_controller.store.notification_queue import MOST_WAITING, NotificationQueue
from main_controller.workers.messenger import Messenger, last_time
from tests.notification.alarms import NOON, alarm, book, over

TOKYO = pytz.timezone("Asia/Tokyo")
BERLIN = pytz.timezone("Europe/Berlin")
CHANNELS = (Channel("mail", Sort.MAIL, digest=True), Channel("log", Sort.SYSLOG, priority=1))


class Bench:
    """A messenger of which the test turns the clock."""

    def __init__(self, path: Path, now: float = 0.0) -> None:
        self.now = now
        self.alarms: list[Alarm] = []
        self.days: list[tuple[datetime, datetime]] = []
        self.database = Database(path)
        self.queue = NotificationQueue(self.database, [one.name for one in CHANNELS], wall=self.wall)
        self.messenger = Messenger(
            CHANNELS, self.queue, lambda: book(self.alarms),
            zone=TOKYO, wall=self.wall, day=self._day, digest_at=time(13),
        )  # fmt: skip

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now)

    def _day(self, begin: datetime, end: datetime) -> Day:
        self.days.append((begin, end))
        return Day(begin, end, 100.0)

    def run(self, seconds: float, every: float = 1.0) -> None:
        for _ in range(int(seconds / every)):
            self.now += every
            self.messenger.run_once()
        self.database.write_once()

    def said(self, channel: str = "mail") -> list[str]:
        return [str(one.message.subject) for one in self.queue.waiting(channel)]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "journal.sqlite3")


def test_each_channel_is_told_what_it_is_for(bench: Bench) -> None:
    bench.alarms = [alarm(1), alarm(2, "gridError", "")]
    bench.run(40)
    assert bench.said("log") == ["Priority 1: : gridError."]
    assert bench.said("mail") == ["Priority 1: : gridError. (and 1 more)"]


def test_a_restart_tells_nothing_twice(bench: Bench) -> None:
    bench.alarms = [alarm(1)]
    bench.run(40)
    again = Bench(bench.database.path, bench.now)
    again.alarms = bench.alarms
    again.run(120)
    assert again.said() == ["Priority 3: E001: unitSilent."]
    again.alarms = [over(alarm(1))]
    again.run(60)
    assert again.said() == ["Priority 3: E001: unitSilent.", "Over: E001: unitSilent."]


def test_a_full_queue_is_told_together_once_there_is_room(bench: Bench) -> None:
    for _ in range(MOST_WAITING):
        bench.queue.keep("mail", bench.queue.state("mail"), digest(Day(NOON, NOON), str))
    bench.alarms = [alarm(1)]
    bench.run(60)
    assert len(bench.said()) == MOST_WAITING
    bench.queue.done(bench.queue.waiting("mail")[0])
    bench.run(60)
    assert "Priority 3: E001: unitSilent." in bench.said()


def test_the_digest_comes_once_a_day_at_its_time(bench: Bench) -> None:
    """Noon of the bench is 12:00 in Tokyo; the digest is at 13:00."""
    bench.run(3590)
    assert bench.said() == []
    bench.run(3 * 86_400, every=60)
    assert len(bench.said()) == 3
    first = NOON + timedelta(hours=1)
    assert bench.days[0] == (first - timedelta(days=1), first)
    assert bench.days[1] == (first, first + timedelta(days=1))
    assert bench.said("log") == []


def test_a_digest_that_was_due_while_the_program_was_away_comes_late_and_once(bench: Bench) -> None:
    bench.run(60)
    again = Bench(bench.database.path, 3 * 86_400.0)
    again.run(120)
    assert len(again.said()) == 1
    assert again.days == [(NOON + timedelta(days=1, hours=1), NOON + timedelta(days=2, hours=1))]


def test_the_days_of_a_change_of_the_clock_have_23_and_25_hours() -> None:
    """Europe/Berlin: 2026-03-29 has no 02:30, 2026-10-25 has it twice."""
    spring = last_time(time(2, 30), datetime(2026, 3, 29, 12, tzinfo=UTC), BERLIN)
    assert spring == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    autumn = last_time(time(7), datetime(2026, 10, 25, 12, tzinfo=UTC), BERLIN)
    before = last_time(time(7), autumn - timedelta(seconds=1), BERLIN)
    assert autumn - before == timedelta(hours=25)
