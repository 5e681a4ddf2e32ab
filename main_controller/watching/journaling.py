"""Writes into the journal what orders, schedules, locks and the grid itself do (Z13a).

A listener of the orders' register and of the schedule results; the operations call `intent` just before they send.
Each row says in words for a person, and by order and stage for a program, what it is about.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from main_controller.domain.commands import Command, CommandState, Tries, UnitOutcome
from main_controller.domain.orders import (
    ORDERS,
    BudoOrder,
    ClearScheduleOrder,
    EndTransferOrder,
    ModeOrder,
    Order,
    ScheduleOrder,
    StopAllOrder,
)
from main_controller.domain.schedule import Operation
from main_controller.domain.scope import named
from main_controller.domain.timestamps import said_time
from main_controller.domain.timing import Timing
from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, joined, say
from main_controller.store.chronicle import GRID
from main_controller.store.journal import AHEAD, OUTCOMES, Journal, Stage
from main_controller.store.schedule_results import ScheduleResult
from main_controller.watching.answers import by_answer
from main_controller.watching.earlier_stops import EarlierStop, earlier_stops

log = logging.getLogger(__name__)

ORDER, REFUSAL, OVERRIDE, INTENT = "order", "refusal", "override", "intent"
SCHEDULE, LOCK, START, ACCESS = "schedule", "lock", "start", "access"
UNWRITTEN = 100
"""How far command numbers jump after a kill: orders that wait for no disk may have left without their row."""

CUT_OFF: Mapping[Stage, Sentence] = {
    Stage.CAME: say("watching.endedBefore", "The program ended before it was recorded what came of it."),
    Stage.INTENT: say("watching.outcomeUnknown", "The program ended between sending and recording."),
    Stage.ACCEPTED: say("watching.endedAccepted", "It was accepted, and the program ended before its end was seen."),
}
"""Why nobody knows what came of an order that the program's end cut off, by how far it had come."""


