"""Which reasons make one incident, and which incidents go first: pure rules."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from main_controller.sentence import say
from main_controller.store.incidents import AROUND, LONGEST, Incident, reason_of
from main_controller.store.incidents.incident import NOTES, REASONS, PersonsNote, kept, next_to_go

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def keep(incidents: list[Incident], minutes: float, *, unit: str | None = None) -> list[Incident]:
    """The incidents after a reason so many minutes after noon."""
    reason = reason_of(at(minutes), "gridError", say("test.why", "why {minutes}", minutes=minutes), unit=unit)
    number = max((one.number for one in incidents), default=0) + 1
    found, gone = kept(incidents, reason, at(minutes) - AROUND, at(minutes) + AROUND, number)
    left = [one for one in incidents if one not in gone and one.number != found.number]
    return sorted([*left, found], key=lambda one: one.number)


def incident(number: int, begins: float, ends: float, *, whole: bool = True) -> Incident:
    reason = reason_of(at(begins), "stop", say("test.stop", "stop"))
    return Incident(number=number, begins=at(begins), ends=at(ends), reasons=(reason,), whole=whole)


def test_a_reason_keeps_ten_minutes_before_and_after() -> None:
    (one,) = keep([], 0)
    assert (one.begins, one.ends, one.number, one.whole) == (at(-10), at(10), 1, False)


def test_what_overlaps_becomes_one_with_every_reason_and_unit() -> None:
    (one,) = keep(keep(keep([], 0, unit="E002"), 15, unit="E001"), 34, unit="E002")
    assert (one.begins, one.ends) == (at(-10), at(44))
    assert [reason.at for reason in one.reasons] == [at(0), at(15), at(34)]
    assert one.units == ("E002", "E001")


def test_what_does_not_overlap_stays_apart() -> None:
    first, second = keep(keep([], 0), 20.1)
    assert (first.ends, second.begins) == (at(10), at(10.1))


def test_a_reason_between_two_makes_one_of_them_that_keeps_the_first_number_and_all_notes() -> None:
    first, second = keep(keep([], 0), 30)
    noted = Incident(**{**{f: getattr(second, f) for f in second.__struct_fields__}, "notes": (
        PersonsNote(at(31), "anna", "fuse"),)})  # fmt: skip
    (one,) = keep([first, noted], 15)
    assert (one.number, one.joined, one.begins, one.ends) == (1, (2,), at(-10), at(40))
    assert [note.text for note in one.notes] == ["fuse"]


def test_an_incident_that_ended_grows_anew_where_a_reason_reaches_beyond_it_and_only_then() -> None:
    ended = incident(1, 0, 60)
    (longer,) = keep([ended], 65)
    (same,) = keep([ended], 30)
    assert (longer.whole, same.whole) == (False, True)
    assert len(same.reasons) == 2


def test_what_would_become_longer_than_six_hours_stays_apart() -> None:
    hours = LONGEST / timedelta(minutes=1)
    long = incident(1, 0, hours - 5)
    first, second = keep([long], hours - 8)
    assert (first, second.begins, second.ends) == (long, at(hours - 18), at(hours + 2))


def test_more_reasons_than_are_listed_are_counted() -> None:
    incidents: list[Incident] = []
    for number in range(REASONS + 3):
        incidents = keep(incidents, number / 1000)
    (one,) = incidents
    assert (len(one.reasons), one.left_out) == (REASONS, 3)


@pytest.mark.parametrize("kind", ["kept", "order"])
def test_what_can_be_asked_for_in_any_number_takes_no_place_from_a_stop(kind: str) -> None:
    """Sixty wishes of a person, or orders that fail, before it."""
    (one,) = keep([], 5)
    for number in range(REASONS + 10):
        reason = reason_of(at(number / 100), kind, say("test.why", "noise {minutes}", minutes=number))
        one, gone = kept([one], reason, at(-5), at(10), 9)
        assert gone == ()
    assert (len(one.reasons), one.left_out) == (REASONS, 11)
    assert [reason.kind for reason in one.reasons].count(kind) == REASONS - 1
    assert one.reasons[-1].kind == "gridError"
    assert list(one.reasons) == sorted(one.reasons, key=lambda each: each.at)


def test_what_would_have_too_many_notes_stays_apart() -> None:
    """Else it grows beyond what can be read again."""
    first, second = (
        structs.replace(incident(number, begins, begins + 5), notes=(PersonsNote(at(0), "anna", "x"),) * count)
        for number, begins, count in ((1, 0, NOTES - 1), (2, 6, 2))
    )
    reason = reason_of(at(5), "kept", say("test.why", "why {minutes}", minutes=5))
    found, gone = kept([first, second], reason, at(-1), at(20), 3)
    assert gone == ()
    assert (found.number, len(found.notes)) == (2, 2)
    assert (found.begins, found.ends) == (at(-1), at(20))


@pytest.mark.parametrize(
    ("over", "days", "expected"),
    [(False, 300, None), (True, 300, 7), (False, 366, 7)],
    ids=["neither", "too large", "too old"],
)
def test_the_oldest_goes_where_there_is_too_much_or_its_time_is_over(
    over: bool, days: int, expected: int | None
) -> None:
    incidents = [incident(8, 40, 60), incident(7, 0, 20), incident(9, -100, 10**6, whole=False)]
    gone = next_to_go(incidents, at(20) + timedelta(days=days), lasts=YEAR, over=over)
    assert (None if gone is None else gone.number) == expected


def test_one_that_still_grows_never_goes() -> None:
    assert next_to_go([incident(1, 0, 20, whole=False)], at(0) + 3 * YEAR, lasts=YEAR, over=True) is None
