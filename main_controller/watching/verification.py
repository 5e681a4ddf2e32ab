"""Sees whether orders took effect, and says so: accepted becomes verified or timed out (Z6c, Z9b).

`run_once` is called again and again by a worker; it sends nothing.
"""

import logging
from dataclasses import replace

from main_controller.assessment.grid_state import GridState
from main_controller.domain.commands import Command, CommandState, UnitOutcome
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import Mode, parse_converter_status, parse_mode
from main_controller.domain.orders import ConverterOrder, ModeOrder, Order, Proof, ShutDownOrder
from main_controller.domain.progress import Drained, ModeShows, UnitsShow
from main_controller.orders.desk import Desk, foreseen
from main_controller.rules.evidence import Lags, drained, mode_now, outcomes, partly, verified
from main_controller.sentence import Sentence, joined, say

log = logging.getLogger(__name__)


class Verification:
    """Watches every open command against the state of the grid, and a Soft Stop until it has drained."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        timing = desk.timing
        self._lags = Lags(timing.lag, timing.stop_lag, timing.stale_after)

    def run_once(self) -> None:
        """Look at every command that may still change."""
        commands = self._desk.commands.latest()
        watched = [command for command in commands if self._is_watched(command)]
        if not watched:
            return
        grid = self._desk.grid()
        for command in watched:
            try:
                self._look(command, grid)
            except Exception as fault:  # noqa: BLE001 - it is told in the command, and hides no other one
                self._broke(command, fault)
        self._drain(commands, grid)

    def _broke(self, command: Command, fault: Exception) -> None:
        """Nobody can tell whether it took effect, and nobody will: it would stay open for ever."""
        error = foreseen(fault, say("watching.looking", "Looking whether it took effect"))
        if command.state.open:
            self._desk.fail(command, error.sentence)

    def _is_watched(self, command: Command) -> bool:
        if command.state.open:
            return command.settled is not None and command.order.proof is not Proof.OWN_END
        return _refused_but_sent(command) or _draining(command)

    def _look(self, command: Command, grid: GridState) -> None:
        if _draining(command):
            return
        newer = self._replaced_by(command)
        if newer is not None:
            why = say("watching.replaced", "{newer} of {by} replaced it.", newer=newer.id, by=newer.by.said)
            self._desk.replace(command, why)
            return
        found = outcomes(command, grid, self._lags, self._ups_modes(command))
        progress = self._progress(command, grid, found)
        desk = self._desk
        if _refused_but_sent(command):
            self._contradicted(command, grid, found)
            return
        command = desk.units(command, found, progress=progress)
        if verified(found):
            self._settle_mode(command)
            unsure = partly(found)
            desk.verify(command, note=_together(_note(command), unsure), partly=bool(unsure))
        elif grid.now - (command.settled or grid.now) > self._allowed(command):
            desk.time_out(command, self._sentence(command, found))

    def _replaced_by(self, command: Command) -> Command | None:
        """The newer order of a mode in the same scope that has been taken, if any: this one cannot be seen any more."""
        if not isinstance(command.order, ModeOrder) or not command.state.open:
            return None
        for other in self._desk.commands.latest():
            if other.id == command.id:
                return None
            taken = other.sent is True and other.settled is not None
            if isinstance(other.order, ModeOrder) and other.unit_id == command.unit_id and taken:
                return other
        return None

    def _ups_modes(self, command: Command) -> dict[str, float | None]:
        """What the UPS of each unit of a UPS order shows now."""
        if command.order.proof is not Proof.UPS:
            return {}
        units = self._desk.cache.snapshot().sightings
        return {
            unit_id: units[unit_id].unit.figure("emu", "ups_operation_mode", "mode")
            for unit_id in command.units
            if unit_id in units
        }

    def _allowed(self, command: Command) -> float:
        timing = self._desk.timing
        if isinstance(command.order, ShutDownOrder):
            return timing.stale_after + timing.mode_time
        if isinstance(command.order, ModeOrder) and command.order.stops:
            return timing.stop_lag + timing.mode_time
        return timing.mode_time

    def _progress(self, command: Command, grid: GridState, outcomes: dict[str, UnitOutcome]) -> UnitsShow:
        if isinstance(command.order, ModeOrder):
            return _mode_shows(command.order, grid)
        shown = sum(1 for outcome in outcomes.values() if outcome.state == CommandState.VERIFIED)
        return UnitsShow(shown, len(outcomes))

    def _settle_mode(self, command: Command) -> None:
        """From here on the mode order no longer counts as under way."""
        for order in self._desk.commands.effects.mode_effects():
            if order.command_id == command.id:
                self._desk.commands.effects.note_mode(replace(order, in_effect=True))

    def _sentence(self, command: Command, outcomes: dict[str, UnitOutcome]) -> Sentence:
        missing = [
            _shows(unit_id, command.order, outcome)
            for unit_id, outcome in sorted(outcomes.items())
            if outcome.state != CommandState.VERIFIED
        ]
        unseen = say(
            "watching.notSeen",
            "Not seen in effect within {seconds:g} s: {units}.",
            seconds=self._allowed(command),
            units=missing or say("watching.noUnit", "no unit"),
        )
        if command.sent != "unknown":
            return unseen
        return joined([unseen, say("watching.noAnswer", "No answer to it ever came.")])

    def _contradicted(self, command: Command, grid: GridState, outcomes: dict[str, UnitOutcome]) -> None:
        """It was answered with a no, and yet the units show it: the order stays failed, and that is told once."""
        key = "word" if isinstance(command.order, ConverterOrder) else "mode"
        if verified(outcomes) and (command.before.get(key) or "") != command.order.content().get(key):
            note = say("watching.refusedButShown", "It was refused, but the units show it.")
            log.warning("%s %s: %s", command.id, command.order.name, note)
            self._desk.commands.update(command.id, note=note, units=outcomes)
        elif grid.now - (command.settled or grid.now) > self._allowed(command):
            unseen = say("watching.refusedAndUnseen", "It was refused and did not take effect.")
            self._desk.commands.update(command.id, note=command.note or unseen)

    def _drain(self, commands: list[Command], grid: GridState) -> None:
        """Follow the last Soft Stop of the cluster until no deal is left, unless another mode was ordered since."""
        newest = next(
            (c for c in commands if isinstance(c.order, ModeOrder) and c.unit_id is None and c.sent is not False), None
        )
        for command in commands:
            shows = command.progress
            if _draining(command) and isinstance(shows, ModeShows):
                superseded = newest is not None and newest.id != command.id
                done: Drained = "superseded" if superseded else drained(command.order, grid)
                self._desk.commands.update(command.id, progress=replace(shows, deals=grid.deals, drained=done))


def _note(command: Command) -> Sentence | None:
    """What is to be noted of an order that is in effect."""
    if command.sent == "unknown":
        return say("watching.unansweredInEffect", "No answer came, but it is in effect.")
    return command.note


def _together(note: Sentence | None, unsure: Sentence | None) -> Sentence | None:
    return joined([note, unsure]) if note and unsure else note or unsure


def _mode_shows(order: ModeOrder, grid: GridState) -> ModeShows:
    shown, of = mode_now(order, grid)
    return ModeShows(shown, of, grid.deals, drained(order, grid))


def _shows(unit_id: str, order: Order, outcome: UnitOutcome) -> Sentence:
    if not outcome.shows:
        return say("watching.showsNothing", "{unit} shows nothing", unit=unit_id)
    status = _status(order, outcome.shows)
    if status is not None:
        return say("watching.is", "{unit} is {status}", unit=unit_id, status=status)
    mode = parse_mode(outcome.shows) if order.proof is Proof.MODE else None
    return say(
        "watching.shows", "{unit} shows {shown}", unit=unit_id, shown=outcome.shows if mode is None else mode.label
    )


def _status(order: Order, shown: str) -> Sentence | None:
    """What a unit is by what it shows: its converter's status, or whether it is heard; None where it shows a mode."""
    if order.proof is Proof.SILENCE:
        return UnitState(shown).label
    status = parse_converter_status(shown) if order.proof is Proof.CONVERTER else None
    return None if status is None else status.label


def _draining(command: Command) -> bool:
    """A Soft Stop of the cluster that is in effect and may still have deals."""
    return (
        command.state.in_effect
        and isinstance(command.order, ModeOrder)
        and command.unit_id is None
        and command.order.mode is Mode.HETERONOMOUS
        and isinstance(command.progress, ModeShows)
        and command.progress.drains
    )


def _refused_but_sent(command: Command) -> bool:
    """A mode or converter order that was answered with a no, and that nothing more was noted about."""
    return (
        command.state is CommandState.FAILED
        and command.sent is True
        and isinstance(command.order, ModeOrder | ConverterOrder)
        and command.note is None
        and command.settled is not None
    )
