"""The journal tells the story of every order: came, refused, sent, answered, seen; and what a kill left open."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.commands import Command, CommandState, Tries, UnitOutcome
from main_controller.domain.orders import ORDERS
from main_controller.domain.progress import UnitsShow
from main_controller.domain.schedule import Operation, Schedule
from main_controller.domain.timing import Timing
from main_controller.orders.register import Register
from main_controller.sentence import Sentence, foreign, say
from main_controller.store.database import Database
from main_controller.store.journal import Journal, Stage
from main_controller.store.schedule_results import ScheduleResult, ScheduleResults
from main_controller.watching.journaling import Journaling
from tests.domain.made_orders import MAKERS, order_of
from tests.store.disk import fill_up, make_room

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


class Site:
    """A register whose changes are journaled."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.journal = Journal(self.database, wall=lambda: NOON)
        self.journaling = Journaling(self.journal)
        self.log = Register(first_number=self.journaling.next_command_number(wall=lambda: NOON))
        self.log.listen(self.journaling.command_changed)

    def begin(self, order: str = "setDcdc", unit_id: str | None = "E001", **changes: Any) -> Command:
        wanted = changes.pop("wanted", {"word": "0x0014", "dvg": 350.0, "dig": 2.0})
        return self.log.enter(
            Command(
                self.log.new_id(), order_of(order, unit_id, wanted), person("10.0.0.7"), NOON, entered=1.0, **changes
            )
        )

    def rows(self) -> list[dict[str, Any]]:
        self.database.write_once()
        return list(self.journal.stream())

    def messages(self) -> list[dict[str, Any]]:
        return self.journal.messages(row["id"] for row in self.rows())

    def story(self) -> list[tuple[str, str]]:
        return [(row["kind"], row["outcome"]) for row in self.rows()]

    def restarted(self) -> "Site":
        self.database.close()
        return Site(self.database.path)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "journal.sqlite3")
    yield site
    site.database.close()


# Orders


def test_an_order_that_goes_well_is_told_from_its_coming_to_its_being_seen(site: Site) -> None:
    command = site.begin(before={"word": "0x0000"})
    site.log.update(command.id, state=CommandState.ACCEPTED, sent=True, settled=2.0)
    site.log.update(command.id, state=CommandState.VERIFIED, units={"E001": UnitOutcome("verified", True, "0x0014")})
    assert site.story() == [("order", ""), ("order", "accepted"), ("order", "verified")]
    came, _, seen = site.rows()
    assert came["what"] == "setDcdc for E001: word 0x0014, dvg 350.0, dig 2.0"
    assert (came["by"], came["unitId"], came["commandId"]) == ("10.0.0.7", "E001", "c1")
    assert came["before"] == {"word": "0x0000"}
    assert came["after"] == {"word": "0x0014", "dvg": 350.0, "dig": 2.0}
    assert seen["after"]["sent"] is True
    assert seen["after"]["units"]["E001"]["shows"] == "0x0014"


@pytest.mark.parametrize(("order", "unit_id"), [("setDcdc", "E001"), ("stopAll", None)])
def test_what_was_done_by_an_answer_is_told_again_once_the_last_reading_shows_it(
    site: Site, order: str, unit_id: str | None
) -> None:
    """One verdict everywhere: the row must not stand at the answer, nor claim a reading before there was one."""

    def seen(first: str, second: str) -> dict[str, UnitOutcome]:
        return {"E001": UnitOutcome("verified", evidence=first), "E002": UnitOutcome("verified", evidence=second)}

    command = site.begin(order, unit_id, wanted={})
    site.log.update(command.id, state=CommandState.VERIFIED, units=seen("converter", "converter"))
    site.log.update(command.id, units=seen("reading", "converter"))
    site.log.update(command.id, units=seen("reading", "reading"))
    site.log.update(command.id, units=seen("reading", "reading"), note=None)
    told = [row["after"]["units"] for row in site.rows() if row["stage"] == "verified"]
    assert [[unit["evidence"] for unit in units.values()] for units in told] == [
        ["converter", "converter"], ["reading", "reading"],
    ]  # fmt: skip