class Journaling:
    """The journal as the operations see it: nothing here raises, and nothing but `intent` waits (1 s at most)."""

    def __init__(self, journal: Journal, timing: Timing | None = None) -> None:
        self._journal = journal
        self._timing = timing or Timing()
        self._quiet: set[str] = set()  # tries whose coming is not written yet (M12)
        self._written = 0  # the number of the last command that was written

    # Orders

    def command_changed(self, before: Command | None, after: Command) -> None:
        """Journal a command that came or whose state, sending or note changed; progress alone writes nothing.

        Of what is done by converters' own answers the reading that shows the last of them is written too. Of an order
        about a schedule only a refusal is written here: what it did is told by `schedule_set`.
        """
        if isinstance(after.order, ScheduleOrder | ClearScheduleOrder) and not _refused(after):
            return
        if before is None:
            if self._may_be_quiet(after):
                self._quiet.add(after.id)
            else:
                self._came(after, intent=_stops(after))
            if after.state.open:
                return
        if after.id in self._quiet and not self._breaks_silence(after):
            return
        if after.note is not None and after.note != (before.note if before is not None else None):
            kind = OVERRIDE if after.override is not None and (before is None or before.note is None) else ORDER
            self._command(kind, Stage.NOTE, after, after.note, after=after.order.content())
        if before is None or before.state is not after.state:
            kind, stage = (REFUSAL, Stage.REFUSED) if _refused(after) else (ORDER, Stage(str(after.state)))
            self._command(kind, stage, after, after.error, before=after.before or None, after=_result(after))
        elif after.state.in_effect and by_answer(before) and not by_answer(after):
            self._command(ORDER, Stage(str(after.state)), after, after=_result(after))
        elif after.sent == "unknown" and before.sent != "unknown" and after.error is not None:
            self._command(ORDER, Stage.UNKNOWN, after, after.error, before=after.before or None, after=_result(after))

    def _may_be_quiet(self, command: Command) -> bool:
        """Whether nothing is written of this try unless something comes of it (M12).

        Of 50 numbers one is written all the same, so that none is given out again after a kill.
        """
        return command.tried_quietly and _number(command) - self._written < UNWRITTEN // 2

    def _breaks_silence(self, command: Command) -> bool:
        """Whether something came of a try that was quiet so far; then its coming is written now."""
        if command.state is CommandState.PENDING and command.sent is False:
            return False
        self._quiet.discard(command.id)
        if not command.state.open and command.sent is False and command.says_nothing_new(command.error):
            return False
        self._came(command, intent=True)
        return True

    def _came(self, command: Command, *, intent: bool) -> None:
        content = command.order.content()
        self._command(ORDER, Stage.CAME, command, before=command.before or None, after=content)
        if intent:
            self._command(INTENT, Stage.INTENT, command, before=command.before or None, after=content)

    def intent(self, command: Command) -> None:
        """Have it on the disk that this order is about to be sent; at most 1 s, and the order goes out all the same.

        Of a scheduled order that is tried again its schedule's file says so (M12).
        """
        if command.id in self._quiet:
            return
        on_disk = self._journal.append(
            INTENT,
            by=command.given_by,
            unit_id=command.unit_id,
            what=say("watching.aboutToSend", "about to send: {order}", order=_told(command.order)),
            before=command.before or None,
            after=command.order.content(),
            command_id=command.id,
            order=command.order.name,
            stage=Stage.INTENT,
            wait=self._timing.intent,
        )
        if not on_disk:
            why = self._journal.fault or "the disk did not answer in time"
            log.error("%s is sent without its intent in the journal: %s", command.id, why)

    def _command(
        self,
        kind: str,
        stage: Stage,
        command: Command,
        why: Sentence | None = None,
        *,
        before: Any = None,
        after: Any = None,
    ) -> None:
        self._written = max(self._written, _number(command))
        if command.tries is not None and stage not in (Stage.CAME, Stage.INTENT):
            why = _with_tries(command.tries, why)
        self._journal.append(
            kind,
            by=command.given_by,
            unit_id=command.unit_id,
            what=_told(command.order),
            before=before,
            after=after,
            outcome=_outcome(stage, why),
            command_id=command.id,
            order=command.order.name,
            stage=stage,
        )

    # After a restart

    def next_command_number(self, *, wall: Callable[[], datetime]) -> int:
        """The first command number that no earlier run has used; where the journal cannot be read, one by the clock."""
        try:
            last = self._journal.last_command_number()
            ended = self._journal.last_stage(Stage.STARTED, Stage.ENDED, Stage.REPLACED)
            return last + (1 if ended in (None, Stage.ENDED) else UNWRITTEN)
        except ControllerError as error:
            log.error("the last command's number cannot be read, so numbers go on by the clock: %s", error.sentence)
            return int(wall().timestamp())

    def unfinished(self) -> list[dict[str, Any]]:
        """The orders of earlier runs whose end nobody knows, with how far each came; to be asked before any order.

        Raises ControllerError when the journal cannot be read.
        """
        return self._journal.unfinished([order.name for order in ORDERS])

    def earlier_person_orders(self) -> dict[str | None, datetime]:
        """When a person last ordered a mode, by unit, or Stop all, in earlier runs (Z12); empty if it cannot be read.

        A Stop all counts for the cluster and, under "", for every unit.
        """
        try:
            modes = self._journal.last_orders("scheduler", (ModeOrder.name, BudoOrder.name))
            stops = self._journal.last_orders("scheduler", (StopAllOrder.name,))
        except ControllerError as error:
            log.error("nobody can tell which modes were ordered before the restart: %s", error.sentence)
            return {}
        if None in stops:
            modes[""] = stops[None]
        return modes

    def earlier_stops(self, *, now: float, wall: datetime) -> list[EarlierStop]:
        """The stops of the last minutes that were not seen to be done; none if it cannot be read.

        `now` (monotonic s) is `wall` (UTC).
        """
        follows = timedelta(seconds=self._timing.force_stop_follows)
        try:
            stops = earlier_stops(self._journal.stream(wall - follows, wall + AHEAD), now=now, wall=wall)
        except ControllerError as error:
            log.error("nobody can tell which stops were not seen to be done before the restart: %s", error.sentence)
            return []
        for stop in stops:
            command = stop.command
            log.warning("%s by %s (%s) was not seen to be done; its Waits go on", command.id, command.by, command.order)
        return stops

    def tell_unfinished(self) -> list[dict[str, Any]]:
        """Say in the log and journal, once each, that the outcome of these orders is unknown; returns them."""
        try:
            rows = self.unfinished()
        except ControllerError as error:
            log.error("nobody can tell which orders were under way when the program ended: %s", error.sentence)
            return []
        for row in rows:
            why = CUT_OFF[row["stage"]]
            log.warning("%s by %s (%s): not known: %s", row["commandId"], row["by"], row["what"], why)
            self._journal.append(
                ORDER,
                by=row["by"],
                unit_id=row["unitId"],
                what=row["what"],
                before=row["before"],
                after=row["after"],
                outcome=_outcome(Stage.UNKNOWN, why),
                command_id=row["commandId"],
                order=row["order"],
                stage=Stage.UNKNOWN,
            )
        return rows

    # Everything else

    def started(self, version: str, settings: Mapping[str, Any]) -> None:
        """Journal the start, with the settings in force."""
        what = say("watching.started", "APIS Main Controller {version} started.", version=version)
        self._journal.append(
            START, by="the program", unit_id=None, what=what, after=dict(settings), stage=Stage.STARTED
        )

    def access(self, by: str, what: Sentence) -> None:
        """Journal what somebody did with accounts, or who came and went."""
        self._journal.append(ACCESS, by=by, unit_id=None, what=what, stage=Stage.DONE)

    def ended(self, why: Sentence) -> None:
        """Journal the end of the program."""
        what = say("watching.ended", "The program ends: {why}", why=why)
        self._journal.append(START, by="the program", unit_id=None, what=what, stage=Stage.ENDED)

    def schedule_result(self, result: ScheduleResult) -> None:
        """Journal how a schedule ended: a listener of the schedule results."""
        schedule, stage = result.schedule, Stage(result.outcome)
        self._journal.append(
            SCHEDULE,
            by="scheduler",
            unit_id=schedule.unit_id,
            what=say(
                "watching.scheduleEnded",
                "{operation} of {scope}, due {due}: {why}",
                operation=schedule.operation.label,
                scope=named(schedule.unit_id),
                due=said_time(schedule.due),
                why=result.sentence,
            ),
            outcome=OUTCOMES[stage],
            stage=stage,
            at=result.at,
        )

    def schedule_set(
        self,
        by: str,
        unit_id: str | None,
        operation: str,
        *,
        before: str | None,
        due: str | None,
        command_id: str,
        done: bool = True,
    ) -> None:
        """Journal a schedule that was set, moved or cleared: for when it was (None: there was none) and is now.

        Both are ISO 8601; `due` is None where it was cleared, `done` says whether there was one to clear.
        """
        stage = Stage.SET if due is not None else Stage.CLEARED if done else Stage.NONE
        told = {"operation": Operation(operation).label, "scope": named(unit_id)}
        what = (
            say("watching.scheduleSet", "schedule of {operation} for {scope} set", **told)
            if due is not None
            else say("watching.scheduleCleared", "schedule of {operation} for {scope} cleared", **told)
        )
        self._journal.append(
            SCHEDULE,
            by=by,
            unit_id=unit_id,
            what=what,
            before=before,
            after=due,
            outcome=OUTCOMES[stage],
            command_id=command_id,
            order="setSchedule" if due is not None else "clearSchedule",
            stage=stage,
        )

    def lock(
        self,
        by: str,
        scope: str,
        *,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        command_id: str | None = None,
    ) -> None:
        """Journal a lock that was set, or taken off where `after` is None; `scope` "" is the cluster."""
        where = named(scope or None)
        if after is None:
            what, order, stage = (
                say("watching.unlocked", "lock on {scope} taken off", scope=where),
                "clearLock",
                Stage.TAKEN_OFF,
            )
        else:
            what, order, stage = say("watching.locked", "lock on {scope} set", scope=where), "setLock", Stage.SET
        self._journal.append(
            LOCK,
            by=by,
            unit_id=scope or None,
            what=what,
            before=before,
            after=after,
            outcome=OUTCOMES[stage],
            command_id=command_id,
            order=order,
            stage=stage,
        )

    def record(
        self, kind: str, unit_id: str | None, text: str, before: Any = None, after: Any = None, *, by: str = GRID
    ) -> None:
        """Journal what the grid did by itself (Z13a), or what `by` did that is no order."""
        self._journal.append(kind, by=by, unit_id=unit_id, what=text, before=before, after=after)


