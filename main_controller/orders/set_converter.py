"""Drives one DC/DC converter by hand: R10, N9-N13, through the interlocks; Wait passes always (Z8).

Used by `/set/dcdc/<id>` and by the guided procedure.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, ConverterEffect, Tries, UnitOutcome
from main_controller.domain.freshness import Reading
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.scope import Lane
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.domain.units import number
from main_controller.errors import Sent
from main_controller.orders.desk import Desk
from main_controller.orders.direct_readings import DirectReadings
from main_controller.orders.dispatcher import Dispatcher, Handling
from main_controller.orders.waits import Waits
from main_controller.rules.interlock_terms import Answer, Known, Limits, Owner
from main_controller.rules.interlocks import judge
from main_controller.rules.last_look import units_to_read
from main_controller.sentence import Sentence, joined, say
from main_controller.upstream.devices import Devices, Target

log = logging.getLogger(__name__)

FOLLOWED_AT_MOST = 3
"""How often Wait is tried after an order that a stop overtook in flight."""


@dataclass(frozen=True, slots=True)
class Override:
    """An operator's `reason` for passing the `rules` that he names, as far as they may be overridden (S7)."""

    reason: str | None = None
    rules: Collection[str] = ()

    def passes(self, answer: Answer) -> bool:
        """Whether it passes what this rule says."""
        return bool(self.reason) and answer.overridable and answer.rule in self.rules


class ConverterRules:
    """What the interlocks say of an order now, by `limits`; `trips` as in `SetConverter`."""

    def __init__(self, desk: Desk, limits: Limits, trips: Callable[[], Mapping[str, Sequence[float]]]) -> None:
        self._desk = desk
        self.limits = limits
        self._trips = trips

    def answers(
        self,
        wanted: ConverterOrder,
        grid: GridState,
        by: Actor | None,
        direct: Mapping[str, Reading | Sentence] | None = None,
    ) -> list[Answer]:
        """What each rule says; `direct` is what converters themselves said just now (None: they were not asked)."""
        claim = self._desk.owner.claim
        owner = None if claim is None else Owner(claim.owner, claim.sentence)
        return judge(wanted, grid, self.limits, Known(by, owner, self._trips(), direct))


