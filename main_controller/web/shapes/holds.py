"""What keeps orders back: a lock, the E-stop's latch, an owner of the bus."""

from collections.abc import Mapping
from typing import TypedDict

from main_controller.domain.latch import HeldLatch
from main_controller.domain.timestamps import iso_utc
from main_controller.orders import bus_owner
from main_controller.web.shapes.common import CommandId, Time, UnitId


class Lock(TypedDict):
    """A maintenance lock (S29): who holds it, why, and since when."""

    name: str
    reason: str
    since: Time


Locks = dict[str, Lock]
"""Every lock by unit id; the key "" is the cluster's."""


class Latch(TypedDict):
    """The E-stop's latch (I17): by whom or what, why ("": no reason was given), since when.

    `byFile` names the file by which it was latched, null where a person did; `file`: its file holds it, so that it
    stays over a restart.
    """

    by: str
    byFile: str | None
    reason: str
    since: Time
    file: bool


Ends = TypedDict("Ends", {"from": UnitId, "to": UnitId})
Ends.__doc__ = "Who gives and who takes in a guided sharing (N13)."


class Claim(Ends):
    """The guided sharing that owns the bus (I16), by whom, and since when: null where that was before a restart."""

    command: CommandId
    by: str
    since: Time | None


def lock_of(lock: Mapping[str, str]) -> Lock:
    """A lock as its book has it."""
    return {"name": lock["name"], "reason": lock["reason"], "since": lock["since"]}


def locks_of(locks: Mapping[str, Mapping[str, str]]) -> Locks:
    """The locks of the book."""
    return {scope: lock_of(lock) for scope, lock in locks.items()}


def latch_of(latch: HeldLatch | None) -> Latch | None:
    """The E-stop's latch, where there is one."""
    if latch is None:
        return None
    return {
        "by": latch.by,
        "byFile": latch.by_file,
        "reason": latch.reason,
        "since": latch.since,
        "file": latch.on_file,
    }


def claim_of(claim: bus_owner.Claim) -> Claim:
    """The owner of the bus."""
    since = None if claim.since is None else iso_utc(claim.since)
    return {"command": claim.id, "from": claim.giver, "to": claim.taker, "by": claim.by, "since": since}
