"""Looks again and again what each channel is to be told of the alarms as they stand, and has it wait to be sent.

The daily digest is made here too, once for each time of day that came round, also where the program was away then.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from pytz.tzinfo import BaseTzInfo

from main_controller.alarms.book import AlarmBook
from main_controller.channel import Channel
from main_controller.domain.timestamps import site_time
from main_controller.notification.delivery import Moment, step
from main_controller.notification.digest import Day, digest
from main_controller.store.notification_queue import NotificationQueue

log = logging.getLogger(__name__)


class Messenger:
    """`book` gives the alarms as they stand; `day` gathers what a digest tells of a time; `zone` is the site's."""

    def __init__(
        self,
        channels: Sequence[Channel],
        queue: NotificationQueue,
        book: Callable[[], AlarmBook],
        *,
        zone: BaseTzInfo,
        wall: Callable[[], datetime],
        day: Callable[[datetime, datetime], Day],
        digest_at: time | None = None,
    ) -> None:
        self._channels = channels
        self._queue = queue
        self._book = book
        self._zone = zone
        self._wall = wall
        self._day = day
        self._digest_at = digest_at
        self._serving = threading.Lock()  # protects the channels and their queue; held for a whole look

    def serve(self, channels: Sequence[Channel]) -> None:
        """Have these channels from the next look on; waits for one that is under way."""
        with self._serving:
            self._channels = channels
            self._queue.serve([one.name for one in channels])

    def run_once(self) -> None:
        """Look once."""
        with self._serving:
            self._look()

    def _look(self) -> None:
        book, wall = self._book(), self._wall()
        now = Moment(wall, wall.astimezone(self._zone).time(), self._zoned)
        for channel in self._channels:
            if self._queue.full(channel.name):
                continue
            before = self._queue.state(channel.name)
            after, message = step(channel, book, before, now)
            if message is not None or after.told != before.told:
                self._queue.keep(channel.name, after, message)
            else:
                self._queue.remember(channel.name, after)
        if self._digest_at is not None:
            self._digests(wall, self._digest_at)

    def _digests(self, wall: datetime, at: time) -> None:
        due = last_time(at, wall, self._zone)
        wanting = []
        for channel in self._channels:
            state = self._queue.state(channel.name)
            if not channel.digest or state.digested == due:
                continue
            if state.digested is None or state.digested > due:  # the first start, or the clock was set back
                self._queue.keep(channel.name, replace(state, digested=due), None)
            else:
                wanting.append(channel)
        if not wanting:
            return
        day = self._day(last_time(at, due - timedelta(seconds=1), self._zone), due)
        for channel in wanting:
            state = replace(self._queue.state(channel.name), digested=due)
            self._queue.keep(channel.name, state, digest(day, self._zoned, channel.link))

    def _zoned(self, at: datetime) -> str:
        return site_time(at.isoformat(timespec="seconds"), self._zone)


def last_time(at: time, now: datetime, zone: BaseTzInfo) -> datetime:
    """When it was this time of day last by the zone's clock, in aware UTC; one that a change of the clock leaves out is
    when that change was over."""
    today = now.astimezone(zone).date()
    for days in range(3):
        plain = datetime.combine(today - timedelta(days=days), at)
        moment = zone.normalize(zone.localize(plain, is_dst=False)).astimezone(now.tzinfo)
        if moment <= now:
            return moment
    raise AssertionError("every time of day was within three days")
