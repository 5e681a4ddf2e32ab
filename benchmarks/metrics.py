"""What a rendering of `/metrics` costs in CPU at 1,000 units, all live, in both formats.

    python -m benchmarks.metrics

With energy totals read from a history of as many units. CPU is this whole process's, in ms; ends with 1 where a figure
misses its limit.
"""

import gzip
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.grid import grid
from main_controller import __version__
from main_controller.alarms.kinds import KINDS
from main_controller.assessment.assess import Assessor
from main_controller.assessment.grid_state import GridState
from main_controller.assessment.moment import Moment
from main_controller.history.slot import MINUTE, Energies, Powers, Slot
from main_controller.metrics.exposition import Exposition, Rendered
from main_controller.metrics.instruments import Instruments
from main_controller.metrics.situation import LoopStanding, Situation
from main_controller.process import tune_garbage_collector
from main_controller.rules.flexibility import flexibility
from main_controller.rules.interlock_terms import Limits
from main_controller.store.history import History
from main_controller.store.unit_cache import UnitCache
from main_controller.web.routes import ROUTES

UNITS, ROUNDS = 1_000, 20
LIMIT = 150.0
"""The most CPU (ms) that a rendering may cost."""
MOST = 15
"""So many series a unit has at most."""


def history_of(units: list[str], folder: Path) -> History:
    """A history that has a minute of each."""
    wall = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
    history = History(folder / "history.sqlite3", wall=lambda: wall, megabytes=100)
    energies = Energies(12.345, 0.678, 3.21, 4.56)
    start = int(wall.timestamp())
    history.write([Slot(one, start, MINUTE, 60.0, Powers(), energies, None, 50.0, (0.0,) * 5, (0.0,) * 5)
                   for one in ["", *units]])  # fmt: skip
    return history


def state_of(cache: UnitCache, now: float) -> GridState:
    """The grid, assessed anew as after a poll."""
    return Assessor().assess(Moment(cache.snapshot(), now, datetime(2026, 5, 13, 12, 0, tzinfo=UTC)))


def main() -> int:
    """0 when every figure is within its limit."""
    tune_garbage_collector()
    units = grid(UNITS)
    cache = UnitCache()
    cache.take_log(units, 100.0, datetime(2026, 5, 13, 12, 0, tzinfo=UTC), plain=None, duplicates=())
    state, instruments = state_of(cache, 101.0), Instruments()
    for route in ROUTES:
        instruments.replied(route.name, 200, 0.01)
    exposition = Exposition(instruments)
    took: list[float] = []
    with TemporaryDirectory() as folder:
        history = history_of(list(units), Path(folder))
        for _ in range(ROUNDS + 2):
            begun = time.process_time()
            rendered = exposition.render(situation_of(state, history))
            took.append((time.process_time() - begun) * 1e3)
        history.close()
    series = sum(b"apis_mc_unit_" in line and not line.startswith(b"#") for line in rendered.text.splitlines())
    return told(sorted(took[2:]), rendered, series)


def situation_of(state: GridState, history: History) -> Situation:
    """All that the program would tell, with what has to be reckoned for it."""
    return Situation(
        state, __version__, time.time(), title="benchmark", answered_age=0.5, peers={"emulatorEmulator": True},
        loops=[LoopStanding("alarms", True, 0.5)], alarms=dict.fromkeys((kind.code for kind in KINDS), 0),
        totals=history.totals(), flexibility=flexibility(state, Limits()),
    )  # fmt: skip


def told(took: list[float], rendered: Rendered, series: int) -> int:
    """Say the figures; 1 where one misses its limit."""
    begun = time.process_time()
    zipped = gzip.compress(rendered.openmetrics, 1, mtime=0)
    zipping = (time.process_time() - begun) * 1e3
    median = statistics.median(took)
    sys.stdout.write(
        f"{UNITS} units: {median:.1f} ms a rendering of both formats, at worst {took[-1]:.1f} (at most {LIMIT:g});"
        f" {series / UNITS:g} series a unit (at most {MOST}); {len(rendered.text) / 1e6:.2f} MB,"
        f" gzip {len(zipped) / 1e6:.2f} MB in {zipping:.1f} ms\n"
    )
    return 1 if median > LIMIT or series > MOST * UNITS else 0


if __name__ == "__main__":
    sys.exit(main())
