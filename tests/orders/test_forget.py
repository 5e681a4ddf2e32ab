"""A unit that has left leaves verdicts, rules and lists, but not the bus; and it is back by being seen."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.commands import Command
from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.progress import ForgottenWait, SchedulesCleared, StopAllShows
from main_controller.domain.transfer import Step, Transfer, TransferState
from main_controller.errors import NotFound, Refused
from main_controller.orders.forget import Forget
from main_controller.procedures.stop_all import StopAll
from main_controller.watching.grid_events import GridEvents
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, unsent

WORKING = {"E009": Remembered("E009", "0x0014", 350.0, 2.0, "10.0.0.9")}
REFERENCE = ConverterOrder("E001", ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.0)


class Leaving:
    """The order over a bench, with what it told its neighbours."""

    def __init__(self, bench: Bench) -> None:
        self.kept: list[tuple[Any, ...]] = []
        self.cleared: list[str] = []
        self.orders = Forget(bench.desk, self, transfer=lambda: bench.transfer.last, clear_schedules=self._clear)

    def forget(self, unit_id: str, name: str, reason: str, at: datetime) -> None:
        """As `forget.Book.forget`."""
        self.kept.append((unit_id, name, reason))

    def _clear(self, unit_id: str) -> int:
        self.cleared.append(unit_id)
        return 2

    def order(self, unit_id: str, confirm: str | None = None) -> Any:
        """Sato says that this unit was scrapped."""
        return self.orders.order(unit_id, "Sato", "scrapped", confirm, person("10.0.0.7"))[0]


def forgotten(done: Command) -> Mapping[str, ForgottenWait]:
    """What Stop all tells of those who have left."""
    return done.progress.forgotten if isinstance(done.progress, StopAllShows) else {}


def gone(bench: Bench, unit_id: str) -> Leaving:
    """The unit is no longer listed."""
    bench.settled()
    bench.unit(unit_id).there = False
    bench.run(6.0)
    return Leaving(bench)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench("E001", "E002", "E003", remembered=WORKING) as made:
        yield made


def test_one_that_was_in_wait_is_forgotten_by_name_and_reason(bench: Bench) -> None:
    leaving = gone(bench, "E003")
    command = leaving.order("E003")
    assert (command.order.name, command.unit_id, command.state) == ("forget", "E003", "verified")
    assert (command.order.content(), command.before) == ({"name": "Sato", "reason": "scrapped"}, {"word": "0x0000"})
    assert command.progress == SchedulesCleared(2)
    assert (leaving.kept, leaving.cleared) == ([("E003", "Sato", "scrapped")], ["E003"])
    assert set(bench.desk.grid().units) == {"E001", "E002", "E009"}


def test_one_that_the_log_shows_is_no_more_forgotten_than_a_stranger(bench: Bench) -> None:
    leaving = gone(bench, "E003")
    with pytest.raises(Refused, match="E001 is still shown"):
        leaving.order("E001", "0x0000")
    with pytest.raises(NotFound, match="no unit 'E999'"):
        leaving.order("E999")
    leaving.order("E003")
    with pytest.raises(NotFound, match="E003 has been forgotten already"):
        leaving.order("E003")
    assert [one[0] for one in leaving.kept] == ["E003"]


def test_a_stale_unit_is_still_shown(bench: Bench) -> None:
    """K5: its own clock stands still, but apis-web lists it."""
    bench.settled()
    bench.unit("E003").frozen = True
    bench.run(60.0)
    with pytest.raises(Refused, match="E003 is still shown"):
        Leaving(bench).order("E003", "0x0000")


def test_nobody_is_forgotten_while_nobody_can_tell_whom_the_log_shows(bench: Bench) -> None:
    """Before the first answer since the start, and while apis-web is down."""
    leaving = Leaving(bench)
    with pytest.raises(Refused, match="does not answer now"):
        leaving.order("E009", "0x0014")
    gone(bench, "E003")
    bench.polls = False
    bench.run(bench.timing.stale_after + 1)
    with pytest.raises(Refused, match="does not answer now"):
        leaving.order("E003")
    bench.poll()
    assert leaving.order("E003").state == "verified"


@pytest.mark.parametrize("scope", ["E003", ""])
def test_a_lock_keeps_a_unit_a_member(bench: Bench, scope: str) -> None:
    leaving = gone(bench, "E003")
    bench.book.locks[scope] = {"name": "Ito", "reason": "cabling", "since": "2026"}
    with pytest.raises(Refused, match="locked by Ito"):
        leaving.order("E003")
    assert leaving.kept == []


@pytest.mark.parametrize(("status", "confirm"), [("0x0014", "0x0014"), ("0x0041", "0x0041"), ("0x9999", "0x9999")])
def test_one_last_seen_working_needs_its_status_said(bench: Bench, status: str, confirm: str) -> None:
    bench.unit("E003").status = status
    leaving = gone(bench, "E003")
    for wrong in (None, "0x0000", "unknown", confirm + "0", "yes"):
        with pytest.raises(Refused, match=f"send confirm={confirm}"):
            leaving.order("E003", wrong)
    assert leaving.order("E003", confirm).state == "verified"


@pytest.mark.parametrize("status", ["", "x" * 41, "0x0014\n", "\u202e0x0014"])
def test_a_status_that_nobody_can_say_is_unknown(bench: Bench, status: str) -> None:
    bench.unit("E003").status = status
    leaving = gone(bench, "E003")
    with pytest.raises(Refused, match="send confirm=unknown"):
        leaving.order("E003")
    assert leaving.order("E003", "unknown").state == "verified"


def test_one_of_which_nothing_was_ever_heard_needs_unknown(bench: Bench) -> None:
    with open_bench("E001", remembered={"E009": Remembered("E009")}) as made:
        made.settled()
        with pytest.raises(Refused, match="send confirm=unknown"):
            Leaving(made).order("E009")
        assert Leaving(made).order("E009", "unknown").state == "verified"


def test_a_confirmation_of_another_status_than_wait_is_from_an_old_picture(bench: Bench) -> None:
    leaving = gone(bench, "E003")
    with pytest.raises(Refused, match="send confirm=0x0000"):
        leaving.order("E003", "0x0014")
    assert leaving.order("E003", "0x0000").state == "verified"


def test_an_order_that_may_have_started_it_since_counts_as_working(bench: Bench) -> None:
    """Z8b: its last reading says Wait, but an order left after it."""
    leaving = gone(bench, "E003")
    order = bench.ordered("E003", ConverterStatus.CHARGE)
    with pytest.raises(Refused, match="has not come back"):
        leaving.order("E003", "0x0000")
    bench.log.effects.note_converter(
        type(order)(
            order.command_id,
            "E003",
            ConverterStatus.CHARGE,
            350.0,
            1.0,
            entered=order.entered,
            returned=bench.hands.now,
        )
    )
    with pytest.raises(Refused, match="send confirm=0x0000"):
        leaving.order("E003")
    assert leaving.order("E003", "0x0000").state == "verified"


@pytest.mark.parametrize("state", ["running", "interrupted"])
def test_a_unit_of_a_guided_procedure_is_a_member_until_that_has_ended(bench: Bench, state: str) -> None:
    leaving = gone(bench, "E003")
    transfer = Transfer("c7", "E001", "E003", 2.0, 350.0, 2.3, "me", Step.SHARING, 0.0, TransferState(state))
    orders = Forget(bench.desk, leaving, transfer=lambda: transfer, clear_schedules=lambda _: 0)
    with pytest.raises(Refused, match="guided procedure c7"):
        orders.order("E003", "Sato", "scrapped", None, ME)
    transfer = replace(transfer, state=TransferState.ENDED)
    assert orders.order("E003", "Sato", "scrapped", None, ME)[0].state == "verified"


def test_nobody_leaves_while_stop_all_runs(bench: Bench) -> None:
    leaving = gone(bench, "E003")
    bench.desk.turns.hold("c1")
    with pytest.raises(Refused, match="Stop all is running"):
        leaving.order("E003")


# What it leaves, and what not


def test_stop_all_waits_for_the_gone_until_they_are_forgotten(bench: Bench) -> None:
    """M9."""
    leaving = gone(bench, "E003")
    bench.grid.faults["E003 WAIT"] = Fault(error=unsent())
    bench.grid.units["E009"] = bench.unit("E003").__class__("E009", there=False)
    bench.grid.faults["E009 WAIT"] = Fault(error=unsent())
    failed = bench.stop_all.order(ME)
    assert (failed.state, failed.error) == ("failed", "Not seen in Wait: E003, E009.")
    bench.run(6.0)
    leaving.order("E009", "0x0014")
    leaving.order("E003", "0x0000")
    before = len(bench.grid.sent)
    done = bench.stop_all.order(ME)
    assert (done.state, set(done.units)) == ("verified", {"E001", "E002"})
    assert not forgotten(done)
    assert {one[1] for one in bench.grid.sent[before:]} == {"stop", "E001", "E002"}, "the emulator would hang (K11)"


def test_a_forgotten_reference_forbids_no_other_one(bench: Bench) -> None:
    """M9: until then not even an override passes."""
    bench.settled()
    refused = [one for one in bench.converter.dry_run(REFERENCE) if one.refuses]
    assert [(one.rule, one.overridable) for one in refused] == [("d", False)]
    Leaving(bench).order("E009", "0x0014")
    assert not [one for one in bench.converter.dry_run(REFERENCE) if one.refuses]


@pytest.mark.parametrize("override", [None, "it has left"])
def test_a_live_bus_forbids_a_reference_although_its_holder_is_forgotten(bench: Bench, override: str | None) -> None:
    """What hangs on the bus still shows in the measured voltage, and nobody may override that."""
    for unit in bench.grid.units.values():
        unit.vg = 350.0
    bench.settled()
    Leaving(bench).order("E009", "0x0014")
    with pytest.raises(Refused) as refusal:
        bench.converter.order(REFERENCE, ME, override=override)
    refusing = [one for one in refusal.value.details["rules"] if one.passed is not True]
    assert [(one.cause, one.overridable) for one in refusing] == [("bus-already-live", False)]


@pytest.mark.parametrize("own", [350.0, None])
def test_one_voltage_that_is_seen_or_missing_is_enough_to_forbid_it(bench: Bench, own: float | None) -> None:
    bench.unit("E001").vg = own
    bench.settled()
    Leaving(bench).order("E009", "0x0014")
    with pytest.raises(Refused):
        bench.converter.order(REFERENCE, ME, override="it has left")
    assert not [one for one in bench.grid.sent if one[0] == "command"]


def test_run_is_no_longer_refused_for_a_unit_that_has_left() -> None:
    with open_bench("E001", "E002", mode=Mode.STOP, remembered=WORKING) as bench:
        bench.settled()
        with pytest.raises(Refused, match="E009 is live hardware that nobody watches"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, ME)
        Leaving(bench).order("E009", "0x0014")
        assert bench.desk.grid().unwatched == frozenset()
        assert bench.set_mode.cluster(Mode.AUTONOMOUS, ME).sent is True


# Stop all and the hardware of units that have left


def stop_all(bench: Bench) -> StopAll:
    """As with the units' own drivers."""
    return StopAll(
        bench.desk, bench.web, bench.devices, bench.waits,
        executor=bench.hands, readers=bench.hands, forgotten=bench.hands,
    )  # fmt: skip


