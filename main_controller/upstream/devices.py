"""What can be ordered of a unit's converter and UPS, and read from them, whoever stands between (W11, A15-4).

Used by the orders and by the urgent readings; `Emulator` and `NodeDrivers` are the two that do it.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from main_controller.domain.modes import ConverterStatus
from main_controller.errors import ControllerError

Part = Literal["unit", "dcdc", "meter", "emu", "oesunit"]


class NotReadable(ControllerError):
    """This kind of device cannot be asked for that; telemetry is the only source (404)."""

    status = 404


@dataclass(frozen=True, slots=True)
class Target:
    """The unit that an order is for, with the `oesunit.ip` that it told."""

    unit_id: str
    ip: str | None


class Devices(Protocol):
    """The converters and UPSs of all units; `source` says in `X-Data-Source` who answered.

    All methods raise `UpstreamError`, and `BadRequest` for values that must not be sent.
    """

    source: str

    def command(self, target: Target, status: ConverterStatus, dvg: float, dig: float) -> dict[str, Any]:
        """Order a converter status with target voltage `dvg` (V) and current `dig` (A, >= 0); the new dcdc object.

        Wait is always sent with both 0 (Z8).
        """

    def read(self, target: Target, what: Part) -> Any:
        """The device's own reading of a part of the unit's data; `NotReadable` where it has none.

        A device's "unit" holds neither `apis` nor what else apis-main adds to it.
        """

    def ups_mode(self, target: Target, mode: int) -> Any:
        """Order a UPS mode, 0..7 (R23, Z10); what the UPS answered. `Refused` where there is no UPS."""
