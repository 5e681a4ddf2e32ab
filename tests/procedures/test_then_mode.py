"""A mode that follows a Soft Stop: kept by the controller, and only while the one who asked is there (H2)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from main_controller.domain.actor import person
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.timing import Timing
from main_controller.errors import NotFound, Refused
from main_controller.procedures.pages_heard import PagesHeard
from main_controller.procedures.then_mode import ThenMode
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench

RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL


@dataclass
class Site:
    bench: Bench
    then: ThenMode
    pages: PagesHeard

    def ask(self, mode: Mode = MANUAL, page: str | None = "p1") -> None:
        self.then.promise(mode, self.bench.set_mode.cluster(SOFT, ME), page)

    def live(self, seconds: float, *, page: str | None = "p1", deals: int = 0, master: bool | None = True) -> None:
        """Let time go by with the watcher's answers and a page that asks for the status."""
        for _ in range(int(seconds)):
            self.bench.run(1.0)
            self.bench.set_grid(grid_master=master, deals=deals)
            if page is not None:
                self.pages.heard(page)
            self.then.run_once()

    @property
    def state(self) -> tuple[str, str | None]:
        told = self.then.standing()
        assert told is not None
        return told.state, told.why


@pytest.fixture
def site() -> object:
    with open_bench(mode=RUN) as bench:
        bench.settled()
        pages = PagesHeard(bench.hands)
        yield Site(bench, ThenMode(bench.desk, bench.set_mode, pages, submit=lambda call: call()), pages)


def test_the_second_mode_is_sent_once_no_deal_is_left_and_its_page_is_there(site: Site) -> None:
    site.bench.set_grid(grid_master=True, deals=2)
    site.ask()
    site.live(30, deals=2)
    assert site.state == ("waiting", None)
    assert site.bench.grid.mode is SOFT
    site.live(3)
    assert site.state == ("sent", None)
    assert site.bench.grid.mode is MANUAL
    site.live(60)
    assert site.state == ("sent", None), "it acts once"


def test_what_follows_and_breaks_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would have stood as sent for ever."""
    site.ask()

    def breaking(*args: object, **kwargs: object) -> None:
        raise OverflowError("cannot convert float infinity to integer")

    monkeypatch.setattr(site.bench.set_mode, "cluster", breaking)
    site.live(33)
    state, why = site.state
    assert state == "ended"
    assert "nobody foresaw" in str(why)


def test_a_page_that_is_gone_is_asked_anew(site: Site) -> None:
    site.bench.set_grid(grid_master=True, deals=1)
    site.ask()
    site.live(20, deals=1)
    site.live(31, page=None, deals=1)
    site.live(3, page=None)
    assert site.state[0] == "offered"
    site.live(3)
    assert site.state[0] == "offered", "a page that comes back is asked, not served"
    assert site.bench.grid.mode is SOFT


@pytest.mark.parametrize("page", [None, "p2"])
def test_only_a_page_of_the_one_who_asked_counts(site: Site, page: str | None) -> None:
    site.ask(page=page)
    site.live(40, page="p1")
    assert site.state[0] == "offered"
    assert site.bench.grid.mode is SOFT


@pytest.mark.parametrize(
    "comes",
    [
        lambda bench: bench.set_mode.cluster(RUN, person("two")),
        lambda bench: bench.set_mode.cluster(SOFT, person("two")),
        lambda bench: bench.set_mode.unit("E002", STOP, person("two")),
        lambda bench: bench.stop_all.order(person("two")),
        lambda bench: bench.converter.wait("E001", person("two")),
    ],
)
def test_any_other_order_ends_it(site: Site, comes: Callable[[Bench], object]) -> None:
    site.bench.set_grid(grid_master=True, deals=1)
    site.ask()
    site.live(20, deals=1)
    comes(site.bench)
    mode = site.bench.grid.mode
    site.live(60)
    assert site.state[0] == "ended"
    assert "two ordered something else" in (site.state[1] or "")
    assert site.bench.grid.mode is mode


def test_an_order_that_was_refused_or_changes_nothing_does_not_end_it(site: Site) -> None:
    site.bench.set_grid(grid_master=True, deals=1)
    site.ask()
    site.live(20, deals=1)
    site.bench.book.locks[""] = {"name": "anna", "reason": "fuse", "since": "noon"}
    with pytest.raises(Refused):
        site.bench.set_mode.cluster(RUN, person("two"))
    site.live(2, deals=1)
    assert site.state[0] == "waiting"


def test_it_ends_by_time_by_hand_and_by_a_mode_that_came_by_itself(site: Site) -> None:
    site.bench.set_grid(grid_master=True, deals=1)
    site.ask()
    site.live(Timing().then_lasts + 2, deals=1)
    assert "15 minutes" in (site.state[1] or "")
    site.ask()
    assert site.then.clear(person("two")).state == "verified"
    assert site.state == ("ended", "two took it back.")
    with pytest.raises(NotFound):
        site.then.clear(person("two"))
    site.ask()
    site.live(20, deals=1)
    site.bench.grid.mode = STOP
    site.live(10, deals=1)
    assert site.state == ("ended", "The cluster is in Force Stop.")


@pytest.mark.parametrize("master", [False, None])
def test_without_a_grid_master_an_empty_list_of_deals_is_no_answer(site: Site, master: bool | None) -> None:
    site.bench.set_grid(grid_master=True, deals=1)
    site.ask()
    site.live(20, deals=1)
    site.live(60, master=master)
    assert site.state[0] == "waiting"
    assert site.bench.grid.mode is SOFT


def test_an_empty_list_from_before_the_soft_stop_showed_is_no_proof(site: Site) -> None:
    site.bench.set_grid(grid_master=True, deals=0)
    site.ask()
    for _ in range(40):
        site.bench.run(1.0)
        site.pages.heard("p1")
        site.then.run_once()
    assert site.state[0] == "waiting"


def test_a_converter_at_work_is_waited_for(site: Site) -> None:
    site.bench.unit("E001").status = str(ConverterStatus.CHARGE)
    site.ask()
    site.live(40)
    assert site.state[0] == "waiting"


def test_a_soft_stop_that_did_not_take_effect_ends_it(site: Site) -> None:
    site.bench.polls = True
    site.ask()
    site.bench.grid.mode = RUN
    site.live(60)
    assert site.state[0] == "ended"
    assert "did not take effect" in (site.state[1] or "")


def test_force_stop_may_follow_too(site: Site) -> None:
    site.ask(STOP)
    site.live(40)
    assert site.state[0] == "sent"
    assert site.bench.grid.mode is STOP
