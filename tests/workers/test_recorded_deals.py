"""The real system's recordings through collector and recorder: what each deal moved, and what apis-main said of it."""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from main_controller.domain.apis_log import LogLine, parse_line
from main_controller.domain.deal_lines import Stage
from main_controller.domain.timing import Timing
from main_controller.history.ledger_deal import Cause, End, LedgerDeal
from main_controller.orders.desk import Desk
from main_controller.orders.register import Register
from main_controller.workers.recorder import Recorder
from tests.orders.bench import Acknowledged, LockBook
from tests.workers.recording import Replay
from tests.workers.simulated import Kept

STALE_AFTER = 30.0


class Recorded:
    """A whole recording, played once by a clock of its own; `apart` is what apis-main counted otherwise."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kept = Kept()
        self.apart: list[LedgerDeal] = []
        self.readings: dict[str, list[tuple[float, float]]] = defaultdict(list)
        replay = Replay(path)
        recording = replay.recording
        desk = Desk(
            replay.cache, Register(), Acknowledged(), LockBook(),
            timing=Timing(), clock=recording.clock, wall=recording.wall,
        )  # fmt: skip
        recorder = Recorder(self.kept, desk.grid, stale_after=STALE_AFTER, tell=self.apart.append)
        datagrams = [(entry["t"], entry["udp"]) for entry in self.entries() if "udp" in entry]
        shown: dict[str, str] = {}
        while recording.now < recording.seconds:
            now = recording.now
            recorder.hear([(recording.wall(), line_of(text)) for at, text in datagrams if now - 1 < at <= now])
            replay.second()
            recording.now = now
            replay.watching.run_once()  # the deals each second, as while somebody looks
            recorder.run_once()
            self._read(now, recording.log().units, shown)
            recording.now = now + 1.0
        recorder.end()

    def entries(self) -> Iterator[dict[str, Any]]:
        with gzip.open(self.path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)

    def _read(self, now: float, units: Any, shown: dict[str, str]) -> None:
        for unit_id, data in units.items():
            if shown.get(unit_id) != data["time"]:
                shown[unit_id] = data["time"]
                self.readings[unit_id].append((now, data["dcdc"]["meter"]["wg"]))

    def plainly(self, unit_id: str, start: float, end: float) -> float:
        """Wh that a unit carried either way between two seconds of the recording; nothing across a gap."""
        total = 0.0
        for (one, first), (other, last) in zip(self.readings[unit_id], self.readings[unit_id][1:], strict=False):
            if one >= start and other <= end and other - one <= STALE_AFTER:
                total += (abs(first) + abs(last)) / 2 * (other - one) / 3600
        return total


def line_of(text: str) -> LogLine:
    line = parse_line(text.encode())
    assert line is not None
    return line


@pytest.fixture(scope="module")
def log() -> Recorded:
    return Recorded(Path(__file__).parents[1] / "recordings" / "log.jsonl.gz")


@pytest.fixture(scope="module")
def sharing() -> Recorded:
    return Recorded(Path(__file__).parents[1] / "recordings" / "sharing.jsonl.gz")


def listed(recorded: Recorded) -> dict[str, dict[str, Any]]:
    """Every deal as the Grid Master listed it last, by its id."""
    found: dict[str, dict[str, Any]] = {}
    for entry in recorded.entries():
        match = re.search(r"\.DealExecution\]  deals : (\[.*\])", entry.get("udp", ""))
        if match:
            found.update({deal["dealId"]: deal for deal in json.loads(match[1])})
    return found


def broken(recorded: Recorded) -> dict[str, set[str]]:
    """The reasons by deal, as the next line of the same thread names it: `deal updated : <id>`."""
    found: dict[str, set[str]] = defaultdict(set)
    waiting: dict[str, str] = {}
    for entry in recorded.entries():
        match = re.match(r"(\[\[\[\S+ \[\S+) .*\.DealUtil\]  deal (.*)", entry.get("udp", ""), re.DOTALL)
        if match and "; reason : " in match[2]:
            waiting[match[1]] = match[2].strip()
        elif match and match[2].startswith("updated : ") and match[1] in waiting:
            found[match[2].split(" : ")[1].strip()].add(waiting.pop(match[1]))
    assert not waiting
    return found


def test_every_deal_of_the_log_stands_in_the_ledger_with_its_reason(log: Recorded) -> None:
    """K18, K19: 28 deals, of which 14 were never begun, and 7 were aborted or scrammed amid their current."""
    deals = {deal.apis.deal_id: deal for deal in log.kept.deals if deal.apis is not None}
    truth, reasons = listed(log), broken(log)
    assert set(deals) == set(truth)
    assert len(log.kept.deals) == len(deals) == 28
    for deal_id, told in truth.items():
        deal, apis = deals[deal_id], deals[deal_id].apis
        assert apis is not None
        assert (deal.giver, deal.taker) == (told["dischargeUnitId"], told["chargeUnitId"])
        assert deal.start_time == told["createDateTime"]
        assert (apis.agreed, apis.amps) == (told["dealAmountWh"], told["dealGridCurrentA"])
        assert (apis.counted or 0.0) >= told.get("cumulateAmountWh", 0.0)
        heard = {f"{how}; reason : {why}"[:200] for how, why in apis.breaks}
        assert heard == {reason[:200] for reason in reasons.get(deal_id, ())}
        assert Stage.CREATED in apis.stages
        assert Stage.REMOVED in apis.stages
        assert (Stage.STARTED in apis.stages) is ("startDateTime" in told)
        if "startDateTime" not in told:
            assert deal.end is End.NEVER_STARTED


def test_a_deal_that_apis_main_broke_off_is_no_delivered_one(log: Recorded) -> None:
    """What nothing else explains its log does: a local error of E003 at 110 ended two deals."""
    ended = [deal for deal in log.kept.deals if deal.cause is Cause.APIS_MAIN]
    assert ended
    for deal in ended:
        assert deal.end is End.CUT
        assert deal.apis is not None
        assert deal.apis.breaks
    local = [deal for deal in ended if "local error for the recording" in deal.apis.breaks[0][1]]  # type: ignore[union-attr]
    assert {(deal.giver, deal.taker) for deal in local} <= {("E001", "E003"), ("E002", "E003")}
    delivered = [deal for deal in log.kept.deals if deal.end is End.DELIVERED]
    assert len(delivered) >= 4
    assert all(deal.apis is not None and not deal.apis.breaks for deal in delivered)
    assert all(deal.apis.counted > deal.apis.agreed for deal in delivered if deal.apis and deal.apis.counted)  # type: ignore[operator]


def test_apis_mains_count_and_the_readings_agree_by_the_units_clock(log: Recorded) -> None:
    """The emulator's clock runs ten times as fast as ours."""
    assert log.apart == []
    compared = [deal.apis.compared for deal in log.kept.deals if deal.apis is not None and deal.apis.compared]
    assert len(compared) >= 6
    for one in compared:
        assert 5.0 < one.rate < 11.0, "the devices' clocks stood still for a while"
        assert not one.by_giver
        assert abs(one.difference) < one.unsure
        assert one.counted < 20 or one.unsure < 0.5 * one.counted
    whole = [deal.apis.compared for deal in log.kept.deals if deal.apis and deal.end is End.DELIVERED]
    assert len(whole) >= 4, "one that is cut carries current after its last count"
    assert sum(one.ours for one in whole if one) == pytest.approx(sum(one.counted for one in whole if one), rel=0.02)


