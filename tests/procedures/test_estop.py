"""The E-stop: it stops everything, latches, and is reset by name (I17)."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from main_controller.domain.actor import SCHEDULER, person
from main_controller.domain.latch import HeldLatch
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.stamp import Moment, Stamp
from main_controller.errors import NotFound, Refused
from main_controller.orders.acknowledge import Acknowledge
from main_controller.orders.locks import SetLock
from main_controller.orders.shut_down import ShutDown
from main_controller.orders.ups_mode import UpsMode
from main_controller.procedures.estop import EStop
from main_controller.store.chronicle import GRID, Chronicle
from main_controller.store.latch_file import LatchFile
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, unsent

CV = ConverterStatus.VOLTAGE_REFERENCE


class Inline(Executor):
    """Runs at once what it is given; `full` takes nothing."""

    def __init__(self) -> None:
        self.full = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """As `Executor.submit`."""
        if self.full:
            raise RuntimeError("can't start new thread")
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Site:
    """A bench with an E-stop over it, whose file is in `folder`."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.path = folder / "journal" / "estop"
        self.rows: list[tuple[Any, ...]] = []
        self.by: list[str] = []
        self.threads = Inline()
        self.estop = self.restarted()

    def record(self, *row: Any, by: str = GRID) -> None:
        self.rows.append(row)
        self.by.append(by)

    def restarted(self) -> EStop:
        """The E-stop of a program that starts now."""
        chronicle = Chronicle(record=self.record, wall=self.bench.wall)
        return EStop(
            self.bench.desk, self.bench.stop_all, LatchFile(self.path), executor=self.threads, chronicle=chronicle
        )

    @property
    def stops(self) -> list[str]:
        """In whose name everything was stopped, oldest first."""
        return [str(one.by) for one in reversed(self.bench.log.latest()) if one.order.name == "stopAll"]

    def contact(self, text: str = "contact K1") -> None:
        """The contact's script makes the file."""
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(text)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """E001 holds the bus by hand."""
    with open_bench(mode=Mode.MANUAL) as bench:
        bench.unit("E001").status = str(CV)
        bench.settled()
        yield Site(bench, tmp_path)


def test_it_brings_every_converter_to_wait_and_latches_with_name_reason_and_time(site: Site) -> None:
    assert site.estop.standing() is None
    since = site.bench.wall().isoformat(timespec="milliseconds")
    command = site.estop.press("anna", "smoke", person("10.0.0.7"))
    assert (command.order.name, command.state, str(command.by)) == ("stopAll", "verified", "anna (10.0.0.7)")
    assert site.bench.unit("E001").status == str(ConverterStatus.WAIT)
    assert site.estop.standing() == HeldLatch("anna", None, "smoke", since, on_file=True)
    assert [(kind, text) for kind, _, text, *_ in site.rows] == [("estop", "The E-stop is latched by anna: smoke.")]
    assert site.by == ["anna (10.0.0.7)"], "its row is by who latched it, not by the grid"


def test_without_a_name_it_is_the_callers_and_who_latched_it_first_stays(site: Site) -> None:
    site.estop.press("", "", person("10.0.0.7"))
    site.estop.press("bob", "too", person("10.0.0.8"))
    standing = site.estop.standing()
    assert standing is not None
    assert (standing.by, standing.reason) == ("10.0.0.7", "")
    assert site.stops == ["10.0.0.7", "bob (10.0.0.8)"]


@pytest.mark.parametrize("by_file", [False, True])
def test_one_whose_stop_all_broke_off_is_given_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, by_file: bool
) -> None:
    """Nothing stopped, and nobody would have tried again."""
    order, calls = site.bench.stop_all.order, iter([True, True])

    def breaking(*args: Any, **kwargs: Any) -> Any:
        if next(calls, False):
            raise OverflowError("cannot convert float infinity to integer")
        return order(*args, **kwargs)

    monkeypatch.setattr(site.bench.stop_all, "order", breaking)
    if by_file:
        site.contact()
        site.estop.run_once()
    else:
        with pytest.raises(OverflowError):
            site.estop.press("anna", "smoke", person("10.0.0.7"))
    assert site.stops == []
    for _ in range(3):
        site.estop.run_once()
    assert site.stops == ["estop estop" if by_file else "estop anna"], "until one is given, and no longer"
    assert site.bench.unit("E001").status == str(ConverterStatus.WAIT)


