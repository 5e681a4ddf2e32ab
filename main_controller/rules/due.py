"""What to do now with one schedule that is due: Z12 as a pure decision.

Used by the scheduler, which gathers the situation and carries the decision out.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from main_controller.domain.modes import Mode
from main_controller.domain.schedule import UNKNOWN, ModeSeen, Operation, Schedule
from main_controller.sentence import Sentence, say

RUN_LATEST = timedelta(minutes=5)
"""How late a scheduled Run may still act (Z12)."""


FILE_CLOCK_SKEW = timedelta(minutes=1)
"""How far the clock that dates the files may be ahead of ours (a folder on another machine)."""


class Action(StrEnum):
    """What becomes of a due schedule now."""

    SEND = "send"
    WAIT = "wait"
    NOT_NEEDED = "notNeeded"
    MISSED = "missed"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Decision:
    """The action, and the sentence that explains it to a person."""

    action: Action
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Situation:
    """What the decision looks at, all of the schedule's own scope.

    `seen` is the mode in force (global) or the unit's local mode, `in_wait` whether every converter is in Wait; `busy`
    says that another schedule's order is under way; `person_at` is when a person's last mode order or Stop all was, or
    may have been, sent; `settling` is how long such an order may stay unseen (Z9b). `jumps` are the stretches of time
    that the wall clock skipped;
    `sent_here` says that a Run marked as sent was sent by this very run of the program. `hindrances` is whatever may
    keep an order from being sent, as one value: where it changes, what was not sent is tried at once (M12).
    """

    now: datetime
    seen: ModeSeen
    in_wait: bool = True
    busy: bool = False
    person_at: datetime | None = None
    settling: timedelta = timedelta(seconds=30)
    grid_master: bool | None = None
    grid_error: bool | None = None
    jumps: tuple[tuple[datetime, datetime], ...] = ()
    sent_here: bool = True
    hindrances: Hashable = None

    @property
    def settled(self) -> bool:
        """Whether the mode seen is not about to change by an order that is under way or was just given."""
        recent = self.person_at is not None and abs(self.now - self.person_at) < self.settling
        return not self.busy and not recent


def decide(schedule: Schedule, situation: Situation) -> Decision:
    """What to do now with `schedule`, whose time has come (Z12).

    A force stop is sent at once in any doubt; a soft stop and a Run wait until the mode in force can be told.
    """
    if _person_came_after(schedule, situation):
        return Decision(Action.CLEARED, say("rules.personCame", "A person's own mode order came after its time."))
    if situation.settled and reached(schedule, situation):
        in_force = say("rules.inForceAlready", "{mode} was in force already.", mode=_shown(situation.seen))
        return Decision(Action.NOT_NEEDED, in_force)
    match schedule.operation:
        case Operation.FORCE_STOP:
            return _SEND
        case Operation.SOFT_STOP:
            return _first(_waiting(situation))
        case Operation.RUN:
            return _first((*_missing(schedule, situation), *_waiting(situation), *_waiting_run(situation)))


def reached(schedule: Schedule, situation: Situation) -> bool:
    """Whether what is scheduled is so already: a Force Stop only where every converter is in Wait too (S2)."""
    stopped = schedule.operation is not Operation.FORCE_STOP or situation.in_wait
    return stopped and schedule.operation.reached(situation.seen)


_Rule = tuple[bool, Action, Sentence]
_SEND = Decision(Action.SEND, say("rules.due", "It is due."))


def _first(rules: Iterable[_Rule]) -> Decision:
    """The first rule that holds; where none does, the schedule is sent."""
    return next((Decision(action, text) for holds, action, text in rules if holds), _SEND)


def _person_came_after(schedule: Schedule, situation: Situation) -> bool:
    """An operator's own mode order clears a due schedule of its scope; one dated in the future proves nothing."""
    at = situation.person_at
    return at is not None and max(schedule.due, schedule.set_at) <= at <= situation.now


def _waiting(situation: Situation) -> tuple[_Rule, ...]:
    return (
        (
            not situation.settled,
            Action.WAIT,
            say("rules.waitsForOrder", "It waits until another order in its scope shows its effect."),
        ),
        (
            situation.seen is UNKNOWN,
            Action.WAIT,
            say("rules.waitsForMode", "It waits until the mode in force can be told."),
        ),
    )


def _waiting_run(situation: Situation) -> tuple[_Rule, ...]:
    return (
        (
            situation.grid_master is not True,
            Action.WAIT,
            say("rules.waitsForMaster", "It waits for a Grid Master."),
        ),
        (
            situation.grid_error is None,
            Action.WAIT,
            say("rules.waitsForNoError", "It waits until it can be told that the grid has no error."),
        ),
    )


def _missing(schedule: Schedule, situation: Situation) -> tuple[_Rule, ...]:
    """Why a Run is not made up for: a stop that comes late is safe, a start is not."""
    stopped = situation.settled and schedule.unit_id is None and situation.seen in (Mode.STOP, Mode.MANUAL)
    skipped = any(before < schedule.due <= after for before, after in situation.jumps)
    ordered = situation.person_at is not None and situation.person_at > schedule.set_at
    return (
        (
            situation.now - schedule.due > RUN_LATEST,
            Action.MISSED,
            say("rules.runTooLate", "More than 5 minutes had passed since its time."),
        ),
        (skipped, Action.MISSED, say("rules.clockJumped", "Its time came only because the clock jumped.")),
        (
            schedule.set_at > situation.now + FILE_CLOCK_SKEW,
            Action.MISSED,
            say("rules.fileFromFuture", "Its file is dated in the future: the clock was set back."),
        ),
        (
            ordered,
            Action.MISSED,
            say("rules.personOrdered", "A person's mode order or Stop all came after it was set."),
        ),
        (
            schedule.sent_at is not None and not situation.sent_here,
            Action.MISSED,
            say("rules.sentBefore", "It was sent before a restart and is not in effect; it is not sent twice."),
        ),
        (
            stopped,
            Action.MISSED,
            say(
                "rules.runFromStop",
                "{mode} was in force; a scheduled Run acts only from Soft Stop.",
                mode=_shown(situation.seen),
            ),
        ),
        (situation.grid_error is True, Action.MISSED, say("rules.gridError", "The grid reported an error.")),
    )


def _shown(seen: ModeSeen) -> str:
    """The mode seen in words for a sentence."""
    if isinstance(seen, Mode):
        return seen.label
    if seen is None:
        return say("rules.clustersMode", "The cluster's mode")
    return say("rules.unknownMode", "An unknown mode")
