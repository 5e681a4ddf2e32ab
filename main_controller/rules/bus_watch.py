"""What is wrong on the bus now, and what explains each converter at work: pure rules over what was seen (S9, S10, S14).

Used by the events of the bus and by the status. Heavy alarms (I5), references (I6) and what nothing explains are
looked for here; the rest in `battery_watch` (I1-I4, I13), `current_watch` (I7, I13) and `voltage_watch` (I14), and what
physics forbids in `physics_watch` and `trend_watch`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from main_controller.assessment.grid_state import UnitAssessment, ids
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import SHARING_MODES, ConverterStatus, Mode
from main_controller.domain.timing import SKEW
from main_controller.rules.battery_watch import battery_conditions
from main_controller.rules.bus_condition import SETTLES, Condition, ConditionKind, Look
from main_controller.rules.current_watch import current_conditions
from main_controller.rules.physics_watch import physics_conditions
from main_controller.rules.trend_watch import trend_conditions
from main_controller.rules.voltage_watch import voltage_conditions
from main_controller.sentence import Sentence, say

UNEXPLAINED = 40.0
"""How long (s) a converter may work that nothing explains: the last of a stop shows 27 s late (K9)."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What explains converters at work: the units that deals name, and those that an order of ours drives, by whom."""

    in_deals: Collection[str] = ()
    by_hand: Mapping[str, str] = field(default_factory=dict)

    def of(self, unit_id: str) -> str | None:
        """Why this unit's converter may work: "deal", or by whom it was ordered; None where nothing explains it."""
        if unit_id in self.by_hand:
            return self.by_hand[unit_id]
        return "deal" if unit_id in self.in_deals else None


def conditions(look: Look, explained: Explained) -> list[Condition]:
    """Everything that is wrong at this look."""
    return [
        *_heavy(look),
        *_references(look),
        *_followers(look),
        *voltage_conditions(look),
        *current_conditions(look),
        *battery_conditions(look),
        *physics_conditions(look),
        *trend_conditions(look),
        *_unexplained(look, explained),
    ]


def _heavy(look: Look) -> Iterable[Condition]:
    """I5: a converter reports a fault."""
    for unit in look.live:
        if unit.alarm:
            text = say("rules.showsAlarm", "{unit}'s converter shows a heavy alarm", unit=unit.id)
            gone = say("rules.showsAlarmNoMore", "{unit}'s converter shows no heavy alarm any more", unit=unit.id)
            yield Condition(ConditionKind.HEAVY_ALARM, unit.id, text, gone, 0.0)


def _references(look: Look) -> Iterable[Condition]:
    """I6: at most one converter holds the bus."""
    references = [unit for unit in look.live if unit.last_status is ConverterStatus.VOLTAGE_REFERENCE]
    if len(references) > 1:
        text = (
            say("rules.twoReferences", "Two converters hold the bus at once: {units}", units=ids(references))
            if len(references) == 2
            else say(
                "rules.manyReferences",
                "{count} converters hold the bus at once: {units}",
                count=len(references),
                units=ids(references),
            )
        )
        numbers = {unit.id: unit.reading.dvg for unit in references if unit.reading is not None}
        gone = say("rules.oneReferenceAgain", "One converter at most holds the bus again")
        units = tuple(unit.id for unit in references)
        yield Condition(ConditionKind.SECOND_REFERENCE, None, text, gone, SKEW, numbers, grave=True, units=units)


def _followers(look: Look) -> Iterable[Condition]:
    """I6: current-controlled converters with nobody who holds the voltage: the current drives the bus anywhere.

    A unit of which nothing was ever heard, as `/unitIds` goes on naming dead ones (K6), only makes it less sure. One
    that has itself said since its reading that it is in Wait is believed, as a reference is that has: else a Stop all
    while apis-web is dead would look like this.
    """
    grid = look.grid
    units = grid.units.values()
    if any(unit.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE) for unit in units):
        yield from _cut_off(look)
        return
    unheard = [unit for unit in units if unit.estimate.possibly(None) and unit.state is not UnitState.LIVE]
    doubt = say("rules.unheardMay", "; whether {units} does, nobody hears", units=ids(unheard)) if unheard else ""
    for unit in look.live:
        if unit.last_status is not None and unit.last_status.current_controlled and not _has_let_go(unit):
            volts = None if unit.reading is None else unit.reading.vg
            text = say(
                "rules.nobodyHolds",
                "{unit} is {status} and no converter holds the bus{there}{doubt}",
                unit=unit.id,
                status=unit.last_status.label,
                there=_there(volts),
                doubt=doubt,
            )
            gone = _held_again(unit.id)
            yield Condition(ConditionKind.NO_REFERENCE, unit.id, text, gone, SKEW, {"vg": volts}, grave=True)


def _has_let_go(unit: UnitAssessment) -> bool:
    """Whether the converter itself answered after its last reading that it is in Wait."""
    answered = unit.estimate.answered_at
    since = unit.reading is None or (answered is not None and unit.reading.at <= answered)
    return answered is not None and since and unit.estimate.surely(ConverterStatus.WAIT)


def _cut_off(look: Look) -> Iterable[Condition]:
    """I6: a current-controlled converter on a dead bus while another holds it: its piece of the bus is cut off."""
    for unit in look.live:
        volts = None if unit.reading is None else unit.reading.vg
        dead = volts is not None and abs(volts) < look.limits.dead_bus
        if dead and unit.last_status is not None and unit.last_status.current_controlled:
            text = say(
                "rules.cutOff",
                "{unit} is {status} and measures a dead bus{there}: no converter holds it there",
                unit=unit.id,
                status=unit.last_status.label,
                there=_there(volts),
            )
            gone = _held_again(unit.id)
            yield Condition(ConditionKind.NO_REFERENCE, unit.id, text, gone, SETTLES, {"vg": volts}, grave=True)


def _unexplained(look: Look, explained: Explained) -> Iterable[Condition]:
    """I6: a converter at work that neither a deal nor an order from here explains; the gravest after a stop."""
    for unit in look.live:
        status = unit.last_status
        if status is None or status is ConverterStatus.WAIT or explained.of(unit.id) is not None:
            continue
        if look.grid.mode in SHARING_MODES and not look.grid.grid_master_known:
            continue  # the deals cannot be told, so nobody knows that none explains it
        stopped = unit.obeys is Mode.STOP
        told = {"unit": unit.id, "status": status.label}
        text = (
            say("rules.worksInForceStop", "{unit} is {status} though it is in Force Stop", **told)
            if stopped
            else say(
                "rules.unexplained",
                "{unit} is {status} and nothing explains it: no deal, no order from here",
                **told,
            )
        )
        gone = say("rules.unexplainedNoMore", "{unit} is explained or in Wait again", unit=unit.id)
        numbers = {"mode": str(look.grid.mode) if isinstance(look.grid.mode, Mode) else None}
        yield Condition(ConditionKind.UNEXPLAINED, unit.id, text, gone, UNEXPLAINED, numbers, grave=stopped)


def _there(volts: float | None) -> str:
    return "" if volts is None else say("rules.voltsThere", " ({volts:g} V there)", volts=volts)


def _held_again(unit_id: str) -> Sentence:
    return say("rules.heldAgain", "{unit} is no longer without a voltage reference", unit=unit_id)