def _stops(command: Command) -> bool:
    """Whether it is an order that waits for no disk, so that its intent is written beside it instead of before it."""
    return command.order.stops and not isinstance(
        command.order, EndTransferOrder
    )  # whose Waits are orders of their own


def _number(command: Command) -> int:
    return int(command.id[1:])


def _with_tries(tries: Tries, why: Sentence | None) -> Sentence:
    """Why an order stands as it does, with the tries that it took."""
    tried = say(
        "watching.tried", "Tried {count} times since {since}.", count=tries.count + 1, since=said_time(tries.since)
    )
    return tried if why is None else joined([why, tried])


def _refused(command: Command) -> bool:
    """Whether the order was refused by us: it failed before anybody was asked."""
    return command.state is CommandState.FAILED and command.sent is False and command.settled is None


def _told(order: Order) -> Sentence:
    """An order, where it acts and what it wants."""
    scope, wanted = named(order.unit_id), [f"{key} {value}" for key, value in order.content().items()]
    if not wanted:
        return say("watching.order", "{order} for {scope}", order=order.name, scope=scope)
    return say("watching.orderWanting", "{order} for {scope}: {wanted}", order=order.name, scope=scope, wanted=wanted)


def _outcome(stage: Stage, why: str | None) -> str:
    """What a row says came of an order: nothing yet, or the stage and why."""
    if stage in (Stage.CAME, Stage.INTENT):
        return ""
    return OUTCOMES[stage] if why is None else say("watching.outcome", "{stage}: {why}", stage=OUTCOMES[stage], why=why)


def _result(command: Command) -> dict[str, Any]:
    """What came of the order, unit by unit."""
    units = {unit_id: _stored(outcome) for unit_id, outcome in command.units.items()}
    return {"wanted": command.order.content(), "sent": command.sent, **({"units": units} if units else {})}


def _stored(outcome: UnitOutcome) -> dict[str, Any]:
    """How the order stands at a unit, as a row keeps it."""
    return {
        "state": str(outcome.state), "sent": outcome.sent, "shows": outcome.shows, "error": outcome.error,
        "evidence": outcome.evidence,
    }  # fmt: skip
