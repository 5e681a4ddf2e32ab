"""The limits of the batteries, the bus and the pace of orders, by apis-main's sample configuration (I1-I5, I9-I12).

Used by the rules as parts of `Limits`; each field is a setting. Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatteryLimits:
    """What a battery and its converter bear: %, V, A and degrees Celsius.

    A battery gives above `reserve`, and begins to only `hysteresis` above that; it takes below `full`. `margin` (V)
    keeps away from the voltage limit that the order moves towards.
    """

    reserve: float = 20.0
    hysteresis: float = 5.0
    full: float = 95.0
    voltage_min: float = 32.0
    voltage_max: float = 58.4
    margin: float = 0.5
    current_max: float = 20.0
    temperature_min: float = 0.0
    temperature_max: float = 45.0


@dataclass(frozen=True, slots=True)
class BusLimits:
    """What a bus voltage means, V: it works within `voltage_min` and `voltage_max`; up to `dead` it carries nothing."""

    voltage_min: float = 300.0
    voltage_max: float = 380.0
    dead: float = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast orders may follow each other: V and A per order, s between orders and after a trip, trips an hour.

    `current_step` 0 means that the current may rise at once; `direct_read` (s) bounds the reading of the converters
    themselves before a current order, 0 leaves it out.
    """

    voltage_step: float = 10.0
    current_step: float = 0.0
    between_words: float = 5.0
    after_trip: float = 30.0
    trips: int = 3
    direct_read: float = 2.0
