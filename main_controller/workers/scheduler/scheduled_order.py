"""One due schedule from its moment to its end: its order is sent, followed, sent again, and ended (Z12, Z9b).

Used by the scheduler alone, in its one thread; what sends runs on an executor. How the order stands is what its command
in the register says.
"""

import logging
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass

from main_controller.domain.actor import SCHEDULER
from main_controller.domain.commands import Command, Tries
from main_controller.domain.schedule import Operation, Schedule
from main_controller.domain.timestamps import iso_utc, said_time
from main_controller.errors import ControllerError, NotFound, Refused
from main_controller.orders.desk import Desk, foreseen
from main_controller.orders.set_mode import SetMode
from main_controller.orders.trying import LONGEST_PAUSE, LONGEST_PAUSE_OF_A_STOP, Trying
from main_controller.rules.due import Action, Decision, Situation, decide, reached
from main_controller.sentence import Sentence, foreign, joined, say
from main_controller.store.schedules import Schedules
from main_controller.workers.scheduler.outcomes import DONE, FAILED, Outcomes

log = logging.getLogger(__name__)

NOTHING = foreign("")
"""What is said of an order while there is nothing to say."""

MOST_SENDS = 3
"""An order that was accepted and did not take effect is repeated at most twice (Z12)."""

Given = Command | ControllerError
"""What came of giving an order: its command, or why there is none."""

Submit = Callable[[Callable[[], Given]], "Future[Given]"]


@dataclass(frozen=True, slots=True)
class Means:
    """What every scheduled order acts with.

    `submit` and `submit_stop` hand a call to an executor (the second serves Force Stop alone); `longest` (s) is how
    long an accepted order may stay open. One that was not accepted, and may have arrived all the same, has the desk's
    `mode_time` to show (Z9b).
    """

    desk: Desk
    set_mode: SetMode
    schedules: Schedules
    outcomes: Outcomes
    submit: Submit
    submit_stop: Submit
    longest: float = 180.0


