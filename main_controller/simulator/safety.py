"""Why one apis-main finds its own unit unfit for sharing: a local error ends its deals in good order (K17).

Alarm, permission and temperature are read in apis-main's source, not recorded; its limits are those of its sample
`hwConfig.json`. Its checks of the grid's current and voltage are left out.
"""

from main_controller.simulator.battery import COLDEST_C, HIGHEST_V, LOWEST_V, WARMEST_C
from main_controller.simulator.unit import Unit

PERMITTED = 3
"""The only number of `battery_operation_status` with which apis-main shares; null passes."""


def objection(unit: Unit) -> str:
    """What is wrong with a unit, in a few words; empty where nothing is."""
    if unit.heavy_alarm:
        return "heavy alarm"
    if unit.permission not in (None, PERMITTED):
        return "no permission"
    if not COLDEST_C <= unit.celsius <= WARMEST_C:
        return "temperature"
    if not LOWEST_V <= unit.battery_v <= HIGHEST_V:
        return "battery voltage"
    return ""
