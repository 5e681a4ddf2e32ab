"""Due schedules act once, are seen in effect, and never hide one another (B3-B5, Z12)."""

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from main_controller.domain.actor import Actor, person
from main_controller.domain.commands import Command, Tries
from main_controller.domain.modes import Mode
from main_controller.domain.orders import ModeOrder
from main_controller.domain.schedule import UNKNOWN, Operation
from main_controller.errors import ControllerError, UpstreamTimeout, UpstreamUnreachable
from main_controller.orders.set_mode import SetMode
from main_controller.sentence import foreign
from main_controller.store import atomic_file
from main_controller.workers.scheduler import Scheduler, Situations
from tests.workers.scheduler.house import Grid, House

A, H, S, M = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL
SOFT, FORCE, RUN = Operation.SOFT_STOP, Operation.FORCE_STOP, Operation.RUN


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "schedules")


def test_a_soft_stop_fires_at_its_time_is_seen_in_effect_recorded_and_removed(house: House) -> None:
    house.put(SOFT, ago=-12)
    house.pass_on()
    house.pass_on()
    assert house.grid.sent == []
    house.pass_on()
    assert house.grid.sent == [(None, H)]
    assert len(house.schedules.list()) == 1, "it stays until it is seen in effect"
    house.pass_on()
    house.pass_on()
    assert house.grid.sent == [(None, H)]
    assert house.schedules.list() == ()
    assert house.outcomes() == [(None, "softStop", "done")]
    status = house.scheduler.status()
    assert (status.pending, status.failed, status.waiting, status.unreadable) == (0, (), (), ())
    assert status.last[0].outcome == "done"


def test_a_schedule_missed_while_the_program_was_down_fires_after_the_start(house: House) -> None:
    house.put(SOFT, ago=3 * 86_400)
    house.put(FORCE, "E001", ago=86_400)
    house.restart()
    house.pass_on()
    house.pass_on()
    assert house.grid.sent == [("E001", S), (None, H)]
    assert house.schedules.list() == ()


def test_a_unit_schedule_orders_that_units_local_mode(house: House) -> None:
    house.put(SOFT, "E001")
    house.put(RUN, "E002")
    house.grid.local["E002"] = S
    house.grid.mode = S
    house.pass_on()
    assert house.grid.sent == [("E001", H), ("E002", None)], "the cluster's stop does not lose a unit's maintenance"
    house.pass_on()
    assert sorted(house.outcomes(), key=str) == [("E001", "softStop", "done"), ("E002", "run", "done")]


def test_a_force_stop_is_not_in_force_while_a_converter_works(house: House) -> None:
    """S2: the mode alone was taken for done, with the voltage reference running on."""
    house.grid.mode, house.grid.in_wait_now, house.grid.obeys = Mode.STOP, False, False
    house.put(Operation.FORCE_STOP)
    house.scheduler.run_once()
    assert house.grid.sent == [(None, Mode.STOP)]
    house.grid.in_wait_now = True
    house.grid.shows_it()
    house.scheduler.run_once()
    assert house.outcomes() == [(None, "forceStop", "done")]


def test_a_force_stop_that_never_brings_all_to_wait_fails_and_stays(house: House) -> None:
    house.grid.mode, house.grid.in_wait_now, house.grid.obeys = Mode.STOP, False, False
    house.put(Operation.FORCE_STOP)
    for _ in range(12):
        house.scheduler.run_once()
        house.grid.never_shows_it()
    assert house.outcomes() == [(None, "forceStop", "failed")]
    assert len(house.grid.sent) == 3


@pytest.mark.parametrize("mode", [H, S, M])
def test_a_soft_stop_that_is_not_needed_is_recorded_and_removed(house: House, mode: Mode) -> None:
    house.grid.mode = mode
    house.put(SOFT)
    house.pass_on()
    assert house.grid.sent == []
    assert house.outcomes() == [(None, "softStop", "notNeeded")]
    assert house.schedules.list() == ()


def test_while_the_mode_is_unknown_a_soft_stop_waits_and_says_so_and_a_force_stop_is_sent(house: House) -> None:
    house.grid.mode = None
    house.put(SOFT)
    house.grid.local["E001"] = UNKNOWN
    house.put(SOFT, "E001")
    house.pass_on()
    assert house.grid.sent == []
    assert house.waiting() == ["It waits until the mode in force can be told."] * 2
    house.grid.obeys = False
    house.put(FORCE)
    house.put(FORCE, "E001")
    house.pass_on()
    assert house.grid.sent == [(None, S), ("E001", S)]


