"""An alarm outlives the program as it was, and what held then is not told until somebody looks (ISA-18.2)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from main_controller.alarms.alarm import Alarm, Deed, Member, Shelf, Sign
from main_controller.alarms.kinds import BY_CODE
from main_controller.alarms.record import alarm_of, record_of
from main_controller.sentence import say

NOON = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=2)
SIGN = Sign(say("alarms.unitSilent", "{unit} is silent.", unit="E001"), {"ig": -2.0, "vg": None}, ("E001",))
ALARM = Alarm(
    "a12", BY_CODE["unitSilent"], {"E001": Member(SIGN), "E002": Member(SIGN, active=False, gone_since=7.0)},
    began=NOON, since=NOON, changed=LATER, acknowledged=Deed("佐藤", NOON, "seen"),
    shelf=Shelf(Deed("Sato", NOON, "waiting"), LATER), times=3, chattering=True, inhibited_by="a2",
)  # fmt: skip


def again(alarm: Alarm) -> Alarm:
    return alarm_of(json.loads(json.dumps(record_of(alarm))), BY_CODE)


def test_all_of_it_comes_back_but_what_only_this_run_knows() -> None:
    kept = again(ALARM)
    members = {"E001": Member(SIGN, told=False), "E002": Member(SIGN, active=False)}
    assert kept == replace(ALARM, members=members)
    assert list(kept.members) == ["E001", "E002"]
    assert kept.members["E001"].sign.text.code == "alarms.unitSilent"


def test_a_plain_one_comes_back() -> None:
    plain = replace(ALARM, acknowledged=None, shelf=None, inhibited_by=None)
    assert again(plain).shelf is None
    assert again(plain).acknowledged is None


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "noSuchKind"},
        {"members": [{"subject": "E001"}]},
        {"since": "2026-05-13T03:00:00"},
        {"since": "yesterday"},
        {"times": "many"},
        {"shelf": {"name": "Sato"}},
    ],
)
def test_what_is_no_record_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        alarm_of({**record_of(ALARM), **change}, BY_CODE)
