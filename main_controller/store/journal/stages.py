"""At which stage of its matter a row of the journal was written: the closed list by which a program decides.

The sentences of a row are for people. Used by whoever journals, and by the questions asked of the journal.
"""

from collections.abc import Mapping
from enum import StrEnum

from main_controller.sentence import Sentence, say


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

REACHED = (Stage.CAME, Stage.INTENT, Stage.ACCEPTED)
"""The stages through which an order goes before its end."""

ENDS = (
    Stage.VERIFIED, Stage.PARTLY_VERIFIED, Stage.CONTRADICTED, Stage.FAILED, Stage.TIMED_OUT, Stage.CANCELLED,
    Stage.REFUSED, Stage.UNKNOWN,
)  # fmt: skip
"""The stages after which an order is no longer open."""

OUTCOMES: Mapping[Stage, Sentence] = {
    Stage.NOTE: say("store.note", "note"),
    Stage.ACCEPTED: say("store.accepted", "accepted"),
    Stage.VERIFIED: say("store.verified", "verified"),
    Stage.PARTLY_VERIFIED: say("store.partlyVerified", "partlyVerified"),
    Stage.CONTRADICTED: say("store.contradicted", "contradicted"),
    Stage.FAILED: say("store.failed", "failed"),
    Stage.TIMED_OUT: say("store.timedOut", "timedOut"),
    Stage.CANCELLED: say("store.cancelled", "cancelled"),
    Stage.REFUSED: say("store.refused", "refused"),
    Stage.UNKNOWN: say("store.unknown", "unknown"),
    Stage.SET: say("store.set", "set"),
    Stage.CLEARED: say("store.cleared", "cleared"),
    Stage.NONE: say("store.thereWasNone", "there was none"),
    Stage.TAKEN_OFF: say("store.takenOff", "taken off"),
    Stage.DONE: say("store.done", "done"),
    Stage.NOT_NEEDED: say("store.notNeeded", "notNeeded"),
    Stage.MISSED: say("store.missed", "missed"),
    Stage.LOST: say("store.lost", "lost"),
    Stage.PRUNED: say("store.pruned", "pruned"),
    Stage.REPLACED: say("store.fileReplaced", "replaced"),
}
"""What a row at this stage says came of its matter; of the others nothing has come yet, or nothing can."""