class ScheduledOrder:
    """The order of one schedule, `sends` times sent so far; `sentence` says how it stands.

    `under_way`: an order was given whose effect has not been judged yet. `sent_here`: this run of the program gave it.
    """

    def __init__(self, schedule: Schedule, means: Means) -> None:
        self.schedule = schedule
        self.sends = 0
        self.sent_here = False
        self.sentence = NOTHING
        self._means = means
        self._call: Future[Given] | None = None
        self._answered_at: float | None = None
        self._overtaken: tuple[ScheduledOrder, ...] = ()
        self._trying = Trying(LONGEST_PAUSE if schedule.operation is Operation.RUN else LONGEST_PAUSE_OF_A_STOP)

    @property
    def under_way(self) -> bool:
        """See the class."""
        return self._call is not None

    @property
    def sending(self) -> bool:
        """Whether it is still on its way to apis-web."""
        return self._call is not None and not self._call.done()

    def attend(self, schedule: Schedule, situation: Situation, others: "Collection[ScheduledOrder]") -> Sentence | None:
        """One step; the sentence says why the schedule is still there, None that it has ended and is gone.

        `schedule` is as its file holds it now, `others` are the orders of others under way in its scope.
        """
        self.schedule = schedule
        decision = decide(schedule, situation)
        if decision.action is Action.CLEARED:
            return self._end(Action.CLEARED, decision.sentence)
        in_effect = self.follow(reached(schedule, situation))
        if self._must_follow():
            return self._send(situation, others)
        if in_effect:
            return self._end(DONE, self.sentence)
        if self.under_way:
            return self.sentence
        if self.sends >= MOST_SENDS and decision.action is not Action.NOT_NEEDED:
            sent = say("workers.sentSoOften", "It was sent {sends} times.", sends=self.sends)
            return self._end(FAILED, joined([self.sentence, sent]))
        return self._carry_out(decision, situation, others)

    def follow(self, is_so: bool = False) -> bool:
        """Whether its order is in effect for good; one that ended otherwise, or never left, is under way no more.

        `is_so`: what it wants is so already, which counts for an order that was not accepted and may have arrived.
        """
        call = self._call
        if call is None or not call.done():
            return False
        if call.cancelled():
            self._not_sent(say("workers.programEnds", "Its order was not sent, because the program ends."))
            return False
        given = self._as_it_stands(call.result())
        if given.sent is False:
            self._not_sent(_fault(given), given.id if isinstance(given, Command) else None)
            return False
        self._trying.over()
        in_effect, time_left = self._judge(given, is_so)
        if in_effect and any(order.sending for order in self._overtaken):
            return False  # that one may still undo it
        if in_effect or not time_left:
            self._call = None
        return in_effect

    def _judge(self, given: Given, is_so: bool) -> tuple[bool, bool]:
        """Whether an order that may have arrived is in effect, and else whether there is time left for it."""
        now = self._means.desk.clock()
        if self._answered_at is None:
            self._answered_at = now
        waited = now - self._answered_at
        if isinstance(given, Command) and given.state.in_effect:
            self.sentence = say("workers.inEffect", "It is in effect (order {id}).", id=given.id)
            return True, False
        if isinstance(given, Command) and given.accepted_at is not None:
            time_left = given.state.open and waited < self._means.longest
            self.sentence = _not_in_effect(given, time_left)
            return False, time_left
        self.sentence = _fault(given)
        return is_so, waited < self._means.desk.timing.mode_time

    def _as_it_stands(self, given: Given) -> Given:
        """The command as the register has it now; one that it has forgotten stands as it did."""
        try:
            return given if isinstance(given, ControllerError) else self._means.desk.commands.get(given.id)
        except NotFound:
            return given

    def _not_sent(self, why: Sentence, command_id: str | None = None) -> None:
        desk = self._means.desk
        self.sends -= 1
        self._call = None
        self.sentence = _cannot_be_sent(self._trying.not_sent(why, desk.clock(), desk.wall(), command_id=command_id))

    def _must_follow(self) -> bool:
        """True once, when an order that this stop supersedes has returned after the stop was sent: send it again."""
        if not self._overtaken or self.sending or any(order.sending for order in self._overtaken):
            return False
        self._overtaken = ()
        self._trying.over()
        self.sends, self.sentence = 0, NOTHING
        return True

    def _carry_out(
        self, decision: Decision, situation: Situation, others: "Collection[ScheduledOrder]"
    ) -> Sentence | None:
        match decision.action:
            case Action.SEND if self._trying.rests(self._means.desk.clock(), situation.hindrances):
                return self.sentence
            case Action.SEND:
                return self._send(situation, others)
            case Action.WAIT:
                self._unmark()
                return decision.sentence
            case Action.NOT_NEEDED if self.sends:
                return self._end(DONE, decision.sentence)
            case _:
                why = joined([decision.sentence, self.sentence]) if self.sentence else decision.sentence
                return self._end(decision.action, why)

    def _send(self, situation: Situation, others: "Collection[ScheduledOrder]") -> Sentence:
        """Have the order sent. A Run is marked in its file before, so that a restart does not send it twice."""
        schedule, means = self.schedule, self._means
        if schedule.operation is Operation.RUN and not means.schedules.mark_sent(schedule, means.desk.wall()):
            return say("workers.changedJustNow", "It was changed just now.")
        stops = schedule.operation is Operation.FORCE_STOP
        tries = self._trying.begin(means.desk.clock(), situation.hindrances)
        level = logging.INFO if tries is None or tries.tell else logging.DEBUG
        log.log(level, "schedule %s due %s: sending its order", schedule, iso_utc(schedule.due))
        self._call = (means.submit_stop if stops else means.submit)(lambda: self._give(schedule, tries))
        self._answered_at = None
        self._overtaken = tuple(order for order in others if order.sending) if stops else ()
        self.sends += 1
        self.sent_here = True
        if tries is not None:
            self.sentence = _cannot_be_sent(tries)
        elif self.sentence:
            self.sentence = say(
                "workers.sendingAgain", "Its order is being sent again; before: {before}", before=self.sentence
            )
        else:
            self.sentence = say("workers.sending", "Its order is being sent.")
        return self.sentence

    def _give(self, schedule: Schedule, tries: Tries | None) -> Given:
        """Runs on an executor, perhaps after a wait in its queue: a schedule that was cleared meanwhile is not sent."""
        means, unit_id, operation = self._means, schedule.unit_id, schedule.operation
        try:
            if not means.schedules.unchanged(schedule):
                raise Refused(say("workers.clearedBefore", "It was cleared or set anew before its order was sent."))
            if unit_id is None:
                return means.set_mode.cluster(operation.wanted(None), SCHEDULER, tries=tries)
            return means.set_mode.unit(unit_id, operation.wanted(unit_id), SCHEDULER, tries=tries)
        except Exception as fault:  # noqa: BLE001 - it is told as the order's, and whether it left
            error = foreseen(fault, say("workers.theOrder", "The order of the schedule"))
            command_id = error.details.get("command")
            return error if command_id is None else means.desk.commands.get(command_id)

    def _unmark(self) -> None:
        """A Run that is known not to have been sent may still be sent after a restart."""
        if self.schedule.sent_at is not None and self.sends == 0 and self.sent_here:
            self._means.schedules.unmark(self.schedule)

    def _end(self, outcome: str, sentence: Sentence) -> Sentence | None:
        return self._means.outcomes.end(self.schedule, outcome, self._means.desk.wall(), sentence)


def _cannot_be_sent(tries: Tries) -> Sentence:
    """How an order stands that is tried again and again: the same sentence for as long as the reason is (M12)."""
    return say(
        "workers.triedAgain",
        "It could not be sent since {since} and is tried again: {why}",
        since=said_time(tries.since),
        why=tries.why,
    )


def _not_in_effect(command: Command, time_left: bool) -> Sentence:
    """How an accepted order stands that is not in effect."""
    if time_left:
        return say("workers.notYet", "Its order {id} was accepted and is not in effect yet.", id=command.id)
    return say("workers.noEffect", "Its order {id} was accepted and did not take effect.", id=command.id)


def _fault(given: Given) -> Sentence:
    """What went wrong with an order that was not accepted."""
    return given.sentence if isinstance(given, ControllerError) else given.error or NOTHING
