"""The interlocks of the bus' voltage: (f) and (o) before current flows, (i) before a reference starts (N13, Z8, I6).

Used by `judge`; which unit is the reference, and at which voltage, is told to the other rules too. Pure.
"""

from collections.abc import Iterable
from dataclasses import replace

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.freshness import Reading, UnitState
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.interlock_terms import Answer, Limits, fail, ok, untold, waits
from main_controller.sentence import Sentence, say


def reference_of(wanted: ConverterOrder, grid: GridState) -> UnitAssessment | None:
    """The one other live unit that surely is the voltage reference; None where there is none, or more than one."""
    found = [unit for unit in grid.others(wanted.unit_id) if unit.live and _is_reference(unit)]
    return found[0] if len(found) == 1 else None


def target_of(reference: UnitAssessment | None) -> float | None:
    """The voltage (V) that this reference surely holds; None where it is not known."""
    if reference is None or len(reference.estimate.dvgs) != 1:
        return None
    return next(iter(reference.estimate.dvgs))


def bus_risen(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (f): current flows only on a bus that has risen to the reference's voltage, at both units."""
    if not wanted.status.current_controlled:
        return None
    reference = reference_of(wanted, grid)
    target = target_of(reference)
    if reference is None or target is None:
        sentence = say(
            "rules.noSingleReference", "The reference voltage is unknown: there is no single voltage reference."
        )
        return replace(fail("f", "bus-not-risen", sentence, target=None), firm=True)
    seen = {other.id: _voltages(other, grid, limits) for other in (reference, unit)}
    numbers = {
        "target": target,
        "tolerance": limits.tolerance_percent,
        "readings": seen,
        "needed": limits.stable_readings,
    }
    for unit_id, voltages in seen.items():
        outside = [vg for vg in voltages if vg is None or not _near(vg, target, target, limits)]
        if outside:
            sentence = say(
                "rules.busNotRisen",
                "{unit} shows {shown}; the bus must be within {percent:g} % of {target:g} V.",
                unit=unit_id,
                shown=_shown(outside[-1]),
                percent=limits.tolerance_percent,
                target=target,
            )
            return replace(fail("f", "bus-not-risen", sentence, **numbers), firm=_firm(outside, limits))
    for unit_id, voltages in seen.items():
        if len(voltages) < limits.stable_readings:
            sentence = say(
                "rules.busRisenIn",
                "{unit} has shown the bus at {target:g} V in {count} of {needed} readings.",
                unit=unit_id,
                target=target,
                count=len(voltages),
                needed=limits.stable_readings,
            )
            return waits("f", sentence, **numbers)
    sentence = say(
        "rules.busRisen",
        "The bus has risen to {target:g} V at {reference} and {unit}.",
        target=target,
        reference=reference.id,
        unit=unit.id,
    )
    return ok("f", sentence, **numbers)


def _shown(vg: float | None) -> Sentence:
    return say("rules.noVoltage", "no voltage") if vg is None else say("rules.volts", "{volts:g} V", volts=vg)


def _firm(voltages: Iterable[float | None], limits: Limits) -> bool:
    """Whether nobody may override these: a bus above its limit, or one that is not measured (S7)."""
    return any(vg is None or vg > limits.voltage_max for vg in voltages)


def _near(vg: float, other: float, target: float, limits: Limits) -> bool:
    return abs(vg - other) <= target * limits.tolerance_percent / 100 + 1e-9


def _voltages(unit: UnitAssessment, grid: GridState, limits: Limits) -> list[float | None]:
    """The bus voltages (V) of a unit's last readings, as many as must agree; none when the newest is too old.

    Readings from before a long silence say nothing of the bus as it is now.
    """
    if not grid.fresh(unit, limits.fresh):
        return []
    recent: tuple[Reading, ...] = unit.recent[-limits.stable_readings :]
    return [reading.vg for reading in recent if grid.now - reading.at <= limits.fresh * limits.stable_readings]


def bus_one(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (o): no third live unit measures another bus than the reference does (S19).

    Readings of one moment lie up to `skew` apart (K4): one from before the bus was risen that long is waited for.
    """
    reference = reference_of(wanted, grid)
    target = target_of(reference)
    if not wanted.status.current_controlled or reference is None or target is None or reference.reading is None:
        return None
    own = reference.reading.vg
    if own is None or not _near(own, target, target, limits):
        sentence = say(
            "rules.nothingToCompare",
            "{reference} does not show a bus of {target:g} V that others could be compared with.",
            reference=reference.id,
            target=target,
        )
        return untold("o", sentence)
    risen = _risen_at(reference, target, limits)
    shown: dict[str, float] = {}
    early: Sentence | None = None
    for third in grid.others(unit.id):
        reading = third.reading
        if not third.live or third.id == reference.id or reading is None or reading.vg is None:
            continue
        if _near(reading.vg, target, target, limits) or _near(reading.vg, own, target, limits):
            continue
        if reading.at >= risen + limits.skew:
            shown[third.id] = reading.vg
        elif early is None:
            early = say(
                "rules.readTooEarly",
                "{unit} showed {volts:g} V before the bus was at {target:g} V. Its next reading is waited for.",
                unit=third.id,
                volts=reading.vg,
                target=target,
            )
    numbers = {"target": target, "tolerance": limits.tolerance_percent, "voltages": shown}
    if shown:
        unit_id, vg = next(iter(shown.items()))
        sentence = say(
            "rules.busNotOne",
            "{unit} shows {volts:g} V, but {reference} {own:g} V: is the bus one?",
            unit=unit_id,
            volts=vg,
            reference=reference.id,
            own=own,
        )
        return replace(fail("o", "bus-not-one", sentence, **numbers), firm=_firm(shown.values(), limits))
    if early is not None:
        return waits("o", early, **numbers)
    sentence = say(
        "rules.busOne", "No other unit contradicts the {own:g} V of {reference}.", own=own, reference=reference.id
    )
    return ok("o", sentence, **numbers)


def _risen_at(reference: UnitAssessment, target: float, limits: Limits) -> float:
    """Since when (monotonic s) the reference has shown the bus at its voltage without a break."""
    since = float("inf")
    for reading in reversed(reference.recent):
        if reading.vg is None or not _near(reading.vg, target, target, limits):
            break
        since = reading.at
    return since


def dead_bus(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (i): a reference starts on a dead bus, by every reading of a unit that is not silent (S18)."""
    if wanted.status is not ConverterStatus.VOLTAGE_REFERENCE or _is_reference(unit):
        return None
    readings = {
        other.id: other.reading
        for other in grid.units.values()
        if other.state is not UnitState.SILENT and other.reading is not None
    }
    live = {
        unit_id: one.vg for unit_id, one in readings.items() if one.vg is not None and abs(one.vg) > limits.dead_bus
    }
    fresh = [unit_id for unit_id in live if grid.fresh(grid.units[unit_id], limits.fresh)]
    if live:
        unit_id = next(iter(fresh or live))
        numbers = {"voltages": live, "limit": limits.dead_bus}
        told = {"unit": unit_id, "volts": live[unit_id], "limit": limits.dead_bus}
        if fresh:
            sentence = say(
                "rules.busLive",
                "{unit} shows {volts:g} V on the bus; a reference starts on a dead bus (at most {limit:g} V).",
                **told,
            )
            return fail("i", "bus-already-live", sentence, **numbers)
        sentence = say(
            "rules.busWasLive",
            "{unit} showed {volts:g} V {age:.0f} s ago and has told nothing since; "
            "a reference starts on a dead bus (at most {limit:g} V).",
            age=grid.now - readings[unit_id].at,
            **told,
        )
        return waits("i", sentence, **numbers)
    vg = unit.reading.vg if unit.reading is not None and grid.fresh(unit, limits.fresh) else None
    if vg is None:
        sentence = say("rules.busVoltageUntold", "{unit} has not told the bus voltage yet.", unit=unit.id)
        return waits("i", sentence, voltages={unit.id: vg}, limit=limits.dead_bus)
    sentence = say("rules.busDead", "The bus is dead ({volts:g} V at {unit}).", volts=vg, unit=unit.id)
    return ok("i", sentence, voltages={unit.id: vg}, limit=limits.dead_bus)


def _is_reference(unit: UnitAssessment) -> bool:
    return unit.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE)
