"""An alarm as JSON, as the database keeps it over a restart, and back (ISA-18.2: each change is on record).

Pure. Sentences keep their codes, so that a Japanese page reads an old alarm in Japanese.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from main_controller.alarms.alarm import Alarm, AlarmKind, Deed, Member, Shelf, Sign
from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence, messages, said_again


def record_of(alarm: Alarm) -> dict[str, Any]:
    """The alarm as a JSON object."""
    shelf = alarm.shelf
    return {
        "id": alarm.id,
        "kind": alarm.kind.code,
        "priority": alarm.kind.priority,
        "members": [_member(subject, member) for subject, member in alarm.members.items()],
        "began": iso_utc(alarm.began),
        "since": iso_utc(alarm.since),
        "changed": iso_utc(alarm.changed),
        "acknowledged": None if alarm.acknowledged is None else _deed(alarm.acknowledged),
        "shelf": None if shelf is None else {**_deed(shelf.by), "until": iso_utc(shelf.until)},
        "outOfService": alarm.out_of_service,
        "times": alarm.times,
        "chattering": alarm.chattering,
        "inhibitedBy": alarm.inhibited_by,
    }


def alarm_of(record: Mapping[str, Any], kinds: Mapping[str, AlarmKind]) -> Alarm:
    """The alarm of a record. What held then is not told now, until somebody looks.

    Raises KeyError, TypeError or ValueError for what is no record, or is of a kind that there is no more.
    """
    shelf = record["shelf"]
    return Alarm(
        str(record["id"]),
        kinds[record["kind"]],
        {str(one["subject"]): _member_of(one) for one in record["members"]},
        began=_moment(record["began"]),
        since=_moment(record["since"]),
        changed=_moment(record["changed"]),
        acknowledged=None if record["acknowledged"] is None else _deed_of(record["acknowledged"]),
        shelf=None if shelf is None else Shelf(_deed_of(shelf), _moment(shelf["until"])),
        out_of_service=bool(record["outOfService"]),
        times=int(record["times"]),
        chattering=bool(record["chattering"]),
        inhibited_by=record["inhibitedBy"],
    )


def _member(subject: str, member: Member) -> dict[str, Any]:
    sign = member.sign
    return {
        "subject": subject,
        "text": str(sign.text),
        "messages": messages([sign.text]),
        "numbers": dict(sign.numbers),
        "hardware": list(sign.hardware),
        "active": member.active,
    }


def _member_of(kept: Mapping[str, Any]) -> Member:
    text: Sentence = said_again(str(kept["text"]), kept["messages"])
    sign = Sign(text, dict(kept["numbers"]), tuple(str(unit_id) for unit_id in kept["hardware"]))
    active = bool(kept["active"])
    return Member(sign, active, told=not active)


def _deed(deed: Deed) -> dict[str, str]:
    return {"name": deed.name, "at": iso_utc(deed.at), "text": deed.text}


def _deed_of(kept: Mapping[str, Any]) -> Deed:
    return Deed(str(kept["name"]), _moment(kept["at"]), str(kept["text"]))


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment names its zone")
    return moment