def with_hardware(bench: Bench, unit_id: str, address: str | None) -> None:
    """A unit that has left, whose driver may still answer."""
    bench.grid.units[unit_id] = bench.unit("E001").__class__(unit_id, status="0x0014", ip=address, there=False)


def test_stop_all_tries_the_hardware_of_a_unit_that_has_left_and_lists_it_apart(bench: Bench) -> None:
    with_hardware(bench, "E009", "10.0.0.9")
    bench.settled()
    Leaving(bench).order("E009", "0x0014")
    done = stop_all(bench).order(ME)
    assert (done.state, set(done.units)) == ("verified", {"E001", "E002", "E003"})
    assert forgotten(done) == {"E009": ForgottenWait(True, "0x0000", None)}
    assert bench.unit("E009").status == "0x0000"


@pytest.mark.parametrize("hang", [0.0, 60.0])
def test_its_verdict_never_waits_for_hardware_that_has_left(bench: Bench, hang: float) -> None:
    with_hardware(bench, "E009", "10.0.0.9")
    bench.grid.faults["E009 WAIT"] = Fault(error=unsent(), hang=hang)
    bench.settled()
    Leaving(bench).order("E009", "0x0014")
    began = bench.hands.now
    done = stop_all(bench).order(ME)
    assert (done.state, forgotten(done)["E009"].shows) == ("verified", None)
    assert forgotten(done)["E009"].error
    assert bench.hands.now - began < 45.0


