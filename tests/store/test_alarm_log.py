"""Alarms and their changes on the disk: what stands over a restart, what is over for two years (ISA-18.2)."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from main_controller.alarms.alarm import Alarm, Deed, Member, Sign
from main_controller.alarms.book import Change, Transition
from main_controller.alarms.kinds import BY_CODE
from main_controller.errors import ControllerError
from main_controller.sentence import foreign, say
from main_controller.store.alarm_log import AlarmLog, number_of
from main_controller.store.database import Database

NOON = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
SIGN = Sign(say("alarms.unitSilent", "{unit} is silent.", unit="E001"))


def alarm(number: int, *, code: str = "unitSilent", subject: str = "E001", changed: datetime = NOON) -> Alarm:
    members = {subject: Member(SIGN)}
    return Alarm(f"a{number}", BY_CODE[code], members, began=NOON, since=NOON, changed=changed)


def over(one: Alarm, at: datetime) -> Alarm:
    members = {subject: replace(member, active=False) for subject, member in one.members.items()}
    return replace(one, members=members, acknowledged=Deed("Sato", at), changed=at)


class Kept:
    def __init__(self, path: Path) -> None:
        self.now = NOON
        self.database = Database(path)
        self.log = AlarmLog(self.database, wall=lambda: self.now)

    def note(self, *transitions: Transition) -> None:
        self.log.note(transitions)
        self.database.write_once()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    one = Kept(tmp_path / "journal.sqlite3")
    yield one
    one.database.close()


def after_restart(kept: Kept) -> tuple[list[Alarm], int]:
    kept.database.close()
    return Kept(kept.database.path).log.load(BY_CODE)


def test_a_new_file_has_none_and_begins_at_one(kept: Kept) -> None:
    assert kept.log.load(BY_CODE) == ([], 1)
    assert kept.log.past(limit=10) == []


def test_what_stands_outlives_the_program_and_what_is_over_does_not_come_back(kept: Kept) -> None:
    kept.note(Transition(Change.RAISED, alarm(1), "E001"), Transition(Change.RAISED, alarm(2, code="busHigh"), ""))
    kept.note(Transition(Change.RETURNED, over(alarm(1), NOON), "E001"))
    found, next_id = after_restart(kept)
    assert ([one.id for one in found], next_id) == (["a2"], 3)


def test_one_that_another_took_in_stands_no_more(kept: Kept) -> None:
    kept.note(Transition(Change.RAISED, alarm(1), "E001"))
    kept.note(Transition(Change.JOINED, alarm(1)))
    assert after_restart(kept)[0] == []


def test_what_a_person_did_is_on_the_disk_at_once_with_his_name_and_words(kept: Kept) -> None:
    kept.note(Transition(Change.RAISED, alarm(1), "E001"))
    read = replace(alarm(1), acknowledged=Deed("Sato", NOON, "on my way"))
    kept.log.keep(Transition(Change.ACKNOWLEDGED, read), Deed("Sato", NOON, "on my way"))
    (past,) = kept.log.past(limit=10)
    assert [(one.change, one.subject, one.by, one.text) for one in past.changes] == [
        ("raised", "E001", None, "E001 is silent."),
        ("acknowledged", None, "Sato", "on my way"),
    ]
    assert past.changes[0].text is not None
    assert past.changes[0].text.code == "alarms.unitSilent"
    assert past.over_at is None


def test_a_disk_that_refuses_keeps_a_deed_from_being_done(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("main_controller.store.alarm_log._insert", refuse)
    with pytest.raises(ControllerError):
        kept.log.keep(Transition(Change.ACKNOWLEDGED, alarm(1)), Deed("Sato", NOON))
    monkeypatch.undo()
    assert kept.log.past(limit=10) == []


def test_the_past_is_asked_page_by_page_and_by_unit(kept: Kept) -> None:
    kept.note(*(Transition(Change.RAISED, alarm(n, subject=f"E{n}"), f"E{n}") for n in range(1, 6)))
    assert [one.record["id"] for one in kept.log.past(limit=2)] == ["a5", "a4"]
    assert [one.record["id"] for one in kept.log.past(limit=2, before=4)] == ["a3", "a2"]
    assert [one.record["id"] for one in kept.log.past(limit=9, unit_id="E2")] == ["a2"]


def test_what_was_over_two_years_ago_is_forgotten_and_what_stands_is_not(kept: Kept) -> None:
    kept.note(Transition(Change.RAISED, alarm(1), "E001"), Transition(Change.RAISED, alarm(2), "E001"))
    kept.note(Transition(Change.RETURNED, over(alarm(1), NOON), "E001"))
    kept.now = NOON + timedelta(days=730)
    assert kept.log.prune() == 0
    kept.now = NOON + timedelta(days=732)
    assert kept.log.prune() == 1
    assert [one.record["id"] for one in kept.log.past(limit=9)] == ["a2"]


def test_a_record_that_cannot_be_read_costs_itself_only(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    kept.note(Transition(Change.RAISED, alarm(1), "E001"), Transition(Change.RAISED, alarm(2), "E001"))
    with kept.database.writing() as connection:
        connection.execute("UPDATE alarms SET record = '{' WHERE id = 1")
    assert [one.id for one in after_restart(kept)[0]] == ["a2"]
    assert "alarm 1 cannot be read" in caplog.text


def test_a_file_put_in_the_place_of_the_one_in_use_gets_what_stands(kept: Kept) -> None:
    kept.note(Transition(Change.RAISED, alarm(1), "E001"))
    for path in kept.database.path.parent.glob("journal.sqlite3*"):
        path.unlink()
    kept.note(Transition(Change.RAISED, alarm(2), "E002"))
    assert {one.id for one in after_restart(kept)[0]} == {"a1", "a2"}


@pytest.mark.parametrize("wrong", ["", "a", "12", "b12", "a1x", "a-1", "a²"])
def test_an_alarms_id_is_the_letter_and_a_number(wrong: str) -> None:
    assert number_of("a12") == 12
    with pytest.raises(ValueError, match="no alarm's id"):
        number_of(wrong)


def test_a_person_may_write_what_looks_like_anything(kept: Kept) -> None:
    words = "'; DROP TABLE alarms; -- <b>"
    kept.log.keep(Transition(Change.ACKNOWLEDGED, alarm(1)), Deed("Sato", NOON, words))
    assert kept.log.past(limit=1)[0].changes[0].text == foreign(words)
