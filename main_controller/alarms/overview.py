"""How the alarms stand in a few numbers, for who shows them beside something else (ISA-18.2). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from types import MappingProxyType

from main_controller.alarms.alarm import Alarm, AlarmState
from main_controller.alarms.book import AlarmBook
from main_controller.alarms.kinds import NOT_OF_UNITS

MOST_DEALT = 50
"""Of how many things at most it is told that a person has dealt with their alarm."""

UNREAD = (AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED)
AWAY = (AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE)


@dataclass(frozen=True, slots=True)
class Dealt:
    """That somebody has read, or put away, the alarm of one thing that still holds: by whom ("": nobody said), and
    until when it is put away (None: it is not, or with its unit)."""

    kind: str
    subject: str
    state: AlarmState
    by: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """`standing` are all in the list, `unacknowledged` those that a person still has to read and that none explains,
    `gravest` the priority (1 to 4) of the gravest of these, None without any.

    `by_unit` is the gravest priority of what holds now of each unit: of what is put away or explained by another
    alarm none. `away` is how many are shelved or out of service, `dealt` what persons have done with the alarms of what
    still holds, at most `MOST_DEALT` of them. `serial` grows with every change.
    """

    unacknowledged: int = 0
    standing: int = 0
    gravest: int | None = None
    by_unit: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    serial: int = 0
    away: int = 0
    dealt: tuple[Dealt, ...] = ()


def overview_of(book: AlarmBook, serial: int) -> Overview:
    """The alarms of the book in numbers."""
    alarms = [one for one in book.alarms.values() if one.inhibited_by is None]
    unread = [one.kind.priority for one in alarms if one.state in UNREAD]
    by_unit: dict[str, int] = {}
    for alarm in alarms:
        if alarm.shelf is None and not alarm.out_of_service:
            for unit_id in _units(alarm):
                by_unit[unit_id] = min(by_unit.get(unit_id, alarm.kind.priority), alarm.kind.priority)
    away = sum(one.state in AWAY for one in book.alarms.values())
    dealt = tuple(islice(_dealt(book), MOST_DEALT))
    return Overview(len(unread), len(book.alarms), min(unread, default=None), by_unit, serial, away, dealt)


def _dealt(book: AlarmBook) -> Iterator[Dealt]:
    for alarm in book.alarms.values():
        deed = alarm.shelf.by if alarm.shelf is not None else alarm.acknowledged
        if deed is None and not alarm.out_of_service:
            continue
        until = None if alarm.shelf is None else alarm.shelf.until
        for subject, member in alarm.members.items():
            if member.active:
                yield Dealt(alarm.kind.code, subject, alarm.state, "" if deed is None else deed.name, until)


def _units(alarm: Alarm) -> list[str]:
    if alarm.kind.code in NOT_OF_UNITS:
        return []
    return [subject for subject, member in alarm.members.items() if subject and member.active]
