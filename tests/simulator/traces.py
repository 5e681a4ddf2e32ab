"""What is seen of a cluster, once a second: read from a recording of the real one, or taken from a simulated one."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from main_controller.simulator import SimulatedCluster
from main_controller.simulator.exchange import Request

RECORDINGS = Path(__file__).parent.parent / "recordings"

Json = Any


@dataclass
class Moment:
    """The four readings asked at `t`; None where there was no answer (or, simulated, where it would hang)."""

    t: float
    log: Json = None
    deals: Json = None
    unit_ids: Json = None
    status: Json = None


@dataclass
class Trace:
    """Moments in order, and what was done to the cluster."""

    moments: list[Moment]
    events: list[dict[str, Json]] = field(default_factory=list)

    def after(self, start: float, end: float = 1e9) -> Iterator[Moment]:
        """The moments from `start` to `end`."""
        return (moment for moment in self.moments if start <= moment.t <= end)

    def first(self, start: float, seen: Callable[[Moment], bool]) -> float:
        """How many seconds after `start` something is first seen."""
        for moment in self.after(start):
            if seen(moment):
                return moment.t - start
        raise AssertionError(f"never seen after {start}")


def recorded(name: str) -> Trace:
    """`sharing` or `faults` of the real system."""
    moments: list[Moment] = []
    events: list[dict[str, Json]] = []
    attribute = {"log": "log", "deals": "deals", "unitIds": "unit_ids", "status": "status"}
    with gzip.open(RECORDINGS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if "event" in entry:
                events.append(entry)
                continue
            moment = Moment(entry["t"] + entry["took"])
            setattr(moment, attribute[entry["get"]], entry["body"])
            moments.append(moment)
    moments.sort(key=lambda moment: moment.t)
    return Trace(moments, events)


def budo(cluster: SimulatedCluster, path: str, **query: str) -> Json:
    """One answer of the simulated Budo Emulator."""
    return json.loads(cluster.apis_web.budo_emulator(Request("GET", path, query)).body)


def device(cluster: SimulatedCluster, path: str, **query: str) -> Json:
    """One answer of the simulated emulator."""
    return json.loads(cluster.emulator.answer(Request("GET", path, query)).body)


def log_of(cluster: SimulatedCluster) -> Json:
    """One answer of the simulated Emulator Emulator."""
    return json.loads(cluster.apis_web.emulator_emulator(Request("GET", "/get/log")).body)


def look(cluster: SimulatedCluster) -> Moment:
    """All four readings now; those that would hang for the event bus' time-out are left out."""
    moment = Moment(cluster.agenda.now, log=log_of(cluster))
    if cluster.apis.grid_master is not None or cluster.agenda.now >= cluster.apis.master.bus_hangs_until:
        moment.deals = budo(cluster, "/deals")
        moment.unit_ids = budo(cluster, "/unitIds")
        moment.status = budo(cluster, "/getStatus")
    return moment


def watch(cluster: SimulatedCluster, seconds: int) -> Trace:
    """Let `seconds` pass and look each time."""
    moments = []
    for _ in range(seconds):
        cluster.advance(1.0)
        moments.append(look(cluster))
    return Trace(moments)


def until(cluster: SimulatedCluster, come: Callable[[], bool], most: int = 300) -> None:
    """Let seconds pass until something has come."""
    for _ in range(most):
        if come():
            return
        cluster.advance(1.0)
    raise AssertionError("it never came")


def sharing(cluster: SimulatedCluster) -> bool:
    """Whether current flows under at least two deals, and everybody shows it."""
    flowing = [unit for unit in cluster.plant.units.values() if unit.ig]
    shown = [uid for uid, unit in log_of(cluster).items() if unit["dcdc"]["meter"]["ig"]]
    return len(cluster.apis.market.deals) >= 2 and len(flowing) >= 3 and len(shown) == len(flowing)


def statuses(log: Json) -> dict[str, str]:
    """Unit -> its converter's status."""
    return {uid: unit["dcdc"]["status"]["status"] for uid, unit in log.items()}


def global_modes(log: Json) -> set[str]:
    """All global modes that the units show."""
    return {unit["apis"]["operation_mode"]["global"] for unit in log.values()}


def grid_masters(log: Json) -> list[str]:
    """Who is called Grid Master."""
    return [uid for uid, unit in log.items() if unit["apis"].get("is_grid_master")]
