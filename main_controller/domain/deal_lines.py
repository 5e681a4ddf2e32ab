"""What single lines of apis-main's log tell of deals (K18, K19).

Pure. Used by the ledger's account of what apis-main says. Like every line of that log it is evidence, never proof.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from main_controller.domain.apis_log import LogLine
from main_controller.domain.units import number, text

LONGEST_REASON = 500
"""How many characters of a reason are kept: apis-main puts whole deals into some."""

MOST_DEALS = 500
"""How many deals of one list are read."""


class Stage(StrEnum):
    """How far a deal has come, in order."""

    CREATED = "created"
    ACTIVATED = "activated"
    RAMPED_UP = "rampedUp"
    WARMED_UP = "warmedUp"
    STARTED = "started"
    STOPPED = "stopped"
    DEACTIVATED = "deactivated"
    REMOVED = "removed"


class How(StrEnum):
    """How apis-main ended a deal before it was done."""

    ABORTED = "aborted"
    SCRAMMED = "scrammed"


class Names(NamedTuple):
    """The lines that follow from the same sender are about this deal."""

    deal_id: str


class Pairs(NamedTuple):
    """The deal that was named is between these."""

    giver: str
    taker: str


class Refers(NamedTuple):
    """Which end's battery its count is of: the giver's, else the taker's."""

    giver: bool


class Concerns(NamedTuple):
    """The line before from the same sender was about this deal."""

    deal_id: str


class Reaches(NamedTuple):
    """It has come so far; `deal_id` None: the line does not say which."""

    stage: Stage
    deal_id: str | None


class Counts(NamedTuple):
    """apis-main counted so much (Wh by the units' clock) of what was agreed (Wh)."""

    wh: float
    agreed: float


class Breaks(NamedTuple):
    """It ends before it is done."""

    how: How
    why: str


class WholeDeal(NamedTuple):
    """A deal as the Grid Master lists it (K19): energies Wh, current A; `created` and `started` by the units' clock as
    sent, `stages` those that it has come through."""

    deal_id: str
    giver: str
    taker: str
    request: str | None
    requester: str | None
    created: str | None
    started: str | None
    amps: float | None
    agreed: float | None
    counted: float | None
    stages: tuple[Stage, ...]


Told = Names | Pairs | Refers | Concerns | Reaches | Counts | Breaks | WholeDeal

_STAGES = {
    "activated": Stage.ACTIVATED,
    "ramped up": Stage.RAMPED_UP,
    "warmed up": Stage.WARMED_UP,
    "started": Stage.STARTED,
    "stopped": Stage.STOPPED,
    "deactivated": Stage.DEACTIVATED,
}
_TIMES = {
    "createDateTime": Stage.CREATED,
    "activateDateTime": Stage.ACTIVATED,
    "rampUpDateTime": Stage.RAMPED_UP,
    "warmUpDateTime": Stage.WARMED_UP,
    "startDateTime": Stage.STARTED,
    "stopDateTime": Stage.STOPPED,
    "deactivateDateTime": Stage.DEACTIVATED,
}
_ID = r"(?P<id>[0-9A-Za-z-]{1,64})"
_NUMBER = r"-?\d{1,12}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?"
_NAMES = re.compile(rf"dealId : {_ID}")
_PAIRS = re.compile(r"dischargeUnitId : (?P<giver>[^,\s]{1,200}), chargeUnitId : (?P<taker>[^,\s]{1,200})")
_REFERS = re.compile(r"reference side : (?P<side>charge|discharge)Unit")
_BIRTH_OR_END = re.compile(rf"deal (?P<what>created|removed) : {_ID}")
_CONCERNS = re.compile(rf"deal updated : {_ID}")
_REACHES = re.compile(r"deal (?P<what>activated|ramped up|warmed up|started|stopped|deactivated)")
_COUNTS = re.compile(rf"deal cumulated : (?P<wh>{_NUMBER}) / (?P<agreed>{_NUMBER})")
_BREAKS = re.compile(r"deal (?P<how>aborted|scrammed); reason : (?P<why>.*)", re.DOTALL)
_LIST = "deals : ["


def about_deals(line: LogLine) -> bool:
    """Whether a line may tell something of a deal: quick, for every line that is heard."""
    return line.program == "apis-main" and line.source.endswith(
        (".DealUtil", ".AbstractDealExecution", ".DealExecution")
    )


def told_of_deals(line: LogLine) -> Iterator[Told]:
    """What a line tells of deals; nothing where it tells none."""
    message = line.message
    if line.source.endswith(".AbstractDealExecution"):
        if match := _NAMES.fullmatch(message):
            yield Names(match["id"])
        elif match := _PAIRS.fullmatch(message):
            yield Pairs(match["giver"], match["taker"])
        elif match := _REFERS.fullmatch(message):
            yield Refers(match["side"] == "discharge")
    elif line.source.endswith(".DealUtil"):
        yield from _progress(message)
    elif line.source.endswith(".DealExecution") and message.startswith(_LIST):
        yield from _listed(message[len(_LIST) - 1 :])


def _progress(message: str) -> Iterator[Told]:
    if match := _BIRTH_OR_END.fullmatch(message):
        yield Reaches(Stage(match["what"]), match["id"])
    elif match := _CONCERNS.fullmatch(message):
        yield Concerns(match["id"])
    elif match := _REACHES.fullmatch(message):
        yield Reaches(_STAGES[match["what"]], None)
    elif match := _COUNTS.fullmatch(message):
        yield Counts(float(match["wh"]), float(match["agreed"]))
    elif match := _BREAKS.fullmatch(message):
        yield Breaks(How(match["how"]), match["why"][:LONGEST_REASON])


def _listed(found: str) -> Iterator[WholeDeal]:
    try:
        deals = msgspec.json.decode(found.encode(), type=list[dict[str, Any]])
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return
    for deal in deals[:MOST_DEALS]:
        if (whole := _whole(deal)) is not None:
            yield whole


def _whole(deal: Mapping[str, Any]) -> WholeDeal | None:
    deal_id, giver, taker = (text(deal.get(name)) for name in ("dealId", "dischargeUnitId", "chargeUnitId"))
    if deal_id is None or giver is None or taker is None or not re.fullmatch(_ID, deal_id):
        return None
    request = text(deal.get("type"))
    return WholeDeal(
        deal_id,
        giver,
        taker,
        None if request is None else request.upper(),
        text(deal.get("requestUnitId")),
        text(deal.get("createDateTime")),
        text(deal.get("startDateTime")),
        number(deal.get("dealGridCurrentA")),
        number(deal.get("dealAmountWh")),
        number(deal.get("cumulateAmountWh")),
        tuple(stage for name, stage in _TIMES.items() if deal.get(name) is not None),
    )
