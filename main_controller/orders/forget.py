"""A unit has left the cluster: it leaves verdicts, rules and lists until `/get/log` shows it again. Used by `/forget`.

It does not leave the bus: what measured voltages forbid (`deadbus`) rules on. Where orders go to the units' own
drivers, Stop all still tries it (`procedures/forgotten.py`).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.freshness import Sighting
from main_controller.domain.modes import parse_converter_status
from main_controller.domain.orders import ForgetOrder
from main_controller.domain.progress import SchedulesCleared
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.domain.transfer import Transfer, TransferState
from main_controller.errors import NotFound
from main_controller.orders.desk import Desk
from main_controller.sentence import Sentence, say

UNKNOWN = "unknown"
"""What `confirm` has to say of a unit whose converter was never heard, or told no status that a person can say."""

LONGEST_STATUS = 40


class Book(Protocol):
    """Where it is kept who has left, over restarts."""

    def forget(self, unit_id: str, name: str, reason: str, at: datetime) -> None:
        """Keep that this unit has left, until it is seen again."""
        ...


class Forget:
    """Takes note that a unit has left.

    `transfer` is the guided procedure that runs or ran last; `clear_schedules` clears a unit's schedules and
    says how many there were.
    """

    def __init__(
        self,
        desk: Desk,
        book: Book,
        *,
        transfer: Callable[[], Transfer | None],
        clear_schedules: Callable[[str], int],
    ) -> None:
        self._desk = desk
        self._book = book
        self._transfer = transfer
        self._clear_schedules = clear_schedules

    def order(
        self, unit_id: str, name: str, reason: str, confirm: str | None, by: Actor, *, stamp: Stamp = UNSTAMPED
    ) -> tuple[Command, int]:
        """Forget a unit that `/get/log` no longer shows; the command, and how many schedules went with the unit.

        `confirm` is its status as last seen, needed unless it can only be in Wait. Raises NotFound for a stranger,
        Refused while it may still be a member, or where `confirm` is missing or another status.
        """
        desk = self._desk
        if unit_id in desk.cache.snapshot().forgotten:
            raise NotFound(say("orders.forgottenAlready", "{unit} has been forgotten already.", unit=unit_id))
        desk.known(unit_id)
        status = _status(desk.cache.snapshot(), unit_id)
        command = desk.begin(ForgetOrder(unit_id, name, reason), by, before={"word": status}, stamp=stamp)
        with desk.seen_through(command):
            with desk.commands.deciding():
                desk.timely(command, stamp)
                desk.not_while_stopping(command)
                desk.not_locked(command, unit_id)
                snapshot, unit = desk.cache.snapshot(), desk.grid().units.get(unit_id)
                why = self._why_not(unit_id, snapshot, unit) or _unconfirmed(unit_id, snapshot, unit, confirm)
                if why is not None:
                    raise desk.refuse(command, why)
                if not desk.cache.forget(unit_id):
                    raise desk.refuse(command, _shown(unit_id))
                self._book.forget(unit_id, name, reason, desk.wall())
            cleared = self._clear_schedules(unit_id)
            return desk.verify(desk.accept(command), progress=SchedulesCleared(cleared)), cleared

    def _why_not(self, unit_id: str, snapshot: Snapshot, unit: UnitAssessment | None) -> Sentence | None:
        """Why it cannot be said that the unit has left, or None."""
        desk = self._desk
        answered = snapshot.answered_at
        if answered is None or desk.clock() - answered > desk.timing.stale_after:
            return say(
                "orders.notTold",
                "apis-web's /get/log does not answer now, so nobody can tell whether it shows {unit}.",
                unit=unit_id,
            )
        if _present(snapshot.sightings.get(unit_id)):
            return _shown(unit_id)
        if unit is not None and unit.in_flight:
            return say("orders.orderUnderWay", "An order to {unit} has not come back yet.", unit=unit_id)
        transfer = self._transfer()
        if transfer is None or transfer.state not in (TransferState.RUNNING, TransferState.INTERRUPTED):
            return None
        if unit_id in (transfer.giver, transfer.taker):
            return say(
                "orders.partOfTransfer",
                "{unit} is part of the guided procedure {command}; end that first.",
                unit=unit_id,
                command=transfer.id,
            )
        return None


def _unconfirmed(unit_id: str, snapshot: Snapshot, unit: UnitAssessment | None, confirm: str | None) -> Sentence | None:
    """What has to be sent so that nobody forgets working hardware unawares, or None."""
    status = _status(snapshot, unit_id)
    if confirm == status or (confirm is None and (unit is None or not unit.unwatched)):
        return None
    if confirm is not None:
        return say(
            "orders.otherStatus",
            "{unit} was last seen in the status {status}, not {given!r}; send confirm={status}.",
            unit=unit_id,
            status=status,
            given=confirm[:40],
        )
    return say(
        "orders.notInWait",
        "{unit} is not known to be in Wait: its status was last seen as {status}. "
        "If it has left all the same, send confirm={status}.",
        unit=unit_id,
        status=status,
    )


def _status(snapshot: Snapshot, unit_id: str) -> str:
    """The converter's status as last seen, as a person can say it."""
    told = snapshot.last_status(unit_id)
    status = parse_converter_status(told)
    if status is not None:
        return str(status)
    return told if told and told.isprintable() and len(told) <= LONGEST_STATUS else UNKNOWN


def _present(sighting: Sighting | None) -> bool:
    return sighting is not None and sighting.present


def _shown(unit_id: str) -> Sentence:
    return say(
        "orders.stillShown",
        "{unit} is still shown by apis-web's /get/log; only a unit that is gone from it can be forgotten.",
        unit=unit_id,
    )
