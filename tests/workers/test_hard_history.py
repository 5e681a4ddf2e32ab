"""What goes wrong while it is recorded: clocks, sleep, kills, full and broken disks, members that change, odd ids."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from main_controller.errors import ControllerError
from main_controller.history.ledger_deal import Cause, End, LedgerDeal
from main_controller.history.minutes import Minutes
from main_controller.history.slot import CLUSTER, HALF_HOUR, MINUTE, Slot
from main_controller.simulator import SimulatedCluster
from main_controller.store.history import History
from tests.store.disk import fill_up, make_room
from tests.store.history.test_history import NOON
from tests.workers.simulated import START, Recorded, truth_of_units

MIDNIGHT = int(START.timestamp())
BEATS = 2 * 5 * 700 / 3600
"""What two beats of a unit's reading carry at 2 A, Wh."""


def site(*, units: int = 4, seed: int = 2, kept: object = None, log: bool = True) -> Recorded:
    return Recorded(lambda send: SimulatedCluster(units, speed=10, seed=seed, log=send), log=log, kept=kept)


def carried(slots: list[Slot]) -> float:
    return sum((slot.energies.grid_in or 0.0) + (slot.energies.grid_out or 0.0) for slot in slots)


def carried_by(recorded: Recorded, unit_id: str) -> float:
    return carried([slot for slot in recorded.kept.slots if slot.unit_id == unit_id])


def hold_to_truth(recorded: Recorded, deals: list[LedgerDeal]) -> None:
    truth = recorded.truth()
    assert len(deals) > 5
    for deal in deals:
        assert deal.out is not None
        assert deal.into is not None
        out, into = truth[deal.giver, deal.taker, deal.start_time or ""]
        assert abs(deal.out.wh - out) <= deal.out.uncertainty
        assert abs(deal.into.wh - into) <= deal.into.uncertainty


def test_our_clock_set_back_and_on_makes_and_loses_no_energy() -> None:
    """Half an hour back, then an hour on: Wh are by the monotonic clock, only their place is by the wall's."""
    recorded = site()
    recorded.run(330)
    recorded.ahead = -1800.0
    recorded.run(330)
    recorded.ahead = 1800.0
    recorded.run(330)
    recorded.recorder.end()
    for unit_id, (out, into) in truth_of_units(recorded.cluster).items():
        assert carried_by(recorded, unit_id) == pytest.approx(out + into, rel=0.03, abs=BEATS)
    whole = [deal for deal in recorded.kept.deals if deal.end is End.DELIVERED]
    hold_to_truth(recorded, whole)
    assert {deal.coverage > 0.9 for deal in whole if deal.flowed_to and deal.flowed_from
            and deal.flowed_to < deal.flowed_from} <= {True}  # fmt: skip
    assert recorded.apart == []


@pytest.mark.parametrize("counted", [False, True], ids=["suspended", "stopped"])
def test_of_the_time_in_which_this_program_slept_nothing_is_known(counted: bool) -> None:
    """Ten minutes: the monotonic clock stands still while the machine is suspended, and goes on where the program
    alone was stopped. Nothing is drawn across, and how a deal ended meanwhile is unknown."""
    recorded = site()
    recorded.run(300)
    before = truth_of_units(recorded.cluster)
    open_then = {deal.time for deal in recorded.cluster.apis.market.deals}
    recorded.sleep(600, counted=counted)
    at_waking = truth_of_units(recorded.cluster)
    recorded.run(300)
    recorded.recorder.end()
    after = truth_of_units(recorded.cluster)
    for unit_id in before:
        awake = sum(before[unit_id]) + sum(after[unit_id]) - sum(at_waking[unit_id])
        assert carried_by(recorded, unit_id) == pytest.approx(awake, rel=0.04, abs=2 * BEATS)
        starts = {slot.start - MIDNIGHT for slot in recorded.kept.slots if slot.unit_id == unit_id}
        assert not starts & set(range(360, 840, 60)), "no minute of the time in between"
    settled = {deal.start_time: deal for deal in recorded.kept.deals}
    assert open_then
    for time in open_then:
        assert settled[time].end is End.UNKNOWN
    assert any(deal.end is End.DELIVERED for deal in recorded.kept.deals if deal.agreed_at.minute >= 15)


