"""What a person may do with an alarm: acknowledge it, put it on the shelf for a while, take it back (ISA-18.2).

Pure. Each gives the alarm after it, or refuses. None of them changes what may be ordered: to acknowledge an alarm says
that somebody has read it; that somebody has looked at the hardware is `/acknowledge` alone (Z6a).
"""

from dataclasses import replace
from datetime import timedelta

from main_controller.alarms.alarm import Alarm, AlarmState, Deed, Shelf
from main_controller.alarms.book import back
from main_controller.errors import BadRequest, Refused
from main_controller.sentence import say

LONGEST, LONGEST_GRAVE = 12.0, 1.0
"""How many hours an alarm may be shelved, and one of priority 1."""


def acknowledged(alarm: Alarm, deed: Deed) -> Alarm:
    """Read by somebody. Raises Refused where there is nothing to read, or it is put away."""
    if alarm.state not in (AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED):
        raise Refused(
            say("alarms.alarmNotUnread", "Alarm {id} is {state}: there is nothing to acknowledge.", **_told(alarm))
        )
    return replace(alarm, acknowledged=deed, changed=deed.at)


def shelved(alarm: Alarm, deed: Deed, hours: float) -> Alarm:
    """Put away for a time, by name and with a reason.

    Raises BadRequest where that is too long or nothing, Refused where the alarm is out of service or over.
    """
    longest = LONGEST_GRAVE if alarm.kind.priority == 1 else LONGEST
    if not 0 < hours <= longest:
        raise BadRequest(
            say(
                "alarms.shelfHours",
                "An alarm of priority {priority} is shelved for more than 0 and at most {longest:g} hours.",
                priority=alarm.kind.priority,
                longest=longest,
            )
        )
    if not deed.text:
        raise BadRequest(say("alarms.shelfReason", "An alarm is shelved with a reason."))
    if alarm.state is AlarmState.OUT_OF_SERVICE or not alarm.active:
        raise Refused(say("alarms.alarmNotShelvable", "Alarm {id} is {state}: it is not shelved.", **_told(alarm)))
    return replace(alarm, shelf=Shelf(deed, deed.at + timedelta(hours=hours)), changed=deed.at)


def unshelved(alarm: Alarm, deed: Deed) -> Alarm:
    """Back from the shelf, and to be read anew where it still holds. Raises Refused where it is not shelved."""
    if alarm.shelf is None:
        raise Refused(say("alarms.alarmNotShelved", "Alarm {id} is not shelved.", id=alarm.id))
    return back(replace(alarm, shelf=None, changed=deed.at))


def _told(alarm: Alarm) -> dict[str, str]:
    return {"id": alarm.id, "state": str(alarm.state)}
