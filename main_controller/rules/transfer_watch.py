"""What ends a guided transfer by itself, and what keeps one from beginning (N13, S5, S6, S23, I13-I16).

Pure. Used by `procedures/guided_transfer.py` at every look. Each check gives a sentence with its numbers, or None.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.limits import BatteryLimits
from main_controller.domain.modes import SHARING_MODES, ConverterStatus, Mode
from main_controller.domain.scope import named_first
from main_controller.domain.transfer import Step, Transfer
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.transfer_battery import Gauges, why_not_give, why_not_take
from main_controller.sentence import Sentence, say

MARGIN = 0.125
"""How far (A) a current may be from what is set, apis-main's own allowance; `PART` of the set current comes on top."""

PART = 0.1
SET_VOLTAGE, SET_CURRENT = 0.5, 0.005
"""How far (V, A) a set point may be from the ordered one."""

CURRENT_RISES = 10.0
"""How long (s) a current may take to reach what is set, besides the lag of readings (K4, K15)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a transfer must keep: the rules' limits, the battery's, and the times (s) of steps and of readings."""

    limits: Limits
    step_time: float
    lag: float = 12.0
    battery: BatteryLimits = field(default_factory=BatteryLimits)


@dataclass(frozen=True, slots=True)
class View:
    """Everything that is known at one look: the grid, the locks by unit ("" for the cluster), and the gauges of live
    units; of those that are not the transfer's own the alarm alone."""

    grid: GridState
    gauges: Mapping[str, Gauges]
    locks: Mapping[str, Mapping[str, Any]]


def most_current(limits: Limits) -> float:
    """The largest current (A) that a transfer may have under a reference of `current_max`, to the tenth (S23)."""
    return math.floor((limits.current_max - limits.margin) * 10 + 1e-9) / 10


def why_not_begin(giver: str, taker: str, view: View, bounds: Bounds) -> Sentence | None:
    """Why no transfer between these two may begin now, besides what the rules of its first order say."""
    unit = view.grid.units[taker]
    if unit.obeys is not Mode.MANUAL or view.grid.mode_pending(taker) or not unit.confirmed_wait() or unit.conflict:
        return unit.conflict or say("rules.takerNotReady", "{unit} is not in Manual and surely in Wait.", unit=taker)
    alarmed = [unit_id for unit_id in (giver, taker) if _gauges(view, unit_id).alarm]
    if alarmed:
        return _alarmed(alarmed[0])
    return _third_worker(giver, taker, view) or _batteries(giver, taker, view, bounds)


