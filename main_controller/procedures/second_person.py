"""An override that needs two persons: it waits, another engineer confirms it within a minute, or nothing is sent.

Used by `/set/dcdc`, `/confirm` and `/withdraw`; a worker calls `run_once`. It keeps nothing itself: what waits stands
in the register of orders, and a restart ends it. The confirming press is the press: the rules judge everything anew.
"""

import logging
import threading
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.errors import NotFound, Refused
from main_controller.orders.desk import Desk
from main_controller.orders.set_converter import SetConverter
from main_controller.rules.second_person import ran_out, stopped_by, why_not_ask, why_not_confirm, why_not_withdraw
from main_controller.sentence import Sentence, joined, say

log = logging.getLogger(__name__)


class SecondPersonRule:
    """Orders converters; where it is `on`, what overrides a rule waits for a second person."""

    def __init__(self, desk: Desk, set_converter: SetConverter, *, on: bool) -> None:
        self._desk = desk
        self._set_converter = set_converter
        self._taking = threading.Lock()  # one of a confirmation, a withdrawal and an end takes what waits; no sending
        self.on = on

    def order(
        self,
        wanted: ConverterOrder,
        by: Actor,
        *,
        override: str | None = None,
        override_rules: Collection[str] = frozenset(),
        stamp: Stamp = UNSTAMPED,
    ) -> tuple[Command, Mapping[str, Any] | None]:
        """As `SetConverter.order`; the answer is None where the order waits for a second person.

        Rules that no override passes refuse at once.
        """
        orders = self._set_converter
        if not self.on or override is None or wanted.stops:
            return orders.order(wanted, by, override=override, override_rules=override_rules, stamp=stamp)
        return orders.ask(
            wanted, by, override=override, override_rules=override_rules, stamp=stamp, may_wait=self._may_wait
        )

    def confirm(self, command_id: str, by: Actor, *, stamp: Stamp = UNSTAMPED) -> tuple[Command, Mapping[str, Any]]:
        """Confirm what waits as its second person: it is judged anew and sent, as by this press.

        Raises NotFound where nothing of this id waits, Refused where this person may not confirm it (it waits on), and
        whatever refuses or breaks the order itself, which ends it.
        """
        command, wanted = self._take(command_id, by, stamp)
        log.warning("%s is confirmed by %s", command.id, by)
        return self._set_converter.confirmed(command, wanted, stamp=stamp, still=lambda: self._stopped(command))

    def withdraw(self, command_id: str, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """The first person takes the order back; NotFound where it does not wait, Refused for anybody else."""
        with self._taking:
            command, _ = self._waiting(command_id)
            _refuse(command, why_not_withdraw(command, by))
            self._known_by(stamp, command)
            withdrawn = say("procedures.withdrawn", "{by} withdrew it; nothing was sent.", by=by.said)
            self._desk.cancel(command, withdrawn)
        return self._desk.commands.get(command.id)

    def run_once(self) -> None:
        """End what waited too long, and what a stop came after."""
        for command in self._desk.commands.open():
            if command.waits_for_second:
                with self._taking:
                    self._end_if_over(self._desk.commands.get(command.id))

    def _may_wait(self, command: Command) -> None:
        """Refuse what no second person could be told of, or whose unit somebody is asked about already."""
        why = why_not_ask(command.by)
        if why is not None:
            raise self._desk.refuse(command, why)
        for other in self._desk.commands.open():
            if other.waits_for_second and other.unit_id == command.unit_id:
                taken = say(
                    "procedures.waitsAlready",
                    "An override of {unit} waits for a second person already ({command}).",
                    unit=command.unit_id,
                    command=other.id,
                )
                raise self._desk.refuse(command, taken)

    def _take(self, command_id: str, by: Actor, stamp: Stamp) -> tuple[Command, ConverterOrder]:
        """Make this person its second, once and for all; from here on it is an order that was pressed just now."""
        desk = self._desk
        with self._taking:
            command, wanted = self._waiting(command_id)
            _refuse(command, why_not_confirm(command, by))
            second = None if command.second is None else replace(command.second, by=by)
            taken = desk.commands.update(command.id, second=second, note=None, judged=False, pressed=desk.clock())
            self._known_by(stamp, command)
            return taken, wanted

    def _known_by(self, stamp: Stamp, command: Command) -> None:
        """A second arrival of this press finds the order and does nothing."""
        if stamp.key is not None:
            self._desk.commands.also_known(stamp.key, command.id, stamp.request)

    def _waiting(self, command_id: str) -> tuple[Command, ConverterOrder]:
        """The order of this id that waits still; raises NotFound, saying why it does no more where that is known."""
        command = self._desk.commands.get(command_id)
        if command.waits_for_second:
            command = self._end_if_over(command)
        if command.waits_for_second and isinstance(command.order, ConverterOrder):
            return command, command.order
        sentence = say("procedures.waitsNoMore", "{command} does not wait for a second person.", command=command.id)
        why = command.error if command.second is not None else None
        raise NotFound(sentence if why is None else joined([sentence, why]))

    def _end_if_over(self, command: Command) -> Command:
        """The order as it stands, ended where a stop came or its time is over."""
        if not command.waits_for_second:
            return command
        why = self._stopped(command) or ran_out(command, self._desk.clock())
        if why is not None:
            self._desk.cancel(command, why)
        return self._desk.commands.get(command.id)

    def _stopped(self, command: Command) -> Sentence | None:
        return stopped_by(command, self._desk.commands.moves())


def _refuse(command: Command, why: Sentence | None) -> None:
    """Refuse what this person asks of the order, which waits on."""
    if why is not None:
        log.warning("%s: %s", command.id, why)
        raise Refused(why, details={"sent": False})
