"""What each deal moved at both of its ends (K12)."""

from typing import Annotated, TypedDict

import msgspec

from main_controller.domain.timestamps import iso_utc
from main_controller.history.ledger import Cause, End, Energy, LedgerDeal
from main_controller.history.sums import Sum
from main_controller.web.shapes.common import CommandId, Time, UnitId, WattHours


class LedgerCause(TypedDict):
    """What ended a deal before it was done; `command` is the order of this program that did, null where none did."""

    kind: Cause
    command: CommandId | None


class LedgerEntry(TypedDict):
    """A deal that is over. `startTime` is the wire's, by the units' clock; all other times are this program's.

    `agreedAt` is when it was first seen, and `sawBegin` whether this program saw it come; `flowedFrom` and `flowedTo`
    are the first and last time with current, null where none was seen. `outWh` left the giver, `inWh` reached the
    taker, and `lossWh` lies between; each of the ends is sure to `uncertaintyWh`; null: not told. `coverage` (0 to 1)
    is the part of the time with current that was seen at both ends. `method`: `attributed` where an end was in several
    deals, so that its reading was shared out by the agreed currents, else `measured`.
    """

    id: int
    chargingUnit: UnitId
    dischargingUnit: UnitId
    requester: UnitId | None
    responder: UnitId | None
    request: str | None
    masterDeal: bool
    startTime: str | None
    agreedAt: Time
    sawBegin: bool
    flowedFrom: Time | None
    flowedTo: Time | None
    endedAt: Time
    end: End
    cause: LedgerCause | None
    outWh: WattHours | None
    inWh: WattHours | None
    lossWh: WattHours | None
    uncertaintyWh: WattHours | None
    coverage: float
    method: Annotated[str, msgspec.Meta(pattern="^(measured|attributed)$")]


class LedgerPage(TypedDict):
    """Deals, the newest first; `next` is what `before` asks for to get those before them, null: there are none."""

    deals: list[LedgerEntry]
    next: int | None


class LedgerSum(TypedDict):
    """What the deals with current moved that ended in a span from `start` (by the site's clock) on, of one pair where
    pairs are asked for. `partly` is how many of them are not known whole, whose energy is too small or left out."""

    start: Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
    dischargingUnit: UnitId | None
    chargingUnit: UnitId | None
    deals: int
    outWh: WattHours
    inWh: WattHours
    lossWh: WattHours
    uncertaintyWh: WattHours
    partly: int


class LedgerSums(TypedDict):
    """One row for each span, and pair, with a deal; the oldest first."""

    by: str
    rows: list[LedgerSum]


COLUMNS = tuple(LedgerEntry.__annotations__)
"""Of the file, in order."""


def entry_of(number: int, deal: LedgerDeal) -> LedgerEntry:
    """One deal."""
    loss = None if deal.out is None or deal.into is None else deal.out.wh - deal.into.wh
    return {
        "id": number,
        "chargingUnit": deal.taker,
        "dischargingUnit": deal.giver,
        "requester": deal.requester,
        "responder": deal.responder,
        "request": deal.request,
        "masterDeal": deal.master,
        "startTime": deal.start_time,
        "agreedAt": iso_utc(deal.agreed_at),
        "sawBegin": deal.saw_begin,
        "flowedFrom": None if deal.flowed_from is None else iso_utc(deal.flowed_from),
        "flowedTo": None if deal.flowed_to is None else iso_utc(deal.flowed_to),
        "endedAt": iso_utc(deal.ended_at),
        "end": deal.end,
        "cause": None if deal.cause is None else {"kind": deal.cause, "command": deal.command_id},
        "outWh": _wh(deal.out),
        "inWh": _wh(deal.into),
        "lossWh": None if loss is None else round(loss, 3),
        "uncertaintyWh": _unsure(deal),
        "coverage": round(deal.coverage, 3),
        "method": "attributed" if deal.attributed else "measured",
    }


def sum_of(one: Sum) -> LedgerSum:
    """One span."""
    return {
        "start": one.start.isoformat(),
        "dischargingUnit": one.giver,
        "chargingUnit": one.taker,
        "deals": one.deals,
        "outWh": round(one.out, 3),
        "inWh": round(one.into, 3),
        "lossWh": round(one.out - one.into, 3),
        "uncertaintyWh": round(one.unsure, 3),
        "partly": one.partly,
    }


def _wh(energy: Energy | None) -> float | None:
    return None if energy is None else round(energy.wh, 3)


def _unsure(deal: LedgerDeal) -> float | None:
    ends = [energy.uncertainty for energy in (deal.out, deal.into) if energy is not None]
    return round(max(ends), 3) if ends else None
