"""What every order shares: the grid it is judged by, its record, its refusals, its turn, and how it ends (Z8b).

Used by each operation in this folder. The desk sends nothing itself.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from main_controller.assessment.assess import Assessor
from main_controller.assessment.grid_state import GridState
from main_controller.assessment.moment import Moment
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, CommandState, ConverterEffect, ModeEffect, Tries, UnitOutcome
from main_controller.domain.identity import LONGEST_ID
from main_controller.domain.latch import HeldLatch
from main_controller.domain.limits import BusLimits
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import EndTransferOrder, ModeOrder, Order, ShutDownOrder, StopAllOrder
from main_controller.domain.scope import Lane, Scope, named
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.domain.timestamps import iso_utc, said_iso
from main_controller.domain.timing import Timing
from main_controller.errors import ControllerError, NotFound, Refused, Sent, UpstreamError
from main_controller.orders.bus_owner import BusOwner
from main_controller.orders.moments import Moments
from main_controller.orders.register import Register
from main_controller.orders.turns import TurnLost, Turns
from main_controller.rules.mode_rules import lock_sentence
from main_controller.sentence import Sentence, say
from main_controller.store.unit_cache import UnitCache

log = logging.getLogger(__name__)


THE_ORDER = say("orders.theOrder", "The order")


class Acknowledgements(Protocol):
    """Which unwatched units an operator has looked at (Z6a)."""

    def statuses(self) -> Mapping[str, str | None]:
        """The status as last seen, by unit, of everyone that is acknowledged: it holds for that status alone."""
        ...


class Locks(Protocol):
    """The maintenance locks in force, by unit id, "" for the cluster."""

    def all(self) -> Mapping[str, Mapping[str, Any]]:
        """Every lock as JSON: `name`, `reason`, `since`."""
        ...


@dataclass(slots=True)
class Passage:
    """How far an order has come: whether it has left."""

    sent: Sent = False


class Desk:
    """Where orders are checked, entered and ended."""

    def __init__(
        self,
        cache: UnitCache,
        commands: Register,
        acknowledgements: Acknowledgements,
        locks: Locks,
        *,
        timing: Timing,
        clock: Callable[[], float],
        wall: Callable[[], datetime],
        bus_limits: BusLimits = BusLimits(),  # noqa: B008  (frozen)
        start: str | None = None,
    ) -> None:
        self.cache = cache
        self.commands = commands
        self.locks = locks
        self.timing = timing
        self.clock = clock
        self.wall = wall
        self.turns = Turns()
        self.moments = Moments(clock, ahead=timing.ahead, start=start)
        self.owner = BusOwner()
        self.estop: Callable[[], HeldLatch | None] = lambda: None  # the latch, where there is one (I17)
        self.mode_changed_at: float | None = None  # when (monotonic s) a mode was last seen to change
        self._acknowledgements = acknowledgements
        self._assessor = Assessor()
        self._bus_limits = bus_limits

    # Looking

    def grid(self) -> GridState:
        """What may be true now of every known unit and of the cluster's mode."""
        return self.seen()[1]

    def seen(self) -> tuple[Moment, GridState]:
        """The same, with all that it rests on."""
        moment = self.moment()
        return moment, self._assessor.assess(moment)

    def moment(self) -> Moment:
        """Everything that is known now."""
        snapshot = self.cache.snapshot()
        return Moment(
            snapshot,
            self.clock(),
            self.wall(),
            self.timing,
            self.commands.effects.converter_effects(),
            self.commands.effects.mode_effects(),
            frozenset(
                unit_id
                for unit_id, status in self._acknowledgements.statuses().items()
                if status == snapshot.last_status(unit_id)
            ),
            self.mode_changed_at,
            self._bus_limits,
        )

    def known(self, unit_id: str) -> None:
        """Raise NotFound unless this unit is a member or was ever seen."""
        snapshot = self.cache.snapshot()
        if unit_id not in snapshot.sightings and unit_id not in snapshot.members:
            raise NotFound(say("orders.noUnit", "There is no unit {unit!r}.", unit=unit_id[:LONGEST_ID]))

    # Recording

    def begin(
        self,
        order: Order,
        by: Actor,
        *,
        override: str | None = None,
        before: Mapping[str, Any] | None = None,
        stamp: Stamp = UNSTAMPED,
        judged: bool = False,
        tries: Tries | None = None,
    ) -> Command:
        """Record an order that has come; `judged` is one that no rule binds, `tries` are those before it (M12).

        Raises KeyTaken.
        """
        command = Command(
            id=self.commands.new_id(),
            order=order,
            by=by,
            at=self.wall(),
            entered=self.clock(),
            override=override,
            before=dict(before or {}),
            key=stamp.key,
            judged=judged,
            tries=tries,
        )
        entered = self.commands.enter(command, stamp.request)
        level = logging.DEBUG if command.tried_quietly else logging.INFO
        log.log(level, "%s %s for %s by %s: %s", command.id, order.name, order.scope, by, order.content())
        return entered

    def judged(self, command: Command) -> None:
        """Note that no rule refused this command: it goes on, and whoever waited for that is told."""
        self.commands.update(command.id, judged=True)

    def refuse(self, command: Command, sentence: Sentence, **details: Any) -> Refused:
        """Record a refusal and return the error to raise; `details` are what its JSON has beside the sentence."""
        self._end(command, CommandState.FAILED, error=sentence, sent=False)
        level = _level(command, sentence, logging.WARNING)
        log.log(level, "%s %s refused: %s%s", command.id, command.order.name, sentence, _so_far(command))
        return Refused(sentence, details={"command": command.id, "sent": False, **details})

    def cancel(self, command: Command, sentence: Sentence, *, sent: Sent = False, **changes: Any) -> Refused:
        """Record that a stop overtook a command, before it left or while it was on its way; the error to raise."""
        self._end(command, CommandState.CANCELLED, error=sentence, sent=sent, **changes)
        level = _level(command, sentence, logging.WARNING) if sent is False else logging.WARNING
        log.log(level, "%s %s cancelled, sent %s: %s", command.id, command.order.name, sent, sentence)
        refused = Refused(sentence, details={"command": command.id, "sent": sent})
        refused.sent = sent
        return refused

    def accept(self, command: Command, **changes: Any) -> Command:
        """Record that the order was answered with a yes."""
        log.info("%s %s accepted%s", command.id, command.order.name, _so_far(command))
        return self.commands.update(
            command.id,
            state=CommandState.ACCEPTED,
            sent=True,
            settled=self.clock(),
            accepted_at=self.wall(),
            **changes,
        )

    def fault(self, command: Command, error: ControllerError) -> ControllerError:
        """Record that the order did not go well; an order that may have been sent stays open to be watched (Z8a)."""
        sent = error.sent
        level = _level(command, error.sentence, logging.ERROR) if sent is False else logging.ERROR
        name, so_far = command.order.name, _so_far(command)
        log.log(level, "%s %s failed, sent %s: %s%s", command.id, name, sent, error.sentence, so_far)
        if sent == "unknown":
            self.commands.update(command.id, sent=sent, settled=self.clock(), error=error.sentence)
        else:
            self._end(command, CommandState.FAILED, error=error.sentence, sent=sent, settled=self.clock())
        error.details = {"sent": sent, "command": command.id, **error.details}
        return error

    def verify(self, command: Command, *, partly: bool = False, **changes: Any) -> Command:
        """Record that the order was seen to be so, `partly` where some units cannot tell."""
        state = CommandState.PARTLY_VERIFIED if partly else CommandState.VERIFIED
        log.info("%s %s %s", command.id, command.order.name, state)
        return self._end(command, state, error=None, **changes)

    def contradict(self, command: Command, sentence: Sentence, **changes: Any) -> Command:
        """Record that what the converter answered is not so by the readings since (S8)."""
        log.warning("%s %s contradicted: %s", command.id, command.order.name, sentence)
        return self._end(command, CommandState.CONTRADICTED, error=sentence, **changes)

    def replace(self, command: Command, sentence: Sentence) -> Command:
        """Record that a newer order took this one's place before it was seen in effect."""
        log.info("%s %s: %s", command.id, command.order.name, sentence)
        return self._end(command, CommandState.CANCELLED, error=sentence)

    def time_out(self, command: Command, sentence: Sentence, **changes: Any) -> Command:
        """Record that the order was not seen to be so in the time allowed."""
        log.error("%s %s timed out: %s", command.id, command.order.name, sentence)
        return self._end(command, CommandState.TIMED_OUT, error=sentence, **changes)

    def fail(self, command: Command, sentence: Sentence, **changes: Any) -> Command:
        """Record that the order failed."""
        log.error("%s %s failed: %s", command.id, command.order.name, sentence)
        return self._end(command, CommandState.FAILED, error=sentence, **changes)

    def _end(self, command: Command, state: CommandState, **changes: Any) -> Command:
        return self.commands.update(command.id, state=state, ended_at=self.wall(), **changes)

    def units(self, command: Command, outcomes: Mapping[str, UnitOutcome], **changes: Any) -> Command:
        """Record how the order stands at each unit."""
        return self.commands.update(command.id, units=dict(outcomes), **changes)

    def timely(self, command: Command, stamp: Stamp, *also: str) -> None:
        """Refuse an order that was pressed too long ago, or before a stop or another mode came in its scope (H1).

        Its scope is its own and the units `also`. Stopping is never asked. One without a moment, a script's, is judged
        as if it were pressed now.
        """
        moment = stamp.moment
        if moment is None:
            return
        why = self.moments.why_not(moment, self.timing.order_age)
        if why:
            raise self.refuse(command, why, cause="moment", came=[])
        told_at = self.moments.told_at(moment)
        scopes = (command.order.scope, *map(Scope, also))
        came = [
            other
            for other in self.commands.moves()
            if told_at is not None and other.last_given > told_at and other.id != command.id
            and any(other.order.scope.overlaps(scope) for scope in scopes)
        ]  # fmt: skip
        if came:
            told = say(
                "orders.cameSince",
                "{what} by {by} came in its scope after it was asked; look, and press it again.",
                what=_what(came[0]),
                by=came[0].by.said,
            )
            raise self.refuse(command, told, cause="moment", came=came)
        for change in self.moments.changes_since(moment):
            if any(Scope(change.unit_id).overlaps(scope) for scope in scopes):
                changed = say(
                    "orders.changedSince",
                    "{change} It came after this was asked; press it again.",
                    change=change.sentence,
                )
                raise self.refuse(command, changed, cause="moment", came=[])

    def not_while_latched(self, command: Command) -> None:
        """Refuse the command while the E-stop is latched: then only stopping passes (I17)."""
        latch = self.estop()
        if latch is not None:
            raise self.refuse(command, _latched(latch), cause="estop", estop=latch)

    def not_while_stopping(self, command: Command, *, lowers: bool = False) -> None:
        """Refuse the command while a Stop all runs (Z9), or a guided transfer owns the bus (I16).

        While the E-stop is latched too, unless it only `lowers` a mode.
        """
        if not lowers:
            self.not_while_latched(command)
        if self.turns.held_by is not None:
            running = say("orders.stopAllRuns", "Stop all is running; until it has ended only Wait and stop are sent.")
            raise self.refuse(command, running)
        if self.owner.claim is None:
            return
        claim = self.owner.against(command, self.grid())
        if claim is not None:
            raise self.refuse(command, claim.sentence, cause="bus-owned", owner=claim)

    def not_while_shutting_down(self, command: Command, unit_id: str) -> None:
        """Refuse the command while a Shut Down of its unit is under way, which leaves converters as they are (Z8b)."""
        for other in self.commands.open():
            if isinstance(other.order, ShutDownOrder) and unit_id in other.order.units:
                ending = say(
                    "orders.beingShutDown",
                    "{unit} is being shut down; only Wait is sent to its converter.",
                    unit=unit_id,
                )
                raise self.refuse(command, ending)

    def not_locked(self, command: Command, unit_id: str | None) -> None:
        """Refuse the command while a maintenance lock stands on its unit or on the cluster."""
        locks = self.locks.all()
        for scope in ("", unit_id):
            lock = locks.get(scope) if scope is not None else None
            if lock is not None:
                locked = say("orders.locked", "{lock}.", lock=lock_sentence(scope or "", lock))
                raise self.refuse(command, locked, cause="locked", lock=lock)

    @contextmanager
    def seen_through(self, command: Command, what: Sentence = THE_ORDER) -> Iterator["Passage"]:
        """End the command whatever goes wrong within: it would be under way for ever, and nobody told.

        What was recorded by `refuse`, `cancel` or `fault` already goes on as it is; of all else the `Passage` that is
        given says whether the order had left by then, and `what` names it.
        """
        passage = Passage()
        try:
            yield passage
        except Exception as fault:
            if isinstance(fault, ControllerError) and "command" in fault.details:
                raise
            error = foreseen(fault, what, sent=passage.sent)
            error.sent = passage.sent
            raise self.fault(command, error) from fault

    # Waiting for a turn

    @contextmanager
    def turn(self, command: Command, lane: Lane, *overtaken_by: Lane) -> Iterator[Callable[[], bool]]:
        """Hold the command's turn in `lane`; gives what tells whether a stop in `overtaken_by` overtook it."""
        seen = self.turns.stops(*overtaken_by)

        def overtaken() -> bool:
            return self.turns.stops(*overtaken_by) != seen

        try:
            with self.turns.turn(lane, command.id, timeout=self.timing.turn, overtaken=overtaken):
                yield overtaken
        except TurnLost as lost:
            raise self.cancel(command, lost.sentence) from lost

    def overtake(self, *lanes: Lane) -> None:
        """Have a stop or Wait overtake everything queued in these lanes."""
        for lane in lanes:
            self.turns.stopping(lane)

    def ordered_since(self, command_id: str, moment: float, unit_id: str, *, stops: bool) -> bool:
        """Whether another order than that of `command_id` concerned this unit since `moment` (monotonic s).

        Stops and Waits among them count where `stops` is true.
        """
        others: list[ModeEffect | ConverterEffect] = [
            order
            for order in self.commands.effects.mode_effects()
            if order.unit_id in (None, unit_id) and (stops or order.mode is not Mode.STOP)
        ]
        others += [
            order
            for order in self.commands.effects.converter_effects().get(unit_id, ())
            if stops or order.status is not ConverterStatus.WAIT
        ]
        return any(order.entered >= moment and order.command_id != command_id for order in others)

    def settle_mode(self, order: ModeEffect, sent: Sent) -> ModeEffect:
        """Note that a mode order came back."""
        settled = replace(order, returned=self.clock(), sent=sent)
        self.commands.effects.note_mode(settled)
        return settled


