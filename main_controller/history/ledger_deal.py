"""A deal that is over, as the ledger keeps it (K2, K12). Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from main_controller.history.apis_account import ApisAccount


class End(StrEnum):
    """How a deal ended."""

    DELIVERED = "delivered"
    NEVER_STARTED = "neverStarted"
    CUT = "cut"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """What ended a deal before it was done, or why that is not known."""

    ORDER = "order"
    GLOBAL_STOP = "globalStop"
    LOCAL_STOP = "localStop"
    UNIT_GONE = "unitGone"
    GRID_ERROR = "gridError"
    APIS_MAIN = "apisMain"
    """apis-main aborted or scrammed it, as its log says; nothing else is known that did."""
    DEALS_UNTOLD = "dealsUntold"
    """Nobody could tell the deals as it ended, so neither how nor when is known."""


class Energy(NamedTuple):
    """Energy (Wh) at one end of a deal, how unsure it is (Wh), and for how long (s) it was covered."""

    wh: float = 0.0
    uncertainty: float = 0.0
    covered: float = 0.0


@dataclass(frozen=True, slots=True)
class LedgerDeal:
    """One deal that is over. Times are aware UTC by our clock, `start_time` the wire's as given.

    `agreed_at` is when it was first seen; `flowed_from` and `flowed_to` are None where no current was seen. `out` is
    what the giver gave to the bus, `into` what the taker took, None where no reading told it. `coverage` (0 to 1) is
    the part of the time with current that was seen at both ends; time in which nobody could tell whether it had ended
    counts as time with current. `attributed`: an end had other deals at the time.
    `command_id` is the order that ended it. `apis` is what apis-main's log told of it, None where nothing was heard.
    """

    giver: str
    taker: str
    request: str | None
    requester: str | None
    responder: str | None
    start_time: str | None
    master: bool
    agreed_at: datetime
    saw_begin: bool
    flowed_from: datetime | None
    flowed_to: datetime | None
    ended_at: datetime
    end: End
    cause: Cause | None
    command_id: str | None
    out: Energy | None
    into: Energy | None
    coverage: float
    attributed: bool
    apis: ApisAccount | None = None
