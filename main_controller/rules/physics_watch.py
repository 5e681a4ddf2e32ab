"""What the readings of a live bus say together that physics forbids (S9, Z6b): currents that do not add up, voltages
apart without a reference, a converter that loses too much or nothing, a deal that carries nothing.

Pure. Used by `bus_watch`. These are findings: they say that a meter, a wire or a converter deserves a look, and refuse
nothing. Whatever a unit that is not live may carry is not known, so sums are made only where all at work are live.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.timing import SKEW
from main_controller.rules.bus_condition import FLOWS, Condition, ConditionKind, Look, current_of
from main_controller.rules.live_bus import listed
from main_controller.rules.voltage_watch import RAMP
from main_controller.sentence import say

OFF_AT_LEAST, OFF_EACH, OFF_PART = 0.3, 0.1, 0.02
"""Which sum of currents (A) is within what meters err: at least so much, so much (A) for each that carries current, and
this part of all that flows."""

STEADY = 60.0
"""How long (s) a converter's losses must be out of what is possible: its two meters are read one after the other."""

LOSES_FROM = 200.0
"""From which power (W) at the bus a converter's losses tell something."""

EFFICIENT = (80.0, 100.0)
"""What a converter can give of what it takes, %."""

OWN = 100.0
"""How much (W) a converter may lose whatever it moves: the emulator's takes 71 W at 350 W, which are 79.7 %."""

BACK_PERCENT = 1.0
"""How far (%) inside that its efficiency must come before it counts as mended."""

STARTS = timedelta(seconds=RAMP)
"""How long after a deal was agreed its current may take to begin (K12, K15)."""

IDLE = timedelta(seconds=60)
"""How long a deal that should carry current may carry none."""


def physics_conditions(look: Look) -> Iterator[Condition]:
    """What of one moment physics forbids, beyond the readings' skew."""
    if not _bus_live(look):
        return
    yield from _currents(look)
    yield from _voltages(look)
    yield from _losses(look)
    yield from _idle_deals(look)


def _bus_live(look: Look) -> bool:
    return any(abs(vg) > look.limits.dead_bus for vg in look.volts.values())


def _currents(look: Look) -> Iterable[Condition]:
    """What units give and take adds up to nothing, for every choice of readings within their skew."""
    grid = look.grid
    if any(unit.estimate.statuses != {ConverterStatus.WAIT} and not unit.live for unit in grid.units.values()):
        return  # what it carries is not known
    flowing: list[tuple[float, float]] = []
    for unit in look.live:
        carried = _carried(unit, grid.now - SKEW)
        if carried is None:
            return  # nor is that
        if carried[0] < -FLOWS or carried[1] > FLOWS:
            flowing.append(carried)
    lowest, highest = sum(low for low, _ in flowing), sum(high for _, high in flowing)
    size = sum(max(-low, high) for low, high in flowing)
    errs = max(OFF_AT_LEAST, OFF_EACH * len(flowing) + OFF_PART * size)
    off = lowest if lowest > 0 else highest if highest < 0 else 0.0
    if round(abs(off), 6) <= errs - look.slack(ConditionKind.CURRENTS_OFF, None, errs / 4):
        return
    told = [amps for unit in look.live if (amps := current_of(unit)) is not None]
    gives = -sum(amps for amps in told if amps < -FLOWS)
    takes = sum(amps for amps in told if amps > FLOWS)
    text = say(
        "rules.currentsOff",
        "The currents do not add up: units give {gives:.3g} A to the bus and take {takes:.3g} A from it",
        gives=gives,
        takes=takes,
    )
    gone = say("rules.currentsOffNoMore", "What units give to the bus and take from it adds up again")
    numbers = {"gives": round(gives, 3), "takes": round(takes, 3), "allowed": round(errs, 3)}
    units = tuple(unit.id for unit in look.live)
    yield Condition(ConditionKind.CURRENTS_OFF, None, text, gone, SKEW, numbers, units=units, needs=("ig",))


def _carried(unit: UnitAssessment, since: float) -> tuple[float, float] | None:
    """The least and the most current (A) that the unit told since then, and just before it; None: not told."""
    low = high = None
    for reading in reversed(unit.recent):
        amps = reading.ig
        if amps is not None:
            low = amps if low is None or amps < low else low
            high = amps if high is None or amps > high else high
        if reading.at < since:
            break
    return None if low is None or high is None else (low, high)


