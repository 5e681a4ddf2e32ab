"""What is wrong on the bus now, and what explains each converter at work: pure rules over what was seen (S9, S10, S14).

Used by the events of the bus and by the status. Heavy alarms (I5), references (I6) and what nothing explains are
looked for here; the rest in `battery_watch` (I1-I4, I13), `current_watch` (I7, I13) and `voltage_watch` (I14).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from main_controller.assessment.grid_state import GridState, names
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import SHARING_MODES, ConverterStatus, Mode
from main_controller.rules.battery_watch import battery_conditions
from main_controller.rules.bus_condition import SETTLES, SKEW, Condition, ConditionKind, Look
from main_controller.rules.current_watch import current_conditions
from main_controller.rules.voltage_watch import voltage_conditions

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
    picture = look.picture
    return [
        *_heavy(picture),
        *_references(picture),
        *_followers(look),
        *voltage_conditions(look),
        *current_conditions(look),
        *battery_conditions(look),
        *_unexplained(picture, explained),
    ]


def _heavy(picture: GridState) -> Iterable[Condition]:
    """I5: a converter reports a fault."""
    for fact in picture.live:
        if fact.unit is not None and fact.unit.heavy_alarm:
            text = f"{fact.id}'s converter shows a heavy alarm"
            yield Condition(
                ConditionKind.HEAVY_ALARM, fact.id, text, f"{fact.id}'s converter shows no heavy alarm any more", 0.0
            )


def _references(picture: GridState) -> Iterable[Condition]:
    """I6: at most one converter holds the bus."""
    references = [fact for fact in picture.live if fact.last_status is ConverterStatus.VOLTAGE_REFERENCE]
    if len(references) > 1:
        count = "Two" if len(references) == 2 else str(len(references))
        text = f"{count} converters hold the bus at once: {names(references)}"
        numbers = {fact.id: fact.reading.dvg for fact in references if fact.reading is not None}
        gone = "One converter at most holds the bus again"
        units = tuple(fact.id for fact in references)
        yield Condition(ConditionKind.SECOND_REFERENCE, None, text, gone, SKEW, numbers, grave=True, units=units)


def _followers(look: Look) -> Iterable[Condition]:
    """I6: current-controlled converters with nobody who holds the voltage: the current drives the bus anywhere.

    A unit of which nothing was ever heard, as `/unitIds` goes on naming dead ones (K6), only makes it less sure.
    """
    picture = look.picture
    facts = picture.facts.values()
    if any(fact.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE) for fact in facts):
        yield from _cut_off(look)
        return
    unheard = [fact for fact in facts if fact.estimate.possibly(None) and fact.state is not UnitState.LIVE]
    doubt = f"; whether {names(unheard)} does, nobody hears" if unheard else ""
    for fact in picture.live:
        if fact.last_status is not None and fact.last_status.current_controlled:
            volts = None if fact.reading is None else fact.reading.vg
            text = f"{fact.id} is {fact.last_status.label} and no converter holds the bus{_at(volts)}{doubt}"
            gone = f"{fact.id} is no longer without a voltage reference"
            yield Condition(ConditionKind.NO_REFERENCE, fact.id, text, gone, SKEW, {"vg": volts}, grave=True)


def _cut_off(look: Look) -> Iterable[Condition]:
    """I6: a current-controlled converter on a dead bus while another holds it: its piece of the bus is cut off."""
    for fact in look.picture.live:
        volts = None if fact.reading is None else fact.reading.vg
        dead = volts is not None and abs(volts) < look.limits.dead_bus
        if dead and fact.last_status is not None and fact.last_status.current_controlled:
            does = fact.last_status.label
            text = f"{fact.id} is {does} and measures a dead bus{_at(volts)}: no converter holds it there"
            gone = f"{fact.id} is no longer without a voltage reference"
            yield Condition(ConditionKind.NO_REFERENCE, fact.id, text, gone, SETTLES, {"vg": volts}, grave=True)


def _unexplained(picture: GridState, explained: Explained) -> Iterable[Condition]:
    """I6: a converter at work that neither a deal nor an order from here explains; the gravest after a stop."""
    for fact in picture.live:
        word = fact.last_status
        if word is None or word is ConverterStatus.WAIT or explained.of(fact.id) is not None:
            continue
        if picture.mode in SHARING_MODES and not picture.grid_master_known:
            continue  # the deals cannot be told, so nobody knows that none explains it
        stopped = fact.obeys is Mode.STOP
        why = "though it is in Force Stop" if stopped else "and nothing explains it: no deal, no order from here"
        text, gone = f"{fact.id} is {word.label} {why}", f"{fact.id} is explained or in Wait again"
        numbers = {"mode": str(picture.mode) if isinstance(picture.mode, Mode) else None}
        yield Condition(ConditionKind.UNEXPLAINED, fact.id, text, gone, UNEXPLAINED, numbers, grave=stopped)


def _at(volts: float | None) -> str:
    return "" if volts is None else f" ({volts:g} V there)"