def test_a_cluster_order_has_no_unit(site: Site) -> None:
    site.begin("stopAll", None, wanted={})
    row = site.rows()[0]
    assert (row["unitId"], row["what"]) == (None, "stopAll for the cluster: word 0x0000")


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_every_order_is_told_as_it_reads_and_by_its_code(site: Site, name: str) -> None:
    command = site.begin(name, wanted={})
    site.journaling.intent(command)
    told = {row["what"] for row in site.rows()}
    assert told >= {f"about to send: {command.order}"}
    codes = {one["text"]: one for one in site.messages()}
    order = codes[f"about to send: {command.order}"]["parameters"]["order"]
    assert (order["text"], order["parameters"]["order"]) == (str(command.order), name)


def test_why_an_order_ended_as_it_did_keeps_its_code(site: Site) -> None:
    command = site.begin()
    why = say("rules.low", "{unit} is low.", unit="E001")
    units = {"E001": UnitOutcome("failed", False, error=say("upstream.gone", "{unit} is gone.", unit="E001"))}
    site.log.update(command.id, state=CommandState.FAILED, error=why, sent=False, settled=2.0, units=units)
    row = site.rows()[-1]
    codes = {one["text"]: one for one in site.messages()}
    outcome = codes[row["outcome"]]
    assert (row["outcome"], outcome["code"]) == ("failed: E001 is low.", "watching.outcome")
    assert [outcome["parameters"][name]["code"] for name in ("stage", "why")] == ["store.failed", "rules.low"]
    assert codes[row["after"]["units"]["E001"]["error"]]["code"] == "upstream.gone"


def test_progress_alone_writes_nothing(site: Site) -> None:
    command = site.begin()
    for shown in range(5):
        site.log.update(command.id, progress=UnitsShow(shown, 3), units={"E001": UnitOutcome("pending")})
    assert site.story() == [("order", "")]


def test_a_refusal_is_one_with_its_sentence(site: Site) -> None:
    command = site.begin()
    site.log.update(command.id, state=CommandState.FAILED, error="E001 is locked by Ito.", sent=False, ended_at=NOON)
    assert site.story() == [("order", ""), ("refusal", "refused: E001 is locked by Ito.")]


def test_an_order_that_could_not_be_sent_is_no_refusal(site: Site) -> None:
    command = site.begin()
    site.log.update(command.id, state=CommandState.FAILED, error="unreachable", sent=False, settled=2.0)
    assert site.story()[-1] == ("order", "failed: unreachable")


def test_an_order_that_may_have_been_sent_is_unknown_and_then_what_was_seen(site: Site) -> None:
    command = site.begin()
    site.log.update(command.id, sent="unknown", settled=2.0, error="the reply was lost")
    site.log.update(command.id, state=CommandState.TIMED_OUT, error="not seen in 30 s")
    assert site.story() == [
        ("order", ""), ("order", "unknown: the reply was lost"), ("order", "timedOut: not seen in 30 s"),
    ]  # fmt: skip


def test_a_cancelled_one_says_by_what(site: Site) -> None:
    command = site.begin()
    site.log.update(command.id, state=CommandState.CANCELLED, error="A stop overtook this order.", sent=False)
    assert site.story()[-1] == ("order", "cancelled: A stop overtook this order.")


def test_an_override_is_a_row_of_its_own_with_the_reason(site: Site) -> None:
    command = site.begin(override="the meter is broken")
    site.log.update(command.id, note="Rules f were overridden: the meter is broken")
    site.log.update(command.id, state=CommandState.ACCEPTED, sent=True, settled=2.0)
    site.log.update(command.id, note="Overtaken by a stop; Wait followed (sent: True).")
    assert site.story() == [
        ("order", ""),
        ("override", "note: Rules f were overridden: the meter is broken"),
        ("order", "accepted"),
        ("order", "note: Overtaken by a stop; Wait followed (sent: True)."),
    ]


def test_an_order_that_is_entered_as_ended_has_both_rows(site: Site) -> None:
    site.begin("clearThen", None, wanted={}, state=CommandState.VERIFIED)
    assert site.story() == [("order", ""), ("order", "verified")]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("setDcdc", {"word": "0x0014", "dvg": float("inf")}),
        ("setLock", {"reason": "\ud800"}),
        ("upsMode", {"upsMode": object()}),
    ],
)
def test_no_order_can_break_the_journal(site: Site, order: str, wanted: dict[str, Any]) -> None:
    command = site.begin(order, wanted=wanted)
    site.log.update(command.id, state=CommandState.VERIFIED)
    assert len(site.story()) == 2


# Tries of a scheduled order (M12)

REFUSED = foreign("Connection refused.")