class SetConverter:
    """Orders one converter's status, target voltage (V) and current (A).

    `direct` reads converters before a current order (None: nothing is read); `trips` gives the moments (monotonic s)
    of each unit's trips that nobody has reset (I11).
    """

    def __init__(
        self,
        desk: Desk,
        dispatcher: Dispatcher,
        devices: Devices,
        waits: Waits,
        *,
        limits: Limits,
        direct: DirectReadings | None = None,
        trips: Callable[[], Mapping[str, Sequence[float]]] = dict,
    ) -> None:
        self._desk = desk
        self._dispatcher = dispatcher
        self._devices = devices
        self._waits = waits
        self._rules = ConverterRules(desk, limits, trips)
        self._direct = direct if limits.pace.direct_read > 0 else None

    def dry_run(self, wanted: ConverterOrder, by: Actor | None = None) -> list[Answer]:
        """What the rules say of this order by `by` now; nothing is sent, read or recorded."""
        self._desk.known(wanted.unit_id)
        return self._rules.answers(wanted, self._desk.grid(), by)

    def wait(
        self, unit_id: str, by: Actor, *, stamp: Stamp = UNSTAMPED, tries: Tries | None = None
    ) -> tuple[Command, Mapping[str, Any]]:
        """Send Wait now. Returns the command and the converter's new `dcdc` object; raises UpstreamError.

        `tries` are those before it, where it is sent again by itself (M12).
        """
        desk = self._desk
        desk.known(unit_id)
        unit = desk.grid().units[unit_id]
        wanted = ConverterOrder(unit_id, ConverterStatus.WAIT, 0.0, 0.0)
        command = desk.begin(wanted, by, before=_before(unit), stamp=stamp, judged=True, tries=tries)
        with desk.seen_through(command, say("orders.orderTo", "The order to {unit}", unit=unit_id)) as passage:
            result = self._waits.send(command.id, unit_id, unit.ip, quiet=command.tried_quietly)
            if result.error is not None:
                raise desk.fault(command, result.error)
            passage.sent = True
            return self._answered(desk.accept(command), wanted, result.answer or {})

    def order(
        self,
        wanted: ConverterOrder,
        by: Actor,
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
        if wanted.stops:
            return self.wait(wanted.unit_id, by, stamp=stamp)
        desk = self._desk
        desk.known(wanted.unit_id)
        before = _before(desk.grid().units[wanted.unit_id])
        command = desk.begin(wanted, by, override=override, before=before, stamp=stamp)
        passed = Override(override, override_rules)
        sending = _Sending(
            desk, self._rules, self._devices, self._waits, self._direct, command, wanted, passed, stamp,
        )  # fmt: skip
        command, answer = self._dispatcher.carry_out(command, sending)
        return self._answered(command, wanted, answer)

    def _answered(
        self, command: Command, wanted: ConverterOrder, answer: Mapping[str, Any]
    ) -> tuple[Command, Mapping[str, Any]]:
        """The converter's own answer counts at once (Z6c)."""
        shown = shows(answer)
        matches = answers_wanted(answer, wanted)
        state = "verified" if matches else "accepted"
        units = {wanted.unit_id: UnitOutcome(state, True, shown, evidence="converter" if matches else None)}
        command = self._desk.units(command, units)
        return (self._desk.verify(command) if matches else command), answer


class _Sending(Handling[Mapping[str, Any]]):
    """One order other than Wait; its answer is the converter's new `dcdc` object."""

    def __init__(
        self,
        desk: Desk,
        rules: ConverterRules,
        devices: Devices,
        waits: Waits,
        direct: DirectReadings | None,
        command: Command,
        wanted: ConverterOrder,
        override: Override,
        stamp: Stamp,
    ) -> None:
        self._desk = desk
        self._rules = rules
        self._devices = devices
        self._waits = waits
        self._direct = direct
        self._command = command
        self._wanted = wanted
        self._override = override
        self._stamp = stamp
        self._told: Mapping[str, Reading | Sentence] = {}  # what converters themselves said
        self._ip: str | None = None
        self._effect: ConverterEffect | None = None
        self.turn = Lane("converter", wanted.scope)
        self.overtaken_by = (Lane("converter"), self.turn)
        self.what = say("orders.orderTo", "The order to {unit}", unit=wanted.unit_id)

    def prepare(self) -> None:
        """Before a current order: the rules first, so that a refusal waits for no device, then the direct readings."""
        if self._direct is None or not self._wanted.status.current_controlled:
            return
        with self._desk.commands.deciding():
            grid, _ = self._check(None)
        self._desk.judged(self._command)
        self._told = self._direct.of(units_to_read(self._wanted, grid))

    def decide(self) -> None:
        """Check and enter as one step (Z8b)."""
        desk, command, wanted = self._desk, self._command, self._wanted
        grid, overridden = self._check(self._told)
        self._ip = grid.units[wanted.unit_id].ip
        self._effect = ConverterEffect(
            command.id, wanted.unit_id, wanted.status, wanted.dvg, wanted.dig, entered=desk.clock()
        )
        desk.commands.effects.note_converter(self._effect)
        if overridden:
            note = say(
                "orders.overridden",
                "Rules {rules} were overridden: {reason}",
                rules=overridden,
                reason=self._override.reason,
            )
            desk.commands.update(command.id, note=note)
            log.warning("%s to %s: %s", command.id, wanted.unit_id, note)

    def _check(self, told: Mapping[str, Reading | Sentence] | None) -> tuple[GridState, list[str]]:
        """Refuse what anything refuses; the state that was judged by, and the rules that were overridden."""
        desk, command, wanted = self._desk, self._command, self._wanted
        desk.timely(command, self._stamp)
        desk.not_while_stopping(command)
        desk.not_locked(command, wanted.unit_id)
        desk.not_while_shutting_down(command, wanted.unit_id)
        grid = desk.grid()
        answers = self._rules.answers(wanted, grid, command.by, told)
        failing = [answer for answer in answers if answer.refuses]
        refusing = [answer for answer in failing if not self._override.passes(answer)]
        if refusing:
            sentence = joined(answer.sentence for answer in refusing)
            raise desk.refuse(command, sentence, rules=answers)
        return grid, [answer.rule for answer in failing]

    def send(self) -> Mapping[str, Any]:
        """Send it."""
        wanted = self._wanted
        return self._devices.command(Target(wanted.unit_id, self._ip), wanted.status, wanted.dvg, wanted.dig)

    def settle(self, sent: Sent, answer: Mapping[str, Any] | None) -> None:
        """From here on it counts by when it came back, and by what the converter answered."""
        if self._effect is not None:
            back = replace(self._effect, returned=self._desk.clock(), sent=sent, answer=answer)
            self._desk.commands.effects.note_converter(back)

    def follow(self, sent: Sent) -> Sentence | None:
        """Send Wait again after it (Z9)."""
        if sent is False:
            return None
        command_id, unit_id = self._command.id, self._wanted.unit_id
        log.warning("%s: a stop overtook this order in flight; Wait follows it to %s", command_id, unit_id)
        result = self._waits.send(command_id, unit_id, self._ip)
        tries = 1
        while result.error is not None and tries < FOLLOWED_AT_MOST:
            result, tries = self._waits.send(command_id, unit_id, self._ip), tries + 1
        if result.in_wait:
            note = say(
                "orders.waitFollowed",
                "A stop overtook this order in flight; Wait followed it, and {unit} is in Wait.",
                unit=unit_id,
            )
        else:
            unseen = say("orders.waitUnseen", "its converter does not show it yet.")
            note = say(
                "orders.waitFollowedUnseen",
                "A stop overtook this order in flight; {unit} is not seen in Wait after it: {why}",
                unit=unit_id,
                why=result.error.sentence if result.error is not None else unseen,
            )
            log.error("%s: %s", command_id, note)
        self._desk.commands.update(command_id, note=note)
        return note


def shows(answer: Mapping[str, Any]) -> str | None:
    """The status in a converter's answer as it wrote it, or None."""
    section = answer.get("status")
    told = section.get("status") if isinstance(section, Mapping) else None
    return told if isinstance(told, str) else None


def answers_wanted(answer: Mapping[str, Any], wanted: ConverterOrder) -> bool:
    """Whether a `dcdc` object shows the wanted status, and its voltage and current where the status needs them."""
    if (shows(answer) or "").lower() != wanted.status:
        return False
    if wanted.status is ConverterStatus.WAIT:
        return True
    dig = _figure(answer, "param", "dig")
    dvg = _figure(answer, "vdis", "dvg")
    return dig is not None and abs(dig - wanted.dig) < 0.005 and dvg is not None and abs(dvg - wanted.dvg) < 0.5


def _figure(answer: Mapping[str, Any], section: str, key: str) -> float | None:
    part = answer.get(section)
    return number(part.get(key)) if isinstance(part, Mapping) else None


def _before(unit: UnitAssessment) -> dict[str, Any]:
    return {"word": None if unit.last_status is None else str(unit.last_status)}
