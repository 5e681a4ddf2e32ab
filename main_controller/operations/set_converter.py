"""Drives one DC/DC converter by hand: R10, N9-N13, through the interlocks; Wait passes always (Z8).

Used by `/set/dcdc/<id>` and by the guided procedure.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from main_controller.domain.commands import Command, ConverterEffect, UnitOutcome
from main_controller.domain.freshness import Reading
from main_controller.domain.interlock_terms import Answer, Known, Limits, Owner
from main_controller.domain.interlocks import judge
from main_controller.domain.last_look import units_to_read
from main_controller.domain.modes import Word
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.picture import Picture
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.domain.units import number
from main_controller.errors import Sent
from main_controller.operations.desk import Desk, foreseen
from main_controller.operations.direct_readings import DirectReadings
from main_controller.operations.waits import Waits
from main_controller.upstream.devices import Devices, Target

log = logging.getLogger(__name__)

Passed = tuple[str | None, Collection[str]]
"""An override: its reason and the rules that it names."""

OVERTAKEN = "A stop overtook this order; nothing was sent."
FOLLOWED_AT_MOST = 3
"""How often Wait is tried after an order that a stop overtook in flight."""


class SetConverter:
    """Orders one converter's word, target voltage (V) and current (A).

    `direct` reads converters before a current order (None: nothing is read); `trips` gives the moments (monotonic s)
    of each unit's trips that nobody has reset (I11).
    """

    def __init__(
        self,
        desk: Desk,
        devices: Devices,
        waits: Waits,
        *,
        limits: Limits,
        direct: DirectReadings | None = None,
        trips: Callable[[], Mapping[str, Sequence[float]]] = dict,
        intent: Callable[[Command], None] = lambda command: None,
    ) -> None:
        self._desk = desk
        self._devices = devices
        self._waits = waits
        self._limits = limits
        self._direct = direct
        self._trips = trips
        self._intent = intent

    def dry_run(self, wanted: ConverterOrder, by: str = "") -> list[Answer]:
        """What the rules say of this order by `by` now; nothing is sent, read or recorded."""
        self._desk.known(wanted.unit_id)
        return self._judge(wanted, self._desk.picture(), by, None)

    def _judge(
        self, wanted: ConverterOrder, picture: Picture, by: str, direct: Mapping[str, Reading | str] | None
    ) -> list[Answer]:
        claim = self._desk.owner.claim
        owner = None if claim is None else Owner(claim.owner, claim.sentence)
        return judge(wanted, picture, self._limits, Known(by, owner, self._trips(), direct))

    def wait(self, unit_id: str, by: str, *, stamp: Stamp = UNSTAMPED) -> tuple[Command, Mapping[str, Any]]:
        """Send Wait now. Returns the command and the converter's new `dcdc` object; raises UpstreamError."""
        desk = self._desk
        desk.known(unit_id)
        fact = desk.picture().facts[unit_id]
        wanted = ConverterOrder(unit_id, Word.WAIT, 0.0, 0.0)
        before = _before(fact.last_word)
        command = desk.begin(wanted, by, before=before, stamp=stamp, judged=True)
        result = self._waits.send(command.id, unit_id, fact.ip)
        if result.error is not None:
            raise desk.fault(command, result.error)
        command = self._answered(desk.accept(command), wanted, result.answer or {})
        return command, result.answer or {}

    def order(
        self,
        wanted: ConverterOrder,
        by: str,
        *,
        override: str | None = None,
        override_rules: Collection[str] = frozenset(),
        stamp: Stamp = UNSTAMPED,
    ) -> tuple[Command, Mapping[str, Any]]:
        """Check the rules and send the order. Returns the command and the converter's new `dcdc` object.

        Raises Refused with every rule's answer when one refuses and is not overridden, UpstreamError when the
        device did not do it. `override` is an operator's reason for passing the rules named in `override_rules`, as far
        as they may be overridden; every other rule that fails refuses (S7).
        """
        if wanted.word is Word.WAIT:
            return self.wait(wanted.unit_id, by, stamp=stamp)
        desk = self._desk
        desk.known(wanted.unit_id)
        fact = desk.picture().facts[wanted.unit_id]
        before = _before(fact.last_word)
        command = desk.begin(wanted, by, override=override, before=before, stamp=stamp)
        scope = f"wait:{wanted.unit_id}"
        with desk.turn(command, scope, "wait", scope) as overtaken:
            passed = (override, override_rules)
            direct = self._look(command, wanted, passed, stamp)
            if overtaken():
                raise desk.cancel(command, OVERTAKEN)
            order, ip = self._enter(command, wanted, passed, stamp, direct)
            desk.judged(command)
            self._intent(command)
            if overtaken():
                desk.commands.note_converter(replace(order, returned=desk.clock(), sent=False))
                raise desk.cancel(command, OVERTAKEN)
            try:
                answer = self._devices.command(Target(wanted.unit_id, ip), wanted.word, wanted.dvg, wanted.dig)
            except Exception as fault:
                error = foreseen(fault, f"The order to {wanted.unit_id}")
                sent: Sent = error.sent
                desk.commands.note_converter(replace(order, returned=desk.clock(), sent=sent))
                if overtaken() and sent is not False:
                    self._follow(command, wanted.unit_id, ip)
                raise desk.fault(command, error) from fault
            desk.commands.note_converter(replace(order, returned=desk.clock(), sent=True, answer=answer))
            if overtaken():
                sentence = self._follow(command, wanted.unit_id, ip)
                raise desk.cancel(command, sentence, sent=True, settled=desk.clock())
        return self._answered(desk.accept(command), wanted, answer), answer

    def _look(
        self, command: Command, wanted: ConverterOrder, passed: Passed, stamp: Stamp
    ) -> Mapping[str, Reading | str]:
        """Before a current order: the rules first, so that a refusal waits for no device, then the direct readings."""
        if self._direct is None or not wanted.word.current_controlled or self._limits.pace.direct_read <= 0:
            return {}
        with self._desk.commands.deciding():
            picture, _ = self._check(command, wanted, passed, stamp, None)
        self._desk.judged(command)
        return self._direct.of(units_to_read(wanted, picture))

    def _enter(
        self,
        command: Command,
        wanted: ConverterOrder,
        passed: Passed,
        stamp: Stamp,
        direct: Mapping[str, Reading | str],
    ) -> tuple[ConverterEffect, str | None]:
        """Check and enter as one step (Z8b); the order and the address that was checked."""
        desk = self._desk
        with desk.commands.deciding():
            picture, rules = self._check(command, wanted, passed, stamp, direct)
            order = ConverterEffect(
                command.id, wanted.unit_id, wanted.word, wanted.dvg, wanted.dig, entered=desk.clock()
            )
            desk.commands.note_converter(order)
        if rules:
            note = f"Rules {', '.join(rules)} were overridden: {passed[0]}"
            desk.commands.update(command.id, note=note)
            log.warning("%s to %s: %s", command.id, wanted.unit_id, note)
        return order, picture.facts[wanted.unit_id].ip

    def _check(
        self,
        command: Command,
        wanted: ConverterOrder,
        passed: Passed,
        stamp: Stamp,
        direct: Mapping[str, Reading | str] | None,
    ) -> tuple[Picture, list[str]]:
        """Refuse what anything refuses; the picture that was judged by, and the rules that were overridden."""
        desk = self._desk
        desk.timely(command, stamp)
        desk.not_while_stopping(command)
        desk.not_locked(command, wanted.unit_id)
        desk.not_while_shutting_down(command, wanted.unit_id)
        picture = desk.picture()
        answers = self._judge(wanted, picture, command.by, direct)
        reason, named = passed
        failing = [answer for answer in answers if answer.refuses]
        overridden = [one for one in failing if reason and one.overridable and one.rule in named]
        refusing = [answer for answer in failing if answer not in overridden]
        if refusing:
            sentence = " ".join(answer.sentence for answer in refusing)
            raise desk.refuse(command, sentence, rules=[answer.as_json() for answer in answers])
        return picture, [answer.rule for answer in overridden]

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

    def _answered(self, command: Command, wanted: ConverterOrder, answer: Mapping[str, Any]) -> Command:
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


def answers_wanted(answer: Mapping[str, Any], wanted: ConverterOrder) -> bool:
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


def _before(word: Word | None) -> dict[str, Any]:
    return {"word": None if word is None else str(word)}