def tried(site: Site, count: int, *, why: Sentence = REFUSED, tell: bool = False) -> Command:
    """One more try of a scheduled Soft Stop, of which `count` were not sent for `why`."""
    tries = Tries(count, NOON, why, tell=tell) if count else None
    return site.begin("setOperationMode", None, wanted={"mode": "heteronomous"}, tries=tries)


def not_sent(site: Site, command: Command, why: Sentence = REFUSED) -> None:
    site.log.update(command.id, state=CommandState.FAILED, sent=False, settled=2.0, error=why)


def test_tries_are_written_at_first_when_the_reason_changes_and_as_a_count(site: Site) -> None:
    """82 rows in 130 s, steadily."""
    for count in range(20):
        not_sent(site, tried(site, count))
    assert site.story() == [("order", ""), ("order", "failed: Connection refused.")]
    not_sent(site, tried(site, 20, tell=True))
    assert site.story()[2:] == [
        ("order", ""),
        ("order", "failed: Connection refused. Tried 21 times since 2026-05-13 12:00 UTC."),
    ]
    not_sent(site, tried(site, 21), foreign("No route to host."))
    assert site.story()[4:] == [
        ("order", ""),
        ("intent", ""),
        ("order", "failed: No route to host. Tried 22 times since 2026-05-13 12:00 UTC."),
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"state": CommandState.ACCEPTED, "sent": True}, "accepted: Tried 6 times since 2026-05-13 12:00 UTC."),
        (
            {"sent": "unknown", "error": foreign("No answer in 15 s.")},
            "unknown: No answer in 15 s. Tried 6 times since 2026-05-13 12:00 UTC.",
        ),
    ],
)
def test_a_try_of_which_something_comes_is_written_whole(site: Site, change: dict[str, Any], told: str) -> None:
    command = tried(site, 5)
    site.journaling.intent(command)
    assert site.story() == []
    site.log.update(command.id, judged=True)
    assert site.story() == []
    site.log.update(command.id, settled=2.0, **change)
    assert site.story() == [("order", ""), ("intent", ""), ("order", told)]
    site.log.update(command.id, state=CommandState.VERIFIED)
    assert len(site.story()) == 4


def test_however_many_tries_there_are_no_number_is_given_out_twice_after_a_kill(site: Site) -> None:
    for count in range(140):
        not_sent(site, tried(site, count))
    last = site.log.latest()[0].id
    site.journaling.started("0.1", {})
    assert len(site.rows()) < 12
    again = site.restarted()
    assert int(again.begin().id[1:]) > int(last[1:])
    again.database.close()


# Sending