def why_end(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    """What makes the safe end due by itself, or None; its own limits apart."""
    for check in _CHECKS:
        why = check(transfer, view, bounds)
        if why is not None:
            return why
    return None


def _data(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    for unit_id in (transfer.giver, transfer.taker):
        unit = view.grid.units.get(unit_id)
        if unit is None or not unit.live:
            return say("rules.dataNotLive", "{unit}'s data are no longer live.", unit=unit_id)
        if unit.obeys is not Mode.MANUAL:
            return say("rules.manualNoMore", "Manual is no longer in force at {unit}.", unit=unit_id)
    return None


def _alarm(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    for unit_id in (transfer.giver, transfer.taker, *sorted(view.gauges)):
        if _gauges(view, unit_id).alarm and unit_id not in transfer.alarmed:
            return _alarmed(unit_id)
    return None


def _alarmed(unit_id: str) -> Sentence:
    return say("rules.alarm", "{unit} reports a heavy alarm.", unit=unit_id)


def _lock(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    for scope in ("", transfer.giver, transfer.taker):
        lock = view.locks.get(scope)
        if lock is not None:
            return say(
                "rules.wasLocked",
                "{scope} was locked by {name}: {reason}",
                scope=named_first(scope or None),
                name=lock.get("name"),
                reason=lock.get("reason"),
            )
    return None


def _worker(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    return _third_worker(transfer.giver, transfer.taker, view)


def _battery(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    return _batteries(transfer.giver, transfer.taker, view, bounds)


def _words(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    giver, taker = _both(transfer, view)
    if transfer.reference_at is not None and not giver.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE):
        return say("rules.referenceNoMore", "{unit} is no longer the voltage reference.", unit=giver.id)
    if transfer.current_at is not None and not taker.estimate.surely(ConverterStatus.CHARGE):
        return say("rules.chargesNoMore", "{unit} is no longer charging.", unit=taker.id)
    return None


def _set_points(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    """Nobody else changed what was ordered; by readings that count (Z6c)."""
    giver, taker = _both(transfer, view)
    for unit, ordered_at, current in (
        (giver, transfer.reference_at, transfer.limit),
        (taker, transfer.current_at, transfer.current),
    ):
        reading = unit.reading
        if ordered_at is None or reading is None or reading.at < ordered_at + bounds.lag:
            continue
        if reading.dvg is None or abs(reading.dvg - transfer.voltage) > SET_VOLTAGE:
            return say(
                "rules.setVoltageChanged",
                "{unit} is set to {shown}, not to the ordered {volts:g} V.",
                unit=unit.id,
                shown=_shown(reading.dvg, "V"),
                volts=transfer.voltage,
            )
        if reading.dig is None or abs(reading.dig - current) > SET_CURRENT:
            return say(
                "rules.setCurrentChanged",
                "{unit} is set to {shown}, not to the ordered {amps:g} A.",
                unit=unit.id,
                shown=_shown(reading.dig, "A"),
                amps=current,
            )
    return None


def _bus(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    """The bus at both units: never above what may be ordered; within tolerance once it has risen."""
    band = transfer.voltage * bounds.limits.tolerance_percent / 100
    top = max(bounds.limits.voltage_max, transfer.voltage + band)
    risen = transfer.step in (Step.CURRENT_ON, Step.SHARING)
    for unit in _both(transfer, view):
        vg = None if unit.reading is None else unit.reading.vg
        if vg is not None and vg > top:
            return say(
                "rules.busAbove",
                "The bus is at {volts:g} V at {unit}, above {top:g} V.",
                volts=vg,
                unit=unit.id,
                top=top,
            )
        if risen and (vg is None or abs(vg - transfer.voltage) > band + 1e-9):
            return say(
                "rules.busOffTarget",
                "The bus is at {shown} at {unit}, not within {percent:g} % of {target:g} V.",
                shown=_shown(vg, "V"),
                unit=unit.id,
                percent=bounds.limits.tolerance_percent,
                target=transfer.voltage,
            )
    return None


def _currents(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    """Both currents: of the right sign and not too large from the first reading on, as large as set after a while."""
    if transfer.current_at is None:
        return None
    margin = MARGIN + PART * transfer.current
    for unit, sign in zip(_both(transfer, view), (-1, 1), strict=True):
        reading = unit.reading
        if reading is None or reading.at < transfer.current_at:
            continue
        flows = reading.at >= transfer.current_at + bounds.lag + CURRENT_RISES
        least = transfer.current - margin if flows else -margin
        amps = None if reading.ig is None else sign * reading.ig
        if amps is None and not flows:
            continue
        if amps is None or not least - 1e-9 <= amps <= transfer.current + margin + 1e-9:
            told = {"unit": unit.id, "shown": _shown(reading.ig, "A"), "amps": transfer.current, "margin": margin}
            if unit.id == transfer.giver:
                return say(
                    "rules.shouldGive",
                    "{unit} shows {shown} on the bus; it should give {amps:g} A (at most {margin:g} A off).",
                    **told,
                )
            return say(
                "rules.shouldTake",
                "{unit} shows {shown} on the bus; it should take {amps:g} A (at most {margin:g} A off).",
                **told,
            )
    return None


def _duration(transfer: Transfer, view: View, bounds: Bounds) -> Sentence | None:
    if transfer.step is not Step.SHARING and view.grid.now - transfer.since > bounds.step_time:
        return say(
            "rules.stepTooLong",
            "The step {step} took longer than {limit:g} s.",
            step=transfer.step.label,
            limit=bounds.step_time,
        )
    return None


_CHECKS: tuple[Callable[[Transfer, View, Bounds], Sentence | None], ...] = (
    _data, _alarm, _lock, _worker, _words, _bus, _set_points, _currents, _battery, _duration,
)  # fmt: skip


def _third_worker(giver: str, taker: str, view: View) -> Sentence | None:
    """The bus is the transfer's own: no other converter works, and no apis-main may put one to work (S5)."""
    for unit in view.grid.units.values():
        if unit.id in (giver, taker) or (unit.acknowledged and not unit.live):
            continue
        if not unit.estimate.surely(ConverterStatus.WAIT):
            return say(
                "rules.thirdWorker",
                "{unit} is not surely in Wait; a guided transfer needs the bus for itself.",
                unit=unit.id,
            )
        if unit.live and unit.obeys in SHARING_MODES:
            return say(
                "rules.thirdMayWork",
                "{unit} is in {mode}: its apis-main may put it to work on the same bus.",
                unit=unit.id,
                mode=unit.obeys.label,
            )
    return None


def _batteries(giver: str, taker: str, view: View, bounds: Bounds) -> Sentence | None:
    return why_not_give(giver, _gauges(view, giver), bounds.battery) or why_not_take(
        taker, _gauges(view, taker), bounds.battery
    )


def _both(transfer: Transfer, view: View) -> tuple[UnitAssessment, UnitAssessment]:
    return view.grid.units[transfer.giver], view.grid.units[transfer.taker]


def _gauges(view: View, unit_id: str) -> Gauges:
    return view.gauges.get(unit_id, _NONE)


def _shown(value: float | None, unit: str) -> Sentence:
    if value is None:
        return say("rules.unknownValue", "an unknown value")
    return say("rules.measured", "{value:g} {unit}", value=value, unit=unit)


_NONE = Gauges()
