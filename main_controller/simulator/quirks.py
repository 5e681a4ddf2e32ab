"""What is odd about one unit's hardware: set by the faults, read by physics, driver and readings."""

from dataclasses import dataclass, field

from main_controller.domain.modes import ConverterStatus

PROTECTS = ("trip", "permission", "nothing")
"""What a battery does at its limits: trip its converter, withdraw its permission and carry no current, or go on."""
DOES_NOTHING = ("echo", "wait", "deaf", "silent", "error")
OBEYS = ("stale", "mute")
DRIVER_LIES = (*DOES_NOTHING, *OBEYS)
"""How a driver treats an order; `manners.answer` says what it replies, and the last two kinds obey."""


@dataclass(slots=True)
class Quirks:
    """All at rest by default: the hardware is as the recordings show it."""

    driver: str = ""  # one of DRIVER_LIES
    driver_only: ConverterStatus | None = None  # ... to orders of that status alone
    reversed: bool = False  # its current flows against its status
    limit_a: float | None = None  # the converter's own limit, A
    under_voltage_trips: bool = False
    alarm_held: bool = False  # a heavy alarm that no Wait order clears
    stuck_meter: dict[str, float] | None = None
    meter_factors: dict[str, float] = field(default_factory=dict)
    battery_real: bool = False  # voltage and temperature follow charge and power
    battery_protects: str = ""  # one of PROTECTS; by default only an empty battery trips
    battery_volts: float | None = None  # what it measures, whatever the charge
    celsius: float | None = None
    permission_told: bool = False  # whether `permission` is told instead of the battery's own
    permission: int | str | None = None

    def lies(self, status: ConverterStatus) -> str:
        """How the driver treats an order of `status`; empty where it is honest."""
        return self.driver if self.driver_only in (None, status) else ""

    def obeys(self, status: ConverterStatus) -> bool:
        """Whether an order of `status` has any effect."""
        return self.lies(status) not in DOES_NOTHING