def _what(command: Command) -> Sentence:
    """A stop or a mode order, for a sentence."""
    order = command.order
    if isinstance(order, StopAllOrder):
        return say("orders.stopAll", "Stop all")
    if isinstance(order, EndTransferOrder):
        return say("orders.endOfTransfer", "The end of the guided procedure")
    if not isinstance(order, ModeOrder):
        return say("orders.waitTo", "Wait to {unit}", unit=order.unit_id)
    scope = named(order.unit_id)
    if order.mode is None:
        return say("orders.followFor", "follow the cluster for {scope}", scope=scope)
    return say("orders.modeFor", "{mode} for {scope}", mode=order.mode.label, scope=scope)


def _latched(latch: HeldLatch) -> Sentence:
    """That the E-stop is latched, by whom, since when, and why where a reason was given."""
    if not latch.reason:
        return say(
            "orders.latched",
            "The E-stop is latched by {by} since {since}; until it is reset only what stops is sent.",
            by=latch.by,
            since=said_iso(latch.since),
        )
    return say(
        "orders.latchedFor",
        "The E-stop is latched by {by} since {since} ({reason}); until it is reset only what stops is sent.",
        by=latch.by,
        since=said_iso(latch.since),
        reason=latch.reason,
    )


def _level(command: Command, why: Sentence, level: int) -> int:
    """At which level it is told that an order was not sent: one more try for the same reason is no news (M12)."""
    return logging.DEBUG if command.says_nothing_new(why) else level


def _so_far(command: Command) -> str:
    """What a line tells of the tries before."""
    tries = command.tries
    return "" if tries is None else f" (tried {tries.count + 1} times since {iso_utc(tries.since)})"


@contextmanager
def all_the_same(command_id: str) -> Iterator[None]:
    """What goes wrong within is logged, and keeps nobody from what comes after it."""
    try:
        yield
    except Exception:  # an order that left is accepted, followed and told whatever breaks beside it
        log.exception("%s: what goes with it failed", command_id)


def foreseen(fault: Exception, what: str, *, sent: Sent = "unknown") -> ControllerError:
    """The failure of an order as a ControllerError; of an unexpected one `sent` says whether the order was sent.

    So an order never stays in flight for ever, and whatever overtook it is still followed by its stop.
    """
    if isinstance(fault, ControllerError):
        return fault
    log.error("%s failed in a way that nobody foresaw", what, exc_info=fault)
    sentence = say(
        "orders.unforeseen",
        "{what} failed in a way that nobody foresaw: {fault}",
        what=what,
        fault=repr(fault),
    )
    return ControllerError(sentence) if sent is False else UpstreamError(sentence, sent=sent)
