"""When alarms are told, join, chatter, are put away and are over; and that missing data never end one (ISA-18.2)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from main_controller.alarms.alarm import Alarm, AlarmKey, AlarmKind, AlarmState, Deed, Sign
from main_controller.alarms.book import AlarmBook, Change, Seen, hidden_hardware
from main_controller.alarms.deeds import acknowledged, shelved, unshelved
from main_controller.errors import BadRequest, Refused
from main_controller.sentence import foreign

START = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
SAID = foreign("said")
SILENT = AlarmKind("silent", 3, 5.0, 10.0, SAID, SAID, roots=("away",))
AWAY = AlarmKind("away", 2, 0.0, 0.0, SAID, SAID)
GRAVE = AlarmKind("grave", 1, 0.0, 0.0, SAID, SAID, roots=("away",))
KINDS = {kind.code: kind for kind in (SILENT, AWAY, GRAVE)}
ONE: AlarmKey = ("silent", "E001")


class Room:
    """A control room in which time goes by from look to look."""

    def __init__(self) -> None:
        self.now = 0.0
        self.book = AlarmBook()
        self.changes: list[tuple[str, str | None]] = []

    @property
    def wall(self) -> datetime:
        return START + timedelta(seconds=self.now)

    def look(
        self, *keys: AlarmKey, after: float = 0.0, hardware: dict[AlarmKey, str] | None = None, **more: Any
    ) -> None:
        self.now += after
        signs = {
            key: Sign(foreign(key[1]), hardware=(hardware[key],) if hardware and key in hardware else ())
            for key in keys
        }
        self.book, changes = self.book.step(Seen(signs, **more), KINDS, self.now, self.wall)
        self.changes = [(str(one.change), one.subject) for one in changes]

    def for_seconds(self, seconds: int, *keys: AlarmKey, **more: Any) -> None:
        for _ in range(seconds):
            self.look(*keys, after=1.0, **more)

    def alarm(self, code: str = "silent") -> Alarm:
        (alarm,) = [one for one in self.book.alarms.values() if one.kind.code == code]
        return alarm

    def do(self, deed: Any, *more: Any, code: str = "silent", text: str = "seen", name: str = "Sato") -> None:
        after = deed(self.alarm(code), Deed(name, self.wall, text), *more)
        self.book = AlarmBook(
            {**self.book.alarms, after.id: after}, self.book.waiting, self.book.raises, self.book.next_id
        )
        self.look()

    @property
    def states(self) -> list[AlarmState]:
        return [one.state for one in self.book.alarms.values()]


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def raised(room: Room) -> Room:
    """An alarm that was told a moment ago."""
    room.look(ONE)
    room.look(ONE, after=5.0)
    return room


def test_what_holds_for_its_delay_is_told_and_not_before(room: Room) -> None:
    room.look(ONE)
    room.look(ONE, after=4.9)
    assert room.states == []
    room.look(ONE, after=0.1)
    assert room.states == [AlarmState.UNACKNOWLEDGED]
    assert room.changes == [("raised", "E001")]


def test_what_goes_before_its_delay_is_never_told(room: Room) -> None:
    for _ in range(5):
        room.look(ONE, after=3.0)
        room.look(after=3.0)
    assert room.states == []


def test_what_cannot_be_told_for_a_moment_does_not_begin_anew(room: Room) -> None:
    room.look(ONE)
    room.look(after=3.0, untold=[ONE])
    room.look(ONE, after=3.0)
    assert room.states == [AlarmState.UNACKNOWLEDGED]


def test_it_is_over_only_after_its_delay_and_stands_until_somebody_has_read_it(raised: Room) -> None:
    raised.look(after=1.0)
    raised.look(after=9.9)
    assert raised.states == [AlarmState.UNACKNOWLEDGED]
    raised.look(after=0.1)
    assert raised.states == [AlarmState.RETURNED_UNACKNOWLEDGED]
    raised.do(acknowledged)
    assert raised.states == []


def test_one_that_was_read_leaves_when_it_is_over(raised: Room) -> None:
    raised.do(acknowledged)
    assert raised.alarm().acknowledged == Deed("Sato", raised.wall, "seen")
    raised.look(after=1.0)
    raised.look(after=10.0)
    assert raised.states == []


@pytest.mark.parametrize("missing", [{"untold": [ONE]}, {"untold_kinds": ["silent"]}])
def test_missing_data_never_end_an_alarm(raised: Room, missing: dict[str, Any]) -> None:
    raised.look(after=1.0)
    raised.look(after=8.0, **missing)
    assert raised.changes == [("untold", "E001")]
    raised.look(after=3600.0, **missing)
    assert (raised.states, raised.alarm().told) == ([AlarmState.UNACKNOWLEDGED], False)
    raised.look(after=1.0)
    assert raised.states == [AlarmState.UNACKNOWLEDGED]
    raised.look(after=10.0)
    assert raised.states == [AlarmState.RETURNED_UNACKNOWLEDGED]


def test_one_that_comes_again_is_the_same_and_is_to_be_read_anew(raised: Room) -> None:
    first = raised.alarm().id
    raised.for_seconds(12)
    raised.for_seconds(6, ONE)
    assert (raised.alarm().id, raised.alarm().times, raised.states) == (first, 2, [AlarmState.UNACKNOWLEDGED])


def test_five_seconds_up_and_five_down_for_ten_minutes_are_one_alarm(room: Room) -> None:
    told: list[str] = []
    for _ in range(60):
        for up in (True, False):
            for _ in range(5):
                room.look(*(() if up else (ONE,)), after=1.0)
                told += [change for change, _ in room.changes]
    assert len(room.book.alarms) <= 1
    assert len(told) <= 2


def test_what_comes_and_goes_slowly_chatters_and_is_over_after_ten_quiet_minutes(room: Room) -> None:
    for _ in range(3):
        room.for_seconds(6, ONE)
        room.for_seconds(12)
    assert room.alarm().chattering
    assert room.states == [AlarmState.UNACKNOWLEDGED]
    room.for_seconds(580)
    assert room.states == [AlarmState.UNACKNOWLEDGED]
    room.for_seconds(12)
    assert room.states == [AlarmState.RETURNED_UNACKNOWLEDGED]
    assert not room.alarm().chattering


def many(count: int) -> list[AlarmKey]:
    return [("silent", f"E{place:03}") for place in range(1, count + 1)]


@pytest.mark.parametrize(("count", "alarms"), [(5, 5), (6, 1), (1000, 1)])
def test_more_than_five_at_once_are_one_with_the_first_out_first(room: Room, count: int, alarms: int) -> None:
    keys = many(count)
    room.look(keys[2])
    room.look(*keys, after=1.0)
    room.look(*keys, after=5.0)
    room.look(*keys, after=1.0)
    assert len(room.book.alarms) == alarms
    if alarms == 1:
        assert (len(room.alarm().members), next(iter(room.alarm().members))) == (count, "E003")


def test_one_of_many_is_over_when_the_last_is(room: Room) -> None:
    keys = many(8)
    room.look(*keys)
    room.look(*keys, after=5.0)
    room.look(keys[7], after=1.0)
    room.look(keys[7], after=10.0)
    assert room.states == [AlarmState.UNACKNOWLEDGED]
    assert [name for name, one in room.alarm().members.items() if one.active] == ["E008"]
    room.look(after=1.0)
    room.look(after=10.0)
    assert room.states == [AlarmState.RETURNED_UNACKNOWLEDGED]


def test_many_spread_over_minutes_are_one_each(room: Room) -> None:
    keys = many(8)
    for place in range(8):
        room.look(*keys[: place + 1], after=10.0)
    room.look(*keys, after=10.0)
    assert len(room.book.alarms) == 8


def test_a_root_tells_in_the_place_of_what_it_explains_and_names_its_live_hardware(raised: Room) -> None:
    raised.look(ONE, ("away", ""), hardware={ONE: "E001"})
    assert raised.alarm().inhibited_by == raised.alarm("away").id
    assert hidden_hardware(raised.book, raised.alarm("away")) == ("E001",)
    raised.look(ONE, after=1.0)
    assert raised.alarm().inhibited_by is None
    assert ("announced", None) in raised.changes


def test_a_root_hides_nothing_graver_than_itself(room: Room) -> None:
    room.look(("grave", "E001"), ("away", ""))
    assert room.alarm("grave").inhibited_by is None


def test_a_root_that_was_put_away_hides_nothing(raised: Room) -> None:
    raised.look(ONE, ("away", ""))
    after = shelved(raised.alarm("away"), Deed("Sato", raised.wall, "known"), 1.0)
    raised.book = AlarmBook({**raised.book.alarms, after.id: after}, {}, raised.book.raises, raised.book.next_id)
    raised.look(ONE, ("away", ""), after=1.0)
    assert raised.alarm().inhibited_by is None
    raised.look(ONE, ("away", ""), after=1.0, out_of_service=[""])
    assert raised.alarm().inhibited_by is None


def test_the_shelf_gives_it_back_by_itself_to_be_read_anew(raised: Room) -> None:
    raised.do(acknowledged)
    raised.do(shelved, 2.0, text="waiting for a part")
    assert raised.states == [AlarmState.SHELVED]
    raised.look(ONE, after=7199.0)
    assert raised.states == [AlarmState.SHELVED]
    raised.look(ONE, after=60.0)
    assert (raised.states, raised.changes) == ([AlarmState.UNACKNOWLEDGED], [("unshelved", None)])


def test_what_is_over_on_the_shelf_is_over_when_it_leaves_it(raised: Room) -> None:
    raised.do(shelved, 2.0)
    raised.look(after=1.0)
    raised.look(after=10.0)
    assert raised.states == [AlarmState.SHELVED]
    raised.look(after=7200.0)
    assert raised.states == []


@pytest.mark.parametrize(
    ("code", "hours"), [("silent", 12.1), ("silent", 0.0), ("grave", 1.1), ("silent", float("nan"))]
)
def test_a_shelf_has_its_longest_time(room: Room, code: str, hours: float) -> None:
    room.look((code, "E001"))
    room.look((code, "E001"), after=5.0)
    with pytest.raises(BadRequest):
        shelved(room.alarm(code), Deed("Sato", room.wall, "why"), hours)


def test_a_shelf_wants_a_reason_and_something_to_put_on_it(raised: Room) -> None:
    with pytest.raises(BadRequest):
        shelved(raised.alarm(), Deed("Sato", raised.wall), 1.0)
    raised.look(after=1.0)
    raised.look(after=10.0)
    with pytest.raises(Refused):
        shelved(raised.alarm(), Deed("Sato", raised.wall, "why"), 1.0)
    with pytest.raises(Refused):
        unshelved(raised.alarm(), Deed("Sato", raised.wall))


def test_what_was_read_is_not_read_twice(raised: Room) -> None:
    raised.do(acknowledged)
    raised.look(ONE)
    with pytest.raises(Refused):
        acknowledged(raised.alarm(), Deed("Kato", raised.wall))


@pytest.mark.parametrize("scope", ["", "E001"])
def test_out_of_service_ends_by_itself_and_is_announced_anew(raised: Room, scope: str) -> None:
    raised.do(acknowledged)
    raised.look(ONE, after=1.0, out_of_service=[scope])
    assert (raised.states, raised.changes) == ([AlarmState.OUT_OF_SERVICE], [("outOfService", None)])
    raised.look(ONE, after=1.0)
    assert (raised.states, raised.changes) == ([AlarmState.UNACKNOWLEDGED], [("inService", None)])


def test_what_begins_out_of_service_is_announced_when_that_ends(room: Room) -> None:
    room.look(ONE, out_of_service=["E001"])
    room.look(ONE, after=5.0, out_of_service=["E001"])
    assert room.states == [AlarmState.OUT_OF_SERVICE]
    room.look(ONE, after=1.0)
    assert room.states == [AlarmState.UNACKNOWLEDGED]


def test_every_change_has_been_seen() -> None:
    """The words of all changes are told apart, and each is one word for a reader of the history."""
    assert len({str(change) for change in Change}) == len(Change)


def test_what_a_person_has_looked_at_on_the_spot_needs_no_reading_when_it_is_over(raised: Room) -> None:
    """`/acknowledge` (Z6a) says more than that somebody has read it."""
    raised.for_seconds(11, looked_at=[ONE])
    assert raised.book.alarms == {}


def test_of_many_all_must_have_been_looked_at(room: Room) -> None:
    keys = many(6)
    room.for_seconds(6, *keys)
    room.for_seconds(11, looked_at=keys[1:])
    assert room.alarm().state is AlarmState.RETURNED_UNACKNOWLEDGED


def test_one_thing_may_have_delays_of_its_own(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site's thresholds of one unit."""
    monkeypatch.setitem(KINDS, "silent", replace(SILENT, own={"E001": (20.0, 40.0)}))
    other: AlarmKey = ("silent", "E002")
    room.for_seconds(10, ONE, other)
    assert [list(one.members) for one in room.book.alarms.values()] == [["E002"]]
    room.for_seconds(15, ONE, other)
    assert len(room.states) == 2
    room.for_seconds(30)
    active = {next(iter(one.members)): one.active for one in room.book.alarms.values()}
    assert active == {"E001": True, "E002": False}
    room.for_seconds(20)
    assert not any(one.active for one in room.book.alarms.values())