def test_killed_at_any_instant_what_was_written_stands_and_nothing_is_half(tmp_path: Path) -> None:
    """SIGKILL eight times, in the middle of writing: whole minutes of all units, and half hours made of them."""
    path, written = tmp_path / "history.sqlite3", 0
    for round_ in range(8):
        command = [sys.executable, "-m", "tests.workers.writer_to_kill", str(path), str(written)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(10 + 7 * round_):
                said = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().split()
        written = (int(rest[-1]) if rest else said) + 60
        history = History(path, wall=lambda: datetime.now(UTC), megabytes=100)
        units = [CLUSTER, *(f"E{number:03d}" for number in range(40))]
        counts = {unit_id: history.slots(unit_id, MINUTE, NOON, NOON + written + 600) for unit_id in units}
        assert len({tuple(slot.start for slot in slots) for slots in counts.values()}) == 1
        assert [slot.start for slot in counts["E007"]][: written // 60] == list(range(NOON, NOON + written, 60))
        assert all(slot.covered == 60.0 for slot in counts["E007"]), "none is written twice"
        written = len(counts["E007"]) * 60
        times = [deal.start_time for deal in every_deal(history)]
        assert set(times) >= {str(start) for start in range(0, written, 60)}
        for half in history.slots("E007", HALF_HOUR, NOON, NOON + written - 1800):
            assert carried([half]) == pytest.approx(300.0)
        history.close()
    assert written > 60 * 60
    assert not list(tmp_path.glob("*.broken-*"))


def every_deal(history: History) -> list[LedgerDeal]:
    found = history.deals(unit_id=None, start=None, end=None, before=None, limit=100_000)
    return [kept.deal for kept in found]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.sqlite3", wall=lambda: START, megabytes=100)
    yield opened
    opened.close()


def run(recorded: Recorded, seconds: int) -> set[str]:
    """Go on whatever the disk does; what was said while recording rested."""
    said: set[str] = set()
    for _ in range(seconds):
        try:
            recorded.run(1)
        except ControllerError:
            assert recorded.recorder.fault is not None
            said.add(str(recorded.recorder.fault))
    return said


def kept_of(history: History, unit_id: str) -> list[Slot]:
    return history.slots(unit_id, MINUTE, MIDNIGHT, MIDNIGHT + 86_400)


def test_a_full_disk_makes_recording_rest_with_a_sentence_and_loses_nothing(history: History) -> None:
    recorded = site(kept=history)
    assert run(recorded, 200) == set()
    fill_up(history._database)
    assert run(recorded, 400) == {"What happens is not recorded: history.sqlite3 cannot be written: the disk is full."}
    make_room(history._database)
    assert run(recorded, 100) == set()
    assert recorded.recorder.fault is None
    starts = [slot.start - MIDNIGHT for slot in kept_of(history, "E001")]
    assert starts == list(range(0, len(starts) * 60, 60))
    assert len(starts) >= 10
    times = [deal.start_time for deal in every_deal(history)]
    assert len(times) == len(set(times)) > 10


@pytest.mark.parametrize("who", ["the ledger", "a reader", "the recorder"])
def test_a_file_that_breaks_while_it_is_used_is_set_aside_whoever_finds_it(
    history: History, who: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what was not written yet goes to the new one."""
    recorded = site(kept=history)
    run(recorded, 200)
    history.close()
    path = tmp_path / "history.sqlite3"
    path.write_bytes(path.read_bytes()[:100] + os.urandom(path.stat().st_size - 100))
    if who == "a reader":
        with pytest.raises(ControllerError):
            every_deal(history)
    if who == "the ledger":
        monkeypatch.setattr(Minutes, "finished", lambda self, now: [])
    assert run(recorded, 120) == set()
    assert len(list(tmp_path.glob("history.sqlite3.broken-*T??????"))) == 1
    assert every_deal(history)
    assert (kept_of(history, "E001") == []) is (who == "the ledger")


def test_a_unit_that_goes_and_comes_back_leaves_a_gap_and_its_deals_say_so() -> None:
    """Its node is killed amid a deal (K6): its converter works on, unseen."""
    recorded = site()
    recorded.run(200)
    recorded.cluster.fault("node-dies")
    (key,) = recorded.cluster.faults.active
    gone = key.partition(":")[2]
    dealt = {deal.time for deal in recorded.cluster.apis.market.of(gone)}
    recorded.run(180)
    recorded.cluster.clear("node-dies")
    recorded.run(300)
    recorded.recorder.end()
    settled = {deal.start_time: deal for deal in recorded.kept.deals}
    assert dealt
    for time in dealt:
        assert settled[time].end in (End.CUT, End.NEVER_STARTED)
    assert {settled[time].cause for time in dealt} & {Cause.UNIT_GONE, Cause.GRID_ERROR, Cause.APIS_MAIN}
    seen = {slot.start - MIDNIGHT: slot.covered for slot in recorded.kept.slots if slot.unit_id == gone}
    assert seen[120] == pytest.approx(60.0)
    assert not {240, 300} & set(seen)
    assert seen[480] == pytest.approx(60.0)
    everybody = {slot.start - MIDNIGHT: slot.coverage for slot in recorded.kept.slots if slot.unit_id == CLUSTER}
    assert everybody[120] == pytest.approx(1.0)
    assert everybody[240] < 1.0, "the cluster's row says that one is not in it"


def test_a_member_that_is_exchanged_for_another_begins_its_own_history(history: History) -> None:
    recorded = site(kept=history, log=False)
    run(recorded, 200)
    recorded.rename = lambda unit_id: "N001" if unit_id == "E003" else unit_id
    run(recorded, 200)
    recorded.recorder.end()
    old, new = (kept_of(history, unit_id) for unit_id in ("E003", "N001"))
    assert old[-1].start <= new[0].start < old[-1].start + 120
    assert {unit_id for deal in every_deal(history) for unit_id in (deal.giver, deal.taker)} >= {"E003", "N001"}
    mine = history.deals(unit_id="N001", start=None, end=None, before=None, limit=9)
    assert mine
    assert all(kept.deal.taker == "N001" for kept in mine)


ODD = [" ", "E 003", "E003/..", "=1+2", "E003'); DROP TABLE units; --", "住宅３", "e\u0301", "E" * 64]
REFUSED = ["", "\u202e300E", "E\n3", "E" * 65]
"""Ids that are taken for none, as the program says itself."""


@pytest.mark.parametrize("odd", ODD)
def test_units_of_any_name_are_kept_apart(history: History, odd: str) -> None:
    recorded = site(kept=history, log=False)
    recorded.rename = lambda unit_id: odd if unit_id == "E003" else unit_id
    run(recorded, 200)
    recorded.recorder.end()
    plain = kept_of(history, "E004")
    assert len(plain) >= 3
    mine = kept_of(history, odd)
    assert [slot.start for slot in mine] == [slot.start for slot in plain]
    assert mine != plain
    deals = history.deals(unit_id=odd, start=None, end=None, before=None, limit=99)
    assert deals
    assert all(odd in (kept.deal.giver, kept.deal.taker) for kept in deals)


@pytest.mark.parametrize("odd", REFUSED)
def test_what_is_no_id_has_no_history_and_spoils_no_others(history: History, odd: str) -> None:
    """An empty one would be the cluster's own."""
    recorded = site(kept=history, log=False)
    recorded.rename = lambda unit_id: odd if unit_id == "E003" else unit_id
    run(recorded, 200)
    recorded.recorder.end()
    everybody = kept_of(history, CLUSTER)
    assert len(everybody) >= 3
    assert kept_of(history, odd) == ([] if odd else everybody)
    for slot in everybody[1:-1]:
        assert slot.covered == pytest.approx(60.0)
        parts = [
            one for unit_id in ("E001", "E002", "E004") for one in kept_of(history, unit_id) if one.start == slot.start
        ]
        assert carried([slot]) == pytest.approx(carried(parts), abs=0.01)
