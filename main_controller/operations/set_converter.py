"""Drives one DC/DC converter by hand: R10, N9-N13, through the interlocks; Wait passes always (Z8).

Used by `/set/dcdc/<id>` and by the guided procedure.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from main_controller.domain.commands import Command, ConverterOrder, UnitOutcome
from main_controller.domain.interlock_terms import Answer, Limits, Wanted
from main_controller.domain.interlocks import judge
from main_controller.domain.modes import Word
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.domain.units import number
from main_controller.errors import Sent, UpstreamError
from main_controller.operations.desk import Desk, foreseen
from main_controller.operations.waits import Waits
from main_controller.upstream.devices import Devices, Target

log = logging.getLogger(__name__)

FOLLOWED_AT_MOST = 3
"""How often Wait is tried after an order that a stop overtook in flight."""


class SetConverter:
    """Orders one converter's word, target voltage (V) and current (A)."""

    def __init__(
        self,
        desk: Desk,
        devices: Devices,
        waits: Waits,
        *,
        limits: Limits,
        intent: Callable[[Command], None] = lambda command: None,
    ) -> None:
        self._desk = desk
        self._devices = devices
        self._waits = waits
        self._limits = limits
        self._intent = intent

    def dry_run(self, wanted: Wanted) -> list[Answer]:
        """What the rules say of this order now; nothing is sent or recorded."""
        self._desk.known(wanted.unit_id)
        return judge(wanted, self._desk.picture(), self._limits)

    def wait(self, unit_id: str, by: str, *, stamp: Stamp = UNSTAMPED) -> tuple[Command, Mapping[str, Any]]:
        """Send Wait now. Returns the command and the converter's new `dcdc` object; raises UpstreamError."""
        desk = self._desk
        desk.known(unit_id)
        fact = desk.picture().facts[unit_id]
        wanted = Wanted(unit_id, Word.WAIT, 0.0, 0.0)
        before = _before(fact.last_word)
        command = desk.begin("setDcdc", unit_id, _as_json(wanted), by, before=before, stamp=stamp, judged=True)
        result = self._waits.send(command.id, unit_id, fact.ip)
        if result.error is not None:
            raise desk.fault(command, result.error)
        command = self._answered(desk.accept(command), wanted, result.answer or {})
        return command, result.answer or {}

    def order(
        self, wanted: Wanted, by: str, *, override: str | None = None, stamp: Stamp = UNSTAMPED
    ) -> tuple[Command, Mapping[str, Any]]:
        """Check the rules and send the order. Returns the command and the converter's new `dcdc` object.

        Raises Refused with every rule's answer when one refuses and is not overridden, UpstreamError when the
        device did not do it. `override` is an operator's reason for passing rules (c), (e) and (f).
        """
        if wanted.word is Word.WAIT:
            return self.wait(wanted.unit_id, by, stamp=stamp)
        desk = self._desk
        desk.known(wanted.unit_id)
        fact = desk.picture().facts[wanted.unit_id]
        before = _before(fact.last_word)
        command = desk.begin(
            "setDcdc", wanted.unit_id, _as_json(wanted), by, override=override, before=before, stamp=stamp
        )
        scope = f"wait:{wanted.unit_id}"
        with desk.turn(command, scope, "wait", scope) as overtaken:
            order, ip = self._enter(command, wanted, override, stamp)
            desk.judged(command)
            self._intent(command)
            if overtaken():
                desk.commands.note_converter(replace(order, returned=desk.clock(), sent=False))
                raise desk.cancel(command, "A stop overtook this order; nothing was sent.")
            try:
                answer = self._devices.command(Target(wanted.unit_id, ip), wanted.word, wanted.dvg, wanted.dig)
            except Exception as fault:
                error = foreseen(fault, f"The order to {wanted.unit_id}")
                sent: Sent = error.sent if isinstance(error, UpstreamError) else False
                desk.commands.note_converter(replace(order, returned=desk.clock(), sent=sent))
                if overtaken() and sent is not False:
                    self._follow(command, wanted.unit_id, ip)
                raise desk.fault(command, error) from fault
            desk.commands.note_converter(replace(order, returned=desk.clock(), sent=True, answer=answer))
            if overtaken():
                sentence = self._follow(command, wanted.unit_id, ip)
                raise desk.cancel(command, sentence, sent=True, settled=desk.clock())
        return self._answered(desk.accept(command), wanted, answer), answer

    def _enter(
        self, command: Command, wanted: Wanted, override: str | None, stamp: Stamp
    ) -> tuple[ConverterOrder, str | None]:
        """Check and enter as one step (Z8b); the order and the address that was checked."""
        desk = self._desk
        with desk.commands.deciding():
            desk.timely(command, stamp)
            desk.not_while_stopping(command)
            desk.not_locked(command, wanted.unit_id)
            desk.not_while_shutting_down(command, wanted.unit_id)
            picture = desk.picture()
            answers = judge(wanted, picture, self._limits)
            refusing = [answer for answer in answers if answer.refuses and not (override and answer.overridable)]
            if refusing:
                sentence = " ".join(answer.sentence for answer in refusing)
                raise desk.refuse(command, sentence, rules=[answer.as_json() for answer in answers])
            passed = [answer.rule for answer in answers if answer.refuses]
            order = ConverterOrder(
                command.id, wanted.unit_id, wanted.word, wanted.dvg, wanted.dig, entered=desk.clock()
            )
            desk.commands.note_converter(order)
        if override and passed:
            note = f"Rules {', '.join(passed)} were overridden: {override}"
            desk.commands.update(command.id, note=note)
            log.warning("%s to %s: %s", command.id, wanted.unit_id, note)
        return order, picture.facts[wanted.unit_id].ip

    def _follow(self, command: Command, unit_id: str, ip: str | None) -> str:
        """A stop or Wait that came while the order was in flight is sent again after it (Z9); what came of that."""
        log.warning("%s: a stop overtook this order in flight; Wait follows it to %s", command.id, unit_id)
        result = self._waits.send(command.id, unit_id, ip)
        tries = 1
        while result.error is not None and tries < FOLLOWED_AT_MOST:
            result, tries = self._waits.send(command.id, unit_id, ip), tries + 1
        if result.in_wait:
            note = f"A stop overtook this order in flight; Wait followed it, and {unit_id} is in Wait."
        else:
            why = result.error.sentence if result.error is not None else "its converter does not show it yet."
            note = f"A stop overtook this order in flight; {unit_id} is not seen in Wait after it: {why}"
            log.error("%s: %s", command.id, note)
        self._desk.commands.update(command.id, note=note)
        return note

    def _answered(self, command: Command, wanted: Wanted, answer: Mapping[str, Any]) -> Command:
        """The converter's own answer counts at once (Z6c)."""
        shown = shows(answer)
        matches = answers_wanted(answer, wanted)
        state = "verified" if matches else "accepted"
        units = {wanted.unit_id: UnitOutcome(state, True, shown, evidence="converter" if matches else None)}
        command = self._desk.units(command, units)
        return self._desk.verify(command) if matches else command


def shows(answer: Mapping[str, Any]) -> str | None:
    """The word in a converter's answer as it wrote it, or None."""
    status = answer.get("status")
    word = status.get("status") if isinstance(status, Mapping) else None
    return word if isinstance(word, str) else None


def answers_wanted(answer: Mapping[str, Any], wanted: Wanted) -> bool:
    """Whether a `dcdc` object shows the wanted word, and its voltage and current where the word needs them."""
    if (shows(answer) or "").lower() != wanted.word:
        return False
    if wanted.word is Word.WAIT:
        return True
    dig = _figure(answer, "param", "dig")
    dvg = _figure(answer, "vdis", "dvg")
    return dig is not None and abs(dig - wanted.dig) < 0.005 and dvg is not None and abs(dvg - wanted.dvg) < 0.5


def _figure(answer: Mapping[str, Any], section: str, key: str) -> float | None:
    part = answer.get(section)
    return number(part.get(key)) if isinstance(part, Mapping) else None


def _as_json(wanted: Wanted) -> dict[str, Any]:
    return {"word": str(wanted.word), "dvg": wanted.dvg, "dig": wanted.dig}


def _before(word: Word | None) -> dict[str, Any]:
    return {"word": None if word is None else str(word)}
