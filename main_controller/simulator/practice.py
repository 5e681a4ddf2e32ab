"""What to press so that each kind of alarm can be seen and practised, on a cluster of at least four units.

Each press switches faults of `faults.py`, in order, some seconds apart. Pure data; `SimulatedCluster.press` does it.
The kinds that are this program's own, not the cluster's, are none of the simulator's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Arguments = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Press:
    """One fault, its arguments, and after how many seconds (of the programs' time) from the beginning."""

    fault: str
    args: Arguments = field(default_factory=dict)
    after: float = 0.0


def _press(fault: str, after: float = 0.0, **args: object) -> Press:
    return Press(fault, {name: str(value) for name, value in args.items()}, after)


def _drives(unit: str, status: str, *, dvg: float = 350, dig: float = 2, after: float = 20.0) -> Press:
    return _press("set-point-changes", after, unit=unit, mode=status, dvg=dvg, dig=dig)


MANUAL = _press("mode-changes", value="manual")
HOLDS = (MANUAL, _drives("E001", "0x0014", dig=3))
"""E001 holds the bus at 350 V in Manual, once the deals that ran are torn down, and nobody else works."""

CHARGES = (*HOLDS, _drives("E002", "0x0041", dvg=345, dig=2, after=42.0))
GIVES = (*HOLDS, _drives("E002", "0x0002", dvg=365, dig=2, after=42.0))
LATER = 50.0

PRESSES: Mapping[str, tuple[Press, ...]] = {
    "unwatchedHardware": (*HOLDS, _press("node-dies", LATER, unit="E001")),
    "gridError": (_press("grid-error"),),
    "noGridMaster": (_press("grid-master-dies", takeover=105),),
    "unitSilent": (_press("mode-changes", value="stop"), _press("node-dies", 20.0, unit="E004")),
    "unitStale": (_press("mode-changes", value="stop"), _press("devices-hang", 20.0)),
    "identityConflict": (_press("apis-web-garbage", kind="duplicate"),),
    "apisWebUnreachable": (_press("apis-web-dies"),),
    "noReference": (_press("no-trips"), MANUAL, _drives("E002", "0x0041", dvg=345)),
    "secondReference": (_press("second-reference", trips="none"), *HOLDS, _drives("E002", "0x0014", after=42.0)),
    "heavyAlarm": (_press("alarm", unit="E001"),),
    "busHigh": (_press("no-trips"), *HOLDS, _press("bus-voltage", LATER, volts=395)),
    "busLow": (_press("no-trips"), *HOLDS, _press("bus-voltage", LATER, volts=250)),
    "referenceOff": (*HOLDS, _press("meter-factor", LATER, unit="E001", of="vg", factor=1.05)),
    "busApart": (*HOLDS, _press("meter-factor", LATER, unit="E002", of="vg", factor=0.9)),
    "unexplained": HOLDS,
    "belowReserve": (*GIVES, _press("battery-charge", LATER, unit="E002", rsoc=10)),
    "aboveFull": (*CHARGES, _press("battery-charge", LATER, unit="E002", rsoc=98)),
    "batteryVoltage": (*HOLDS, _press("battery-voltage", LATER, unit="E001", volts=60)),
    "batteryCurrent": (*CHARGES, _press("meter-factor", LATER, unit="E002", of="ib", factor=5)),
    "temperature": (*HOLDS, _press("temperature", LATER, unit="E001", celsius=60)),
    "notPermitted": (*CHARGES, _press("battery-permission", LATER, unit="E002", value="2")),
    "referenceCharged": (*GIVES, _press("battery-charge", LATER, unit="E001", rsoc=98)),
    "unitCurrent": (*HOLDS, _drives("E002", "0x0041", dvg=345, dig=2.4, after=42.0)),
    "busCurrent": (*CHARGES, _press("meter-factor", LATER, unit="E002", of="ig", factor=60)),
    "reversePower": (*CHARGES, _press("current-reverses", LATER, unit="E002")),
    "currentsOff": (*CHARGES, _press("bus-leaks", LATER, amps=1)),
    "efficiency": (*CHARGES, _press("meter-factor", LATER, unit="E002", of="wb", factor=0.5)),
    "tooManyTrips": (
        *HOLDS,
        *(
            press
            for number in range(4)
            for press in (
                _press("trips", LATER + 12 * number, unit="E001"),
                _drives("E001", "0x0014", dig=3, after=LATER + 12 * number + 6),
            )
        ),
    ),
    "apisMainError": (_press("grid-error"),),
    "unitClock": (_press("apis-web-garbage", kind="clock"),),
    "changedByOthers": (_press("mode-changes", value="stop"),),
}
"""By the code of the kind of alarm."""
