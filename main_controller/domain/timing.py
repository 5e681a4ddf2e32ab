"""How long the real system takes to show things: decided by the settings, used wherever that is reckoned with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the real system takes to show things, all in s; each is a setting (Z5, Z6c, Z8, Z9, Z9b).

    `order_age` is how long ago an order may have been pressed that is no stop (H1).
    """

    stale_after: float = 30.0
    lag: float = 12.0
    stop_lag: float = 30.0
    mode_time: float = 30.0
    grace: float = 45.0
    fresh: float = 15.0
    order_age: float = 10.0
