"""Alarms as they stand and as they were (ISA-18.2)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

from main_controller.alarms import alarm as alarms
from main_controller.alarms.alarm import AlarmState, Member
from main_controller.alarms.book import AlarmBook, Change, hidden_hardware
from main_controller.alarms.kinds import NOT_OF_UNITS
from main_controller.alarms.overview import Overview
from main_controller.domain.timestamps import iso_utc
from main_controller.store.alarm_log import PastAlarm
from main_controller.web.shapes.common import Time, UnitId

SPAN, FLOOD = 600, 10
"""More than so many alarms within so many seconds are a flood (EEMUA 191)."""

DAY, MOST = timedelta(days=1), 10

AlarmId = str
"""The letter a and a number."""


class Deed(TypedDict):
    """Who did it, when, and what he wrote ("": nothing)."""

    name: str
    at: Time
    text: str


class Shelved(Deed):
    """Until when it is put away."""

    until: Time


class AlarmOf(TypedDict):
    """One thing that an alarm is of: `subject` is a unit's id, "" for the cluster, or another name; whether it holds
    (`active`), and whether that can be told now (`told`)."""

    subject: str
    text: str
    numbers: dict[str, Any]
    active: bool
    told: bool


class Alarm(TypedDict):
    """An alarm that stands. `unitId`: of the one unit that it is of, else null; `of`: all that it is of, the first one
    out first. `cause` is what was seen, `consequence` what it leads to, `action` what to do. `hardware` is live
    hardware that nobody watches, also that of the alarms which it explains; `inhibitedBy`: the alarm that explains
    this one."""

    id: AlarmId
    kind: str
    unitId: UnitId | None
    priority: int
    state: AlarmState
    active: bool
    told: bool
    began: Time
    since: Time
    changed: Time
    times: int
    chattering: bool
    cause: str
    consequence: str
    action: str
    of: list[AlarmOf]
    hardware: list[UnitId]
    acknowledged: Deed | None
    shelved: Shelved | None
    inhibitedBy: AlarmId | None


class AlarmDealt(TypedDict):
    """That the alarm of this kind, of this `subject` (a unit's id, "" for the cluster, or another name), has been read
    or put away though it holds: by whom ("": nobody said), and until when it is put away (null: it is not, or it is out
    of service)."""

    kind: str
    subject: str
    state: AlarmState
    by: str
    until: Time | None


class AlarmCounts(TypedDict):
    """How many stand, how many of them a person still has to read and none explains (`unacknowledged`), and the
    priority of the gravest of these (null: there is none). `away` are shelved or out of service, `dealt` what persons
    have done with the alarms of what still holds, of the first 50 things. `serial` grows with every change of
    `/alarms`."""

    unacknowledged: int
    standing: int
    gravest: int | None
    serial: int
    away: int
    dealt: list[AlarmDealt]


class Frequent(TypedDict):
    """A kind of alarm and how often it was raised."""

    kind: str
    count: int


class ListHealth(TypedDict):
    """How well the list serves: alarms raised in the last 10 min, the kinds raised most within 24 h, how many have
    stood for more than 24 h, and in how many spans of 10 min of these 24 h more than 10 were raised (`floods`)."""

    lastTenMinutes: int
    mostFrequent: list[Frequent]
    standingOverADay: int
    floods: int


class Alarms(TypedDict):
    """All that stand, the gravest first, of these the newest first."""

    alarms: list[Alarm]
    health: ListHealth


class AlarmChange(TypedDict):
    """What became of an alarm: of which of its members (null: all), by whom (null: by itself), and a sentence."""

    at: Time
    change: Change
    subject: str | None
    by: str | None
    text: str | None


class PastAlarmShown(TypedDict):
    """An alarm with its changes, the oldest first; `over`: when it was over, null while it stands."""

    id: AlarmId
    kind: str
    priority: int
    began: Time
    over: Time | None
    cause: str
    of: list[str]
    changes: list[AlarmChange]


class AlarmHistory(TypedDict):
    """The newest alarms; `next` is what `before` asks for to get those before them, null: there are none."""

    alarms: list[PastAlarmShown]
    next: int | None


class OutOfService(TypedDict):
    """Alarms of a unit ("": of all) that are not told from one moment to another, by whom and why."""

    scope: str
    since: Time
    until: Time
    name: str
    reason: str


class Services(TypedDict):
    """What is out of service now or later."""

    services: list[OutOfService]


def alarm_of(alarm: alarms.Alarm, book: AlarmBook) -> Alarm:
    """An alarm of the book."""
    (subject, first), *others = alarm.members.items()
    shelf = alarm.shelf
    return {
        "id": alarm.id,
        "kind": alarm.kind.code,
        "unitId": subject if subject and not others and alarm.kind.code not in NOT_OF_UNITS else None,
        "priority": alarm.kind.priority,
        "state": alarm.state,
        "active": alarm.active,
        "told": alarm.told,
        "began": iso_utc(alarm.began),
        "since": iso_utc(alarm.since),
        "changed": iso_utc(alarm.changed),
        "times": alarm.times,
        "chattering": alarm.chattering,
        "cause": first.sign.text,
        "consequence": alarm.kind.consequence,
        "action": alarm.kind.action,
        "of": [_part(name, member) for name, member in alarm.members.items()],
        "hardware": list(dict.fromkeys((*alarm.hardware, *hidden_hardware(book, alarm)))),
        "acknowledged": None if alarm.acknowledged is None else _deed(alarm.acknowledged),
        "shelved": None if shelf is None else {**_deed(shelf.by), "until": iso_utc(shelf.until)},
        "inhibitedBy": alarm.inhibited_by,
    }


def counts_of(overview: Overview) -> AlarmCounts:
    """The alarms in numbers."""
    return {
        "unacknowledged": overview.unacknowledged,
        "standing": overview.standing,
        "gravest": overview.gravest,
        "serial": overview.serial,
        "away": overview.away,
        "dealt": [
            {
                "kind": one.kind,
                "subject": one.subject,
                "state": one.state,
                "by": one.by,
                "until": None if one.until is None else iso_utc(one.until),
            }
            for one in overview.dealt
        ],
    }


def past_of(past: PastAlarm) -> PastAlarmShown:
    """An alarm as the file keeps it."""
    record: Mapping[str, Any] = past.record
    members = record["members"]
    return {
        "id": record["id"],
        "kind": record["kind"],
        "priority": record["priority"],
        "began": record["began"],
        "over": past.over_at,
        "cause": next(
            (one.text for one in past.changes if one.text is not None and one.by is None), members[0]["text"]
        ),
        "of": [one["subject"] for one in members],
        "changes": [
            {"at": one.at, "change": Change(one.change), "subject": one.subject, "by": one.by, "text": one.text}
            for one in past.changes
        ],
    }


def _part(subject: str, member: Member) -> AlarmOf:
    sign = member.sign
    return {
        "subject": subject,
        "text": sign.text,
        "numbers": dict(sign.numbers),
        "active": member.active,
        "told": member.told,
    }


def _deed(deed: alarms.Deed) -> Deed:
    return {"name": deed.name, "at": iso_utc(deed.at), "text": deed.text}


def service_of(service: alarms.Service) -> OutOfService:
    """What is out of service."""
    return {
        "scope": service.scope,
        "since": iso_utc(service.since),
        "until": iso_utc(service.until),
        "name": service.by.name,
        "reason": service.by.text,
    }


def health_of(raised: Sequence[tuple[datetime, str]], standing: Iterable[alarms.Alarm], now: datetime) -> ListHealth:
    """How well the list serves; `raised` are the moments and kinds of the last 24 h."""
    spans = Counter(int(at.timestamp() // SPAN) for at, _ in raised)
    return {
        "lastTenMinutes": sum((now - at).total_seconds() <= SPAN for at, _ in raised),
        "mostFrequent": [
            {"kind": kind, "count": count} for kind, count in Counter(kind for _, kind in raised).most_common(MOST)
        ],
        "standingOverADay": sum(now - one.began > DAY for one in standing),
        "floods": sum(count > FLOOD for count in spans.values()),
    }