def _voltages(look: Look) -> Iterable[Condition]:
    """One wire has one voltage, also where no reference is seen; with one, `voltage_watch` compares with that."""
    if any(unit.last_status is ConverterStatus.VOLTAGE_REFERENCE for unit in look.live):
        return
    highest, lowest = max(look.volts.values()), min(look.volts.values())
    tolerance = highest * look.limits.tolerance_percent / 100
    if highest - lowest <= tolerance - look.slack(ConditionKind.BUS_APART, None, tolerance / 4):
        return
    ends = {unit_id: vg for unit_id, vg in look.volts.items() if vg in (highest, lowest)}
    text = say(
        "rules.voltagesApart",
        "Units measure different voltages on one bus that nobody holds: {voltages}",
        voltages=listed(ends),
    )
    gone = say("rules.busApartNoMore", "All measure the bus within the tolerance again, or nobody holds it")
    units = tuple(ends)  # for so long, since a bus that is let go falls for some time
    yield Condition(ConditionKind.BUS_APART, None, text, gone, STEADY, ends, units=units, needs=("vg",))


def _losses(look: Look) -> Iterable[Condition]:
    """A converter gives between 80 and 100 % of what it takes."""
    low, high = EFFICIENT
    for unit in look.live:
        wg, wb = unit.figures.wg, unit.figures.wb
        if wg is None or wb is None or abs(wg) < LOSES_FROM:
            continue
        percent = _efficiency(wg, wb)
        slack = look.slack(ConditionKind.EFFICIENCY, unit.id, BACK_PERCENT)
        if percent is not None and percent <= high - slack and (percent >= low + slack or abs(wg - wb) <= OWN):
            continue
        values = {"unit": unit.id, "bus": abs(wg), "battery": abs(wb)}
        text = (
            say(
                "rules.efficiency",
                "{unit}'s converter moves {bus:.0f} W at the bus and {battery:.0f} W at its battery, "
                "an efficiency of {percent:.1f} %",
                **values,
                percent=percent,
            )
            if percent is not None
            else say(
                "rules.noEfficiency",
                "{unit}'s converter tells {bus:.0f} W at the bus and {battery:.0f} W at its battery the other way",
                **values,
            )
        )
        gone = say("rules.efficiencyMended", "{unit}'s converter loses as much as it may again", unit=unit.id)
        numbers = {"wg": wg, "wb": wb, "percent": None if percent is None else round(percent, 1)}
        yield Condition(ConditionKind.EFFICIENCY, unit.id, text, gone, STEADY, numbers, needs=("wg", "wb"))


def _efficiency(wg: float, wb: float) -> float | None:
    """What comes out of what goes in, %; None where both go in, both come out, or one end shows nothing (K2)."""
    if wg * wb <= 0:
        return None
    return 100 * (wb / wg if wg > 0 else wg / wb)


def _idle_deals(look: Look) -> Iterable[Condition]:
    """A deal that should carry current by now and carries none."""
    idle: dict[str, Condition] = {}
    for flow, account in look.deals:
        if account is None or account.running is not False:
            continue
        due = account.stands_since if account.current_since is not None else account.seen_at + STARTS
        waited = look.grid.wall - due
        if waited < IDLE:
            continue
        text = say(
            "rules.idleDeal",
            "The deal from {giver} to {taker} should carry current and has carried none for {minutes:.0f} min",
            giver=flow.giver,
            taker=flow.taker,
            minutes=(look.grid.wall - account.stands_since).total_seconds() / 60,
        )
        gone = say(
            "rules.idleDealNoMore",
            "The deal from {giver} to {taker} carries current, or is over",
            giver=flow.giver,
            taker=flow.taker,
        )
        numbers = {"giver": flow.giver, "taker": flow.taker, "agreed": flow.agreed}
        idle.setdefault(
            flow.giver,
            Condition(ConditionKind.IDLE_DEAL, flow.giver, text, gone, 0.0, numbers, units=(flow.giver, flow.taker)),
        )
    yield from idle.values()