def orders(bench: Bench) -> dict[str, Callable[[], Any]]:
    """Every kind of order that is no stop."""
    chronicle = Chronicle(record=lambda *row, **more: None, wall=bench.wall)
    book: Any = bench.book
    ups = UpsMode(bench.desk, bench.dispatcher, bench.devices, bench.hands, enabled=True)
    return {
        "run": lambda: bench.set_mode.cluster(Mode.AUTONOMOUS, ME),
        "manual": lambda: bench.set_mode.cluster(Mode.MANUAL, ME),
        "soft stop that starts": lambda: bench.set_mode.cluster(Mode.HETERONOMOUS, ME),
        "budo": lambda: bench.set_mode.budo("active", ME),
        "a unit's run": lambda: bench.set_mode.unit("E001", None, ME),
        "the scheduler's": lambda: bench.set_mode.cluster(Mode.AUTONOMOUS, SCHEDULER),
        "converter": lambda: bench.converter.order(ConverterOrder("E002", CV, 350.0, 2.0), ME),
        "share": lambda: bench.transfer.start("E001", "E003", 1.0, 350.0, ME, minutes=10.0),
        "shut down": lambda: ShutDown(bench.desk, bench.dispatcher, bench.web).order("E001", ME),
        "ups": lambda: ups.order(5, "E001", ME),
        "acknowledge": lambda: Acknowledge(bench.desk, book, chronicle=chronicle).order("E001", ME),
        "clear lock": lambda: SetLock(bench.desk, book, told=lambda *a, **k: None).clear("E001", "me", ME),
    }


ORDERS = [
    *("run", "manual", "soft stop that starts", "budo", "a unit's run", "the scheduler's", "converter", "share"),
    *("shut down", "ups", "acknowledge", "clear lock"),
]


@pytest.mark.parametrize("name", ORDERS)
def test_while_it_is_latched_every_order_but_stopping_is_refused_with_who_and_when(site: Site, name: str) -> None:
    site.estop.press("anna", "smoke", ME)
    site.bench.run(60.0)
    before = len(site.bench.grid.sent)
    with pytest.raises(Refused, match=r"latched by anna since 2026-05-13 \d\d:\d\d(:\d\d)? UTC \(smoke\)") as refusal:
        orders(site.bench)[name]()
    assert refusal.value.details["cause"] == "estop"
    assert refusal.value.details["estop"] == site.estop.standing()
    assert len(site.bench.grid.sent) == before


def test_stopping_passes_while_it_is_latched(site: Site, tmp_path: Path) -> None:
    bench = site.bench
    site.estop.press("anna", "smoke", ME)
    assert bench.converter.wait("E001", ME)[0].sent is True
    assert bench.set_mode.cluster(Mode.STOP, ME).sent is True
    assert bench.set_mode.budo("stop", ME)[0].sent is True
    assert bench.set_mode.unit("E001", Mode.STOP, ME).sent is True
    assert bench.stop_all.order(ME).state == "verified"
    assert bench.converter.order(ConverterOrder("E001", ConverterStatus.WAIT, 0.0, 0.0), ME)[0].sent is True
    with open_bench(mode=Mode.AUTONOMOUS) as running:
        running.settled()
        other = Site(running, tmp_path / "other")
        other.path.parent.mkdir(parents=True)
        other.contact()
        other.estop = other.restarted()
        assert running.set_mode.unit("E002", Mode.HETERONOMOUS, ME).sent is True
        assert running.set_mode.cluster(Mode.HETERONOMOUS, ME).sent is True


def test_a_running_share_is_taken_over_and_nothing_of_it_is_sent_any_more(site: Site) -> None:
    bench = site.bench
    bench.unit("E001").status, bench.bus = str(ConverterStatus.WAIT), True
    bench.run(20.0)
    bench.transfer.start("E001", "E003", 1.0, 350.0, ME, minutes=10.0)
    bench.run(6.0)
    site.estop.press("anna", "smoke", ME)
    bench.run(60.0)
    assert {unit.status for unit in bench.grid.units.values()} == {str(ConverterStatus.WAIT)}
    assert not bench.transfer.running


def test_while_apis_main_still_shares_it_stops_everything_again_until_that_is_seen(site: Site) -> None:
    """apis-web took the Waits and never the stop: what was latched as stopped began its next deals."""
    bench = site.bench
    bench.grid.mode = Mode.AUTONOMOUS
    bench.run(40.0)
    bench.grid.faults["budo stop"] = Fault(unsent())
    assert site.estop.press("anna", "smoke", ME).state == "failed"
    site.estop.run_once()
    assert len(site.stops) == 1, "not at once: between two of them it can be reset"
    bench.run(120.0)
    site.estop.run_once()
    assert len(site.stops) == 2
    bench.grid.faults.clear()
    bench.run(120.0)
    site.estop.run_once()
    assert (len(site.stops), bench.grid.mode) == (3, Mode.STOP)
    bench.grid.mode = Mode.AUTONOMOUS  # by another door, after it was seen: the page tells
    bench.run(300.0)
    site.estop.run_once()
    assert len(site.stops) == 3


# Reset


def test_a_reset_by_name_lets_orders_pass_again_and_is_journaled(site: Site) -> None:
    site.estop.press("anna", "smoke", ME)
    site.bench.run(60.0)
    command = site.estop.reset("bob", "no fire", ME)
    assert (command.order.name, command.state) == ("estopReset", "verified")
    assert command.order.content() == {"name": "bob", "reason": "no fire"}
    assert (site.estop.standing(), site.path.exists()) == (None, False)
    assert site.rows[-1][2] == "The E-stop that anna latched was reset by bob: no fire."
    assert (str(command.by), site.by) == ("bob (me)", ["anna (me)", "bob (me)"])
    site.estop.run_once()
    assert site.estop.standing() is None
    assert site.bench.set_mode.cluster(Mode.MANUAL, ME).sent is True


