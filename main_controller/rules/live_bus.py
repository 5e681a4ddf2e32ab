"""Whether the bus is measured live by nobody's known will, which keeps Run back and ends acknowledgements (S10, I6).

Pure. Used by the rules of modes, the acknowledgements and the alarms of the bus. Only readings of live units
count, and only fresh ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from main_controller.assessment.grid_state import GridState
from main_controller.domain.modes import SHARING_MODES, ConverterStatus, Mode
from main_controller.sentence import Sentence, say

DEAD_BUS = 60.0
"""Up to which voltage (V) a bus counts as dead where no setting says otherwise."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What Run rests on: readings of at most `fresh` s, and a bus of at most `dead_bus` V, which counts as dead."""

    fresh: float = 15.0
    dead_bus: float = DEAD_BUS


def live_bus(grid: GridState, limits: RunLimits) -> Mapping[str, float]:
    """The voltages (V) above that of a dead bus, by the units that measured them of late."""
    fresh = [unit for unit in grid.units.values() if grid.fresh(unit, limits.fresh)]
    shown = {unit.id: unit.reading.vg for unit in fresh if unit.reading}
    return {unit_id: vg for unit_id, vg in shown.items() if vg is not None and abs(vg) > limits.dead_bus}


def deals_hold_it(grid: GridState) -> bool:
    """Whether known deals explain a live bus: apis-main drives converters, and none of its stops is on its way."""
    stopping = any(mode in (Mode.STOP, Mode.MANUAL) for mode in grid.pending_for(None))
    return grid.mode in SHARING_MODES and not stopping and bool(grid.deals)


def why_not_run(grid: GridState, limits: RunLimits) -> Sentence | None:
    """Why nobody may go to Run on this bus: no deal explains its voltage, so a second reference would be raised."""
    shown = live_bus(grid, limits)
    if not shown or deals_hold_it(grid):
        return None
    told = {"voltages": listed(shown), "limit": limits.dead_bus}
    if grid.deals is None:
        return say(
            "rules.runDealsUnknown",
            "The bus is live ({voltages}) and how many deals there are is not known; "
            "Run starts on a dead bus (at most {limit:g} V).",
            **told,
        )
    return say(
        "rules.runBusLive",
        "The bus is live ({voltages}) and no deal explains it; Run starts on a dead bus (at most {limit:g} V).",
        **told,
    )


def unexplained(grid: GridState, limits: RunLimits) -> Mapping[str, float]:
    """The voltages (V) that neither deals nor a live voltage reference explain; empty where all is explained."""
    held = any(unit.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE) for unit in grid.live)
    return {} if held or deals_hold_it(grid) else live_bus(grid, limits)


def listed(shown: Mapping[str, float]) -> Sentence:
    """Units with their voltages for a sentence: all of a few, else the first and how many more."""
    each = [
        say("rules.voltageAt", "{unit} {volts:g} V", unit=unit_id, volts=vg) for unit_id, vg in sorted(shown.items())
    ]
    return say("rules.voltages", "{each}", each=each)
