"""What is wrong with the voltage of the bus: outside its band, or not what the reference was set to (I14).

Pure. Used by `bus_watch` and, for who is outside, by the figures of the bus.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.freshness import Reading
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.timing import SKEW
from main_controller.rules.bus_condition import SETTLES, Condition, ConditionKind, Look
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.live_bus import listed
from main_controller.sentence import say

OUT_OF_BAND = 5.0
"""How long (s) the bus must be out of its band, where one unit's own readings say so."""

RAMP = 150.0
"""How long (s) a reference may take to raise the bus (K15), with something to spare."""

BACK = 1.0
"""How far (V) inside its band the bus must come before that counts as mended; of a tolerance at most half."""


def voltage_conditions(look: Look) -> Iterator[Condition]:
    """I14: above `voltage_max`; below `voltage_min` with a reference; off the reference's voltage by the tolerance."""
    shown = look.volts
    yield from _high(shown, look)
    references = [unit for unit in look.live if unit.last_status is ConverterStatus.VOLTAGE_REFERENCE]
    low = below(shown, look.limits, look.slack(ConditionKind.BUS_LOW, None, BACK)) if references else {}
    if low:
        band = look.limits.voltage_min
        text = say(
            "rules.busLow",
            "The bus is below {limit:g} V with a voltage reference: {voltages}",
            limit=band,
            voltages=listed(low),
        )
        gone = say("rules.busLowNoMore", "The bus is no longer below {limit:g} V with a voltage reference", limit=band)
        after = _patience(references, low, look.limits)
        yield Condition(
            ConditionKind.BUS_LOW, None, text, gone, after, low, units=_with(references, low), needs=("vg",)
        )
    else:
        yield from _off(references, shown, look)


def above(shown: Mapping[str, float], limits: Limits, slack: float = 0.0) -> dict[str, float]:
    """The voltages (V) above the band, `slack` inside it."""
    return {unit_id: vg for unit_id, vg in shown.items() if vg > limits.voltage_max - slack}


def below(shown: Mapping[str, float], limits: Limits, slack: float = 0.0) -> dict[str, float]:
    """The voltages (V) below the band, `slack` inside it."""
    return {unit_id: vg for unit_id, vg in shown.items() if vg < limits.voltage_min + slack}


def _high(shown: Mapping[str, float], look: Look) -> Iterable[Condition]:
    high, band = above(shown, look.limits, look.slack(ConditionKind.BUS_HIGH, None, BACK)), look.limits.voltage_max
    if high:
        text = say("rules.busHigh", "The bus is above {limit:g} V: {voltages}", limit=band, voltages=listed(high))
        gone = say("rules.busHighNoMore", "The bus is no longer above {limit:g} V", limit=band)
        yield Condition(ConditionKind.BUS_HIGH, None, text, gone, OUT_OF_BAND, high, units=tuple(high), needs=("vg",))


def _patience(references: Iterable[UnitAssessment], low: Mapping[str, float], limits: Limits) -> float:
    """How long (s) a low bus is waited for.

    A reference that held the bus and now measures it low itself is believed after `OUT_OF_BAND`; what others measure
    may be older than its status (K4); and one that may be raising the bus is given `RAMP`.
    """
    longest = SKEW
    for unit in references:
        held = _since_reference(unit.recent)
        if unit.id in low and _fell(held, limits):
            return OUT_OF_BAND
        if len(held) < 2 or _rising(held):
            longest = SKEW + RAMP
    return longest


def _since_reference(recent: Sequence[Reading]) -> list[float]:
    """The voltages (V) of a reference's last readings, those since it became it."""
    held = takewhile(lambda reading: reading.status is ConverterStatus.VOLTAGE_REFERENCE, reversed(recent))
    return [reading.vg for reading in held if reading.vg is not None][::-1]


def _rising(held: Sequence[float]) -> bool:
    """Whether the voltage rose in the last three readings; two in a row may show the same in the midst of a ramp."""
    return held[-1] > min(held[-3:]) + 1.0


def _fell(held: Sequence[float], limits: Limits) -> bool:
    """Whether a bus that was in its band is below it in two readings, and does not rise there.

    A single one may be the next deal's ramp, since a reference's Wait between two deals may not be seen (K12).
    """
    least = limits.voltage_min
    return any(vg >= least for vg in held) and max(held[-2:]) < least and not _rising(held)


def _off(references: Sequence[UnitAssessment], shown: Mapping[str, float], look: Look) -> Iterable[Condition]:
    """A reference that does not hold what it was set to; else others that measure something else than it."""
    for unit in references:
        dvg, vg = None if unit.reading is None else unit.reading.dvg, shown.get(unit.id)
        if not dvg or vg is None:
            continue
        tolerance = dvg * look.limits.tolerance_percent / 100
        if abs(vg - dvg) > tolerance - look.slack(ConditionKind.REFERENCE_OFF, unit.id, min(BACK, tolerance / 2)):
            text = say(
                "rules.referenceOff",
                "{unit} is set to {target:g} V and holds {volts:g} V",
                unit=unit.id,
                target=dvg,
                volts=vg,
            )
            gone = say(
                "rules.referenceOffNoMore",
                "{unit} holds its voltage again, or is no reference any more",
                unit=unit.id,
            )
            yield Condition(
                ConditionKind.REFERENCE_OFF, unit.id, text, gone, SETTLES, {"dvg": dvg, "vg": vg}, needs=("vg",)
            )
        elif len(references) == 1:
            yield from _apart(unit, dvg, tolerance, shown, look)


def _apart(
    reference: UnitAssessment, dvg: float, tolerance: float, shown: Mapping[str, float], look: Look
) -> Iterable[Condition]:
    """Units that measure another voltage than the one reference was set to: a section is open, or a meter wrong."""
    tolerance -= look.slack(ConditionKind.BUS_APART, None, min(BACK, tolerance / 2))
    apart = {unit_id: vg for unit_id, vg in shown.items() if abs(vg - dvg) > tolerance and unit_id != reference.id}
    if apart:
        text = say(
            "rules.busApart",
            "{reference} holds the bus at {target:g} V and others measure {voltages}",
            reference=reference.id,
            target=dvg,
            voltages=listed(apart),
        )
        gone = say("rules.busApartNoMore", "All measure the bus within the tolerance again, or nobody holds it")
        yield Condition(
            ConditionKind.BUS_APART, None, text, gone, SETTLES, apart, units=_with([reference], apart), needs=("vg",)
        )


def _with(references: Iterable[UnitAssessment], others: Mapping[str, float]) -> tuple[str, ...]:
    """The units that a condition rests on, each once."""
    return tuple({**dict.fromkeys(unit.id for unit in references), **others})