def refuses(house: House, why: str = "Connection refused.") -> None:
    """apis-web refuses every order from now on."""
    house.grid.fault = lambda: UpstreamUnreachable(foreign(why), sent=False)


def test_not_sent_for_certain_is_tried_again_with_growing_pauses_and_never_given_up(house: House) -> None:
    """M12: 27 commands and 80 log lines in 130 s."""
    house.put(SOFT)
    refuses(house)
    tried = []
    for second in range(0, 7200, 5):
        before = house.grid.asked
        house.pass_on()
        tried += [second] * (house.grid.asked - before)
    assert tried[:6] == [0, 5, 15, 35, 65, 95]
    assert {later - sooner for sooner, later in pairwise(tried[4:])} == {30}, "a stop rests 30 s at most"
    assert [one.split(" since ")[0] for one in house.waiting()] == ["It could not be sent"]
    assert house.waiting()[0].endswith(" and is tried again: Connection refused.")
    assert house.outcomes() == []
    assert house.scheduler.status().pending == 1
    house.grid.fault = None
    house.pass_on(30)
    house.pass_on()
    assert house.grid.sent == [(None, H)]
    assert house.outcomes() == [(None, "softStop", "done")]


def test_what_could_not_be_sent_is_tried_at_once_when_what_hindered_it_changes(house: House) -> None:
    """M12: apis-web came back, a lock was taken off: a stop does not rest then."""
    house.put(FORCE)
    refuses(house)
    for _ in range(30):
        house.pass_on()
    house.pass_on(30)
    asked = house.grid.asked
    house.pass_on()
    assert house.grid.asked == asked, "it rests"
    house.grid.fault, house.grid.hindrances = None, "apis-web answers"
    house.pass_on()
    assert house.grid.sent == [(None, S)]


def test_another_reason_begins_with_short_pauses_again(house: House) -> None:
    house.put(RUN, ago=1)
    house.grid.mode = H
    refuses(house)
    for _ in range(28):
        house.pass_on()
    asked = house.grid.asked
    refuses(house, "No route to host.")
    house.pass_on(60)
    house.pass_on()
    assert house.grid.asked == asked + 2
    assert house.waiting()[0].endswith("No route to host.")


