"""What the grid does by itself is told, and what an order of ours explains is not (Z6a, Z13a, K5-K10)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.orders.shut_down import ShutDown
from main_controller.sentence import foreign
from main_controller.store.chronicle import Event
from main_controller.watching.grid_events import GridEvents
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench

RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL


class Watched:
    """A bench whose events are watched as the worker watches them."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.rows: list[tuple[Any, ...]] = []
        self.events = GridEvents(bench.desk, record=lambda *row: self.rows.append(row))
        before = bench.hands.beat

        def beat() -> None:
            before()
            self.events.run_once()

        bench.hands.beat = beat

    def told(self) -> list[str]:
        """The sentences since the last question."""
        texts, self.rows = [row[2] for row in self.rows], []
        return texts


@pytest.fixture
def watched() -> Iterator[Watched]:
    with open_bench(mode=RUN) as made:
        watching = Watched(made.settled())
        made.run(6.0)
        assert watching.told() == [], "what is found at start is no event"
        yield watching


def test_the_cluster_stopping_by_itself_is_told_once(watched: Watched) -> None:
    """K10."""
    watched.bench.grid.mode = STOP
    watched.bench.run(30.0)
    assert watched.told() == ["The cluster went from Run to Force Stop by itself."]
    told = watched.events.events()[-1]
    text = "The cluster went from Run to Force Stop by itself."
    assert told == Event(told.at, "mode", None, foreign(text), "stop", None)


def test_our_own_order_explains_its_change_once(watched: Watched) -> None:
    watched.bench.set_mode.cluster(STOP, ME)
    watched.bench.run(30.0)
    assert watched.told() == []
    watched.bench.grid.mode = RUN
    watched.bench.run(6.0)
    watched.bench.grid.mode = STOP
    watched.bench.run(6.0)
    assert watched.told() == [
        "The cluster went from Force Stop to Run by itself.",
        "The cluster went from Run to Force Stop by itself.",
    ]


def test_an_order_that_changed_nothing_long_ago_explains_nothing_later(watched: Watched) -> None:
    """Run was ordered while Run was in force; an hour later somebody else stops and starts the cluster."""
    watched.bench.set_mode.cluster(RUN, ME)
    watched.bench.run(70.0)
    watched.bench.grid.mode = STOP
    watched.bench.run(6.0)
    watched.bench.grid.mode = RUN
    watched.bench.run(6.0)
    assert len(watched.told()) == 2


def test_yes_and_the_cluster_goes_elsewhere_is_told(watched: Watched) -> None:
    """K3."""
    watched.bench.apis_web.elsewhere = STOP
    watched.bench.set_mode.cluster(SOFT, ME)
    watched.bench.run(20.0)
    assert watched.told() == ["The cluster went from Run to Force Stop by itself."]


def test_a_units_own_mode_that_nobody_here_changed_is_told(watched: Watched) -> None:
    watched.bench.unit("E002").local = STOP
    watched.bench.run(6.0)
    assert watched.told() == ["E002 changed its own mode from none to Force Stop by itself."]
    watched.bench.set_mode.unit("E002", None, ME)
    watched.bench.run(20.0)
    assert watched.told() == []


def test_the_grid_masters_moving_and_going_are_told(watched: Watched) -> None:
    def master(unit_id: str | None) -> None:
        watched.bench.cache.take_grid(lambda grid: replace(grid, unit_ids=("E001",) if unit_id else ()))
        watched.bench.cache.update(lambda before: replace(before, grid=replace(before.grid, grid_master=unit_id)))
        watched.events.run_once()

    master("E001")
    assert watched.told() == []
    master("E002")
    assert watched.told() == ["The Grid Master moved from E001 to E002."]
    master(None)
    assert watched.told() == ["No Grid Master is known."]
    master("E003")
    assert watched.told() == ["A Grid Master is known again.", "The Grid Master moved from E002 to E003."]


def test_a_call_that_fails_is_no_loss_of_the_grid_master(watched: Watched) -> None:
    watched.bench.set_grid(grid_master=None)
    watched.events.run_once()
    assert watched.told() == []


def test_a_grid_error_needs_two_answers_and_quiet_and_its_stop_is_told_with_it(watched: Watched) -> None:
    def inactive(answers: int) -> None:
        watched.bench.cache.take_grid(
            lambda grid: replace(grid, status_active=answers == 0, status_error=None, inactive_answers=answers)
        )
        watched.events.run_once()

    inactive(0)
    inactive(1)
    assert watched.told() == []
    inactive(2)
    assert watched.told() == ["The grid reports an error."]
    watched.bench.grid.mode = STOP
    watched.bench.run(6.0)
    assert watched.told()[0] == "The cluster went from Run to Force Stop by itself after a grid error."


def test_a_grid_error_that_outlasts_a_silence_of_apis_web_is_told_once(watched: Watched) -> None:
    """One "not active" is too few to begin an error, and was taken for the end of the one that had been told."""

    def answers(active: bool | None, inactive: int) -> None:
        watched.bench.cache.take_grid(
            lambda grid: replace(grid, status_active=active, status_error=None, inactive_answers=inactive)
        )
        watched.events.run_once()

    answers(False, 2)
    assert watched.told() == ["The grid reports an error."]
    for active, inactive in ((None, 0), (False, 1), (False, 2), (None, 0), (False, 1)):
        answers(active, inactive)
    assert watched.told() == []
    answers(True, 0)
    assert watched.told() == ["The grid reports no error any more."]


