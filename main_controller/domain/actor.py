"""Who gives an order: a person at a page or a script, or one of this program's own procedures.

Pure. Kept in every command; its text is `by` on the wire, in the journal and in the log.
"""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What gives an order."""

    PERSON = "person"
    SCHEDULER = "scheduler"
    TRANSFER = "share"
    HAND_TIME = "handtime"
    UNATTENDED = "unattended"
    ESTOP_FILE = "estop"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives an order; `address` is where a person's request came from, `name` a person's or a procedure's name."""

    kind: ActorKind
    name: str = ""
    address: str = ""

    def __str__(self) -> str:
        if self.kind is ActorKind.PERSON:
            return self.name or self.address
        return f"{self.kind} {self.name}" if self.name else str(self.kind)


def person(address: str) -> Actor:
    """Whoever sends a request from this address."""
    return Actor(ActorKind.PERSON, address=address)


def transfer_actor(command_id: str) -> Actor:
    """The guided transfer of this command, which gives orders of its own (I16)."""
    return Actor(ActorKind.TRANSFER, command_id)


SCHEDULER = Actor(ActorKind.SCHEDULER)
"""A schedule that is due."""

HAND_TIME = Actor(ActorKind.HAND_TIME)
"""What sends Wait to a converter that was driven by hand for too long (I15)."""

UNATTENDED = Actor(ActorKind.UNATTENDED)
"""What ends a guided transfer that a kill interrupted and nobody ended (S30)."""

ESTOP_FILE = Actor(ActorKind.ESTOP_FILE)
"""The file that latches the E-stop (I17)."""
