"""Brings every converter of the cluster to Wait: R15, G12, Z9, as the mode in force requires.

Used by `/stopAll` and by the E-stop. Stops the cluster first where apis-main drives it, so that it ends its deals in
its own order; sends Wait at once where nobody else will; watches until every known unit is in Wait. One run at a time:
a second call joins the first and ends its grace time.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, wait
from threading import BoundedSemaphore
from typing import Any

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.concurrency.single_run import SingleRun
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, CommandState, ModeEffect, UnitOutcome, told_status
from main_controller.domain.deals import normalise
from main_controller.domain.modes import SHARING_MODES, Mode
from main_controller.domain.orders import StopAllOrder
from main_controller.domain.progress import Grace, StopAllShows
from main_controller.domain.scope import Lane
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.errors import ControllerError
from main_controller.orders.desk import Desk, all_the_same, foreseen
from main_controller.orders.waits import Waits
from main_controller.procedures.forgotten import of_forgotten, reachable
from main_controller.procedures.stop_run import StopRun
from main_controller.sentence import Sentence, foreign, joined, say
from main_controller.upstream.apis_web import ApisWeb
from main_controller.upstream.devices import Devices, Target

log = logging.getLogger(__name__)


JOINED_AT_ONCE = 4
"""How many calls that join a running Stop all wait for its end, since each holds a request thread."""


class StopAll:
    """Stops everything; `executor` is for stopping the cluster, `readers` for reading converters while it runs.

    Between the press and the first byte nothing is waited for: no disk, no log, no device, no other call (Z8). With an
    executor for the `forgotten`, which no member waits for, Wait also goes to the units that were said to have left;
    they count in no verdict.
    """

    def __init__(
        self,
        desk: Desk,
        apis_web: ApisWeb,
        devices: Devices,
        waits: Waits,
        *,
        executor: Executor,
        readers: Executor,
        forgotten: Executor | None = None,
    ) -> None:
        self._forgotten = forgotten
        self._desk = desk
        self._apis_web = apis_web
        self._devices = devices
        self._waits = waits
        self._executor = executor
        self._readers = readers
        self._single: SingleRun[StopRun] = SingleRun()
        self._joined = BoundedSemaphore(JOINED_AT_ONCE)
        self._listeners: list[Callable[[], None]] = []

    def also_ends(self, listener: Callable[[], None]) -> None:
        """Have `listener` called when a Stop all begins, to end what it overtakes; it may wait for a disk."""
        self._listeners.append(listener)

    @property
    def running(self) -> bool:
        """Whether a Stop all is under way."""
        return self._single.current is not None

    def end_grace(self) -> None:
        """Have a running Stop all send its Waits now (a second call, or the controller is told to stop)."""
        run = self._single.current
        if run is not None:
            run.hurry.set()

    def order(self, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Stop everything and return the ended command: verified, or failed with the units that are not in Wait.

        Of the calls that join a run only a few wait for its end; the others get its command as it stands (M5).
        """
        run, first = self._single.start(lambda: self._begin(by, stamp), lambda running: running.hurry.set())
        if first:
            try:
                self._execute(run)
            except BaseException:
                self._desk.fail(run.command, say("procedures.stopAllBrokeOff", "Stop all broke off; see the log."))
                raise
            finally:
                with all_the_same(run.command.id):
                    self._tell_listeners(run)
                    wait(run.overtakes, self._desk.timing.listeners_hear)
                self._single.end(lambda: self._desk.turns.hold(None))
                run.done.set()
        else:
            log.warning("Stop all by %s joins %s and ends its grace time", by, run.command.id)
            self._desk.commands.update(run.command.id, pressed=self._desk.clock())  # whoever pressed before it is late
            if stamp.key is not None:
                self._desk.commands.also_known(stamp.key, run.command.id, stamp.request)
            if self._joined.acquire(blocking=False):
                try:
                    run.done.wait(self._desk.timing.grace + self._desk.timing.after_grace)
                finally:
                    self._joined.release()
        return self._desk.commands.get(run.command.id)

    def _begin(self, by: Actor, stamp: Stamp) -> StopRun:
        desk = self._desk
        grid = desk.grid()
        before = {"mode": grid.mode}
        command = desk.begin(StopAllOrder(), by, before=before, stamp=stamp, judged=True)
        log.warning("Stop all ordered by %s: every converter of the cluster is to go to Wait", by)
        with desk.seen_through(command, say("procedures.stopAll", "Stop all")):
            desk.turns.hold(command.id)
            try:
                desk.overtake(Lane("mode"), Lane("converter"))
                grid = desk.grid()  # made anew: whatever was entered before the hold is in it, and all else is refused
                return StopRun(
                    command, desk.clock(), self._in_grace(grid), _may_share(grid), desk.commands, desk.timing
                )
            except BaseException:
                desk.turns.hold(None)
                raise

    def _in_grace(self, grid: GridState) -> frozenset[str]:
        """Whom apis-main may still bring to Wait by itself: all in Run and Soft Stop, in Force Stop whom a deal names.

        Nobody where converters are or may be driven by hand (Z9, S4).
        """
        if grid.mode in (Mode.MANUAL, None) or grid.mode_pending(None):
            return frozenset()
        if grid.mode in SHARING_MODES:
            return frozenset(grid.units)
        deals = self._desk.cache.snapshot().grid.deals or () if grid.deals else ()
        named = [normalise(deal) for deal in deals]
        return frozenset(str(deal.get(side)) for deal in named for side in ("chargingUnit", "dischargingUnit"))

    def _tell_listeners(self, run: StopRun) -> None:
        """Tell what this overtakes, beside everything else: a listener may wait for a disk, and no stop for that."""
        if not run.overtakes:
            run.overtakes = [self._executor.submit(self._tell, run.command, listener) for listener in self._listeners]

    def _tell(self, command: Command, listener: Callable[[], None]) -> None:
        try:
            listener()
        except Exception:  # stopping goes on whatever fails (Z9)
            log.exception("%s: what it overtakes could not be told", command.id)

    def _execute(self, run: StopRun) -> None:
        desk = self._desk
        limit = desk.timing.grace + self._desk.timing.after_grace
        self._desk.commands.update(run.command.id, sent="unknown")
        self._try_forgotten(run)
        while True:
            serial = desk.cache.snapshot().serial
            grid = desk.grid()
            self._ask_stop(run, grid)
            self._wait(run, grid)
            self._tell_listeners(run)
            self._read(run, grid)
            outcomes = run.outcomes(grid)
            stopped = not run.ask_stop or run.stopped(grid)
            self._report(run, grid, outcomes, stopped)
            if self._finished(run, grid, outcomes, stopped) or grid.now - run.started >= limit:
                break
            desk.cache.wait_newer(serial, 0.2)
        self._close(run, outcomes, stopped)

    # Stopping the cluster

    def _ask_stop(self, run: StopRun, grid: GridState) -> None:
        """Ask apis-web to force-stop the cluster, and again while that has not taken effect."""
        if run.asked is not None and run.asked.done():
            self._take_verdict(run, grid.now)
        if not run.ask_stop or run.asked is not None:
            return
        if run.asked_at is None or (
            grid.now - run.asked_at >= self._desk.timing.stop_again and not run.taking_effect(grid)
        ):
            run.asked_at = grid.now
            run.asked = self._executor.submit(self._stop_cluster, run.command)

    def _take_verdict(self, run: StopRun, now: float) -> None:
        asked, run.asked = run.asked, None
        error = asked.exception() if asked is not None else None
        if error is None:
            run.accepted_at = now if run.accepted_at is None else run.accepted_at
            run.stop_error = None
        else:
            run.stop_error = error.sentence if isinstance(error, ControllerError) else foreign(repr(error))

    def _stop_cluster(self, command: Command) -> None:
        desk = self._desk
        order = ModeEffect(command.id, None, Mode.STOP, desk.clock(), at=command.at)
        desk.commands.effects.note_mode(order)
        try:
            self._apis_web.budo("stop")
        except Exception as fault:
            error = foreseen(fault, say("procedures.theStop", "The stop"))
            desk.settle_mode(order, error.sent)
            log.error("%s: /stop failed: %s", command.id, error.sentence)
            raise error from fault
        desk.settle_mode(order, True)

    # Sending Wait

    def _wait(self, run: StopRun, grid: GridState) -> None:
        """Send Wait to those whose turn it is, again where it is not seen; nobody waits for a unit that hangs."""
        for wave in list(run.waves):
            finished = wave.finished()
            for unit_id, result in wave.results().items():
                run.waited_for(unit_id, result)
            if finished:
                run.waves.remove(wave)
        asked = {unit_id for wave in run.waves for unit_id in wave.unit_ids}
        wanting = [unit for unit in self._wanting(run, grid) if unit.id not in asked]
        due = [unit for unit in wanting if self._may_send(run, unit, grid.now)]
        if due:
            run.waves.append(self._waits.start(run.command.id, due))

    def _wanting(self, run: StopRun, grid: GridState) -> list[UnitAssessment]:
        """Whom Wait is due to now, by the mode that was in force (Z9)."""
        missing = [unit for unit in grid.units.values() if not run.confirmed(unit)]
        if self._no_more_grace(run, grid):
            return missing
        return [unit for unit in missing if unit.unwatched or unit.id not in run.in_grace]

    def _no_more_grace(self, run: StopRun, grid: GridState) -> bool:
        """Whether apis-main is no longer waited for: refused, silent for too long, or no Grid Master to hear it."""
        waited = grid.now - run.started
        unheard = run.accepted_at is None and (run.stop_error is not None or waited >= self._desk.timing.stop_unheard)
        return unheard or grid.grid_master_known is False or run.hurry.is_set() or waited >= self._desk.timing.grace

    def _may_send(self, run: StopRun, unit: UnitAssessment, now: float) -> bool:
        result = run.waited.get(unit.id)
        if result is None or now - result.at >= self._desk.timing.stop_again:
            return True
        return not unit.in_flight and not run.was_asked(unit)

    def _try_forgotten(self, run: StopRun) -> None:
        """Send Wait at once to hardware of units that have left; nobody watches it, and nobody waits for it."""
        if self._forgotten is None:
            return
        for unit_id, address in reachable(self._desk.cache.snapshot()).items():
            run.forgotten[unit_id] = self._forgotten.submit(self._waits.send, run.command.id, unit_id, address)

    # Seeing it

    def _read(self, run: StopRun, grid: GridState) -> None:
        """Read the converters directly, since their own answer counts at once (Z6c)."""
        for unit_id, future in list(run.reads.items()):
            if future.done():
                del run.reads[unit_id]
                self._take_read(run, unit_id, future)
        if run.waves and grid.now - run.started < self._desk.timing.waits_first:
            return
        period = max(self._desk.timing.stop_reads, len(grid.units) / 50)
        if run.reads or grid.now - run.read_at < period:
            return
        run.read_at = grid.now
        for unit in grid.units.values():
            run.reads[unit.id] = self._readers.submit(self._devices.read, Target(unit.id, unit.ip), "dcdc")

    def _take_read(self, run: StopRun, unit_id: str, future: Future[Any]) -> None:
        error = future.exception()
        if error is not None:
            level = logging.DEBUG if isinstance(error, ControllerError) else logging.ERROR
            log.log(level, "%s: %s cannot be read directly: %s", run.command.id, unit_id, error)
            return
        dcdc = future.result()
        run.told_by_itself(unit_id, told_status(dcdc))
        if isinstance(dcdc, Mapping):
            self._desk.commands.effects.note_seen(unit_id, dcdc, run.read_at)

    # Ending

    def _finished(self, run: StopRun, grid: GridState, outcomes: Mapping[str, UnitOutcome], stopped: bool) -> bool:
        if run.waves:
            return False
        if outcomes and all(outcome.evidence for outcome in outcomes.values()) and stopped:
            return True
        if grid.now - run.started < self._desk.timing.grace and not run.hurry.is_set():
            return False
        units = grid.units.values()
        everybody_asked = all(run.was_asked(unit) or run.confirmed(unit) for unit in units)
        verdict = not run.ask_stop or run.asked is None
        return everybody_asked and verdict and self._effect_had_its_time(run, grid, stopped)

    def _effect_had_its_time(self, run: StopRun, grid: GridState, stopped: bool) -> bool:
        """The stop gets the time it takes to be seen, however hurried the end: the grace time, and where apis-web took
        it late, `after_grace` from then."""
        if stopped or run.accepted_at is None:
            return True
        timing = self._desk.timing
        return grid.now - run.started >= timing.grace and grid.now - run.accepted_at >= timing.after_grace

    def _grace(self, run: StopRun, grid: GridState, outcomes: Mapping[str, UnitOutcome]) -> Grace | None:
        """Who gets Wait when, and why it is not sent yet; None where nobody is waited for."""
        held = sorted(unit_id for unit_id in run.in_grace if unit_id in outcomes and not outcomes[unit_id].evidence)
        if not held or self._no_more_grace(run, grid):
            return None
        left = max(0.0, self._desk.timing.grace - (grid.now - run.started))
        why = say("procedures.apisMainFirst", "apis-main ends its deals in their order first")
        return Grace(tuple(held), round(left, 1), why)

    def _report(self, run: StopRun, grid: GridState, outcomes: Mapping[str, UnitOutcome], stopped: bool) -> None:
        shown = sum(1 for outcome in outcomes.values() if outcome.evidence)
        in_effect = stopped if run.ask_stop else None
        grace, forgotten = self._grace(run, grid, outcomes), of_forgotten(run.forgotten)
        progress = StopAllShows(shown, len(outcomes), in_effect, grace, forgotten)
        self._desk.units(run.command, outcomes, progress=progress, sent=run.sent)

    def _close(self, run: StopRun, outcomes: Mapping[str, UnitOutcome], stopped: bool) -> None:
        desk = self._desk
        changes: dict[str, Any] = {"sent": run.sent, "settled": desk.clock()}
        missing = sorted(unit_id for unit_id, outcome in outcomes.items() if not outcome.evidence)
        if outcomes and not missing and stopped:
            desk.verify(run.command, **changes)
            return
        final = {unit_id: outcome if outcome.evidence else _failed(outcome) for unit_id, outcome in outcomes.items()}
        desk.units(run.command, final)
        desk.fail(run.command, _sentence(missing, stopped, run.stop_error, bool(outcomes)), **changes)


