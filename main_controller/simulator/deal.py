"""One deal: who gives to whom, how far it has come, and what `/deals` says of it (K12, D1-D7)."""

from enum import Enum, auto
from typing import Any

AMPS = 1.0
"""What one deal moves; a unit has two slots."""
AMOUNT_WH = 50.0
"""What a deal delivers into the taker's battery: some 65 s at ten times real time, as recorded (K18)."""


class Phase(Enum):
    """How far a deal has come."""

    AGREED = auto()
    FLOWING = auto()
    ENDING = auto()


class Deal:
    """Agreed at `agreed_at` (cluster seconds); `vanishes_at` where it will go away without ever starting (K12)."""

    def __init__(
        self, deal_id: str, charger: str, discharger: str, *, asked_by_charger: bool, now: float, time: str
    ) -> None:
        self.id = deal_id
        self.charger = charger
        self.discharger = discharger
        self.asked_by_charger = asked_by_charger
        self.agreed_at = now
        self.time = time
        self.master = False
        self.unwanted = False
        self.phase = Phase.AGREED
        self.vanishes_at: float | None = None
        self.amount_wh = AMOUNT_WH
        self.counted_wh = 0.0
        self.counted_at = 0.0  # by the units' clock, s
        self.times: dict[str, str] = {}  # what it has come through, in the words of the log's list, by the units' clock

    @property
    def units(self) -> tuple[str, str]:
        """Who takes and who gives."""
        return (self.charger, self.discharger)

    @property
    def whole(self) -> bool:
        """Whether the Grid Master has counted all of it."""
        return self.counted_wh >= self.amount_wh

    def entry(self) -> dict[str, Any]:
        """Its seven fields, as `samples/deals.json`."""
        ask, answer = (self.charger, self.discharger) if self.asked_by_charger else (self.discharger, self.charger)
        return {
            "chargingUnit": self.charger,
            "dischargingUnit": self.discharger,
            "isMasterDeal": self.master,
            "request": "CHARGE" if self.asked_by_charger else "DISCHARGE",
            "requester": ask,
            "responder": answer,
            "startTime": self.time,
        }
