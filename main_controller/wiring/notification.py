"""Builds what tells people of alarms: the queue, a sender and a loop for each channel, the digest, the heartbeat."""

import contextlib
import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import pytz

from main_controller.alarms.alarm import Alarm
from main_controller.alarms.book import AlarmBook, standing
from main_controller.alarms.kinds import BY_CODE
from main_controller.alarms.situation import Trouble
from main_controller.assessment.grid_state import GridState
from main_controller.channel import Channel
from main_controller.clock import utc_now
from main_controller.domain.scope import named_first
from main_controller.domain.timestamps import said_time
from main_controller.errors import ControllerError, SettingError, SettingErrors
from main_controller.history.slot import CLUSTER
from main_controller.notification.digest import WHOLE, Day, Energy
from main_controller.notification.wording import Item, News, cause_of, facts_of
from main_controller.notifiers import http
from main_controller.notifiers.by_sort import Notifier, notifier_of, read_files
from main_controller.sentence import Sentence, say
from main_controller.settings import Settings
from main_controller.settings.channels import HiddenUrl
from main_controller.store.alarm_log import AlarmLog
from main_controller.store.journal.stages import Stage
from main_controller.store.notification_queue import NotificationQueue
from main_controller.translation import Translation
from main_controller.web.status_report import title_of
from main_controller.wiring.loops import Loops
from main_controller.wiring.operations import Operations
from main_controller.wiring.stores import Stores
from main_controller.workers.health import Health
from main_controller.workers.heartbeat import BEATS, Heartbeat
from main_controller.workers.messenger import Messenger
from main_controller.workers.periodic import Periodic
from main_controller.workers.sender import Sender

LOOKS, SENDS = 1.0, 1.0
"""How often (s) it is looked what a channel is to be told, and what it is to send."""

CHANNEL_ENDS = 0.2
"""How long (s) the end of a channel's loop is waited for: one that hangs holds up nothing."""


class _AtWork(NamedTuple):
    """A channel at work."""

    sender: Sender
    notifier: Notifier
    loop: Periodic


class Notification:
    """The channels at work; `book` gives the alarms as they stand once there is a watch of them."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        does: Operations,
        stack: contextlib.ExitStack,
        *,
        book: Callable[[], AlarmBook],
        past: Callable[[], AlarmLog],
    ) -> None:
        zone = pytz.timezone(settings.timezone)
        self._settings, self._stores, self._does, self._book = settings, stores, does, book
        self._queue = NotificationQueue(stores.database, [one.name for one in settings.channels], wall=utc_now)
        self._at_work = {one.name: self._made(one) for one in settings.channels}
        self.senders = [one.sender for one in self._at_work.values()]
        stack.callback(lambda: _close(self._at_work.values()))
        self._messenger = Messenger(
            settings.channels, self._queue, book,
            zone=zone, wall=utc_now,
            day=lambda begin, end: _day_of(stores, past(), book(), begin, end, zone),
            digest_at=settings.digest,
        )  # fmt: skip
        self._looking = Periodic("notifier", LOOKS, self._messenger.run_once)
        self.loops = [self._looking, *(one.loop for one in self._at_work.values())]
        self._heartbeat: Heartbeat | None = None

    def _made(self, channel: Channel) -> _AtWork:
        notifier = notifier_of(channel)
        sender = Sender(
            channel, notifier, self._queue,
            title=self._titled,
            wording=self._japanese.say if channel.language == "ja" else str,
            wall=utc_now,
            standing=lambda: _standing(self._titled(), self._does.desk.grid(), self._book()),
        )  # fmt: skip
        return _AtWork(sender, notifier, Periodic(f"channel {channel.name}", SENDS, sender.run_once))

    @cached_property
    def _japanese(self) -> Translation:
        return Translation(self._settings.root / "js" / "i18n" / "said")

    def _titled(self) -> str:
        title = self._settings.title or title_of(self._stores.cache.snapshot())
        return title if self._settings.simulate is None else f"SIMULATED {title}"

    def use(self, channels: Sequence[Channel], loops: Loops) -> None:
        """Have these channels from now on, all as they are read now: a new one begins, one that is no more ends, one
        that is another under the same name goes on where that was, and each that stays connects and tries anew."""
        before = self._at_work
        kept = {one.name: before[one.name] for one in channels if _is_same(before.get(one.name), one)}
        made = {one.name: self._made(one) for one in channels if one.name not in kept}
        gone = [one for name, one in before.items() if name not in kept]
        self._messenger.serve(channels)
        self._at_work = {one.name: kept.get(one.name) or made[one.name] for one in channels}
        self.senders[:] = [one.sender for one in self._at_work.values()]
        loops.exchange([one.loop for one in gone], [one.loop for one in made.values()], patience=CHANNEL_ENDS)
        _close([*gone, *kept.values()])
        for one in kept.values():
            one.sender.hurry()

    def beat(self, loops: Mapping[str, Callable[[], Health]]) -> Periodic | None:
        """The loop that calls the dead man's switch while these loops and the notifier run; None without one."""
        url = self._settings.heartbeat
        if url is None:
            return None
        self._heartbeat = Heartbeat(
            lambda: http.ask("GET", url.url), {**loops, "notifier": lambda: self._looking.health}, wall=utc_now
        )
        return Periodic("heartbeat", BEATS, self._heartbeat.run_once)

    def troubles(self) -> list[Trouble]:
        """What people cannot be told."""
        found = [trouble for one in self.senders for trouble in one.troubles()]
        return found if self._heartbeat is None else [*found, *self._heartbeat.troubles()]

    def waiting(self, channel: str) -> int:
        """How many messages wait for a channel."""
        return len(self._queue.waiting(channel))