def _may_share(grid: GridState) -> bool:
    """Whether some apis-main may begin a deal unless the cluster is force-stopped (S15).

    Also one that nobody hears now, and one of a member that was not seen since the start: nobody knows its mode.
    """
    if grid.mode is not Mode.MANUAL or grid.mode_pending(None):
        return True
    return any(
        unit.global_mode in SHARING_MODES or (unit.sighting is None and not unit.acknowledged)
        for unit in grid.units.values()
        if not unit.live
    )


def _failed(outcome: UnitOutcome) -> UnitOutcome:
    sentence = outcome.error or say("procedures.itNotSeenInWait", "It was not seen in Wait.")
    return UnitOutcome(CommandState.FAILED, outcome.sent, outcome.shows, sentence, None)


def _sentence(missing: list[str], stopped: bool, stop_error: Sentence | None, any_unit: bool) -> Sentence:
    """What Stop all could not see, in one sentence per matter."""
    parts = []
    if not any_unit:
        parts.append(say("procedures.noUnitKnown", "No unit is known, so nobody can be seen in Wait."))
    if missing:
        parts.append(say("procedures.unitsNotSeenInWait", "Not seen in Wait: {units}.", units=missing))
    if not stopped and stop_error:
        parts.append(
            say(
                "procedures.stopNotSeenBecause",
                "The cluster's Force Stop is not seen in effect: {why}",
                why=stop_error,
            )
        )
    elif not stopped:
        parts.append(say("procedures.stopNotSeen", "The cluster's Force Stop is not seen in effect."))
    return joined(parts)
