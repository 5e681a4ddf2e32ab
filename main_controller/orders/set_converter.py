"""Drives one DC/DC converter by hand: R10, N9-N13, through the interlocks; Wait passes always (Z8).

Used by `/set/dcdc/<id>` and by the guided procedure.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, ConverterEffect, SecondPerson, Tries, UnitOutcome
from main_controller.domain.freshness import Reading
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.scope import Lane
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.domain.timestamps import said_time
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
        command = self._begin(wanted, by, override, stamp)
        return self._carry_out(command, wanted, Override(override, override_rules), stamp)

    def ask(
        self,
        wanted: ConverterOrder,
        by: Actor,
        *,
        override: str,
        override_rules: Collection[str],
        stamp: Stamp = UNSTAMPED,
        may_wait: Callable[[Command], None] = lambda command: None,
    ) -> tuple[Command, Mapping[str, Any] | None]:
        """As `order`, but what overrides a rule now is not sent: it waits for a second person, and the answer is None.

        Where the rules let it pass without an override it is sent at once, with none. `may_wait` raises Refused where
        it cannot wait; it is asked where orders are decided.
        """
        desk = self._desk
        command = self._begin(wanted, by, override, stamp)
        sending = self._sending(command, wanted, Override(override, override_rules), stamp)
        with desk.seen_through(command, sending.what), desk.commands.deciding():
            overridden = sending.overridden()
            if overridden:
                may_wait(command)
                return self._stands(command, override, overridden), None
        return self._carry_out(command, wanted, Override(), stamp)

    def confirmed(
        self, command: Command, wanted: ConverterOrder, *, stamp: Stamp, still: Callable[[], Sentence | None]
    ) -> tuple[Command, Mapping[str, Any]]:
        """Send an order that waited and that `command.second.by` confirmed: the rules judge it anew, by his `stamp`.

        Only what both were shown is overridden. `still` says why it may not be sent any more, asked last of all.
        """
        rules = () if command.second is None else command.second.rules
        return self._carry_out(command, wanted, Override(command.override, rules), stamp, still)

    def _begin(self, wanted: ConverterOrder, by: Actor, override: str | None, stamp: Stamp) -> Command:
        desk = self._desk
        desk.known(wanted.unit_id)
        before = _before(desk.grid().units[wanted.unit_id])
        return desk.begin(wanted, by, override=override, before=before, stamp=stamp)

    def _stands(self, command: Command, reason: str, overridden: Sequence[Answer]) -> Command:
        """Record that it waits for a second person; it depends on others from here on."""
        desk = self._desk
        lasts = desk.timing.second_person
        until = command.at + timedelta(seconds=lasts)
        rules = tuple(answer.rule for answer in overridden)
        second = SecondPerson(until, command.entered + lasts, rules, tuple(answer.sentence for answer in overridden))
        note = say(
            "orders.waitsForSecond",
            "It would override rules {rules} ({reason}) and waits for a second person until {until}.",
            rules=list(rules),
            reason=reason,
            until=said_time(until),
        )
        log.warning("%s to %s: %s", command.id, command.unit_id, note)
        return desk.commands.update(command.id, second=second, note=note, judged=True)

    def _sending(
        self,
        command: Command,
        wanted: ConverterOrder,
        override: Override,
        stamp: Stamp,
        still: Callable[[], Sentence | None] = lambda: None,
    ) -> "_Sending":
        return _Sending(
            self._desk, self._rules, self._devices, self._waits, self._direct, command, wanted, override, stamp, still,
        )  # fmt: skip

    def _carry_out(
        self,
        command: Command,
        wanted: ConverterOrder,
        override: Override,
        stamp: Stamp,
        still: Callable[[], Sentence | None] = lambda: None,
    ) -> tuple[Command, Mapping[str, Any]]:
        sending = self._sending(command, wanted, override, stamp, still)
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
        still: Callable[[], Sentence | None],
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
        self._still = still
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
            note = self._overrode([answer.rule for answer in overridden])
            desk.commands.update(command.id, note=note)
            log.warning("%s to %s: %s", command.id, wanted.unit_id, note)

    def overridden(self) -> list[Answer]:
        """What the rules say that the order would override now; raises Refused where anything refuses it."""
        return self._check(None)[1]

    def _overrode(self, rules: list[str]) -> Sentence:
        reason, second = self._override.reason, self._command.second
        if second is None or second.by is None:
            return say("orders.overridden", "Rules {rules} were overridden: {reason}", rules=rules, reason=reason)
        return say(
            "orders.overriddenByTwo",
            "Rules {rules} were overridden by two persons, {first} and {second}: {reason}",
            rules=rules,
            first=self._command.by.said,
            second=second.by.said,
            reason=reason,
        )

    def _check(self, told: Mapping[str, Reading | Sentence] | None) -> tuple[GridState, list[Answer]]:
        """Refuse what anything refuses; the state that was judged by, and the answers that were overridden."""
        desk, command, wanted = self._desk, self._command, self._wanted
        ended = self._still()
        if ended is not None:
            raise desk.cancel(command, ended)
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
        return grid, failing

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
