"""The interlocks that look at the bus' voltage: (f) before current flows, (i) before a reference starts (N13, Z8).

Used by `judge` alone. Pure.
"""

from main_controller.domain.freshness import Reading
from main_controller.domain.interlock_terms import Answer, Limits, Wanted, fail, ok, waits
from main_controller.domain.modes import Word
from main_controller.domain.picture import Fact, Picture


def bus_risen(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    """Rule (f): current flows only on a bus that has risen to the reference's voltage, at both units."""
    if not wanted.word.current_controlled:
        return None
    references = [other for other in picture.others(wanted.unit_id) if other.belief.surely(Word.VOLTAGE_REFERENCE)]
    targets = [dvg for other in references for dvg in other.belief.dvgs]
    if not references or not targets or None in targets or len(set(targets)) != 1:
        return fail(
            "f", "bus-not-risen", "There is no one reference voltage that the bus could have reached.", target=None
        )
    target = next(dvg for dvg in targets if dvg is not None)
    seen = {other.id: _voltages(other, picture.now, limits) for other in (references[0], fact)}
    numbers = {
        "target": target,
        "tolerance": limits.tolerance_percent,
        "readings": seen,
        "needed": limits.stable_readings,
    }
    band = target * limits.tolerance_percent / 100
    for unit_id, voltages in seen.items():
        outside = [vg for vg in voltages if vg is None or abs(vg - target) > band + 1e-9]
        if outside:
            shown = "no voltage" if outside[-1] is None else f"{outside[-1]:g} V"
            sentence = (
                f"{unit_id} shows {shown}; the bus must be within {limits.tolerance_percent:g} % of {target:g} V."
            )
            return fail("f", "bus-not-risen", sentence, **numbers)
    for unit_id, voltages in seen.items():
        if len(voltages) < limits.stable_readings:
            sentence = (
                f"{unit_id} has shown the bus at {target:g} V in {len(voltages)} of {limits.stable_readings} readings."
            )
            return waits("f", sentence, **numbers)
    return ok("f", f"The bus has risen to {target:g} V at {references[0].id} and {fact.id}.", **numbers)


def _voltages(fact: Fact, now: float, limits: Limits) -> list[float | None]:
    """The bus voltages (V) of a unit's last readings, as many as must agree; none when the newest is too old.

    Readings from before a long silence say nothing of the bus as it is now.
    """
    if not fact.fresh(limits.fresh):
        return []
    recent: tuple[Reading, ...] = fact.recent[-limits.stable_readings :]
    return [reading.vg for reading in recent if now - reading.at <= limits.fresh * limits.stable_readings]


def dead_bus(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    """Rule (i): a reference starts on a dead bus, by every fresh reading."""
    if wanted.word is not Word.VOLTAGE_REFERENCE or fact.belief.surely(Word.VOLTAGE_REFERENCE):
        return None
    fresh = [other for other in picture.facts.values() if other.fresh(limits.fresh) and other.reading is not None]
    shown = {other.id: other.reading.vg for other in fresh if other.reading is not None}
    live = {unit_id: vg for unit_id, vg in shown.items() if vg is not None and abs(vg) > limits.dead_bus}
    if live:
        unit_id, vg = next(iter(live.items()))
        sentence = (
            f"{unit_id} shows {vg:g} V on the bus; a reference starts on a dead bus (at most {limits.dead_bus:g} V)."
        )
        return fail("i", "bus-already-live", sentence, voltages=live, limit=limits.dead_bus)
    own = fact.reading
    if own is None or own.vg is None or shown.get(fact.id) is None:
        return waits("i", f"{fact.id} has not told the bus voltage yet.", voltages=shown, limit=limits.dead_bus)
    return ok("i", f"The bus is dead ({own.vg:g} V at {fact.id}).", voltages={fact.id: own.vg}, limit=limits.dead_bus)
