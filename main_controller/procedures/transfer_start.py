"""How a guided transfer begins: what it may be asked for, who may keep it from beginning, and that the bus is its own.

Used by `GuidedTransfer` alone (N13, S5, S23, I15, I16).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder, TransferOrder
from main_controller.domain.stamp import Stamp
from main_controller.domain.transfer import Step, Transfer, TransferState
from main_controller.errors import BadRequest
from main_controller.orders.desk import Desk
from main_controller.orders.set_converter import SetConverter
from main_controller.procedures.transfer_record import TransferRecord
from main_controller.procedures.transfer_watcher import TransferWatcher
from main_controller.rules.transfer_watch import Bounds, most_current, why_not_begin
from main_controller.sentence import joined, say

MOST_WH = 10_000.0
"""The largest energy (Wh) that one transfer may be asked for."""


@dataclass(frozen=True, slots=True)
class Started:
    """A transfer that may begin: its command, and how many stops had come when it was checked."""

    command: Command
    transfer: Transfer
    stops_seen: int


class TransferStart:
    """Checks and claims; nothing is sent from here. `longest` is in minutes."""

    def __init__(
        self,
        desk: Desk,
        set_converter: SetConverter,
        record: TransferRecord,
        watcher: TransferWatcher,
        *,
        bounds: Bounds,
        longest: float,
    ) -> None:
        self._desk = desk
        self._set_converter = set_converter
        self._record = record
        self._watcher = watcher
        self._bounds = bounds
        self._longest = longest

    def start(self, asked: TransferOrder, by: Actor, stamp: Stamp, *, stops: Callable[..., int]) -> Started:
        """Take the one place and the bus; raises BadRequest, NotFound or Refused with the rules of the first step."""
        desk = self._desk
        self._understand(asked)
        command = desk.begin(asked, by, stamp=stamp)
        with desk.seen_through(command):
            desk.timely(command, stamp, asked.taker)
            before = self._record.now
            if before is not None and before.state is TransferState.INTERRUPTED:
                interrupted = say(
                    "procedures.endInterruptedFirst",
                    "A procedure from before the restart has not been ended yet; end it first.",
                )
                raise desk.refuse(command, interrupted)
            running, first = self._record.claim(command)
            if not first:
                still = say("procedures.stillRuns", "The procedure {command} is still running.", command=running.id)
                raise desk.refuse(command, still)
            transfer = Transfer(
                command.id, asked.giver, asked.taker, asked.current, asked.voltage, self._bounds.limits.current_max,
                str(by), Step.REFERENCE_UP, desk.clock(), minutes=asked.minutes, wh=asked.wh,
                begun=command.at, entered=command.entered, page=stamp.page,
            )  # fmt: skip
            try:
                stops_seen = stops(asked.giver, asked.taker)
                transfer = self._enter(command, transfer)
                self._record.keep(transfer)
            except BaseException:
                self._record.release(command.id)
                raise
            return Started(command, transfer, stops_seen)

    def _understand(self, asked: TransferOrder) -> None:
        if asked.giver == asked.taker:
            raise BadRequest(say("procedures.oneUnitTwice", "A unit cannot share with itself."))
        for unit_id in (asked.giver, asked.taker):
            self._desk.known(unit_id)
        limits = self._bounds.limits
        most = most_current(limits)
        if not 0 < asked.current <= most:
            too_much = say(
                "procedures.wrongCurrent",
                "The current must be above 0 and at most {most:g} A, so that a reference of {limit:g} A "
                "still holds the voltage.",
                most=most,
                limit=limits.current_max,
            )
            raise BadRequest(too_much)
        if asked.minutes is None and asked.wh is None:
            endless = say("procedures.endless", "A guided sharing needs an end: give minutes, wh or both.")
            raise BadRequest(endless)
        if asked.minutes is not None and not 1 <= asked.minutes <= self._longest:
            raise BadRequest(
                say("procedures.wrongMinutes", "The minutes must be from 1 to {longest:g}.", longest=self._longest)
            )
        if asked.wh is not None and not 0 < asked.wh <= MOST_WH:
            raise BadRequest(say("procedures.wrongWh", "The wh must be above 0 and at most {most:g}.", most=MOST_WH))

    def _enter(self, command: Command, transfer: Transfer) -> Transfer:
        """Check and take the bus as one step, so that no other order is checked in between (Z8b)."""
        desk = self._desk
        with desk.commands.deciding():
            desk.not_while_stopping(command)
            desk.not_locked(command, transfer.giver)
            desk.not_locked(command, transfer.taker)
            answers = self._set_converter.dry_run(reference_order(transfer), transfer.owner)
            refusing = [answer for answer in answers if answer.refuses]
            if refusing:
                sentence = joined(answer.sentence for answer in refusing)
                raise desk.refuse(command, sentence, rules=refusing)
            view = self._watcher.view(desk.grid(), transfer.giver, transfer.taker)
            reason = why_not_begin(transfer.giver, transfer.taker, view, self._bounds)
            if reason:
                raise desk.refuse(command, reason)
            self._record.own(transfer)
        return replace(transfer, alarmed=frozenset(unit_id for unit_id, one in view.gauges.items() if one.alarm))


def reference_order(transfer: Transfer) -> ConverterOrder:
    """The order of its first step."""
    return ConverterOrder(transfer.giver, ConverterStatus.VOLTAGE_REFERENCE, transfer.voltage, transfer.limit)
