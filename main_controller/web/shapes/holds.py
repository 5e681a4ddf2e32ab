"""What keeps orders back or ends what they did: a lock, the E-stop's latch, an owner of the bus, a lease."""

from collections.abc import Mapping
from typing import TypedDict

from main_controller.domain.latch import HeldLatch
from main_controller.domain.timestamps import iso_utc
from main_controller.orders import bus_owner
from main_controller.procedures import hand_lease
from main_controller.rules.hand_lease import LeaseState
from main_controller.web.shapes.common import CommandId, Seconds, Time, UnitId


class Lease(TypedDict):
    """The lease of the `units` that work by hand, of `seconds` without anybody: `held`; `warned` once nobody was heard
    since `silentSince` for so long; `ending` once they get Wait, from `waitsAt` on. Both are null while it is held."""

    state: LeaseState
    units: list[UnitId]
    seconds: Seconds
    silentSince: Time | None
    waitsAt: Time | None


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


def lease_of(lease: hand_lease.Lease | None) -> Lease | None:
    """The lease of work by hand, where there is one."""
    if lease is None:
        return None
    return {
        "state": lease.state,
        "units": list(lease.units),
        "seconds": lease.seconds,
        "silentSince": None if lease.silent_since is None else iso_utc(lease.silent_since),
        "waitsAt": None if lease.waits_at is None else iso_utc(lease.waits_at),
    }


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
