"""How alarms are put into a message, for a person and for a program. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from main_controller.alarms.alarm import Alarm, AlarmState
from main_controller.alarms.book import AlarmBook, hidden_hardware
from main_controller.alarms.kinds import BY_CODE
from main_controller.channel import Channel
from main_controller.domain.timestamps import iso_utc
from main_controller.notification.message import About, Message
from main_controller.notification.told import Told
from main_controller.sentence import Sentence, say

SHOWN = 20
"""How many alarms a message tells in full; of the others it tells what was seen, and above `COUNTED` only how many."""

COUNTED = 60


class News(StrEnum):
    """What a message has to say of an alarm."""

    BEGINS = "begins"
    GROWS = "grows"
    STANDS = "stands"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Item:
    """One alarm in a message; `alarm` is None where it is gone: then `told` is what was told of it, by `id`."""

    news: News
    alarm: Alarm | None
    id: str = ""
    told: Told | None = None

    @property
    def kind(self) -> str:
        """The code of its kind."""
        if self.alarm is not None:
            return self.alarm.kind.code
        return "" if self.told is None else self.told.kind

    @property
    def priority(self) -> int:
        """Its priority; that of a kind that there is no more is the least grave one."""
        if self.alarm is not None:
            return self.alarm.kind.priority
        kind = BY_CODE.get(self.kind)
        return 4 if kind is None else kind.priority

    @property
    def cause(self) -> Sentence:
        """What was seen."""
        if self.alarm is not None:
            return cause_of(self.alarm)
        assert self.told is not None
        return self.told.cause


def cause_of(alarm: Alarm) -> Sentence:
    """What was seen; of many things at once that of the first, and how many."""
    first = next(iter(alarm.members.values())).sign.text
    others = len(alarm.members) - 1
    if not others:
        return first
    return say("notification.many", "{cause} And {count} more of this kind.", cause=first, count=others)


def message_about(
    items: Sequence[Item],
    book: AlarmBook,
    channel: Channel,
    zoned: Callable[[datetime], str],
    *,
    last: datetime | None = None,
) -> Message:
    """The message of these, the gravest first, what is over last; `last`: from when on another one may follow."""
    ordered = sorted(items, key=lambda one: (one.news is News.OVER, one.priority))
    lines: list[Sentence] = []
    for place, item in enumerate(ordered):
        if place == COUNTED:
            more = len(ordered) - COUNTED
            lines.append(say("notification.more", "And {count} more, see the list.", count=more))
            break
        lines += _lines(item, book, zoned, whole=place < SHOWN)
    if last is not None:
        lines.append(
            say(
                "notification.lastForNow",
                "So many messages went out within this hour that the next one comes at {time} at the earliest: it "
                "tells together what stands then. Those of priority 1 are not held back.",
                time=zoned(last),
            )
        )
    if channel.link:
        lines.append(say("notification.link", "The list: {link}", link=f"{channel.link}/alarms.html"))
    facts = tuple(facts_of(item, book) for item in ordered)
    return Message(About.ALARMS, ordered[0].priority, _subject(ordered), tuple(lines), facts)


def _subject(items: Sequence[Item]) -> Sentence:
    first = items[0]
    said = _SUBJECTS[first.news](first)
    if len(items) == 1:
        return said
    return say("notification.andMore", "{first} (and {count} more)", first=said, count=len(items) - 1)


def _begins(item: Item) -> Sentence:
    return say("notification.begins", "Priority {priority}: {cause}", priority=item.priority, cause=item.cause)


def _grows(item: Item) -> Sentence:
    return say("notification.grows", "Priority {priority}, more: {cause}", priority=item.priority, cause=item.cause)


def _stands(item: Item) -> Sentence:
    if item.alarm is not None and item.alarm.active:
        return say(
            "notification.stands", "Priority {priority}, nobody has read it: {cause}",
            priority=item.priority, cause=item.cause,
        )  # fmt: skip
    return say(
        "notification.unread", "Priority {priority}, over, and nobody has read it: {cause}",
        priority=item.priority, cause=item.cause,
    )  # fmt: skip


def _over(item: Item) -> Sentence:
    return say("notification.over", "Over: {cause}", cause=item.cause)


_SUBJECTS: Mapping[News, Callable[[Item], Sentence]] = {
    News.BEGINS: _begins,
    News.GROWS: _grows,
    News.STANDS: _stands,
    News.OVER: _over,
}


def _lines(item: Item, book: AlarmBook, zoned: Callable[[datetime], str], *, whole: bool) -> Iterator[Sentence]:
    yield _SUBJECTS[item.news](item)
    alarm = item.alarm
    if alarm is None or not whole:
        return
    hardware = _hardware(alarm, book)
    if hardware and item.news is not News.OVER:
        yield say("notification.hardware", "  Live hardware that nobody watches: {ids}.", ids=hardware)
    if item.news is News.OVER:
        yield say("notification.stood", "  From {begin} to {end}.", begin=zoned(alarm.since), end=zoned(alarm.changed))
        return
    yield say("notification.since", "  Since {time}.", time=zoned(alarm.since))
    if not alarm.told:
        yield say("notification.untold", "  Whether it still holds cannot be told now.")
    if alarm.chattering:
        yield say("notification.chatters", "  It comes and goes.")
    yield say("notification.means", "  It leads to: {consequence}", consequence=alarm.kind.consequence)
    yield say("notification.do", "  What to do: {action}", action=alarm.kind.action)


def _hardware(alarm: Alarm, book: AlarmBook) -> list[str]:
    return list(dict.fromkeys((*alarm.hardware, *hidden_hardware(book, alarm))))


def facts_of(item: Item, book: AlarmBook) -> dict[str, Any]:
    """The alarm for a program: the fields have the names of `/alarms`."""
    alarm = item.alarm
    if alarm is None:
        return {
            "id": item.id,
            "news": str(item.news),
            "kind": item.kind,
            "priority": item.priority,
            "state": str(AlarmState.NORMAL),
            "active": False,
            "cause": str(item.cause),
            "of": [] if item.told is None else list(item.told.subjects),
            "hardware": [],
        }
    return {
        "id": alarm.id,
        "news": str(item.news),
        "kind": alarm.kind.code,
        "priority": alarm.kind.priority,
        "state": str(alarm.state),
        "active": alarm.active,
        "since": iso_utc(alarm.since),
        "cause": str(item.cause),
        "consequence": str(alarm.kind.consequence),
        "action": str(alarm.kind.action),
        "of": list(alarm.members),
        "hardware": _hardware(alarm, book),
    }