@pytest.mark.parametrize("address", [None, "10.0.0.1", " 10.0.0.1 "])
def test_no_wait_leaves_for_an_address_that_is_not_known_or_is_a_members_now(address: str | None) -> None:
    """At a member's address another unit would hear it, out of its turn."""
    with open_bench("E001", remembered={"E009": Remembered("E009", "0x0014", ip=address)}) as bench:
        with_hardware(bench, "E009", address)
        bench.settled()
        Leaving(bench).order("E009", "0x0014")
        done = stop_all(bench).order(ME)
        assert (done.state, forgotten(done)) == ("verified", {})
        assert bench.grid.waits("E009") == []


# Coming back


def test_it_is_back_as_soon_as_it_is_seen_and_that_is_told(bench: Bench) -> None:
    leaving = gone(bench, "E003")
    rows: list[tuple[Any, ...]] = []
    events = GridEvents(bench.desk, record=lambda *row: rows.append(row))
    events.run_once()
    leaving.order("E003")
    events.run_once()
    bench.set_grid(grid_master=True)
    assert "E003" not in bench.desk.grid().units, "/unitIds goes on naming it (K6)"
    bench.unit("E003").there = True
    bench.poll()
    events.came_back("E003", "Sato")
    events.run_once()
    events.run_once()
    told = [(kind, unit_id, text) for kind, unit_id, text, *_ in rows if unit_id == "E003"]
    sentence = "E003 is back: apis-web shows it again, after Sato had said that it has left."
    assert told == [("member", "E003", sentence)]
    assert bench.assessed("E003").live


def test_a_return_between_two_looks_is_told_too(bench: Bench) -> None:
    """Also at the first look after a restart, of which nothing else is told."""
    gone(bench, "E003").order("E003")
    bench.unit("E003").there = True
    bench.poll()
    rows: list[tuple[Any, ...]] = []
    events = GridEvents(bench.desk, record=lambda *row: rows.append(row))
    events.came_back("E003", "Sato")
    events.run_once()
    assert [row[1] for row in rows if "is back" in row[2]] == ["E003"]


def test_one_that_is_back_is_not_new_where_it_is_looked_at_before_its_return_is_told(bench: Bench) -> None:
    """Who knows the units hears of a poll beside who looks."""
    leaving = gone(bench, "E003")
    rows: list[tuple[Any, ...]] = []
    events = GridEvents(bench.desk, record=lambda *row: rows.append(row))
    events.run_once()
    leaving.order("E003")
    events.run_once()
    bench.set_grid(grid_master=True)
    bench.unit("E003").there = True
    bench.poll()
    events.run_once()
    events.came_back("E003", "Sato")
    events.run_once()
    assert [text for kind, unit_id, text, *_ in rows if unit_id == "E003"] == [
        "E003 is back: apis-web shows it again, after Sato had said that it has left."
    ]
