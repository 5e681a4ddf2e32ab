"""What a channel is told and when: gathered, looked at once more, told again, held back, and over a restart."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import time, timedelta

import pytest

from main_controller.alarms.alarm import Alarm, Shelf
from main_controller.channel import Channel, Hours, Sort
from main_controller.notification.delivery import AN_HOUR, GATHERS, HEARSAY_AN_HOUR, HURRIES, step
from main_controller.notification.message import Message, message_of
from main_controller.notification.message import record_of as message_record
from main_controller.notification.told import ChannelState, record_of, state_of
from tests.notification.alarms import NOON, READ, alarm, at, book, over, read

MAIL = Channel("mail", Sort.MAIL)


class Told:
    """A channel that is looked at each second; `messages` are what it was told."""

    def __init__(self, channel: Channel = MAIL) -> None:
        self.channel = channel
        self.state = ChannelState()
        self.now = 0.0
        self.local = time(12, 0)
        self.messages: list[tuple[float, Message]] = []

    def look(self, alarms: Iterable[Alarm], seconds: float = 1) -> list[str]:
        """Look each second for so long; the subjects of what was told in that time."""
        standing, before = list(alarms), len(self.messages)
        for _ in range(int(seconds)):
            self.now += 1
            self.state, message = step(self.channel, book(standing), self.state, at(self.now, self.local))
            if message is not None:
                self.messages.append((self.now, message))
        return [str(message.subject) for _, message in self.messages[before:]]

    def restarted(self) -> None:
        """What the disk keeps is what is left."""
        self.state = state_of(json.loads(json.dumps(record_of(replace(self.state, gathering=None)))))


@pytest.fixture
def told() -> Told:
    return Told()


def test_one_message_when_it_begins_and_one_when_it_is_over(told: Told) -> None:
    one = alarm(1)
    assert told.look([one], GATHERS) == []
    assert told.look([one], 3600) == ["Priority 3: E001: unitSilent."]
    assert told.look([over(one)], 3600) == ["Over: E001: unitSilent."]
    assert told.look([], 3600) == []
    assert told.state.told == {}


def test_what_is_over_before_it_is_told_is_not_told(told: Told) -> None:
    """Looked at once more: a moment is no message."""
    assert told.look([alarm(1)], GATHERS - 5) == []
    assert told.look([over(alarm(1))], 3600) == []


def test_what_comes_together_is_one_message(told: Told) -> None:
    assert told.look([alarm(1)], 20) == []
    assert told.look([alarm(1), alarm(2), alarm(3, "diskLow", "/var")], 20) == [
        "Priority 3: E001: unitSilent. (and 2 more)"
    ]
    ((_, message),) = told.messages
    assert [one["id"] for one in message.alarms] == ["a1", "a2", "a3"]
    assert any("What to do" in line for line in message.lines)


def test_one_of_priority_1_hurries(told: Told) -> None:
    assert told.look([alarm(1, "gridError", "")], HURRIES + 1) == ["Priority 1: : gridError."]


def test_priority_1_is_told_again_until_somebody_has_read_it(told: Told) -> None:
    one = alarm(1, "gridError", "")
    told.look([one], 10)
    assert told.look([one], 1800) == ["Priority 1, nobody has read it: : gridError."] * 2
    assert told.look([over(one)], 1000) == [
        "Over: : gridError.",
        "Priority 1, over, and nobody has read it: : gridError.",
    ]
    assert told.look([read(one)], 7200) == []


def test_less_grave_ones_are_not_repeated_and_read_ones_not_told(told: Told) -> None:
    assert told.look([read(alarm(1)), alarm(2)], 7200) == ["Priority 3: E002: unitSilent."]


def test_what_somebody_read_is_told_when_it_is_over_and_gone(told: Told) -> None:
    told.look([alarm(1)], 40)
    assert told.look([read(alarm(1))], 40) == []
    assert told.look([], 40) == ["Over: E001: unitSilent."]


@pytest.mark.parametrize("put", ["shelved", "out", "inhibited"])
def test_what_is_put_away_or_explained_is_not_told_until_it_comes_back(told: Told, put: str) -> None:
    one = alarm(1)
    put_away = {
        "shelved": replace(one, shelf=Shelf(READ, NOON + timedelta(hours=1))),
        "out": replace(one, out_of_service=True),
        "inhibited": replace(one, inhibited_by="a9"),
    }[put]
    assert told.look([put_away], 600) == []
    assert told.look([one], 600) == ["Priority 3: E001: unitSilent."]


def test_many_that_become_one_are_not_over(told: Told) -> None:
    """1,000 units silent: those that were told singly are taken in by the one that tells of all."""
    few = [alarm(number, "unwatchedHardware", hardware=True) for number in (1, 2, 3)]
    told.look(few, 10)
    names = [f"E{number:03}" for number in range(1, 1001)]
    many = alarm(1, "unwatchedHardware", *names, hardware=True)
    assert told.look([many], 60) == ["Priority 1, more: E001: unwatchedHardware. And 999 more of this kind."]
    (_, message) = told.messages[-1]
    assert len(message.alarms[0]["hardware"]) == 1000
    assert any("E001, E002" in line and "992 more" in line for line in message.lines)


def test_a_thousand_at_once_are_one_message(told: Told) -> None:
    names = [f"E{number:03}" for number in range(1, 1001)]
    assert len(told.look([alarm(1, "unwatchedHardware", *names, hardware=True)], 800)) == 1


def test_one_that_comes_and_goes_counts_as_one(told: Told) -> None:
    one = replace(alarm(1), chattering=True)
    told.look([one], 600)
    assert told.look([over(one)], 600) == ["Over: E001: unitSilent."]
    assert len(told.messages) == 2


def test_raised_anew_it_is_told_anew(told: Told) -> None:
    one = alarm(1)
    told.look([one], 40)
    told.look([over(one)], 40)
    assert told.look([replace(one, times=2)], 40) == ["Priority 3: E001: unitSilent."]


def test_a_happening_is_told_once_also_where_it_shows_no_more(told: Told) -> None:
    """An order that failed shows for a minute; that this is over says nothing."""
    one = alarm(1, "orderFailed", "c7")
    told.look([one], 10)
    assert told.look([over(one)], 40) == ["Priority 3: c7: orderFailed."]
    assert told.look([], 3600) == []


def test_a_schedule_that_fails_again_is_told_again(told: Told) -> None:
    one = alarm(1, "scheduleFailed", "E001")
    told.look([one], 40)
    told.look([over(one)], 40)
    assert told.look([replace(one, times=2)], 40) == ["Priority 2: E001: scheduleFailed."]


def test_a_channel_hears_what_it_is_for() -> None:
    grave = Told(Channel("grave", Sort.MAIL, priority=1))
    assert grave.look([alarm(1), alarm(2, "gridError", "")], 60) == ["Priority 1: : gridError."]
    clocks = Told(Channel("clocks", Sort.MAIL, priority=4, kinds=("unitClock",)))
    assert clocks.look([alarm(1), alarm(2, "unitClock")], 60) == ["Priority 4: E002: unitClock."]


def test_outside_its_hours_it_hears_nothing_and_then_what_still_stands() -> None:
    day = Told(Channel("day", Sort.MAIL, hours=Hours(time(8), time(18))))
    day.local = time(22)
    assert day.look([alarm(1), alarm(2)], 600) == []
    day.local = time(8)
    assert day.look([alarm(1), over(alarm(2))], 60) == ["Priority 3: E001: unitSilent."]


def test_hours_over_midnight() -> None:
    night = Hours(time(22), time(6))
    assert [night.hold(one) for one in (time(21, 59), time(22), time(0), time(5, 59), time(6))] == [
        False, True, True, True, False,
    ]  # fmt: skip


def test_an_alarm_escalates_to_a_second_channel_while_nobody_has_read_it() -> None:
    second = Told(Channel("boss", Sort.MAIL, priority=1, after=1800))
    one = alarm(1, "gridError", "")
    assert second.look([one], 1790) == []
    assert second.look([one], 60) == ["Priority 1: : gridError."]
    other = Told(second.channel)
    assert other.look([read(one)], 4000) == []


def test_an_order_that_failed_escalates_though_it_shows_no_more() -> None:
    second = Told(Channel("boss", Sort.MAIL, after=600))
    one = alarm(1, "stopFailed", "c7")
    second.look([one], 60)
    assert second.look([over(one)], 600) == ["Priority 1: c7: stopFailed."]


def test_a_brake_holds_back_what_is_too_much_and_tells_it_together(told: Told) -> None:
    standing: list[Alarm] = []
    for number in range(1, 41):
        standing.append(alarm(number))
        told.look(standing, 40)
    assert len(told.messages) == AN_HOUR
    _, last = told.messages[-1]
    assert any("the next one comes at 04:00 at the earliest" in line for line in last.lines)
    assert told.look(standing, 3600 - told.now + 60) == ["Priority 3: E021: unitSilent. (and 19 more)"]


def test_nothing_holds_back_priority_1(told: Told) -> None:
    standing: list[Alarm] = []
    for number in range(1, 41):
        standing.append(alarm(number, "gridError", f"s{number}"))
        told.look(standing, 20)
    assert len({item["id"] for _, message in told.messages for item in message.alarms}) == 40


def test_what_rests_on_the_log_has_a_brake_of_its_own(told: Told) -> None:
    """Anybody can send a datagram."""
    standing: list[Alarm] = []
    for number in range(1, 21):
        standing.append(alarm(number, "apisMainError", f"E001 {number}"))
        told.look(standing, 40)
    assert len(told.messages) == HEARSAY_AN_HOUR
    assert told.look([*standing, alarm(99)], 40) == ["Priority 3: E099: unitSilent."]


def test_a_restart_tells_nothing_twice_and_forgets_no_end(told: Told) -> None:
    told.look([alarm(1), alarm(2, "gridError", "")], 40)
    told.restarted()
    assert told.look([alarm(1), alarm(2, "gridError", "")], 600) == []
    told.restarted()
    assert told.look([over(alarm(1)), alarm(2, "gridError", "")], 40) == ["Over: E001: unitSilent."]


def test_a_clock_set_back_holds_nothing_up(told: Told) -> None:
    """What was told in the future counts as long past."""
    one = alarm(1, "gridError", "")
    told.look([one], 10)
    told.now -= 7200
    assert told.look([one, alarm(2)], 60)


def test_a_channel_is_not_told_of_its_own_failure(told: Told) -> None:
    assert told.look([alarm(1, "notificationFailed", "mail")], 600) == []
    assert told.look([alarm(2, "notificationFailed", "log")], 600) == ["Priority 2: log: notificationFailed."]


def test_a_message_outlives_the_program_as_it_was(told: Told) -> None:
    told.look([alarm(1), over(alarm(2)), alarm(3, "gridError", "")], 40)
    ((_, message),) = told.messages
    assert message_of(json.loads(json.dumps(message_record(message)))) == message


def test_a_link_to_the_list_stands_in_it() -> None:
    linked = Told(Channel("mail", Sort.MAIL, link="https://console.example"))
    linked.look([alarm(1)], 40)
    assert linked.messages[0][1].lines[-1] == "The list: https://console.example/alarms.html"