@pytest.mark.parametrize("name", ["log", "sharing"])
def test_what_deals_moved_is_what_a_plain_integration_of_the_readings_finds(
    name: str, request: pytest.FixtureRequest
) -> None:
    """Nothing that any unit carried for its deals is lost or counted twice."""
    recorded: Recorded = request.getfixturevalue(name)
    assert recorded.kept.deals
    for unit_id in recorded.readings:
        given = [deal.out for deal in recorded.kept.deals if deal.giver == unit_id and deal.out is not None]
        taken = [deal.into for deal in recorded.kept.deals if deal.taker == unit_id and deal.into is not None]
        total = sum(energy.wh for energy in (*given, *taken))
        manual = recorded.plainly(unit_id, 310, 420) if name == "sharing" else 0.0
        assert total == pytest.approx(recorded.plainly(unit_id, 0, 1e9) - manual, rel=0.005), unit_id


@pytest.mark.parametrize("name", ["log", "sharing"])
def test_minutes_hold_what_a_plain_integration_of_the_readings_finds(name: str, request: pytest.FixtureRequest) -> None:
    recorded: Recorded = request.getfixturevalue(name)
    for unit_id in recorded.readings:
        slots = [slot for slot in recorded.kept.slots if slot.unit_id == unit_id]
        total = sum((slot.energies.grid_in or 0.0) + (slot.energies.grid_out or 0.0) for slot in slots)
        plain = recorded.plainly(unit_id, 0, 1e9)
        assert total == pytest.approx(plain, rel=0.01, abs=0.5), unit_id
