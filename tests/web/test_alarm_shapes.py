"""What `/alarms` and the frame tell of an alarm: of which unit it is, and the list in numbers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.alarms.alarm import Alarm, AlarmState, Member, Sign
from main_controller.alarms.book import AlarmBook
from main_controller.alarms.kinds import BY_CODE
from main_controller.alarms.overview import Dealt, Overview
from main_controller.sentence import foreign
from main_controller.web.shapes.alarms import alarm_of, counts_of

NOON = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)


def shown(code: str, *subjects: str) -> str | None:
    members = {subject: Member(Sign(foreign(f"{subject} said"))) for subject in subjects}
    alarm = Alarm("a1", BY_CODE[code], members, began=NOON, since=NOON, changed=NOON)
    told = alarm_of(alarm, AlarmBook({"a1": alarm}))
    assert [one["subject"] for one in told["of"]] == list(subjects)
    return told["unitId"]


@pytest.mark.parametrize(
    ("code", "subjects", "unit_id"),
    [
        ("unitSilent", ("E001",), "E001"),
        ("unitSilent", ("E001", "E002"), None),
        ("gridError", ("",), None),
        ("apisWebUnreachable", ("Budo Emulator",), None),
        ("orderFailed", ("c12",), None),
    ],
)
def test_an_alarm_names_the_one_unit_that_it_is_of_and_nothing_else_as_one(
    code: str, subjects: tuple[str, ...], unit_id: str | None
) -> None:
    assert shown(code, *subjects) == unit_id


def test_the_frame_tells_the_list_in_numbers() -> None:
    until = datetime(2026, 5, 13, 4, tzinfo=UTC)
    dealt = (
        Dealt("gridError", "", AlarmState.ACKNOWLEDGED, "Sato"),
        Dealt("busHigh", "E001", AlarmState.SHELVED, "", until),
    )
    told: Any = counts_of(Overview(2, 5, 1, {"E001": 1}, 9, 1, dealt))
    assert told == {
        "unacknowledged": 2, "standing": 5, "gravest": 1, "serial": 9, "away": 1,
        "dealt": [
            {"kind": "gridError", "subject": "", "state": "acknowledged", "by": "Sato", "until": None},
            {
                "kind": "busHigh", "subject": "E001", "state": "shelved", "by": "",
                "until": "2026-05-13T04:00:00.000+00:00",
            },
        ],
    }  # fmt: skip