def test_tries_are_told_at_first_when_the_reason_changes_and_as_a_count(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """M12: and many tries of one order push nobody else's out of the list."""
    caplog.set_level(logging.INFO)
    other = house.desk.begin(ModeOrder("E009", S), person("10.0.0.7"))
    house.put(SOFT)
    refuses(house)
    for _ in range(20):
        house.pass_on()
    first = [record.getMessage() for record in caplog.records]
    assert len(first) == 6, "another's; sending, came, failed, is being sent, is tried again"
    caplog.clear()
    for _ in range(700):
        house.pass_on()
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(told) == 5, "one count in ten minutes"
    assert "Connection refused. (tried 23 times since " in told[0]
    assert len(house.desk.commands.latest()) < 20
    assert house.desk.commands.get(other.id) is not None
    caplog.clear()
    refuses(house, "No route to host.")
    house.pass_on(30)
    house.pass_on()
    assert [r.levelname for r in caplog.records if "No route to host. (tried" in r.getMessage()] == ["ERROR"]


def test_accepted_and_not_in_effect_is_repeated_twice_then_kept_and_marked_failed(house: House) -> None:
    house.grid.obeys = False
    house.put(SOFT)
    for number in (1, 2, 3):
        house.pass_on()
        assert len(house.grid.sent) == number
        house.pass_on()
        assert len(house.grid.sent) == number, "pending is not repeated"
        house.grid.never_shows_it()
    for _ in range(5):
        house.pass_on()
    assert len(house.grid.sent) == 3
    assert house.outcomes() == [(None, "softStop", "failed")]
    house.restart()
    house.pass_on()
    assert len(house.grid.sent) == 3, "the mark survives a restart"
    ((failed, why),) = house.scheduler.status().failed
    assert failed.operation == "softStop"
    assert "sent 3 times" in why.sentence
    assert house.scheduler.status().pending == 0
    house.schedules.remove(None, SOFT)
    house.put(SOFT)
    house.pass_on()
    assert len(house.grid.sent) == 4, "set anew it acts anew"


def test_an_order_of_which_it_is_unknown_whether_it_arrived_is_not_repeated_before_its_time(house: House) -> None:
    house.put(SOFT)
    lost = foreign("No answer in 15 s; the order may still take effect.")
    house.grid.fault = lambda: UpstreamTimeout(lost, sent="unknown")
    house.pass_on()
    house.grid.fault = None
    for _ in range(6):
        house.pass_on()
        assert house.grid.sent == []
    house.grid.mode = H
    house.pass_on()
    assert house.outcomes() == [(None, "softStop", "done")]
    assert house.grid.sent == []


def test_a_run_is_repeated_like_the_others_but_never_after_five_minutes(house: House) -> None:
    house.grid.mode, house.grid.obeys = H, False
    house.put(RUN)
    house.pass_on()
    house.grid.never_shows_it()
    house.pass_on()
    house.pass_on()
    assert house.grid.sent == [(None, A)] * 2
    house.pass_on(301)
    house.grid.never_shows_it()
    house.pass_on()
    house.pass_on()
    assert house.grid.sent == [(None, A)] * 2
    assert house.outcomes() == [(None, "run", "missed")]
    assert house.schedules.list() == ()


def test_a_run_sent_before_a_kill_is_not_sent_again(house: House) -> None:
    house.grid.mode, house.grid.obeys = H, False
    house.put(RUN)
    house.pass_on()
    house.restart()
    house.pass_on()
    assert house.grid.sent == [(None, A)]
    assert house.outcomes() == [(None, "run", "missed")]


def test_a_run_that_was_not_sent_is_not_taken_for_sent_after_a_kill(house: House) -> None:
    house.grid.mode = H
    house.put(RUN)
    house.grid.fault = lambda: UpstreamUnreachable(foreign("refused"), sent=False)
    house.pass_on()
    assert house.schedules.list()[0].sent_at is not None
    house.grid.master = False
    house.pass_on()
    assert house.schedules.list()[0].sent_at is None
    house.grid.fault, house.grid.master = None, True
    house.restart()
    house.pass_on()
    assert house.grid.sent == [(None, A)]


def test_an_order_seen_in_effect_at_the_last_moment_has_not_failed(house: House) -> None:
    house.grid.obeys = False
    house.put(SOFT)
    for _ in range(3):
        house.pass_on()
        house.grid.never_shows_it()
    house.grid.mode = H
    house.pass_on()
    assert house.outcomes() == [(None, "softStop", "done")]


def test_a_run_is_missed_when_only_a_jump_of_the_clock_made_it_due(house: House) -> None:
    house.grid.mode = H
    house.put(RUN, ago=-120)
    house.put(SOFT, "E001", ago=-120)
    house.pass_on()
    house.now += timedelta(seconds=200)
    house.pass_on()
    assert house.grid.sent == [("E001", H)], "a stop acts whatever made it due"
    assert house.outcomes() == [(None, "run", "missed")]


def test_a_run_waits_for_a_grid_master_and_is_missed_at_a_grid_error(house: House) -> None:
    house.grid.mode, house.grid.master = H, None
    house.put(RUN)
    house.pass_on()
    assert house.waiting() == ["It waits for a Grid Master."]
    house.grid.master, house.grid.error = True, True
    house.pass_on()
    assert house.outcomes() == [(None, "run", "missed")]
    assert house.grid.sent == []


def test_stops_go_first_and_one_mode_order_of_a_scope_at_a_time(house: House) -> None:
    """After a restart both are due: the soft stop must not follow the force stop before that shows."""
    house.put(SOFT, ago=10)
    house.put(RUN, ago=20)
    house.put(FORCE, ago=5)
    house.pass_on()
    assert house.grid.sent == [(None, S)]
    for _ in range(10):
        house.pass_on()
    assert house.grid.sent == [(None, S)]
    assert house.outcomes() == [
        (None, "forceStop", "done"),
        (None, "softStop", "notNeeded"),
        (None, "run", "missed"),
    ]


def test_a_force_stop_does_not_wait_behind_a_run_that_hangs_and_follows_it(house: House) -> None:
    house.grid.mode = H
    house.holding = {"others"}
    house.put(RUN)
    house.pass_on()
    assert house.grid.sent == []
    house.put(FORCE)
    house.pass_on()
    assert house.grid.sent == [(None, S)]
    house.pass_on()
    assert house.schedules.has(None, FORCE), "the run may still arrive"
    house.release()
    assert house.grid.mode is A
    house.pass_on()
    assert house.grid.sent == [(None, S), (None, A), (None, S)]
    assert house.grid.mode is S
    house.pass_on()
    assert (None, "forceStop", "done") in house.outcomes()


def test_an_order_that_hangs_delays_no_other_schedule(house: House) -> None:
    house.holding = {"stops"}
    house.put(FORCE, "E001")
    house.put(SOFT, "E002")
    house.put(SOFT)
    house.pass_on()
    assert house.grid.sent == [(None, H), ("E002", H)]
    assert "Its order is being sent." in house.waiting()


def test_a_schedule_cleared_while_its_order_waits_in_the_queue_is_not_sent(house: House) -> None:
    house.holding = {"others"}
    house.put(SOFT)
    house.pass_on()
    house.schedules.remove(None, SOFT)
    house.release()
    house.pass_on()
    assert house.grid.sent == []
    assert house.outcomes() == []


def test_a_schedule_set_anew_while_its_order_is_under_way_keeps_the_new_one(house: House) -> None:
    house.grid.obeys = False
    house.put(SOFT)
    house.pass_on()
    house.put(SOFT, ago=-3600)
    house.grid.shows_it()
    house.pass_on()
    (left,) = house.schedules.list()
    assert left.due > house.now
    assert house.outcomes() == []


def test_a_persons_later_order_in_the_same_scope_clears_it(house: House) -> None:
    house.grid.mode = None
    house.put(SOFT)
    house.put(SOFT, "E001")
    house.grid.local["E001"] = UNKNOWN
    house.pass_on()
    house.grid.person[None] = house.now
    house.pass_on()
    assert house.outcomes() == [(None, "softStop", "cleared")]
    assert [schedule.unit_id for schedule in house.schedules.list()] == ["E001"]


def test_a_persons_later_order_also_ends_the_repeats_of_one_under_way(house: House) -> None:
    house.grid.obeys = False
    house.put(FORCE)
    house.pass_on()
    house.grid.person[None] = house.now + timedelta(seconds=1)
    house.grid.never_shows_it()
    for _ in range(5):
        house.pass_on()
    assert house.grid.sent == [(None, S)]
    assert house.outcomes() == [(None, "forceStop", "cleared")]


def test_a_persons_later_order_clears_one_whose_order_is_still_pending(house: House) -> None:
    house.grid.obeys = False
    house.put(SOFT)
    house.pass_on()
    house.grid.person[None] = house.now + timedelta(seconds=1)
    house.pass_on()
    assert house.outcomes() == [(None, "softStop", "cleared")]
    assert house.schedules.list() == ()


def test_an_order_whose_schedule_was_cleared_still_counts_until_it_must_have_shown(house: House) -> None:
    """A cleared Run may still take effect: until then "already stopped" is not believed."""
    house.grid.mode, house.grid.obeys = H, False
    house.put(RUN)
    house.pass_on()
    house.schedules.remove(None, RUN)
    house.put(SOFT)
    house.pass_on()
    assert house.waiting() == ["It waits until another order in its scope shows its effect."]
    house.grid.mode = A
    house.pass_on(29)
    assert house.grid.sent == [(None, A)], "and the command says for how long"
    house.grid.never_shows_it()
    house.pass_on()
    assert house.grid.sent == [(None, A), (None, H)]


def test_a_pass_never_waits_for_an_order_that_hangs(tmp_path: Path) -> None:
    """With real executors: the run hangs in apis-web, the force stop goes out."""
    house, hanging = House(tmp_path / "schedules"), threading.Event()
    given: list[tuple[str | None, Mode | None]] = []

    class Hangs(Grid):
        def _order(self, unit_id: str | None, mode: Mode | None, by: Actor, tries: Tries | None) -> Command:
            if mode is not S:
                hanging.wait(timeout=30)
            given.append((unit_id, mode))
            return super()._order(unit_id, mode, by, tries)

    grid = Hangs(house.desk)
    grid.mode = H
    with ThreadPoolExecutor(1) as others, ThreadPoolExecutor(1) as stops:
        scheduler = Scheduler(
            house.desk, cast(SetMode, grid), cast(Situations, grid), house.schedules, house.results,
            submit=others.submit, submit_stop=stops.submit,
        )  # fmt: skip
        house.put(RUN)
        house.put(SOFT, "E001")
        scheduler.run_once()
        house.put(FORCE)
        scheduler.run_once()
        stops.submit(int).result(timeout=30)
        assert given == [(None, S)]
        hanging.set()
    assert sorted(given, key=str) == sorted([(None, S), (None, A), ("E001", H)], key=str)


def test_one_bad_schedule_never_hides_the_next(house: House, caplog: pytest.LogCaptureFixture) -> None:
    folder = house.schedules._folder
    (folder / "A-softStop").write_text("tomorrow")
    house.put(SOFT, "broken")
    house.put(SOFT, "E001")
    house.put(SOFT, ago=-1000)
    with caplog.at_level(logging.ERROR):
        house.pass_on()
        house.pass_on()
    assert house.grid.sent == [("E001", H)]
    assert house.outcomes() == [("E001", "softStop", "done")]
    assert [record for record in caplog.records if "A-softStop" in record.getMessage()] == caplog.records[:1]
    assert any(record.exc_info for record in caplog.records)
    status = house.scheduler.status()
    assert status.unreadable[0].file == "A-softStop"
    assert status.pending == 2
    assert (folder / "A-softStop").exists()


def test_an_ended_schedule_that_the_disk_will_not_let_go_acts_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.put(SOFT)
    house.pass_on()
    with monkeypatch.context() as patch:

        def refuse(*_: object, **__: object) -> None:
            raise OSError(30, "Read-only file system")

        patch.setattr(os, "fsync", refuse)
        patch.setattr(Path, "unlink", refuse)
        house.pass_on()
        house.grid.mode = A
        house.pass_on()
        house.pass_on()
        assert "Read-only file system" in house.waiting()[0]
    assert house.grid.sent == [(None, H)]
    assert house.outcomes() == [(None, "softStop", "done")]
    house.pass_on()
    assert house.schedules.list() == ()
    assert house.outcomes() == [(None, "softStop", "done")]


def test_an_order_whose_cleared_schedule_the_disk_will_not_let_go_is_followed_to_its_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would count as under way, and every other schedule of its scope would wait for ever."""
    house.grid.obeys = False
    house.put(SOFT)
    house.pass_on()
    house.grid.person[None] = house.now + timedelta(seconds=1)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refuse)
    house.pass_on()
    assert house.outcomes() == [(None, "softStop", "cleared")]
    house.grid.person.clear()
    house.put(RUN)
    house.grid.mode = H
    house.pass_on()
    assert "It waits until another order in its scope shows its effect." in house.waiting()
    house.grid.never_shows_it()
    house.pass_on()
    assert house.grid.sent == [(None, H), (None, A)]


def test_a_disk_that_takes_no_mark_stops_a_run_and_never_a_stop(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.grid.mode = H
    house.put(RUN)
    house.put(FORCE, "E001")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_file, "_write_new", full)
    house.pass_on()
    house.pass_on()
    assert house.grid.sent == [("E001", S)]
    assert "No space left on device" in house.waiting()[0]


def test_a_folder_that_cannot_be_read_is_a_fault_of_the_worker(house: House) -> None:
    house.schedules._folder.rmdir()
    with pytest.raises(ControllerError, match="cannot be read"):
        house.pass_on()
    status = house.scheduler.status()
    assert status.pending is None
    assert "cannot be read" in str(status.fault)


def test_a_waiting_reason_is_logged_once(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.grid.mode = None
    house.put(SOFT)
    with caplog.at_level(logging.INFO):
        for _ in range(10):
            house.pass_on()
    assert sum("can be told" in record.getMessage() for record in caplog.records) == 1


def test_why_a_run_is_refused_is_logged_once_though_its_file_changes_with_each_try(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Its file is marked before each try and unmarked after it, which counted as another schedule."""
    house.put(RUN)
    house.grid.mode = H
    refuses(house, "The cluster is locked.")
    with caplog.at_level(logging.INFO, "main_controller.workers.scheduler.scheduler"):
        for _ in range(30):
            house.pass_on()
    assert house.grid.asked > 2
    assert sum("is tried again: The cluster is locked." in record.getMessage() for record in caplog.records) == 1
