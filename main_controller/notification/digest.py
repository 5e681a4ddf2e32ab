"""The daily digest: what the last day was like, in lines. Pure; what it rests on is gathered by its worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from main_controller.notification.message import About, Message
from main_controller.sentence import Sentence, say

GAPS_NAMED, STANDING_NAMED = 10, 20
"""How many units with gaps and how many standing alarms are told one by one."""

WHOLE = 99.0
"""From how many per cent on a unit's day counts as complete."""


@dataclass(frozen=True, slots=True)
class Energy:
    """What the deals of the time came to: how many with current, what went out and in (Wh), and how many without."""

    deals: int
    out: float
    into: float
    idle: int


@dataclass(frozen=True, slots=True)
class Day:
    """What a digest tells, from `begin` to `end` (aware UTC).

    `complete` is how complete the record is, in per cent, and `gaps` the units below `WHOLE` with theirs, the least
    complete first. `raised` is how many alarms were raised by priority, gravest first; `standing` what stands now.
    `orders` are how many persons gave, and of them how many failed. `planned` are the schedules of the next day as
    sentences. None or a sentence in `unread` says what could not be read.
    """

    begin: datetime
    end: datetime
    complete: float | None = None
    gaps: Sequence[tuple[str, float]] = ()
    energy: Energy | None = None
    raised: Sequence[tuple[int, int]] | None = None
    standing: Sequence[Sentence] = ()
    orders: tuple[int, int] | None = None
    planned: Sequence[Sentence] | None = None
    unread: Sequence[Sentence] = ()


def digest(day: Day, zoned: Callable[[datetime], str], link: str = "") -> Message:
    """The message; its priority is 4, so that nothing takes it for an alarm."""
    lines = [
        say("notification.dayOf", "From {begin} to {end}.", begin=zoned(day.begin), end=zoned(day.end)),
        *_standing(day),
        *_raised(day),
        *_record(day),
        *_energy(day),
        *_orders(day),
        *_planned(day),
        *(say("notification.notRead", "Could not be read: {why}", why=why) for why in day.unread),
    ]
    if link:
        lines.append(say("notification.link", "The list: {link}", link=f"{link}/alarms.html"))
    subject = say("notification.digest", "The last day: {count} alarms stand", count=len(day.standing))
    return Message(About.DIGEST, 4, subject, tuple(lines))


def _standing(day: Day) -> list[Sentence]:
    if not day.standing:
        return [say("notification.nothingStands", "No alarm stands.")]
    head = say("notification.standNow", "Alarms that stand: {count}.", count=len(day.standing))
    named = [say("notification.entry", "  {text}", text=one) for one in day.standing[:STANDING_NAMED]]
    more = len(day.standing) - STANDING_NAMED
    if more > 0:
        named.append(say("notification.more", "And {count} more, see the list.", count=more))
    return [head, *named]


def _raised(day: Day) -> list[Sentence]:
    if day.raised is None:
        return []
    if not day.raised:
        return [say("notification.noneRaised", "No alarm was raised.")]
    return [
        say("notification.raised", "Raised with priority {priority}: {count}.", priority=priority, count=count)
        for priority, count in day.raised
    ]


def _record(day: Day) -> list[Sentence]:
    if day.complete is None:
        return [say("notification.noRecord", "Nothing was recorded in this time.")]
    found = [say("notification.complete", "The record is complete to {percent:.1f} %.", percent=day.complete)]
    found += [
        say("notification.gap", "  {unit}: {percent:.1f} %", unit=unit, percent=percent)
        for unit, percent in day.gaps[:GAPS_NAMED]
    ]
    more = len(day.gaps) - GAPS_NAMED
    if more > 0:
        found.append(say("notification.moreGaps", "  And {count} more units with gaps.", count=more))
    return found


def _energy(day: Day) -> list[Sentence]:
    energy = day.energy
    if energy is None:
        return []
    if not energy.deals and not energy.idle:
        return [say("notification.noDeals", "No deal ended.")]
    return [
        say(
            "notification.deals",
            "Deals that ended: {deals} with current, {idle} without. Given {out:.0f} Wh, taken {into:.0f} Wh.",
            deals=energy.deals, idle=energy.idle, out=energy.out, into=energy.into,
        )
    ]  # fmt: skip


def _orders(day: Day) -> list[Sentence]:
    if day.orders is None:
        return []
    given, failed = day.orders
    return [say("notification.orders", "Orders: {given}, of which {failed} failed.", given=given, failed=failed)]


def _planned(day: Day) -> list[Sentence]:
    if day.planned is None:
        return []
    if not day.planned:
        return [say("notification.nothingPlanned", "Nothing is planned for the next day.")]
    head = say("notification.planned", "Planned for the next day:")
    return [head, *(say("notification.entry", "  {text}", text=one) for one in day.planned)]
