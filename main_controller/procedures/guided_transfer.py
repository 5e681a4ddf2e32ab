"""The guided transfer: "share 2 A from E001 to E003 for 10 minutes", step by step, with a safe end (N13, I15).

Used by `/share` and `/share/end`; a worker calls `run_once` to move it on. Every step goes through the interlocks like
an order by hand. From its start to its end the bus is its own. How it stands is kept by `TransferRecord`; what ends it
by itself is decided in `transfer_watch.py`; how it is ended safely is `SafeEnd`'s.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from main_controller.assessment.grid_state import GridState
from main_controller.domain.actor import UNATTENDED, Actor
from main_controller.domain.commands import Command
from main_controller.domain.modes import ConverterStatus, parse_converter_status
from main_controller.domain.orders import ConverterOrder, EndTransferOrder, TransferOrder
from main_controller.domain.scope import CLUSTER, Lane, Scope
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.domain.transfer import ENDING, Step, Transfer, TransferState
from main_controller.errors import ControllerError, NotFound
from main_controller.orders.desk import Desk
from main_controller.orders.set_converter import SetConverter, answers_wanted, shows
from main_controller.procedures.safe_end import SafeEnd
from main_controller.procedures.transfer_figures import ConverterSeen, TransferFigures
from main_controller.procedures.transfer_record import TransferRecord
from main_controller.procedures.transfer_start import TransferStart, reference_order
from main_controller.procedures.transfer_watcher import TransferWatcher, Unattended
from main_controller.rules.transfer_watch import Bounds, why_end
from main_controller.sentence import Sentence, say

log = logging.getLogger(__name__)

STOPPED = say("procedures.stoppedByHand", "A stop or Wait by hand came to one of the units.")


class TransferStanding(NamedTuple):
    """A transfer, what is `seen` of its two converters, the energy carried so far (Wh, None before any current), and
    that nobody attends to it, where that is so."""

    transfer: Transfer
    seen: Mapping[str, ConverterSeen]
    wh: float | None
    unattended: Unattended | None


class GuidedTransfer:
    """One guided transfer at a time; it may be asked to last `longest` minutes at most."""

    def __init__(
        self,
        desk: Desk,
        set_converter: SetConverter,
        record: TransferRecord,
        safe_end: SafeEnd,
        watcher: TransferWatcher,
        *,
        bounds: Bounds,
        longest: float,
    ) -> None:
        self._desk = desk
        self._set_converter = set_converter
        self._record = record
        self._safe_end = safe_end
        self._watcher = watcher
        self._bounds = bounds
        self._starting = TransferStart(desk, set_converter, record, watcher, bounds=bounds, longest=longest)
        self._figures = TransferFigures(desk, bounds)
        self._wish: Sentence | None = None
        self._stops_seen = self._stops(record.now) if record.now is not None else 0

    @property
    def running(self) -> bool:
        """Whether a transfer is under way, its end included."""
        return self._record.running

    @property
    def last(self) -> Transfer | None:
        """The transfer that runs or ran last; None for none."""
        return self._record.now

    def standing(self) -> TransferStanding | None:
        """How that stands, with what is known and measured of its converters; None for none."""
        transfer = self._record.now
        if transfer is None:
            return None
        grid = self._desk.grid()
        seen, wh = self._figures.seen(transfer, grid), self._figures.wh(grid.now)
        return TransferStanding(transfer, seen, wh, self._watcher.unattended(transfer))

    # Orders

    def start(
        self,
        giver: str,
        taker: str,
        current: float,
        voltage: float,
        by: Actor,
        *,
        minutes: float | None = None,
        wh: float | None = None,
        stamp: Stamp = UNSTAMPED,
    ) -> Command:
        """Begin to share `current` A at `voltage` V for `minutes` or until `wh` Wh, whichever comes first.

        One of the two must be given. Raises Refused with the rules that refuse the first step.
        """
        before = self._record.now
        started = self._starting.start(
            TransferOrder(giver, taker, current, voltage, minutes, wh), by, stamp, stops=self._stops_of
        )
        if before is not None and before.unended:
            self._record.forget(before.id)
        self._wish = None
        self._safe_end.forget()
        self._figures.forget()
        self._stops_seen = started.stops_seen
        command = self._desk.accept(started.command)
        self._record.show(before, started.transfer)
        return command

    def end(self, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Begin the safe end of the transfer that runs, or of one that a kill interrupted."""
        return self._end(by, say("procedures.endedBy", "{by} ended it.", by=by.said), stamp)

    def _end(self, by: Actor, why: Sentence, stamp: Stamp = UNSTAMPED) -> Command:
        desk = self._desk
        transfer = self._record.now
        left = transfer is not None and (transfer.state is TransferState.INTERRUPTED or transfer.unended)
        if transfer is None or (transfer.over and not left):
            raise NotFound(say("procedures.noneRuns", "No guided procedure is running."))
        command = desk.begin(EndTransferOrder(transfer.giver, transfer.id), by, stamp=stamp, judged=True)
        with desk.seen_through(command):
            if left:
                self._record.claim(command)  # no other procedure begins while this one ends
                self._record.own(transfer)
                ending = replace(transfer, state=TransferState.RUNNING, failed=True, reason=why)
                if transfer.state is TransferState.INTERRUPTED and transfer.step not in ENDING:
                    ending = replace(ending, interrupted_step=transfer.step)
                ending = ending.to(Step.CURRENT_OFF, desk.clock(), why)  # the whole end, whatever ran
                if self._record.move(transfer, ending):
                    self._safe_end.forget()
                    self._record.write(ending)
            self._wish = why
            return desk.accept(command)

    def abort(self, reason: Sentence) -> None:
        """Begin the safe end, because `reason`, also of what a kill interrupted; nothing where there is none."""
        transfer = self._record.now
        if transfer is not None and transfer.state is TransferState.INTERRUPTED:
            self._end(UNATTENDED, reason)
        elif self.running:
            self._wish = reason

    def overtaken(self) -> None:
        """A Stop all has begun: nothing more is sent from here, Stop all ends what runs (Z9)."""
        transfer = self._record.now
        if transfer is not None and (not transfer.over or transfer.state is TransferState.INTERRUPTED):
            taken_over = say("procedures.stopAllTookOver", "Stop all took over.")
            ended = replace(transfer, reason=taken_over, state=TransferState.CANCELLED)
            self._record.finish(transfer, ended)

    # Moving on

    def run_once(self) -> None:
        """One look at the transfer; called again and again by a worker."""
        transfer = self._record.now
        if transfer is not None and transfer.unended:
            self._go_on(transfer)
        if transfer is None or (transfer.over and transfer.state is not TransferState.INTERRUPTED):
            return
        if self._desk.turns.held_by is not None:
            self.overtaken()
            return
        grid = self._desk.grid()
        if transfer.state is TransferState.INTERRUPTED:
            self._look_after(transfer, grid)
            return
        if transfer.step not in ENDING and self._ends(transfer, grid):
            return
        steps: dict[Step, Callable[[Transfer, GridState], None]] = {
            Step.REFERENCE_UP: self._reference_up,
            Step.BUS_STABLE: self._bus_stable,
            Step.CURRENT_ON: self._current_on,
            Step.SHARING: self._tell_currents,
            Step.CURRENT_OFF: self._current_off,
            Step.REFERENCE_DOWN: self._reference_down,
        }
        steps[transfer.step](transfer, grid)

    def _look_after(self, transfer: Transfer, grid: GridState) -> None:
        """One that a kill interrupted: it is ended once it was left alone for too long, or a stop came (S30)."""
        why = self._watcher.why_unattended(transfer)
        if why is None and self._stops(transfer) != self._stops_seen:
            why = STOPPED
        if why is not None:
            log.warning("%s: safe end begins: %s", transfer.id, why)
            self._end(UNATTENDED, why)

    def _ends(self, transfer: Transfer, grid: GridState) -> bool:
        """Begin the safe end where it is due; whether it is. What cannot be watched is ended too."""
        wish = self._wish
        try:
            self._figures.look(transfer, grid)
            wish = wish or self._figures.why_over(transfer, grid.now)
            why = wish or self._why_end(transfer, grid)
        except Exception as fault:
            log.exception("%s: watching it failed", transfer.id)
            why = wish or say(
                "procedures.watchingFailed",
                "Watching it failed in a way that nobody foresaw: {fault}",
                fault=repr(fault),
            )
        if why is None:
            return False
        self._begin_end(transfer, why, grid, failed=wish is None)
        return True

    def _why_end(self, transfer: Transfer, grid: GridState) -> Sentence | None:
        if self._stops(transfer) != self._stops_seen:
            return STOPPED
        view = self._watcher.view(grid, transfer.giver, transfer.taker)
        return why_end(transfer, view, self._bounds) or self._watcher.why_unattended(transfer)

    def _reference_up(self, transfer: Transfer, grid: GridState) -> None:
        wanted = reference_order(transfer)
        answer = self._order(transfer, wanted)
        if answer is None:
            return
        now = self._desk.clock()
        up = replace(transfer, touched=True, reference_at=now)
        if answers_wanted(answer, wanted):
            note = say(
                "procedures.referenceAnswers",
                "{unit} answers that it is the voltage reference at {volts:g} V.",
                unit=transfer.giver,
                volts=transfer.voltage,
            )
            self._record.show(transfer, up.to(Step.BUS_STABLE, now, note))
        elif self._record.move(transfer, up):
            self._begin_end(up, _answered_otherwise(wanted, answer), self._desk.grid(), failed=True)

    def _bus_stable(self, transfer: Transfer, grid: GridState) -> None:
        """Wait until the next order would pass the interlocks."""
        answers = self._set_converter.dry_run(_charge(transfer), transfer.owner)
        open_rules = [answer for answer in answers if answer.refuses]
        if not open_rules:
            note = say("procedures.busStable", "The bus is at {volts:g} V at both units.", volts=transfer.voltage)
            self._record.show(transfer, transfer.to(Step.CURRENT_ON, grid.now, note))
            return
        self._record.tell(transfer, open_rules[0].sentence)

    def _current_on(self, transfer: Transfer, grid: GridState) -> None:
        wanted = _charge(transfer)
        answer = self._order(transfer, wanted)
        if answer is None:
            return
        now = self._desk.clock()
        on = replace(transfer, current_at=now, current_since=self._desk.wall())
        self._figures.begin(on)
        if answers_wanted(answer, wanted):
            note = say(
                "procedures.takerAnswers",
                "{unit} answers that it charges, set to {amps:g} A.",
                unit=transfer.taker,
                amps=transfer.current,
            )
            self._record.show(transfer, on.to(Step.SHARING, now, note))
        elif self._record.move(transfer, on):
            self._begin_end(on, _answered_otherwise(wanted, answer), self._desk.grid(), failed=True)

    def _tell_currents(self, transfer: Transfer, grid: GridState) -> None:
        """What flows is told by the readings, not by the order (S22)."""
        self._record.tell(transfer, self._figures.sentence(transfer, grid))

    def _order(self, transfer: Transfer, wanted: ConverterOrder) -> Mapping[str, Any] | None:
        """Give one converter order as part of the transfer; its answer. None: the safe end has begun, or a Stop all."""
        try:
            _, answer = self._set_converter.order(wanted, transfer.owner)
        except ControllerError as error:
            sent = error.sent
            after = replace(transfer, touched=transfer.touched or sent is not False)
            if self._record.move(transfer, after):
                self._begin_end(after, error.sentence, self._desk.grid(), failed=True)
            return None
        except BaseException:
            self._record.move(transfer, replace(transfer, touched=True))  # nobody knows whether it left
            raise
        return answer if self._record.now is transfer else None

    # The safe end

    def _begin_end(self, transfer: Transfer, why: Sentence, grid: GridState, *, failed: bool) -> None:
        """Begin it, with the first Waits sent before anything is written down."""
        log.warning("%s: safe end begins: %s", transfer.id, why)
        ending = replace(transfer, reason=why, failed=failed or transfer.failed, began_end=grid.now)
        if failed:
            ending = replace(ending, failed_step=transfer.step)
        if not ending.touched:
            state = TransferState.FAILED if ending.failed else TransferState.ENDED
            self._record.finish(transfer, replace(ending, state=state, safe=True))
            return
        ending = ending.to(Step.CURRENT_OFF, grid.now, why)
        if self._record.move(transfer, ending):
            down = self._safe_end.current_off(ending, grid)
            self._record.write(ending)
            self._take_down(ending, down, grid)

    def _current_off(self, transfer: Transfer, grid: GridState) -> None:
        self._take_down(transfer, self._safe_end.current_off(transfer, grid), grid)

    def _take_down(self, transfer: Transfer, down: Transfer | None, grid: GridState) -> None:
        """Go on to the reference, once `down` says that its turn has come."""
        if down is not None and self._record.show(transfer, down):
            self._figures.over(grid.now)
            self._reference_down(down, grid)

    def _reference_down(self, transfer: Transfer, grid: GridState) -> None:
        ended = self._safe_end.reference_down(transfer, grid)
        if ended is not None:
            self._record.finish(transfer, ended, keep=self._safe_end.at_work)

    def _go_on(self, transfer: Transfer) -> None:
        """Its end failed: what it did not see in Wait is sent it on, for a while; a Stop all sends its own."""
        grid = self._desk.grid()
        sends = grid.now - transfer.since <= self._desk.timing.force_stop_follows
        if self._desk.turns.held_by is not None:
            return
        kept = self._safe_end.at_work
        left = self._safe_end.go_on(transfer, grid, sends=sends)
        if kept and not self._safe_end.at_work:
            self._record.forget(transfer.id)
        if not left:
            self._record.settle(transfer)

    def _stops(self, transfer: Transfer) -> int:
        return self._stops_of(transfer.giver, transfer.taker)

    def _stops_of(self, *units: str) -> int:
        """How many stops and Waits have come in the scopes of these units."""
        scopes = (CLUSTER, *map(Scope, units))
        return self._desk.turns.stops(*(lane for one in scopes for lane in (Lane("mode", one), Lane("converter", one))))


def _charge(transfer: Transfer) -> ConverterOrder:
    return ConverterOrder(transfer.taker, ConverterStatus.CHARGE, transfer.voltage, transfer.current)


def _answered_otherwise(wanted: ConverterOrder, answer: Mapping[str, Any]) -> Sentence:
    told = shows(answer)
    status = parse_converter_status(told)
    return say(
        "procedures.answeredOtherwise",
        "{unit} was ordered to be {status} at {volts:g} V and {amps:g} A and answered otherwise (its answer: {shown}).",
        unit=wanted.unit_id,
        status=wanted.status.label,
        volts=wanted.dvg,
        amps=wanted.dig,
        shown=status.label if status else told or say("procedures.noStatus", "no status"),
    )
