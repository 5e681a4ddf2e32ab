"""What apis-main's log tells of the simulated deals: their life line by line, and all of them each 5 s (K18, K19)."""

import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from main_controller.simulator.apis_log import GLOBAL_PLACE, ApisLog
from main_controller.simulator.deal import AMPS, Deal

UTIL = "main.app.mediator.util.DealUtil"
EXECUTION = "main.app.gridmaster.deal_execution."
ACTION = "main.error.action."
LOOP = "main.app.gridmaster.main_loop.DealExecution"

STAGES = {
    "activated": "activateDateTime", "ramped up": "rampUpDateTime", "warmed up": "warmUpDateTime",
    "started": "startDateTime", "stopped": "stopDateTime", "deactivated": "deactivateDateTime",
}  # fmt: skip
"""The stages that the Grid Master tells, with the time that each leaves in the deal."""


class DealLog:
    """`master` gives the Grid Master's unit, `time` the units' clock as it stands on the wire."""

    def __init__(self, log: ApisLog, *, master: Callable[[], str | None], time: Callable[[], str]) -> None:
        self._log = log
        self._master = master
        self._time = time

    def created(self, deal: Deal) -> None:
        """Agreed, by who asked."""
        asks = deal.charger if deal.asked_by_charger else deal.discharger
        for unit_id in deal.units:
            self._log.main(unit_id, "INFO", "main.app.mediator.Interlocking", f"locked; dealId : {deal.id}")
        self._log.main(asks, "INFO", UTIL, f"deal created : {deal.id}")

    def reached(self, deal: Deal, *stages: str) -> None:
        """It has come so far; stages that it is through already are not told again."""
        new = [stage for stage in stages if STAGES[stage] not in deal.times]
        if not new:
            return
        self._name(deal)
        for stage in new:
            deal.times[STAGES[stage]] = self._time()
            self._of(deal, f"deal {stage}")

    def counted(self, deal: Deal, watts: float) -> None:
        """A round of the Grid Master's count."""
        deal.times["cumulateDateTime"] = self._time()
        self._name(deal)
        self._say("INFO", f"{EXECUTION}DealCumulation", f"reference unit wb : {watts:.1f}")
        self._of(deal, f"deal cumulated : {deal.counted_wh:.6g} / {deal.amount_wh:g}")
        if not deal.whole:
            self._say("INFO", f"{EXECUTION}DealCumulation", "deal goes on ...")

    def objected(self, unit_id: str, against: str) -> str:
        """A unit finds itself unfit for sharing and asks for its deals' end; its error, as reasons name it."""
        told = self._log.error(unit_id, "HARDWARE:LOCAL:ERROR", against)
        self._log.main(unit_id, "INFO", f"{ACTION}AskAndWaitForStopDeals", "waiting for deal stops ...")
        self._log.main(unit_id, "INFO", f"{ACTION}StopLocal", "sending wait message to this unit ...")
        return told

    def aborted(self, deal: Deal, error: str) -> None:
        """It ends before it is done, in good order, for an error."""
        self._name(deal)
        self._of(deal, f"deal aborted; reason : {json.dumps([error])}")

    def vanished(self, deal: Deal) -> None:
        """It goes before it has begun."""
        why = f"other charge side deal found on discharge unit : {deal.discharger}"
        self._name(deal)
        self._of(deal, f"deal aborted; reason : {why} ; other deal : {_json(self._whole(deal))}")
        self.removed(deal)

    def broke(self, unit_id: str, text: str) -> str:
        """An error of the whole grid, at a unit; its error, as reasons name it."""
        return self._log.error(unit_id, "HARDWARE:GLOBAL:ERROR", text, GLOBAL_PLACE, by="gridmaster")

    def scrammed(self, deals: Sequence[Deal], error: str) -> None:
        """All are cut, for an error."""
        self._say("INFO", f"{ACTION}Scram", "SCRAM all deals ...")
        for deal in deals:
            self._of(deal, f"deal scrammed; reason : {json.dumps([error])}")
            self.removed(deal)

    def removed(self, deal: Deal) -> None:
        """It is gone."""
        self._say("INFO", UTIL, f"deal removed : {deal.id}")
        for unit_id in deal.units:
            self._log.main(unit_id, "INFO", "main.app.mediator.Interlocking", f"unlocked; dealId : {deal.id}")

    def all(self, deals: Sequence[Deal], reference: str | None) -> None:
        """The Grid Master's list at the beginning of a round."""
        if not self._log.heard:
            return
        listed = ", ".join(_json(self._whole(deal)) for deal in deals)
        self._say("FINE", LOOP, f"deals : [{listed}]")
        told = "no voltage reference unit found" if reference is None else f"voltage reference unit : {reference}"
        self._say("INFO", LOOP, told)

    def _name(self, deal: Deal) -> None:
        source = f"{EXECUTION}AbstractDealExecution"
        self._say("INFO", source, f"dealId : {deal.id}")
        self._say("INFO", source, f"dischargeUnitId : {deal.discharger}, chargeUnitId : {deal.charger}")
        self._say("INFO", source, "master side : dischargeUnit")
        self._say("INFO", source, "reference side : chargeUnit")

    def _of(self, deal: Deal, message: str) -> None:
        self._say("INFO", UTIL, message)
        self._say("INFO", UTIL, f"deal updated : {deal.id}")

    def _say(self, level: str, source: str, message: str) -> None:
        self._log.main(self._master(), level, source, message)

    def _whole(self, deal: Deal) -> dict[str, Any]:
        """As K19 has it; what has not happened yet is missing."""
        asks, accepts = (deal.charger, deal.discharger) if deal.asked_by_charger else (deal.discharger, deal.charger)
        told: dict[str, Any] = {
            "unitId": asks, "negotiationId": str(uuid.uuid5(uuid.UUID(deal.id), "negotiation")),
            "requestUnitId": asks, "acceptUnitId": accepts,
            "requestDateTime": deal.time, "acceptDateTime": deal.time,
            "requestPointPerWh": 10.0, "acceptPointPerWh": 10.0,
            "requestDealGridCurrentA": AMPS, "acceptDealGridCurrentA": AMPS,
            "type": "charge" if deal.asked_by_charger else "discharge",
            "chargeUnitId": deal.charger, "dischargeUnitId": deal.discharger, "pointPerWh": 10.0,
            "chargeUnitEfficientGridVoltageV": 312.0, "dischargeUnitEfficientGridVoltageV": 312.0,
            "dealGridCurrentA": AMPS, "requestAmountWh": 500, "acceptAmountWh": 500,
            "dealAmountWh": deal.amount_wh, "dealId": deal.id, "createDateTime": deal.time,
        }  # fmt: skip
        told |= {name: time for name, time in deal.times.items() if name not in ("stopDateTime", "deactivateDateTime")}
        if "startDateTime" in deal.times:
            told |= {"dischargeUnitCompensatedGridCurrentA": 0.0 - AMPS, "chargeUnitCompensatedGridCurrentA": AMPS}
            told["cumulateAmountWh"] = deal.counted_wh
        if deal.master:
            told["isMaster"] = True
        return told


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
