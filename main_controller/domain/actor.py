"""Who gives an order: a person at a page or a script, or one of this program's own procedures.

Pure. Kept in every command; its text is `by` on the wire, in the journal and in the log.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from main_controller.sentence import say


class ActorKind(StrEnum):
    """What gives an order."""

    PERSON = "person"
    SCHEDULER = "scheduler"
    TRANSFER = "share"
    HAND_TIME = "handtime"
    LEASE = "lease"
    UNATTENDED = "unattended"
    ESTOP_FILE = "estop"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives an order; `address` is where a person's request came from, `name` a person's or a procedure's name.

    A person's name is what that person wrote, unless `account` says whose log-in it is: then that stands for it, with
    the `name` of a script's token where one gave the order. Either has the address beside it in its text.
    """

    kind: ActorKind
    name: str = ""
    address: str = ""
    account: str = ""

    def __str__(self) -> str:
        if self.kind is ActorKind.PERSON:
            name = "/".join(filter(None, (self.account, self.name)))
            return f"{name} ({self.address})" if name else self.address
        return f"{self.kind} {self.name}" if self.name else str(self.kind)

    @property
    def said(self) -> str:
        """Who it is, in a sentence for people: a procedure by what it is called there."""
        match self.kind:
            case ActorKind.SCHEDULER:
                return say("domain.theScheduler", "the scheduler")
            case ActorKind.TRANSFER:
                return say("domain.theTransfer", "the guided sharing {command}", command=self.name)
            case ActorKind.HAND_TIME:
                return say("domain.theHandTime", "the time limit for work by hand")
            case ActorKind.LEASE:
                return say("domain.theLease", "the end of the lease of work by hand")
            case ActorKind.UNATTENDED:
                return say("domain.theUnattended", "the end of what nobody attended")
            case ActorKind.ESTOP_FILE:
                return say("domain.theLatch", "the E-stop ({name})", name=self.name)
        return str(self)


def person(address: str, account: str = "", token: str = "") -> Actor:
    """Whoever sends a request from this address, logged in as this account, or by a token of it of this name."""
    return Actor(ActorKind.PERSON, token, address, account)


def signed(by: Actor, name: str) -> Actor:
    """The same, who gave this name; an empty one says nothing, nor does any of somebody who is logged in."""
    return replace(by, name=name) if name and not by.account else by


def transfer_actor(command_id: str) -> Actor:
    """The guided transfer of this command, which gives orders of its own (I16)."""
    return Actor(ActorKind.TRANSFER, command_id)


SCHEDULER = Actor(ActorKind.SCHEDULER)
"""A schedule that is due."""

HAND_TIME = Actor(ActorKind.HAND_TIME)
"""What sends Wait to a converter that was driven by hand for too long (I15)."""

LEASE = Actor(ActorKind.LEASE)
"""What sends Wait to converters that were driven by hand once no person was heard for too long."""

UNATTENDED = Actor(ActorKind.UNATTENDED)
"""What ends a guided transfer that a kill interrupted and nobody ended (S30)."""


def latch_actor(name: str) -> Actor:
    """The E-stop's latch that a file keeps (I17): of whoever pressed it before a restart, else by the file's name."""
    return Actor(ActorKind.ESTOP_FILE, name)
