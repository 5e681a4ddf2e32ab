"""Owns who has the bus to itself: a guided transfer, while it runs or waits to be ended (S5, I16).

The desk holds it and asks it for every order that rules bind; `GuidedTransfer` takes it and leaves it. Stopping is
never asked.
"""

from dataclasses import dataclass
from datetime import datetime

from main_controller.assessment.grid_state import GridState
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.modes import Mode
from main_controller.domain.orders import ModeOrder
from main_controller.domain.timestamps import said_time
from main_controller.rules.mode_rules import only_lowers
from main_controller.sentence import Sentence, say


@dataclass(frozen=True, slots=True)
class Claim:
    """The bus is taken by the transfer `id` from `giver` to `taker`, ordered by `by`; `since` is UTC, if known.

    Its own orders are given by `owner`.
    """

    id: str
    owner: Actor
    giver: str
    taker: str
    by: str
    since: datetime | None

    @property
    def sentence(self) -> Sentence:
        """Why another order is refused."""
        if self.since is not None:
            since = say("orders.ownedSince", "since {since}", since=said_time(self.since))
        else:
            since = say("orders.ownedSinceRestart", "since before the restart")
        return say(
            "orders.busOwned",
            "The bus belongs to the guided sharing {command} from {giver} to {taker}, by {by} {since}; "
            "until it has ended, only Wait and stops are sent.",
            command=self.id,
            giver=self.giver,
            taker=self.taker,
            by=self.by,
            since=since,
        )


class BusOwner:
    """The one claim on the bus, None while nobody has it."""

    def __init__(self) -> None:
        self.claim: Claim | None = None

    def take(self, claim: Claim) -> None:
        """Give the bus to this transfer alone."""
        self.claim = claim

    def leave(self, claim_id: str) -> None:
        """That transfer has ended; another's claim stays."""
        claim = self.claim
        if claim is not None and claim.id == claim_id:
            self.claim = None

    def against(self, command: Command, grid: GridState) -> Claim | None:
        """The claim that this order may not pass, or None; a Soft Stop passes where it can only end things (H1)."""
        claim = self.claim
        order = command.order
        if claim is None or not order.moves_bus or command.by == claim.owner:
            return None
        soft_stop = isinstance(order, ModeOrder) and order.mode is Mode.HETERONOMOUS
        lowers = soft_stop and only_lowers(order.unit_id, grid)
        return None if lowers else claim