def test_after_our_own_mode_order_not_active_is_no_error(watched: Watched) -> None:
    watched.bench.set_mode.cluster(STOP, ME)
    watched.bench.cache.take_grid(lambda grid: replace(grid, status_active=False, inactive_answers=3))
    watched.bench.run(10.0)
    assert watched.told() == []
    assert watched.bench.desk.moment().last_mode_change is not None


def test_a_unit_falling_silent_and_coming_back_is_told(watched: Watched) -> None:
    watched.bench.unit("E002").there = False
    watched.bench.run(6.0)
    assert watched.told() == ["E002 became silent."]
    watched.bench.unit("E002").there = True
    watched.bench.run(6.0)
    assert watched.told() == ["E002 is live again after being silent."]


def test_units_that_are_remembered_did_not_fall_silent_by_a_restart() -> None:
    """The first look may come before the first answer of apis-web; E009 stays away and comes back later."""
    wait = str(ConverterStatus.WAIT)
    with open_bench(
        mode=RUN, remembered={one: Remembered(one, wait) for one in ("E001", "E002", "E003", "E009")}
    ) as made:
        watching = Watched(made)
        watching.events.run_once()
        made.run(6.0)
        assert watching.told() == []
        made.grid.units["E009"] = type(made.unit("E001"))("E009")
        made.run(6.0)
        assert watching.told() == ["E009 is live again after being silent."]


def test_live_hardware_that_nobody_watches_is_told_until_it_is_seen_in_wait(watched: Watched) -> None:
    """K6: E001 came back after 150 s, still the voltage reference of a dead bus."""
    unit = watched.bench.unit("E001")
    unit.status, unit.dvg = str(ConverterStatus.VOLTAGE_REFERENCE), 350.0
    watched.bench.run(6.0)
    unit.there = False
    watched.bench.run(6.0)
    assert watched.told() == [
        "E001 became silent.",
        "E001 is silent and was last seen voltage reference at 350 V: live hardware that nobody watches.",
    ]
    watched.bench.run(60.0)
    assert watched.told() == []
    unit.there, unit.status = True, str(ConverterStatus.WAIT)
    watched.bench.run(6.0)
    assert "E001 is seen in Wait again." in watched.told()


def test_a_unit_that_was_shut_down_needs_no_other_explanation(watched: Watched) -> None:
    watched.bench.set_mode.cluster(MANUAL, ME)
    watched.bench.run(20.0)
    ShutDown(watched.bench.desk, watched.bench.dispatcher, watched.bench.web).order("E002", ME)
    watched.bench.run(10.0)
    assert watched.told() == []


def test_a_new_member_is_told(watched: Watched) -> None:
    unit = watched.bench.unit("E003")
    watched.bench.grid.units["E004"] = type(unit)("E004")
    watched.bench.run(6.0)
    assert watched.told() == ["E004 is new in the cluster."]


def test_only_the_newest_are_kept_for_the_page(watched: Watched) -> None:
    for _ in range(15):
        for mode in (STOP, RUN):
            watched.bench.grid.mode = mode
            watched.bench.run(6.0)
    assert len(watched.events.events()) == 20
    assert len(watched.told()) == 30


def test_what_happens_to_many_at_once_is_one_sentence_and_a_row_each(watched: Watched) -> None:
    """apis-web dying makes every unit stale: twenty sentences would push out all others."""
    unit = watched.bench.unit("E003")
    for number in range(4, 8):
        watched.bench.grid.units[f"E00{number}"] = type(unit)(f"E00{number}")
    watched.bench.run(6.0)
    watched.told()
    before = len(watched.events.events())
    for unit_id in ("E004", "E005", "E006", "E007"):
        watched.bench.unit(unit_id).there = False
    watched.bench.run(6.0)
    texts = [str(event.text) for event in watched.events.events()[before:]]
    assert texts == ["4 units (E004, E005, E006, E007), each: became silent."]
    assert watched.told() == [f"E00{number} became silent." for number in range(4, 8)]


def test_hundreds_at_once_are_counted_and_a_few_named(watched: Watched) -> None:
    """M27: not one line of 7 kB with all their ids; the journal has a row for each."""
    unit = watched.bench.unit("E003")
    many = [f"E{number}" for number in range(100, 400)]
    for unit_id in many:
        watched.bench.grid.units[unit_id] = type(unit)(unit_id)
    watched.bench.run(6.0)
    watched.told()
    before = len(watched.events.events())
    for unit_id in many:
        watched.bench.unit(unit_id).there = False
    watched.bench.run(6.0)
    texts = [str(event.text) for event in watched.events.events()[before:]]
    assert texts == ["300 units (E100, E101, E102, E103, E104, E105, E106, E107 and 292 more), each: became silent."]
    assert len(watched.told()) == 300


def test_a_clock_that_is_years_off_is_named_once_and_moves_nothing_else(watched: Watched) -> None:
    """M25."""
    bench = watched.bench

    def shows(second: int, year: int) -> None:
        for unit in bench.grid.units.values():
            unit.clock = f"{year if unit.id == 'E002' else 2026}/05/13-12:00:{second:02}"
        bench.run(6.0)

    for second in range(5):
        shows(second, 2099)
    assert watched.told() == ["E002 has a clock that is far from the others'."]
    grid = bench.desk.grid()
    assert grid.units["E002"].live
    assert grid.clock == "2026/05/13-12:00:04", "the units' time is that of the many"
    shows(5, 2026)
    assert watched.told() == ["E002 has the others' time again."]
