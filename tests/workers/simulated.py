"""A simulated cluster behind collector and recorder, by a clock that the test moves: minutes of it take seconds."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from main_controller.domain.apis_log import parse_line
from main_controller.domain.timing import Timing
from main_controller.history.ledger_deal import LedgerDeal
from main_controller.history.slot import Slot
from main_controller.orders.desk import Desk
from main_controller.orders.register import Register
from main_controller.simulator import SimulatedCluster
from main_controller.simulator.exchange import Request
from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.apis_web import GridStatus, LogReply
from main_controller.workers.data_collector import DataCollector, GridWatcher
from main_controller.workers.recorder import Recorder
from tests.orders.bench import Acknowledged, LockBook

START = datetime(2026, 1, 1, tzinfo=UTC)
STALE_AFTER = 30.0


def truth_of_units(cluster: SimulatedCluster) -> dict[str, tuple[float, float]]:
    """Wh that each unit gave to the bus and took from it, as the simulator measured them."""
    told = json.loads(cluster.truth.answer(Request("GET", "/truth")).body)["units"]
    return {unit_id: (carried["gridOutWh"], carried["gridInWh"]) for unit_id, carried in told.items()}


class Kept:
    """Where it is kept: in memory."""

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self.deals: list[LedgerDeal] = []

    def write(self, slots: Sequence[Slot]) -> None:
        self.slots += slots

    def keep_deals(self, settled: Sequence[LedgerDeal]) -> None:
        self.deals += settled

    def prune(self) -> int:
        return 0


class Recorded:
    """A cluster that is polled once a second.

    `log` is whether its log is heard, `ahead` how far (s) our wall's clock is from where it would be, `rename` what
    each unit is called on the way, `deals_every` how often (s) deals are asked for: each second while a page is open,
    else each 5 s.
    """

    def __init__(
        self,
        cluster: Callable[[Callable[[bytes], None] | None], SimulatedCluster],
        *,
        log: bool = True,
        kept: Any = None,
    ) -> None:
        self._datagrams: list[bytes] = []
        self.cluster = cluster(self._datagrams.append if log else None)
        self.kept = Kept() if kept is None else kept
        self.apart: list[LedgerDeal] = []
        self.ahead = 0.0
        self.asleep = 0.0
        self.deals_every = 1
        self.rename: Callable[[str], str] = str
        self.begin()

    def begin(self) -> None:
        """The program starts, with nothing in memory."""
        cache = UnitCache()
        clock, wall = self.clock, self.wall
        self._collector = DataCollector(self, cache, clock=clock, wall=wall)
        self._watcher = GridWatcher(self, cache, clock=clock, wall=wall)
        desk = Desk(cache, Register(), Acknowledged(), LockBook(), timing=Timing(), clock=clock, wall=wall)
        self.recorder = Recorder(self.kept, desk.grid, stale_after=STALE_AFTER, tell=self.apart.append)

    def clock(self) -> float:
        """Monotonic s; a machine that was suspended has not counted them."""
        return self.cluster.agenda.now - self.asleep

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.cluster.agenda.now + self.ahead)

    def run(self, seconds: int) -> None:
        """Let the world and the program run."""
        for second in range(seconds):
            self.cluster.advance(1.0)
            heard = [line for datagram in self._datagrams if (line := parse_line(datagram)) is not None]
            self._datagrams.clear()
            wall = self.wall()
            self.recorder.hear([(wall, line) for line in heard])
            self._collector.poll_once()
            if second % self.deals_every == 0:
                self._watcher.poll_once()
            self.recorder.run_once()

    def sleep(self, seconds: float, *, counted: bool) -> None:
        """The world goes on alone, and what its log tells is lost; `counted`: by the monotonic clock too."""
        self.cluster.advance(seconds)
        self._datagrams.clear()
        self.asleep += 0.0 if counted else seconds

    def truth(self) -> Mapping[tuple[str, str, str], tuple[float, float]]:
        """(giver, taker, startTime) -> Wh out, Wh in, as the simulator measured them."""
        told = json.loads(self.cluster.truth.answer(Request("GET", "/truth")).body)
        return {
            (one["dischargingUnit"], one["chargingUnit"], one["startTime"]): (one["outWh"], one["inWh"])
            for one in told["deals"]
        }

    # What apis-web answers

    def log(self) -> LogReply:
        body = json.loads(self.cluster.apis_web.emulator_emulator(Request("GET", "/get/log")).body)
        units = {self.rename(unit_id): data for unit_id, data in body.items()}
        return LogReply(units, msgspec.json.encode(units), (), frozenset())

    def unit_ids(self) -> tuple[str, ...]:
        return tuple(self.rename(unit_id) for unit_id in self._budo("/unitIds"))

    def status(self) -> GridStatus:
        body = self._budo("/getStatus")
        return GridStatus(body.get("active"), body.get("error"))

    def deals(self) -> list[dict[str, Any]]:
        ends = ("chargingUnit", "dischargingUnit", "requester", "responder")
        return [{**deal, **{end: self.rename(deal[end]) for end in ends}} for deal in self._budo("/deals")]

    def _budo(self, path: str) -> Any:
        return json.loads(self.cluster.apis_web.budo_emulator(Request("GET", path)).body)
