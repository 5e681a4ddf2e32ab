"""What assessing the grid costs in CPU at 1,000 units: after a poll, after an order, and while only time goes by.

    python -m benchmarks.assess

The units are recorded ones, read every 5 s each, so that a poll of 1 s moves a fifth of them. CPU is this thread's, ms.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from benchmarks import grid as made
from main_controller.assessment.assess import Assessor
from main_controller.assessment.grid_state import GridState
from main_controller.assessment.moment import Moment
from main_controller.domain.commands import ConverterEffect
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.timing import Timing
from main_controller.orders.effects import Effects
from main_controller.process import tune_garbage_collector
from main_controller.store.unit_cache import UnitCache

UNITS = 1_000
ROUNDS = 60
BUDGET = {"a poll that moved a fifth": 8.0, "an order": 1.0}
"""The most CPU (ms) that each may cost in the middle."""
TIMING = Timing()


class Grid:
    """A cache of units whose clocks are moved by hand, and one assessor that is asked after each change."""

    def __init__(self) -> None:
        self.cache = UnitCache()
        self.effects = Effects()
        self.assessor = Assessor()
        self.now = 1000.0
        self.units: dict[str, dict[str, Any]] = made.grid(UNITS)
        self.number = 0
        self.poll(range(UNITS))
        deals = tuple({"dischargingUnit": one, "chargingUnit": two} for one, two in _pairs(list(self.units)[:40]))
        self.cache.take_grid(lambda watch: replace(watch, deals=deals, unit_ids=tuple(self.units)))
        self.assess()

    def poll(self, moved: range) -> None:
        """Take in a poll in which some units have been read anew."""
        self.number += 1
        self.now += 1.0
        ids = list(self.units)
        for place in moved:
            self.units[ids[place]] = {**self.units[ids[place]], "time": f"2026/05/13-12:00:00.{self.number}"}
        units = json.loads(json.dumps(self.units))  # new objects, as from the wire
        self.cache.take_log(units, self.now, datetime.now(UTC), plain=b"{}")

    def order(self) -> None:
        """Note that a converter was ordered."""
        self.number += 1
        unit_id = list(self.units)[self.number % UNITS]
        self.effects.note_converter(
            ConverterEffect(f"c{self.number}", unit_id, ConverterStatus.WAIT, 0.0, 0.0, entered=self.now)
        )

    def assess(self) -> GridState:
        """Ask for the state now."""
        effects = self.effects.converter_effects(), self.effects.mode_effects()
        moment = Moment(self.cache.snapshot(), self.now, datetime.now(UTC), TIMING, *effects)
        return self.assessor.assess(moment)


def cost(change: Callable[[int], object], then: Callable[[], object]) -> list[float]:
    """CPU (ms) of what is done after each change, sorted."""
    found = []
    for place in range(ROUNDS):
        change(place)
        start = time.thread_time()
        then()
        found.append((time.thread_time() - start) * 1e3)
    return sorted(found)


def main() -> int:
    """Measure and say each; 1 when one costs more than it may."""
    tune_garbage_collector()
    grid = Grid()
    fifth = UNITS // 5
    found = {
        "a poll that moved all": cost(lambda _: grid.poll(range(UNITS)), grid.assess),
        "a poll that moved a fifth": cost(
            lambda place: grid.poll(range(place % 5 * fifth, (place % 5 + 1) * fifth)), grid.assess
        ),
        "an order": cost(lambda _: grid.order(), grid.assess),
        "nothing but time": cost(lambda _: setattr(grid, "now", grid.now + 0.01), grid.assess),
    }
    missed = False
    for name, times in found.items():
        middle, limit = statistics.median(times), BUDGET.get(name)
        missed = missed or (limit is not None and middle > limit)
        allowed = "" if limit is None else f" (at most {limit:g})"
        sys.stdout.write(f"{UNITS} units, {name:26s}: median {middle:6.3f} ms{allowed}, worst {times[-1]:6.3f} ms\n")
    return 1 if missed else 0


def _pairs(ids: list[str]) -> list[tuple[str, str]]:
    return list(zip(ids[::2], ids[1::2], strict=True))


if __name__ == "__main__":
    sys.exit(main())
