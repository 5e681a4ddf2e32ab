"""The interlocks on what is set: (q) voltage of a current, (r) of a reference, (s) the current's rise (I8-I10).

Used by `judge`; `current_before` by the rules of batteries. Pure.
"""

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.bus_rules import reference_of, target_of
from main_controller.rules.interlock_terms import Answer, Limits, fail, ok, untold
from main_controller.sentence import Sentence, say


def fit_voltage(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (q): a charge's dvg is at most the reference's voltage, a discharge's lies above it (I8, S33)."""
    if not wanted.status.current_controlled:
        return None
    reference = reference_of(wanted, grid)
    target = target_of(reference)
    if reference is None or target is None:
        sentence = say("rules.referenceVoltageUnknown", "The reference's voltage is not known.")
        return untold("q", sentence, dvg=wanted.dvg, target=None)
    if wanted.status is ConverterStatus.CHARGE:
        low, high = target - limits.offset_max, target
    else:
        low, high = target + limits.offset_min, min(target + limits.offset_max, limits.voltage_max)
    numbers = {"dvg": wanted.dvg, "target": target, "min": low, "max": high}
    band = say(
        "rules.band",
        "{low:g} to {high:g} V while {reference} holds {target:g} V",
        low=low,
        high=high,
        reference=reference.id,
        target=target,
    )
    if not low - 1e-9 <= wanted.dvg <= high + 1e-9:
        return fail("q", "voltage-unfit-for-current", _unfit(wanted, band), **numbers)
    sentence = say("rules.voltageFits", "{volts:g} V is within {band}.", volts=wanted.dvg, band=band)
    return ok("q", sentence, **numbers)


def _unfit(wanted: ConverterOrder, band: Sentence) -> Sentence:
    if wanted.status is ConverterStatus.CHARGE:
        return say(
            "rules.unfitForCharge",
            "{volts:g} V does not fit: a unit charges at {band}.",
            volts=wanted.dvg,
            band=band,
        )
    return say(
        "rules.unfitForDischarge",
        "{volts:g} V does not fit: a unit discharges at {band}.",
        volts=wanted.dvg,
        band=band,
    )


def voltage_step(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (r): a reference has current to raise the bus with, and one at work moves its voltage in steps (I9)."""
    if wanted.status is not ConverterStatus.VOLTAGE_REFERENCE:
        return None
    if wanted.dig == 0:
        sentence = say("rules.noCurrentToRaise", "With 0 A {unit} could not raise the bus.", unit=unit.id)
        return fail("r", "reference-without-current", sentence, dig=wanted.dig)
    step = limits.pace.voltage_step
    if not unit.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE) or _surely_dead(unit, grid, limits):
        sentence = say("rules.holdsNoBus", "{unit} holds no live bus now.", unit=unit.id)
        return ok("r", sentence, dvg=wanted.dvg, step=step)
    before = [dvg for dvg in unit.estimate.dvgs if dvg is not None]
    if not before:
        sentence = say("rules.setVoltageUntold", "{unit} does not tell at which voltage it is.", unit=unit.id)
        return untold("r", sentence, dvg=wanted.dvg, step=step)
    furthest = max(before, key=lambda dvg: abs(dvg - wanted.dvg))
    numbers = {"dvg": wanted.dvg, "before": furthest, "step": step}
    if abs(wanted.dvg - furthest) > step + 1e-9:
        sentence = say(
            "rules.voltageStepTooLarge",
            "From {before:g} to {dvg:g} V is more than {step:g} V on a live bus: go in steps.",
            **numbers,
        )
        return fail("r", "voltage-step-too-large", sentence, **numbers)
    sentence = say("rules.voltageStep", "From {before:g} to {dvg:g} V is at most {step:g} V.", **numbers)
    return ok("r", sentence, **numbers)


def _surely_dead(unit: UnitAssessment, grid: GridState, limits: Limits) -> bool:
    """Whether the reference's own newest reading, which no later order outdates, shows a dead bus."""
    vg = unit.reading.vg if unit.reading is not None else None
    told = unit.estimate.source == "reading" and grid.fresh(unit, limits.fresh)
    return told and vg is not None and abs(vg) <= limits.dead_bus


def current_step(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (s): the current rises by at most a step per order, and falls freely (I10); a step of 0 A: it is off."""
    step = limits.pace.current_step
    if not wanted.status.current_controlled or step <= 0:
        return None
    before = current_before(wanted, unit)
    numbers = {"dig": wanted.dig, "before": before, "step": step}
    if wanted.dig > before + step + 1e-9:
        sentence = say(
            "rules.currentStepTooLarge",
            "From {before:g} to {dig:g} A is more than {step:g} A: raise it in steps.",
            **numbers,
        )
        return fail("s", "current-step-too-large", sentence, **numbers)
    sentence = say("rules.currentStep", "From {before:g} to {dig:g} A is at most {step:g} A up.", **numbers)
    return ok("s", sentence, **numbers)


def current_before(wanted: ConverterOrder, unit: UnitAssessment) -> float:
    """The current (A) that the unit surely carries in the wanted status already: the least it may be."""
    digs = [dig for dig in unit.estimate.digs if dig is not None]
    return min(digs) if digs and len(digs) == len(unit.estimate.digs) and unit.estimate.surely(wanted.status) else 0.0
