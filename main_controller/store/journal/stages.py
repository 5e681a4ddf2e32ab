"""At which stage of its matter a row of the journal was written: the closed list by which a program decides.

The sentences of a row are for people. Used by whoever journals, and by the questions asked of the journal.
"""

from enum import StrEnum


class Stage(StrEnum):
    """Of an order up to `UNKNOWN`; of schedules, locks, the program, the file and the grid after that."""

    CAME = "came"
    INTENT = "intent"
    NOTE = "note"
    ACCEPTED = "accepted"
    VERIFIED = "verified"
    PARTLY_VERIFIED = "partlyVerified"
    CONTRADICTED = "contradicted"
    FAILED = "failed"
    TIMED_OUT = "timedOut"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    UNKNOWN = "unknown"

    SET = "set"
    CLEARED = "cleared"
    NONE = "none"
    TAKEN_OFF = "takenOff"
    DONE = "done"
    NOT_NEEDED = "notNeeded"
    MISSED = "missed"

    STARTED = "started"
    ENDED = "ended"

    EVENT = "event"
    LOST = "lost"
    PRUNED = "pruned"
    REPLACED = "replaced"


SENT = (
    Stage.ACCEPTED, Stage.UNKNOWN, Stage.VERIFIED, Stage.PARTLY_VERIFIED, Stage.CONTRADICTED, Stage.TIMED_OUT,
)  # fmt: skip
"""The stages that only an order has which was or may have been sent."""

SETTLED = (*SENT, Stage.FAILED, Stage.CANCELLED, Stage.REFUSED)
"""The stages after which an intent is no longer open."""
