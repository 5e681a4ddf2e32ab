"""What the safe end of a guided transfer must bring to Wait, and what is left of it (N13, S5, S20).

Pure. Used by `procedures/safe_end.py`.
"""

from collections.abc import Iterable, Mapping

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.deals import normalise
from main_controller.domain.modes import SHARING_MODES, ConverterStatus
from main_controller.domain.transfer import Transfer
from main_controller.sentence import Sentence, joined, say


def in_deals(deals: Iterable[object]) -> frozenset[str]:
    """The units that these deals name; what is no deal names none, so that garbage keeps nobody from ending."""
    shown = [normalise(deal) for deal in deals if isinstance(deal, Mapping)]
    named = [deal.get(role) for deal in shown for role in ("chargingUnit", "dischargingUnit")]
    return frozenset(unit_id for unit_id in named if isinstance(unit_id, str))


def to_stop(transfer: Transfer, grid: GridState, dealing: frozenset[str]) -> list[UnitAssessment]:
    """The units that the safe end sees to: its own two, and whoever else is or may be at work by hand.

    Left out is what apis-main drives: to end a deal is its own, in its own order (Z9); and hardware that is not live
    and acknowledged.
    """
    found = []
    for unit in grid.units.values():
        own = unit.id in (transfer.giver, transfer.taker)
        driven = unit.obeys in SHARING_MODES and (unit.id in dealing or not own)
        if not driven and (own or _at_work(unit)):
            found.append(unit)
    return found


def released_since(transfer: Transfer, grid: GridState) -> bool:
    """Whether one that a kill interrupted had left its bus before its end began: its giver is surely in Wait.

    Others may have put converters to work there since, through another door; those are not its own to stop.
    """
    giver = grid.units.get(transfer.giver)
    return transfer.began_end is None and giver is not None and giver.live and giver.confirmed_wait()


def still_its_own(unit: UnitAssessment, transfer: Transfer) -> bool:
    """Whether this unit may still do what the procedure ordered, or nothing."""
    if unit.id == transfer.taker:
        return unit.estimate.possibly(ConverterStatus.CHARGE, ConverterStatus.WAIT, None)
    return unit.id == transfer.giver


def _at_work(unit: UnitAssessment) -> bool:
    return not unit.estimate.surely(ConverterStatus.WAIT) and not (unit.acknowledged and not unit.live)


def reference_like(unit: UnitAssessment, transfer: Transfer) -> bool:
    """Whether this unit's Wait comes last: it is or may be a voltage reference, surely not current-controlled alone."""
    if unit.id == transfer.taker:
        return False
    statuses = unit.estimate.statuses
    return unit.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE) or (
        unit.id == transfer.giver and not all(status is not None and status.current_controlled for status in statuses)
    )


def what_is_left(
    working: Iterable[UnitAssessment],
    unknown: Iterable[str],
    voltages: Mapping[str, float],
    dead_bus: float,
    *,
    measured: bool,
) -> Sentence:
    """In one sentence what keeps the end from being one; empty when nothing does.

    `working` were not seen in Wait, `unknown` are units that nobody knows any more; `voltages` (V) were measured since
    the reference's Wait, and `measured` says whether all were that must be.
    """
    parts = [_still(unit) for unit in working]
    parts += [say("rules.knownNoMore", "{unit} is not known any more", unit=unit_id) for unit_id in unknown]
    live = {unit_id: volts for unit_id, volts in voltages.items() if abs(volts) > dead_bus}
    if live:
        unit_id, volts = max(live.items(), key=lambda one: abs(one[1]))
        carries = say("rules.busStillCarries", "the bus still carries {volts:g} V at {unit}", volts=volts, unit=unit_id)
        parts.append(carries)
    elif not measured:
        parts.append(say("rules.busNotMeasured", "the bus was not measured since"))
    return say("rules.notEnded", "Not ended: {what}.", what=joined(parts, "; ")) if parts else joined(())


def _still(unit: UnitAssessment) -> Sentence:
    if unit.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE):
        return say("rules.stillReference", "{unit} still is the voltage reference", unit=unit.id)
    if unit.estimate.surely(ConverterStatus.CHARGE):
        return say("rules.stillCharges", "{unit} still charges", unit=unit.id)
    if unit.estimate.surely(ConverterStatus.DISCHARGE):
        return say("rules.stillDischarges", "{unit} still discharges", unit=unit.id)
    return say("rules.notSeenInWait", "{unit} was not seen in Wait", unit=unit.id)
