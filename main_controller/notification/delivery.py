"""What a channel is to be told now, and what it was told with that (ISA-18.2).

Pure. What begins or ends waits for what comes with it, and is looked at once more before it is told. One of priority 1
is told again until somebody has read it. A brake keeps a bad hour from becoming a hundred messages: what it holds back
is told together, as it stands then.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from main_controller.alarms.alarm import Alarm
from main_controller.alarms.book import AlarmBook, hidden_hardware
from main_controller.alarms.kinds import HAPPENINGS, HEARSAY
from main_controller.alarms.overview import UNREAD
from main_controller.channel import Channel
from main_controller.notification.message import Message
from main_controller.notification.told import ChannelState, Told, passed
from main_controller.notification.wording import Item, News, message_about

GATHERS, HURRIES = 30.0, 6.0
"""How long (s) what is new waits for what comes with it; and where one of priority 1 has just begun."""

HOUR = 3600.0
AN_HOUR, HEARSAY_AN_HOUR = 20, 5
"""How many messages of one priority go out within an hour at most; and of what rests on apis-main's log."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is: `wall` is aware UTC, `local` the same by the site's clock; `zoned` writes a moment by that clock."""

    wall: datetime
    local: time
    zoned: Callable[[datetime], str]


def step(channel: Channel, book: AlarmBook, state: ChannelState, now: Moment) -> tuple[ChannelState, Message | None]:
    """What the channel was told after this moment, and the message that is due now, if one is."""
    return _Step(channel, book, state, now).done()


class _Step:
    """One look of one channel."""

    def __init__(self, channel: Channel, book: AlarmBook, state: ChannelState, now: Moment) -> None:
        self._channel = channel
        self._book = book
        self._now = now
        self._told = dict(state.told)
        self._state = replace(state, sent=self._of_the_last_hour(state.sent))

    def done(self) -> tuple[ChannelState, Message | None]:
        self._forget_what_is_gone()
        new, reminders = list(self._new()), list(self._reminders())
        gathering = self._gathering(new)
        patience = HURRIES if any(_hurries(one) for one in new) else GATHERS
        due = reminders
        if gathering is not None and passed(gathering, self._now.wall, patience):
            due = [*new, *reminders]
        if self._channel.hours is not None and not self._channel.hours.hold(self._now.local):
            due = []
        due, last = self._braked(due)
        if not due:
            return replace(self._state, told=self._told, gathering=gathering), None
        for one in due:
            self._note(one)
        left = [one for one in new if one not in due]
        state = replace(self._state, told=self._told, gathering=gathering if left else None)
        return state, message_about(due, self._book, self._channel, self._now.zoned, last=last)

    # What is to be told

    def _new(self) -> Iterator[Item]:
        """What begins, grows or is over and was not told yet."""
        for alarm in self._book.alarms.values():
            told = self._told.get(alarm.id)
            if told is None:
                if self._open(alarm) and (alarm.active or _happened(alarm)):
                    yield Item(News.BEGINS, alarm)
            elif not alarm.active and not told.over and not _happened(alarm):
                yield Item(News.OVER, alarm)
            elif self._open(alarm) and self._is_more(alarm, told):
                yield Item(News.BEGINS if told.over or _happened(alarm) else News.GROWS, alarm)
        for alarm_id, told in self._told.items():
            if alarm_id not in self._book.alarms and not told.over:
                yield Item(News.OVER, None, alarm_id, told)

    def _is_more(self, alarm: Alarm, told: Told) -> bool:
        """Whether it is more than the channel was told: raised anew, of new live hardware, or of twice as much."""
        if _happened(alarm):
            return alarm.times > told.times
        if not alarm.active:
            return False
        if told.over:
            return True
        hardware = {*alarm.hardware, *hidden_hardware(self._book, alarm)}
        return bool(hardware - set(told.hardware)) or len(alarm.members) >= 2 * len(told.subjects) > 0

    def _reminders(self) -> Iterator[Item]:
        """The alarms of priority 1 that were told long enough ago and that nobody has read."""
        if self._channel.repeat <= 0:
            return
        for alarm in self._book.alarms.values():
            told = self._told.get(alarm.id)
            if told is None or alarm.kind.priority > 1 or not self._open(alarm):
                continue
            if passed(told.at, self._now.wall, self._channel.repeat):
                yield Item(News.STANDS, alarm)

    def _open(self, alarm: Alarm) -> bool:
        """Whether the channel is told of it: it is grave enough, nobody has read it, and no other stands for it."""
        channel, kind = self._channel, alarm.kind
        if kind.priority > channel.priority or (channel.kinds and kind.code not in channel.kinds):
            return False
        if kind.code == "notificationFailed" and channel.name in alarm.members:
            return False
        if alarm.state not in UNREAD or alarm.inhibited_by is not None:
            return False
        return channel.after <= 0 or passed(alarm.since, self._now.wall, channel.after)

    def _forget_what_is_gone(self) -> None:
        """Forget what is read and over, and what another alarm has taken in, which tells of it."""
        standing = {
            (alarm.kind.code, subject): alarm.id for alarm in self._book.alarms.values() for subject in alarm.members
        }
        for alarm_id, told in list(self._told.items()):
            if alarm_id in self._book.alarms:
                continue
            joined = all((told.kind, subject) in standing for subject in told.subjects)
            if told.over or joined or told.kind in HAPPENINGS:
                del self._told[alarm_id]

    # When

    def _gathering(self, new: Sequence[Item]) -> datetime | None:
        """Since when what is new waits; None where nothing does."""
        since = self._state.gathering
        if not new:
            return None
        return self._now.wall if since is None or since > self._now.wall else since

    def _braked(self, due: Sequence[Item]) -> tuple[list[Item], datetime | None]:
        """What may be told within this hour; and from when on more may be, where this message is the last."""
        free = {brake: most - len(self._state.sent.get(brake, ())) for brake, most in _BRAKES.items()}
        let = [one for one in due if free.get(_brake(one), 1) > 0]
        last = [brake for brake in {_brake(one) for one in let} if free.get(brake) == 1]
        if not last:
            return let, None
        first = min(min(self._state.sent.get(brake, (self._now.wall,))) for brake in last)
        return let, first + timedelta(seconds=HOUR)

    def _of_the_last_hour(self, sent: Mapping[str, tuple[datetime, ...]]) -> dict[str, tuple[datetime, ...]]:
        kept = {
            brake: tuple(at for at in moments if not passed(at, self._now.wall, HOUR))
            for brake, moments in sent.items()
        }
        return {brake: moments for brake, moments in kept.items() if moments}

    def _note(self, item: Item) -> None:
        """Remember that this is told now."""
        alarm, brake = item.alarm, _brake(item)
        moments = self._state.sent.get(brake, ())
        if brake in _BRAKES and self._now.wall not in moments:
            self._state = replace(self._state, sent={**self._state.sent, brake: (*moments, self._now.wall)})
        if alarm is None:
            del self._told[item.id]
            return
        self._told[alarm.id] = Told(
            alarm.kind.code,
            tuple(alarm.members),
            alarm.times,
            self._now.wall,
            tuple(dict.fromkeys((*alarm.hardware, *hidden_hardware(self._book, alarm)))),
            next(iter(alarm.members.values())).sign.text,
            over=not alarm.active,
        )


def _happened(alarm: Alarm) -> bool:
    return alarm.kind.code in HAPPENINGS


def _hurries(item: Item) -> bool:
    return item.news is News.BEGINS and item.alarm is not None and item.alarm.kind.priority == 1


def _brake(item: Item) -> str:
    """Which brake holds a message of this back; priority 1 has none."""
    if item.kind in HEARSAY:
        return "hearsay"
    return str(item.priority)


_BRAKES = {"2": AN_HOUR, "3": AN_HOUR, "4": AN_HOUR, "hearsay": HEARSAY_AN_HOUR}
