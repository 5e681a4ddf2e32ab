"""What the rules of bus and alarms cost in CPU at 1,000 units, look by look.

    python -m benchmarks.alarms

Each poll moves a fifth of the units. "quiet": a third of them shares in deals, the others are in Wait, and nothing is
wrong. "silent": all are silent at once. CPU is this thread's, ms.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.assess import UNITS, Grid
from main_controller.alarms.alarm import Alarm, AlarmKind, Deed
from main_controller.alarms.book import Transition
from main_controller.alarms.kinds import BY_CODE
from main_controller.alarms.situation import Situation
from main_controller.assessment.grid_state import GridState
from main_controller.process import tune_garbage_collector
from main_controller.rules.bus_condition import Look
from main_controller.rules.bus_watch import Explained, conditions
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.trends import Trends
from main_controller.watching.alarm_watch import AlarmWatch

ROUNDS = 60
BUDGET = 10.0
"""The most CPU (ms) that the rules may cost a poll, in the middle."""


LIMITS = Limits(bus_current=1_000.0)


class _NotKept:
    """Keeps nothing: what the disk costs is another thread's."""

    def load(self, kinds: object) -> tuple[list[Alarm], int]:
        return [], 1

    def note(self, transitions: Sequence[Transition]) -> None: ...

    def keep(self, transition: Transition, deed: Deed) -> None: ...


class Rules:
    """The rules over one grid that is polled by hand."""

    def __init__(self, grid: Grid, kinds: dict[str, AlarmKind]) -> None:
        self._grid = grid
        self._trends = Trends()
        self.state: GridState
        self.conditions = 0
        self.watch = AlarmWatch(
            self._situation, _NotKept(), kinds,
            clock=lambda: grid.now, wall=lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=grid.now),
        )  # fmt: skip

    def _situation(self) -> Situation:
        return Situation(self.state)

    def bus(self) -> None:
        """The conditions of the bus, findings among them."""
        self._trends = self._trends.followed(self.state, 30.0)
        found = conditions(Look(self.state, LIMITS, trends=self._trends), Explained(self.state.units))
        self.conditions = len(found)

    def alarms(self) -> None:
        """The alarms."""
        self.watch.run_once()


def _quiet(grid: Grid) -> None:
    """Give the units what a sound bus shows: the first third in pairs of 1 A, the others in Wait."""
    for place, unit_id in enumerate(grid.units):
        amps = 0.0 if place >= UNITS // 3 - UNITS // 3 % 2 else (-1.0, 1.0)[place % 2]
        status = "0x0000" if amps == 0 else ("0x0014" if place == 0 else "0x0002" if amps < 0 else "0x0041")
        unit = grid.units[unit_id]
        meter = {**unit["dcdc"]["meter"], "vg": 350.0, "ig": amps, "wg": 350 * amps, "tmp": 25.0}
        meter |= {"wb": 350 * amps * (0.94 if amps > 0 else 1.06), "vb": 52.0, "ib": 7 * amps}
        dcdc = {
            **unit["dcdc"],
            "status": {"status": status},
            "meter": meter,
            "vdis": {"dvg": 350.0},
            "param": {"dig": 2.3},
        }
        battery = {**unit["battery"], "rsoc": 60.0, "battery_operation_status": None}
        grid.units[unit_id] = {**unit, "dcdc": dcdc, "battery": battery}


def measured(what: str, rules: Rules, grid: Grid, poll: Callable[[int], None]) -> float:
    """Print the CPU (ms) of bus and alarms, and give their sum in the middle."""
    bus, alarms = [], []
    for place in range(ROUNDS):
        poll(place)
        rules.state = grid.assess()
        for found, look in ((bus, rules.bus), (alarms, rules.alarms)):
            start = time.thread_time()
            look()
            found.append(1000 * (time.thread_time() - start))
    both = statistics.median(one + other for one, other in zip(bus, alarms, strict=True))
    sys.stdout.write(
        f"{what:>8}: bus {statistics.median(bus):.2f} ms (worst {max(bus):.1f}), "
        f"alarms {statistics.median(alarms):.2f} ms (worst {max(alarms):.1f}), both {both:.2f} ms; "
        f"{rules.conditions} conditions\n"
    )
    return both


def main() -> int:
    """Measure, and say whether the budget is kept."""
    tune_garbage_collector()
    grid = Grid()
    _quiet(grid)
    grid.poll(range(UNITS))
    rules = Rules(grid, dict(BY_CODE))
    fifth = UNITS // 5
    quiet = measured("quiet", rules, grid, lambda place: grid.poll(range(place % 5 * fifth, (place % 5 + 1) * fifth)))

    def silence(_: int) -> None:
        grid.now += 1.0
        grid.cache.take_log({}, grid.now, datetime.now(UTC), plain=b"{}")

    silent = measured("silent", rules, grid, silence)
    sys.stdout.write(f"limit {BUDGET:g} ms\n")
    return int(max(quiet, silent) > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
