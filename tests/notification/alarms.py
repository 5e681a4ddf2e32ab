"""Alarms and books for the tests of what people are told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from main_controller.alarms.alarm import Alarm, Deed, Member, Sign
from main_controller.alarms.book import AlarmBook
from main_controller.alarms.kinds import BY_CODE
from main_controller.notification.delivery import Moment
from main_controller.sentence import foreign

NOON = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
READ = Deed("Sato", NOON)


def alarm(number: int, code: str = "unitSilent", *subjects: str, hardware: bool = False) -> Alarm:
    """One that was raised at noon, of units E001, E002 ... or of those named."""
    named = subjects or (f"E{number:03}",)
    members = {
        one: Member(Sign(foreign(f"{one}: {code}."), hardware=(one,) if hardware else ())) for one in named
    }  # fmt: skip
    return Alarm(f"a{number}", BY_CODE[code], members, began=NOON, since=NOON, changed=NOON)


def over(one: Alarm) -> Alarm:
    """The same, gone by itself and not read."""
    return replace(one, members={name: replace(member, active=False) for name, member in one.members.items()})


def read(one: Alarm) -> Alarm:
    """The same, read by somebody."""
    return replace(one, acknowledged=READ)


def book(alarms: Iterable[Alarm]) -> AlarmBook:
    """A book of these."""
    return AlarmBook({one.id: one for one in alarms})


def at(seconds: float, local: time = time(12, 0)) -> Moment:
    """So many seconds after noon."""
    wall = NOON + timedelta(seconds=seconds)
    return Moment(wall, local, lambda moment: f"{moment:%H:%M}")
