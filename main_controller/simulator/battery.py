"""A battery's voltage, temperature and limits, for the units whose battery is made real (all assumed).

The emulator's batteries stand at 48 V and 26.59 C whatever happens (recorded), so this is switched on by
`battery-real`. The curve is that of sixteen lithium iron phosphate cells in series; resistance, warmth and time
constant are made up in the right size. The limits are those of apis-main's sample `hwConfig.json`.
"""

import itertools
import math

LOWEST_V = 32.0
HIGHEST_V = 58.4
MOST_A = 20.0
COLDEST_C = 0.0
WARMEST_C = 45.0
MAY_CHARGE = 1
MAY_DISCHARGE = 2
AT_REST_C = 26.59

CURVE = ((0.0, 33.0), (5.0, 47.0), (20.0, 51.2), (80.0, 53.2), (95.0, 54.4), (100.0, 57.0))
"""RSOC in %, open-circuit voltage in V."""
RESISTANCE_OHM = 0.05
WARMS_C_PER_W = 0.12
WARMS_WITHIN_S = 900.0


def open_volts(rsoc: float) -> float:
    """The voltage at `rsoc` % while nothing flows."""
    for (low, volts), (high, above) in itertools.pairwise(CURVE):
        if rsoc <= high:
            return volts + (above - volts) * (rsoc - low) / (high - low)
    return CURVE[-1][1]


def volts(rsoc: float, watts: float) -> float:
    """The voltage at `rsoc` % while `watts` flow into it."""
    at_rest = open_volts(rsoc)
    return (at_rest + math.sqrt(max(at_rest * at_rest + 4.0 * RESISTANCE_OHM * watts, 0.0))) / 2.0


def warmer(celsius: float, lost_w: float, seconds: float) -> float:
    """The converter's temperature after `seconds` of losing `lost_w`."""
    goal = AT_REST_C + WARMS_C_PER_W * lost_w
    return goal + (celsius - goal) * math.exp(-seconds / WARMS_WITHIN_S)


def permits(rsoc: float, battery_v: float, celsius: float) -> int:
    """What a battery that protects itself by permission allows: MAY_CHARGE and MAY_DISCHARGE added up."""
    if not COLDEST_C <= celsius <= WARMEST_C:
        return 0
    charge = MAY_CHARGE if rsoc < 100.0 and battery_v < HIGHEST_V else 0
    discharge = MAY_DISCHARGE if rsoc > 0.0 and battery_v > LOWEST_V else 0
    return charge | discharge


def out_of_limits(battery_v: float, battery_a: float, celsius: float) -> bool:
    """Whether a battery is beyond what its converter bears."""
    return not (LOWEST_V <= battery_v <= HIGHEST_V and abs(battery_a) <= MOST_A and COLDEST_C <= celsius <= WARMEST_C)