def _is_same(at_work: _AtWork | None, channel: Channel) -> bool:
    return at_work is not None and at_work.sender.channel == channel


def _close(at_work: Iterable[_AtWork]) -> None:
    """Close what is open; a channel that goes on opens it anew, with what its files hold then."""
    for one in at_work:
        one.notifier.close()


def _standing(title: str, grid: GridState, book: AlarmBook) -> dict[str, Any]:
    """What stands at a broker: the cluster and the alarms. No time that moves by itself, so that only news is sent."""
    alarms = standing(book.alarms.values())
    counts: Counter[str] = Counter(str(unit.state) for unit in grid.units.values())
    return {
        "state": {
            "site": title,
            "mode": grid.mode_word,
            "gridMaster": grid.grid_master,
            "error": grid.error,
            "units": dict(sorted(counts.items())),
            "alarms": len(alarms),
            "gravest": min((one.kind.priority for one in alarms), default=None),
        },
        "alarms": [facts_of(_item(one), book) for one in alarms],
    }


def _item(alarm: Alarm) -> Item:
    return Item(News.STANDS if alarm.active else News.OVER, alarm)


def check_channels(settings: Settings) -> None:
    """Raise SettingErrors of the kinds that channels name and that there are none of."""
    faults = []
    for channel in settings.channels:
        for code in channel.kinds:
            if code not in BY_CODE:
                near = difflib.get_close_matches(code, BY_CODE, n=1)
                meant = f"; is {near[0]} meant?" if near else ""
                faults.append(SettingError("channels", f"channel {channel.name}: there is no kind {code!r}{meant}"))
    if faults:
        raise SettingErrors(faults)


def check_files(settings: Settings) -> None:
    """Raise SettingErrors of the files and variables of channels that cannot be read."""
    faults = []
    for channel in settings.channels:
        try:
            read_files(channel)
        except ControllerError as error:
            faults.append(SettingError("channels", f"channel {channel.name}: {error.sentence}"))
    if faults:
        raise SettingErrors(faults)


