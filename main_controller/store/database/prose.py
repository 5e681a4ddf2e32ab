"""What rows of the journal's first three versions say only in words: the order's name and its stage.

Used by the migration to version 4, by the check of old rows, and where an old file can be read but not changed. Frozen:
nothing that is written today is read so.
"""

import re
import sqlite3

_ORDER_KINDS = ("order", "refusal", "override", "intent")
_OUTCOMES = ("accepted", "verified", "partlyVerified", "contradicted", "failed", "timedOut", "cancelled", "refused",
             "unknown", "note")  # fmt: skip
_SCHEDULES = {
    "there was none": "none",
    **{outcome: outcome for outcome in ("set", "cleared", "done", "notNeeded", "missed", "failed")},
}
_OTHERS = {"anchor": "pruned", "lost": "lost"}


def order_of(kind: object, by: object, what: object) -> str | None:
    """The name of the order that an old row is about, None where it is about none."""
    if not (isinstance(kind, str) and isinstance(what, str)):
        return None
    if kind in _ORDER_KINDS:
        found = re.match(r"(?:about to send: )?(\w+) for ", what)
        return found[1] if found is not None else None
    if kind == "lock":
        return "clearLock" if what.endswith(" taken off") else "setLock"
    if kind == "schedule" and by != "scheduler" and what.startswith("schedule "):
        return "setSchedule" if what.endswith(" set") else "clearSchedule"
    return None


def stage_of(kind: object, what: object, outcome: object) -> str:
    """The stage at which an old row was written."""
    if not (isinstance(what, str) and isinstance(outcome, str)):
        return "event"
    if kind in _ORDER_KINDS:
        return _stage_of_order(str(kind), outcome)
    if kind == "start":
        return "ended" if what.startswith("The program ends:") else "started"
    if kind == "schedule":
        return _SCHEDULES.get(outcome, "event")
    if kind == "lock":
        return "takenOff" if outcome == "taken off" else "set"
    return _OTHERS.get(str(kind), "event")


def define(connection: sqlite3.Connection) -> None:
    """Make both known to this connection's statements."""
    connection.create_function("prose_order", 3, order_of, deterministic=True)
    connection.create_function("prose_stage", 3, stage_of, deterministic=True)


def _stage_of_order(kind: str, outcome: str) -> str:
    if not outcome:
        return "intent" if kind == "intent" else "came"
    status = outcome.partition(":")[0]
    return status if status in _OUTCOMES else "event"