def in_background(call: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def test_the_intent_is_on_the_disk_before_the_order_goes_on(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    command = site.begin(before={"word": "0x0000"})
    site.database.write_once()
    roused = threading.Event()
    site.database.roused_by(roused.set)
    thread = in_background(lambda: site.journaling.intent(command))
    assert roused.wait(10)
    site.database.write_once()
    thread.join(10)
    row = site.rows()[-1]
    assert (row["kind"], row["outcome"], row["commandId"]) == ("intent", "", command.id)
    assert row["after"] == {"word": "0x0014", "dvg": 350.0, "dig": 2.0}
    assert caplog.records == []


def test_an_order_goes_out_on_a_full_disk_and_the_log_says_so(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    command = site.begin("setLock", wanted={"reason": "x" * 100_000})
    fill_up(site.database)
    roused = threading.Event()
    site.database.roused_by(roused.set)

    def write() -> None:
        roused.wait(10)
        with pytest.raises(Exception, match="the disk is full"):
            site.database.write_once()

    thread = in_background(write)
    site.journaling.intent(command)
    thread.join(10)
    assert caplog.records[-1].levelno == logging.ERROR
    assert "c1 is sent without its intent in the journal: journal.sqlite3 cannot be written" in caplog.text
    make_room(site.database)
    assert [kind for kind, _ in site.story()] == ["order", "intent"]


# Restarts


def kill_after(site: Site, *steps: str) -> None:
    """An order that got as far as the last step when the program was killed."""
    command = site.begin()
    if "intent" in steps:
        after = command.order.content()
        site.journal.append(
            "intent", by=str(command.by), unit_id="E001", what="a sentence", after=after, command_id=command.id,
            order=command.order.name, stage=Stage.INTENT,
        )  # fmt: skip
    if "accepted" in steps:
        site.log.update(command.id, state=CommandState.ACCEPTED, sent=True, settled=2.0)
    site.database.write_once()


def test_every_order_that_a_kill_cut_off_is_told_as_unknown_once(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    kill_after(site, "intent")
    kill_after(site, "intent", "accepted")
    kill_after(site)
    again = site.restarted()
    rows = again.journaling.tell_unfinished()
    assert [(row["commandId"], row["stage"]) for row in rows] == [("c1", "intent"), ("c2", "accepted"), ("c3", "came")]
    assert rows[0]["after"] == {"word": "0x0014", "dvg": 350.0, "dig": 2.0}
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 3
    assert "c1 by 10.0.0.7" in caplog.text
    told = again.rows()[-3:]
    assert [row["outcome"] for row in told] == [
        "unknown: The program ended between sending and recording.",
        "unknown: It was accepted, and the program ended before its end was seen.",
        "unknown: The program ended before it was recorded what came of it.",
    ]
    assert [(row["unitId"], row["commandId"]) for row in told] == [("E001", "c1"), ("E001", "c2"), ("E001", "c3")]
    third = again.restarted()
    assert third.journaling.tell_unfinished() == []
    third.database.close()


@pytest.mark.parametrize("name", sorted({order.name for order in ORDERS} - {"setSchedule", "clearSchedule"}))
@pytest.mark.parametrize("accepted", [False, True])
def test_no_kind_of_order_stands_open_in_the_journal_after_a_kill(site: Site, name: str, accepted: bool) -> None:
    """A schedule's row is written once it is done; its files are looked at anew."""
    command = site.begin(name, wanted={})
    if accepted:
        site.log.update(command.id, state=CommandState.ACCEPTED, sent=True, settled=2.0)
    site.database.write_once()
    again = site.restarted()
    again.journaling.tell_unfinished()
    last = again.rows()[-1]
    assert (last["commandId"], last["order"], last["stage"]) == (command.id, name, "unknown")
    again.database.close()


def test_what_an_unfinished_order_was_about_is_said_again_in_every_language(site: Site) -> None:
    Journaling(site.journal, Timing(intent=0.0)).intent(site.begin())
    site.rows()
    again = site.restarted()
    again.journaling.tell_unfinished()
    told = again.rows()[-1]
    codes = {one["text"]: one["code"] for one in again.journal.messages([told["id"]])}
    assert (told["stage"], codes[told["what"]]) == ("unknown", "watching.orderWanting")
    again.database.close()


def test_command_ids_never_repeat_over_restarts(site: Site) -> None:
    for _ in range(3):
        site.begin()
    site.database.write_once()
    again = site.restarted()
    assert again.begin().id == "c4"
    again.database.close()


def test_with_an_unreadable_journal_numbers_go_on_by_the_clock(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"no database " * 1000)
    site = Site(path)
    assert site.log.new_id() == f"c{int(NOON.timestamp())}"
    assert site.journaling.tell_unfinished() == []
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    site.begin()  # and nothing raises


# Everything else


def schedule(unit_id: str | None) -> Schedule:
    return Schedule(unit_id, Operation.SOFT_STOP, NOON, NOON, NOON.isoformat(), 1)


def test_how_a_schedule_ended_is_journaled_through_the_results(site: Site) -> None:
    results = ScheduleResults(site.journaling.schedule_result)
    results.add(ScheduleResult(schedule("E001"), "missed", NOON, foreign("The program was not running.")))
    results.add(ScheduleResult(schedule(None), "done", NOON, foreign("Soft Stop is in effect.")))
    first, second = site.rows()
    assert (first["kind"], first["unitId"], first["outcome"], first["by"]) == (
        "schedule",
        "E001",
        "missed",
        "scheduler",
    )
    assert first["what"] == ("Soft Stop of E001, due 2026-05-13 12:00 UTC: The program was not running.")
    assert (second["unitId"], second["outcome"]) == (None, "done")


def test_setting_and_clearing_schedules_is_journaled(site: Site) -> None:
    journaling, due = site.journaling, "2026-05-14T12:00:00.000+00:00"
    journaling.schedule_set("10.0.0.7", "E001", "softStop", before=None, due=due, command_id="c1")
    journaling.schedule_set("10.0.0.7", None, "softStop", before=due, due=None, command_id="c2")
    journaling.schedule_set("10.0.0.7", None, "run", before=None, due=None, command_id="c3", done=False)
    assert site.rows()[0]["what"] == "schedule of Soft Stop for E001 set"
    names = ("unitId", "before", "after", "outcome", "commandId", "order", "stage")
    assert [tuple(row[name] for name in names) for row in site.rows()] == [
        ("E001", None, due, "set", "c1", "setSchedule", "set"),
        (None, due, None, "cleared", "c2", "clearSchedule", "cleared"),
        (None, None, None, "there was none", "c3", "clearSchedule", "none"),
    ]


def test_a_moved_schedule_tells_for_when_it_was(site: Site) -> None:
    earlier, later = "2026-05-14T12:00:00.000+00:00", "2026-05-15T12:00:00.000+00:00"
    site.journaling.schedule_set("10.0.0.7", "E001", "run", before=earlier, due=later, command_id="c1")
    row = site.rows()[0]
    assert (row["before"], row["after"], row["stage"]) == (earlier, later, "set")


@pytest.mark.parametrize("outcome", ["done", "notNeeded", "missed", "failed", "cleared"])
def test_every_outcome_of_a_schedule_is_a_stage(site: Site, outcome: str) -> None:
    """ScheduleResult's list; an outcome that is none would not be journaled."""
    site.journaling.schedule_result(ScheduleResult(schedule(None), outcome, NOON, foreign("So it went.")))
    assert site.rows()[0]["stage"] == outcome


def test_every_state_of_an_ended_order_is_a_stage() -> None:
    assert {state.value for state in CommandState if state is not CommandState.PENDING} < set(Stage)


def test_locks_are_journaled_with_who_and_why(site: Site) -> None:
    lock = {"name": "Ito", "reason": "fuse", "since": "2026-05-13T12:00:00.000+00:00"}
    site.journaling.lock("10.0.0.7", "E001", before=None, after=lock, command_id="c4")
    site.journaling.lock("10.0.0.7", "", before=lock, after=None)
    told = [(row["kind"], row["unitId"], row["before"], row["after"], row["what"]) for row in site.rows()]
    assert told == [
        ("lock", "E001", None, lock, "lock on E001 set"),
        ("lock", None, lock, None, "lock on the cluster taken off"),
    ]
    assert [row["commandId"] for row in site.rows()] == ["c4", None]


def test_start_and_end_are_journaled_with_the_settings(site: Site) -> None:
    site.journaling.started("1.2.3", {"staleafter": 30, "url": {"dcdc": ":4380"}})
    site.journaling.ended(foreign("SIGTERM"))
    first, second = site.rows()
    assert first["after"] == {"staleafter": 30, "url": {"dcdc": ":4380"}}
    assert "1.2.3" in first["what"]
    assert "SIGTERM" in second["what"]


def test_what_the_grid_did_by_itself_is_journaled(site: Site) -> None:
    site.journaling.record("gridMaster", "E002", "The Grid Master moved.", before="E001", after="E002")
    row = site.rows()[0]
    assert (row["kind"], row["by"], row["unitId"]) == ("gridMaster", "the grid", "E002")
    assert (row["before"], row["after"], row["commandId"]) == ("E001", "E002", None)


def test_replacing_a_record_by_an_equal_one_writes_nothing(site: Site) -> None:
    command = site.begin()
    site.journaling.command_changed(command, replace(command))
    assert len(site.rows()) == 1


@pytest.mark.parametrize(
    ("order", "unit_id", "wanted"),
    [
        ("stopAll", None, {"word": "0x0000"}),
        ("setDcdc", "E001", {"word": "0x0000", "dvg": 0.0, "dig": 0.0}),
        ("setOperationMode", "E001", {"mode": "stop"}),
        ("setBudo", None, {"mode": "stop"}),
    ],
)
def test_a_stop_waits_for_no_disk_and_is_still_told_as_unknown_after_a_kill(
    site: Site, order: str, unit_id: str | None, wanted: dict[str, Any]
) -> None:
    """SIGKILL between send and record, also for the orders that nothing may keep back (Z8)."""
    command = site.begin(order, unit_id, wanted=wanted)
    assert site.story() == [("order", ""), ("intent", "")]
    after = site.restarted()
    assert [row["commandId"] for row in after.journaling.tell_unfinished()] == [command.id]
    assert after.rows()[-1]["outcome"].startswith("unknown")
    after.database.close()


def test_numbers_jump_after_a_kill_since_a_stop_may_have_left_without_its_row(site: Site) -> None:
    """The id of an answered order must never name another one."""
    site.journaling.started("1", {})
    site.begin()
    site.rows()
    killed = site.restarted()
    assert killed.log.new_id() == "c101"
    killed.journaling.ended(foreign("told to"))
    killed.rows()
    ended = killed.restarted()
    assert ended.log.new_id() == "c2"
    ended.database.close()
