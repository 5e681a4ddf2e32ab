"""What each deal moved at both of its ends (K12)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, TypedDict

import msgspec
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.deal_lines import How, Stage
from main_controller.domain.timestamps import iso_utc
from main_controller.history.apis_account import ApisAccount, Compared, apart_sentence
from main_controller.history.ledger_deal import Cause, End, Energy, LedgerDeal
from main_controller.history.sums import Sum
from main_controller.web.shapes.common import CommandId, Time, UnitId, WattHours


class LedgerCause(TypedDict):
    """What ended a deal before it was done; `dealsUntold`: nobody could tell the deals as it ended. `command` is the
    order of this program that did, null where none did."""

    kind: Cause
    command: CommandId | None


class ApisBreak(TypedDict):
    """apis-main ended a deal before it was done: `how`, and `why` in its own words."""

    how: How
    why: str


class ApisCompared(TypedDict):
    """apis-main's count beside ours, at one battery: `battery` is whose.

    `countedWh` is its, `readWh` what the readings say of the same battery, both by the units' clock, which runs
    `clockRate` times as fast as ours; `differenceWh` is by how much it counted more, `uncertaintyWh` by how much both
    together may be wrong. `apart` says, in a sentence, that they differ by more; null: they agree.
    """

    battery: UnitId
    clockRate: float
    countedWh: WattHours
    readWh: WattHours
    differenceWh: WattHours
    uncertaintyWh: WattHours
    apart: str | None


class LedgerApis(TypedDict):
    """What apis-main's own log told of a deal: evidence, never proof.

    `agreedWh` and `countedWh` are by the units' clock, `agreedA` the current agreed; `stages` are when each stage was
    heard, by this program's clock; null: not heard. `compared` is null where nothing can be compared: nothing counted,
    or the deal is not covered whole.
    """

    dealId: str
    agreedWh: WattHours | None
    agreedA: float | None
    countedWh: WattHours | None
    stages: dict[Stage, Time]
    breaks: list[ApisBreak]
    compared: ApisCompared | None


class LedgerEntry(TypedDict):
    """A deal that is over. `startTime` is the wire's, by the units' clock; all other times are this program's.

    `agreedAt` is when it was first seen, and `sawBegin` whether this program saw it come; `flowedFrom` and `flowedTo`
    are the first and last time with current, null where none was seen. `outWh` left the giver, `inWh` reached the
    taker, and `lossWh` lies between; each of the ends is sure to `uncertaintyWh`; null: not told. `coverage` (0 to 1)
    is the part of the time with current that was seen at both ends; time in which nobody could tell the deals as it
    ended counts as time with current. `method`: `attributed` where an end was in several
    deals, so that its reading was shared out by the agreed currents, else `measured`. `apis` is what apis-main's own
    log told of it, null where nothing was heard.
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
    apis: LedgerApis | None


class LedgerPage(TypedDict):
    """Deals, the newest first; `next` is what `before` asks for to get those before them, null: there are none."""

    deals: list[LedgerEntry]
    next: int | None


class LedgerSum(TypedDict):
    """What the deals moved that ended in a span from `start` (by the site's clock) on, of one pair where pairs are
    asked for. `deals` is how many had current, `withoutCurrent` how many none. `partly` is how many of those with
    current are not known whole, whose energy is too small or left out."""

    start: Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
    dischargingUnit: UnitId | None
    chargingUnit: UnitId | None
    deals: int
    withoutCurrent: int
    outWh: WattHours
    inWh: WattHours
    lossWh: WattHours
    uncertaintyWh: WattHours
    partly: int


class LedgerSums(TypedDict):
    """One row for each span, and pair, with a deal; the oldest first."""

    by: str
    rows: list[LedgerSum]


COLUMNS = (
    *(name for name in LedgerEntry.__annotations__ if name != "apis"),
    *("apisDealId", "apisAgreedWh", "apisAgreedA", "apisCountedWh", "apisReasons", "apisDifferenceWh"),
    "apisUncertaintyWh",
)
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
        "apis": None if deal.apis is None else _apis(deal, deal.apis),
    }


def _apis(deal: LedgerDeal, account: ApisAccount) -> LedgerApis:
    return {
        "dealId": account.deal_id,
        "agreedWh": account.agreed,
        "agreedA": account.amps,
        "countedWh": account.counted,
        "stages": {stage: iso_utc(at) for stage, at in account.stages.items()},
        "breaks": [{"how": how, "why": why} for how, why in account.breaks],
        "compared": None if account.compared is None else _compared(deal, account.compared),
    }


def _compared(deal: LedgerDeal, found: Compared) -> ApisCompared:
    return {
        "battery": deal.giver if found.by_giver else deal.taker,
        "clockRate": round(found.rate, 3),
        "countedWh": round(found.counted, 3),
        "readWh": round(found.ours, 3),
        "differenceWh": round(found.difference, 3),
        "uncertaintyWh": round(found.unsure, 3),
        "apart": apart_sentence(deal.giver, deal.taker, found) if found.apart else None,
    }


def cells_of(number: int, deal: LedgerDeal) -> Sequence[object]:
    """One deal as a line of the file."""
    entry = entry_of(number, deal)
    cause, apis = entry["cause"], entry["apis"]
    known = {**entry, "cause": cause and f"{cause['kind']} {cause['command'] or ''}".strip()}
    if apis is not None:
        reasons = "; ".join(f"{one['how']}: {one['why']}" for one in apis["breaks"])
        known |= {
            "apisDealId": apis["dealId"], "apisAgreedWh": apis["agreedWh"], "apisAgreedA": apis["agreedA"],
            "apisCountedWh": apis["countedWh"], "apisReasons": reasons or None,
        }  # fmt: skip
        if (found := apis["compared"]) is not None:
            known |= {"apisDifferenceWh": found["differenceWh"], "apisUncertaintyWh": found["uncertaintyWh"]}
    return [known.get(name) for name in COLUMNS]


def sum_of(one: Sum, zone: BaseTzInfo) -> LedgerSum:
    """One span, by the clock of the site's `zone`."""
    return {
        "start": datetime.fromtimestamp(one.start, UTC).astimezone(zone).isoformat(),
        "dischargingUnit": one.giver,
        "chargingUnit": one.taker,
        "deals": one.deals,
        "withoutCurrent": one.idle,
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