def reached(settings: Settings) -> str:
    """What `--check-config` says of the channels: each tried, with nothing sent."""
    lines = []
    for channel in settings.channels:
        lines.append(f"channel {channel}: {_reached(notifier_of(channel).reach)}")
    if settings.heartbeat is not None:
        lines.append(f"heartbeat {settings.heartbeat}: {_reached(lambda: _reach(settings.heartbeat))}")
    if settings.channels and not any(
        one.hours is None and not one.kinds and not one.after for one in settings.channels
    ):
        lines.append("No channel is told at every hour, of every kind and at once.")
    return "".join(f"{line}\n" for line in lines)


def _reach(url: HiddenUrl | None) -> None:
    if url is not None:
        http.reach(url.url)


def _reached(reach: Callable[[], None]) -> str:
    try:
        reach()
    except ControllerError as error:
        return f"could NOT be reached. {error.sentence}"
    return "could be reached"


def _day_of(
    stores: Stores, past: AlarmLog, book: AlarmBook, begin: datetime, end: datetime, zone: pytz.BaseTzInfo
) -> Day:
    """What a digest tells of a time; what cannot be read is named in it."""
    unread: list[Sentence] = []

    def read(what: Callable[[], Any]) -> Any:
        try:
            return what()
        except ControllerError as error:
            unread.append(error.sentence)
            return None

    complete, gaps = read(lambda: _complete(stores, begin, end)) or (None, ())
    return Day(
        begin, end, complete, gaps,
        energy=read(lambda: _energy(stores, begin, end)),
        raised=read(lambda: _raised(past, begin, end)),
        standing=[
            say("program.standing", "{priority}: {cause}", priority=one.kind.priority, cause=cause_of(one))
            for one in standing(book.alarms.values())
        ],
        orders=read(lambda: _orders(stores, begin, end)),
        planned=read(lambda: _planned(stores, end, zone)),
        unread=unread,
    )  # fmt: skip


def _complete(stores: Stores, begin: datetime, end: datetime) -> tuple[float | None, list[tuple[str, float]]]:
    start, finish = int(begin.timestamp()), int(end.timestamp())
    length = max(1, finish - start)
    percent = {
        unit_id: 100.0 * min(1.0, covered[0] / length)
        for unit_id, covered in stores.history.coverage([start, finish]).items()
    }
    cluster = percent.pop(CLUSTER, None)
    gaps = sorted(((unit_id, part) for unit_id, part in percent.items() if part < WHOLE), key=lambda one: one[1])
    return cluster, gaps


def _energy(stores: Stores, begin: datetime, end: datetime) -> Energy:
    begins = [int(begin.timestamp()), int(end.timestamp())]
    sums = stores.history.sums(begins, unit_id=None, start=begin, end=end, pair=False, limit=1)
    if not sums:
        return Energy(0, 0.0, 0.0, 0)
    return Energy(sums[0].deals, sums[0].out, sums[0].into, sums[0].idle)


def _raised(past: AlarmLog, begin: datetime, end: datetime) -> list[tuple[int, int]]:
    counts = Counter(BY_CODE[code].priority for at, code in past.raised(begin) if at < end and code in BY_CODE)
    return sorted(counts.items())


def _orders(stores: Stores, begin: datetime, end: datetime) -> tuple[int, int]:
    ends = stores.journal.order_ends(begin, end)
    failed = sum(ends.get(stage, 0) for stage in (Stage.FAILED, Stage.TIMED_OUT, Stage.CONTRADICTED))
    return sum(ends.values()), failed


def _planned(stores: Stores, end: datetime, zone: pytz.BaseTzInfo) -> list[Sentence]:
    until = end + timedelta(days=1)
    return [
        say(
            "program.planned", "{time}: {scope}, {mode}",
            time=said_time(one.due, zone), scope=named_first(one.unit_id), mode=one.operation.label,
        )
        for one in sorted(stores.schedules.list(), key=lambda one: one.due)
        if end <= one.due < until
    ]  # fmt: skip
