"""The alarms in a few numbers: who is counted, and which unit bears which mark (ISA-18.2)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from main_controller.alarms.alarm import Alarm, AlarmState, Deed, Member, Shelf, Sign
from main_controller.alarms.book import AlarmBook
from main_controller.alarms.kinds import BY_CODE, NOT_OF_UNITS
from main_controller.alarms.overview import MOST_DEALT, Dealt, Overview, overview_of
from main_controller.sentence import foreign

NOON = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
READ = Deed("Sato", NOON)
ACKNOWLEDGED = AlarmState.ACKNOWLEDGED


def alarm(number: int, code: str, *subjects: str) -> Alarm:
    members = {subject: Member(Sign(foreign("said"))) for subject in subjects}
    return Alarm(f"a{number}", BY_CODE[code], members, began=NOON, since=NOON, changed=NOON)


def seen(*alarms: Alarm) -> Overview:
    return overview_of(AlarmBook({one.id: one for one in alarms}), 7)


def test_nothing_stands() -> None:
    assert seen() == Overview(serial=7)


def test_a_unit_bears_the_gravest_of_what_is_of_it() -> None:
    told = seen(alarm(1, "unitSilent", "E001", "E002"), alarm(2, "busHigh", "E001"), alarm(3, "gridError", ""))
    assert told.by_unit == {"E001": 1, "E002": 3}
    assert (told.unacknowledged, told.standing, told.gravest) == (3, 3, 1)


def test_what_was_read_stands_and_marks_and_no_longer_counts() -> None:
    told = seen(replace(alarm(1, "unitSilent", "E001"), acknowledged=READ))
    assert told == Overview(0, 1, None, {"E001": 3}, 7, 0, (Dealt("unitSilent", "E001", ACKNOWLEDGED, "Sato"),))


def test_what_is_over_is_still_to_be_read_and_marks_nothing() -> None:
    gone = alarm(1, "unitSilent", "E001")
    told = seen(gone.with_member("E001", replace(gone.members["E001"], active=False)))
    assert told == Overview(1, 1, 3, {}, 7)


def test_what_is_put_away_or_explained_neither_counts_nor_marks() -> None:
    shelf = Shelf(READ, NOON + timedelta(hours=1))
    told = seen(
        replace(alarm(1, "busHigh", "E001"), shelf=shelf),
        replace(alarm(2, "busHigh", "E002"), out_of_service=True),
        replace(alarm(3, "unitSilent", "E003"), inhibited_by="a9"),
    )
    dealt = (
        Dealt("busHigh", "E001", AlarmState.SHELVED, "Sato", shelf.until),
        Dealt("busHigh", "E002", AlarmState.OUT_OF_SERVICE, ""),
    )
    assert told == Overview(0, 3, None, {}, 7, 2, dealt)


def test_only_of_what_holds_is_told_what_was_done_with_it_and_of_so_many() -> None:
    one = replace(alarm(1, "unitSilent", *(f"E{number:03}" for number in range(100))), acknowledged=READ)
    assert len(seen(one).dealt) == MOST_DEALT
    gone = {name: replace(member, active=name == "E007") for name, member in one.members.items()}
    assert [told.subject for told in seen(replace(one, members=gone)).dealt] == ["E007"]


def test_what_is_of_something_else_than_a_unit_marks_none_of_its_name() -> None:
    assert set(BY_CODE) >= NOT_OF_UNITS
    assert seen(alarm(1, "fileNotWritten", "0")).by_unit == {}