def test_where_none_is_latched_nothing_is_reset(site: Site) -> None:
    with pytest.raises(NotFound, match="No E-stop is latched"):
        site.estop.reset("bob", "no fire", ME)


def test_a_reset_that_was_asked_before_the_press_is_refused(site: Site) -> None:
    moments = site.bench.desk.moments
    asked = Stamp(moment=Moment(moments.serial(), moments.start, 0.0))
    site.bench.run(1.0)
    site.estop.press("anna", "smoke", ME)
    with pytest.raises(Refused) as refusal:
        site.estop.reset("bob", "no fire", ME, stamp=asked)
    assert refusal.value.details["cause"] == "moment"
    assert site.estop.standing() is not None


def test_while_its_stop_all_runs_it_is_not_reset(site: Site) -> None:
    site.estop.press("anna", "smoke", ME)
    site.bench.desk.turns.hold("c1")
    with pytest.raises(Refused, match="Stop all is running"):
        site.estop.reset("bob", "no fire", ME)
    site.bench.desk.turns.hold(None)
    assert site.estop.reset("bob", "no fire", ME).state == "verified"


def test_while_its_file_cannot_be_removed_it_is_not_reset(site: Site) -> None:
    site.path.mkdir(parents=True)
    site.estop.run_once()
    with pytest.raises(Refused, match="The file estop cannot be removed"):
        site.estop.reset("bob", "no fire", ME)
    assert site.estop.standing() is not None
    site.path.rmdir()
    assert site.estop.reset("bob", "no fire", ME).state == "verified"


# The file


def test_a_file_that_appears_latches_and_stops_everything_once(site: Site) -> None:
    site.estop.run_once()
    assert site.stops == []
    site.contact("contact K1")
    for _ in range(3):
        site.estop.run_once()
    standing = site.estop.standing()
    assert standing is not None
    assert (standing.by, standing.reason, standing.on_file) == ("the file estop", "contact K1", True)
    assert (site.stops, site.by) == (["estop estop"], ["estop estop"]), "the file's name"
    assert site.bench.unit("E001").status == str(ConverterStatus.WAIT)
    assert len(site.rows) == 1


def test_a_contact_that_stays_open_latches_again_after_a_reset(site: Site) -> None:
    site.contact()
    site.estop.run_once()
    site.bench.run(60.0)
    site.estop.reset("bob", "no fire", ME)
    site.contact()
    site.estop.run_once()
    assert site.estop.standing() is not None
    assert site.stops == ["estop estop", "estop estop"]


def test_taking_the_file_away_by_hand_resets_nothing(site: Site) -> None:
    site.estop.press("anna", "smoke", ME)
    site.path.unlink()
    site.estop.run_once()
    assert site.estop.standing() is not None
    assert LatchFile(site.path).read() is not None, "it is written again, for a restart"
    assert site.stops == ["anna (me)"]


def test_the_latch_is_kept_over_a_restart_which_stops_everything_once_more(site: Site) -> None:
    """A kill may have come before its Stop all had ended."""
    site.estop.press("anna", "smoke", ME)
    before = site.estop.standing()
    again = site.restarted()
    assert again.standing() == before
    with pytest.raises(Refused, match="latched by anna"):
        site.bench.set_mode.cluster(Mode.MANUAL, ME)
    again.run_once()
    again.run_once()
    assert site.stops == ["anna (me)", "estop anna"]


def test_where_no_file_can_be_written_the_latch_holds_in_memory_and_says_so(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.path.parent.write_text("this is no folder")
    assert site.estop.press("anna", "smoke", ME).state == "verified"
    standing = site.estop.standing()
    assert standing is not None
    assert standing.on_file is False
    assert "a restart forgets it" in site.rows[0][2]
    for _ in range(3):
        site.estop.run_once()
    assert sum("in memory only" in record.message for record in caplog.records) == 1
    with pytest.raises(Refused, match="latched by anna"):
        site.bench.set_mode.cluster(Mode.MANUAL, ME)
    site.path.parent.unlink()
    site.estop.run_once()
    standing = site.estop.standing()
    assert standing is not None
    assert standing.on_file is True


def test_where_no_thread_can_be_had_everything_is_stopped_all_the_same(site: Site) -> None:
    site.threads.full = True
    assert site.estop.press("anna", "smoke", ME).state == "verified"
    assert site.estop.standing() is not None


def test_a_stop_waits_for_no_one_at_the_file(site: Site) -> None:
    """A disk that hangs holds whoever looks at the file; the press latches and stops."""

    class Elsewhere(Inline):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
            future: Future[Any] = Future()
            future.set_result(None)
            return future

    site.threads = Elsewhere()
    site.estop = site.restarted()
    with site.estop._at_file:
        assert site.estop.press("anna", "smoke", ME).state == "verified"
    assert site.estop.standing() is not None
