"""When a mode change or a shutdown must be refused (Z8, T15), as pure rules over a `GridState`.

Stopping is exempt: Force Stop, also from Manual, is always allowed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from main_controller.assessment.grid_state import GridState, UnitAssessment, ids
from main_controller.domain.modes import SHARING_MODES, ConverterStatus, Mode, effective_mode
from main_controller.domain.scope import named_first
from main_controller.domain.timestamps import said_iso
from main_controller.rules.live_bus import RunLimits, deals_hold_it, why_not_run
from main_controller.sentence import Sentence, say

Lock = Mapping[str, Any]
"""A maintenance lock as JSON: `name`, `reason`, `since`."""

_LIMITS = RunLimits()


def why_not_global(
    mode: Mode, grid: GridState, locks: Mapping[str, Lock], limits: RunLimits = _LIMITS
) -> Sentence | None:
    """Why the cluster may not go to this mode now, or None where it may; one that only lowers it may (S1)."""
    if mode not in SHARING_MODES or (mode is Mode.HETERONOMOUS and only_lowers(None, grid)):
        return None
    runs, drives = mode is Mode.AUTONOMOUS, _shares(grid.mode, grid.pending_for(None))
    return (
        (_locked_run(locks) if runs else None)
        or _locked_not_stopped(grid, locks)
        or (_unwatched(grid.units.values()) if runs else None)
        or (None if drives else _nobody_live(grid))
        or (None if drives else _not_in_wait(grid.units.values()))
        or (_late(grid.live, grid, limits) if runs and _rests_on_readings(grid, None, drives) else None)
        or (why_not_run(grid, limits) if runs and not _runs(grid, None) else None)
    )


def why_not_local(
    unit_id: str, mode: Mode | None, grid: GridState, locks: Mapping[str, Lock], limits: RunLimits = _LIMITS
) -> Sentence | None:
    """Why this unit's local mode may not be set so now (None clears it, which is the unit's Run)."""
    if mode is Mode.STOP or (mode is Mode.HETERONOMOUS and only_lowers(unit_id, grid)):
        return None
    if unit_id in locks:
        return say(
            "rules.localModeLocked",
            "{lock}; its local mode stays as it is until the lock is taken off.",
            lock=lock_sentence(unit_id, locks[unit_id]),
        )
    if mode is None and "" in locks:
        return say(
            "rules.localRunLocked",
            "{lock}; no unit is set back to Run until the lock is taken off.",
            lock=lock_sentence("", locks[""]),
        )
    unit = grid.units.get(unit_id)
    if unit is None:
        return None
    after = effective_mode(grid.mode or unit.global_mode, mode)
    if after not in SHARING_MODES and grid.mode is not None:
        return None
    unwatched = _unwatched([unit]) if mode is None else None
    drives = _shares(unit.obeys, grid.pending_for(unit_id))
    return (
        unwatched
        or (None if drives else _not_in_wait([unit]))
        or (_late([unit], grid, limits) if mode is None and _rests_on_readings(grid, unit_id, drives) else None)
        or (why_not_run(grid, limits) if mode is None and not _runs(grid, unit_id) else None)
    )


def only_lowers(unit_id: str | None, grid: GridState) -> bool:
    """Whether Soft Stop in this scope can only end something: every mode seen in it is Run or Soft Stop (H1, S1, S24).

    From Manual or Force Stop it starts things. While no unit is live the modes last seen count; where none was ever
    seen, or another may be on its way, nobody can tell.
    """
    scope = grid.scope(unit_id)
    if any(mode is not None and mode not in SHARING_MODES for mode in grid.pending_for(unit_id)):
        return False
    if unit_id is not None and (not scope or scope[0].local_mode is Mode.STOP):
        return False
    seen = [unit for unit in scope if unit.live] or [unit for unit in scope if unit.global_mode is not None]
    return bool(seen) and all(unit.global_mode in SHARING_MODES for unit in seen)


def why_not_shut_down(unit_id: str | None, grid: GridState, fresh: float) -> Sentence | None:
    """Why apis-main may not be shut down here: Manual must be in force, every converter freshly seen in Wait."""
    scope = grid.scope(unit_id)
    if unit_id is None and grid.mode is not Mode.MANUAL:
        return say(
            "rules.shutDownNeedsManual",
            "Shut Down needs Manual in force in the cluster; it is {mode}.",
            mode=_mode(grid),
        )
    if grid.mode_pending(unit_id):
        return say("rules.shutDownModeChanges", "A mode change is under way; Shut Down needs Manual in force.")
    others = [unit for unit in scope if unit.obeys is not Mode.MANUAL]
    if others:
        return say(
            "rules.shutDownManualAt",
            "Shut Down needs Manual in force; it is not seen at {units}.",
            units=ids(others),
        )
    late = [unit for unit in scope if not grid.fresh(unit, fresh)]
    if late:
        return say(
            "rules.shutDownUnseen",
            "{units} has not been seen within {limit:g} s; nobody could tell what its converter does.",
            units=ids(late),
            limit=fresh,
        )
    working = [unit for unit in scope if not unit.confirmed_wait()]
    if working:
        return say(
            "rules.shutDownAtWork",
            "{units} is not surely in Wait; a dead apis-main leaves its converter as it was.",
            units=ids(working),
        )
    return None if scope else say("rules.noUnitKnown", "No unit is known in this scope.")


def _shares(mode: Mode | None, pending: Iterable[Mode | None]) -> bool:
    """Whether apis-main itself drives the converters: in force, and no order on its way says otherwise (Z8b)."""
    return mode in SHARING_MODES and not any(one in (Mode.STOP, Mode.MANUAL) for one in pending)


def _runs(grid: GridState, unit_id: str | None) -> bool:
    """Whether Run is in force in this scope and no order on its way says otherwise, so that it starts nothing."""
    obeyed = grid.mode if unit_id is None else grid.units[unit_id].obeys
    return obeyed is Mode.AUTONOMOUS and all(one in (Mode.AUTONOMOUS, None) for one in grid.pending_for(unit_id))


def _rests_on_readings(grid: GridState, unit_id: str | None, drives: bool) -> bool:
    """Whether a Run of this scope starts something on a bus that no deal is known to hold: readings alone tell."""
    return not drives or not (_runs(grid, unit_id) or deals_hold_it(grid))


def _unwatched(units: Iterable[UnitAssessment]) -> Sentence | None:
    found = [unit for unit in units if unit.unwatched and not unit.acknowledged]
    if not found:
        return None
    return say(
        "rules.unwatched",
        "{units} is live hardware that nobody watches; look at it and acknowledge it first.",
        units=ids(found),
    )


def _nobody_live(grid: GridState) -> Sentence | None:
    """Without one live unit, every status is from before: after a restart it would be the file's."""
    if grid.live:
        return None
    return say("rules.nobodyLive", "No unit is live, so nobody can tell what the converters do.")


def _not_in_wait(units: Iterable[UnitAssessment]) -> Sentence | None:
    """An acknowledgement excuses hardware that nobody can watch, never a unit that is seen to work."""
    found = [unit for unit in units if not unit.confirmed_wait() and (unit.live or not unit.acknowledged)]
    if not found:
        return None
    return say(
        "rules.notInWait",
        "{units} is not surely in Wait; every converter must be, by a reading after the last order.",
        units=ids(found),
    )


def _late(units: Iterable[UnitAssessment], grid: GridState, limits: RunLimits) -> Sentence | None:
    """Run rests on what every live unit told of late: a converter may have begun to work since (S18)."""
    late = [unit for unit in units if unit.live and not grid.fresh(unit, limits.fresh)]
    if not late:
        return None
    oldest = max(late, key=lambda unit: grid.age(unit) or 0.0)
    return say(
        "rules.late",
        "{unit} was last seen {age:.0f} s ago; Run rests on readings of at most {limit:g} s of every live unit. "
        "The next reading of {units} is waited for.",
        unit=oldest.id,
        age=grid.age(oldest) or 0.0,
        limit=limits.fresh,
        units=ids(late),
    )


def _locked_run(locks: Mapping[str, Lock]) -> Sentence | None:
    if "" not in locks:
        return None
    return say(
        "rules.runLocked", "{lock}; Run is refused until the lock is taken off.", lock=lock_sentence("", locks[""])
    )


def _locked_not_stopped(grid: GridState, locks: Mapping[str, Lock]) -> Sentence | None:
    for scope, lock in locks.items():
        unit = grid.units.get(scope)
        if scope and (unit is None or not unit.live or unit.local_mode is not Mode.STOP):
            return say(
                "rules.lockedNotStopped", "{lock} and does not show local mode stop.", lock=lock_sentence(scope, lock)
            )
    return None


def lock_sentence(scope: str, lock: Lock) -> Sentence:
    """Who holds a lock since when and why, as a sentence without its end: the one form in which it is told."""
    return say(
        "rules.lockedBy",
        "{scope} is locked by {name} since {since} ({reason})",
        scope=named_first(scope or None),
        name=lock.get("name"),
        since=said_iso(lock.get("since")),
        reason=lock.get("reason"),
    )


def _mode(grid: GridState) -> str:
    if grid.mode is not None:
        return grid.mode.label
    return say("rules.mixed", "mixed") if grid.mixed else say("rules.notKnown", "not known")


def why_not_lock(unit_id: str, grid: GridState) -> Sentence | None:
    """Why a unit's lock may not be set: it must be seen live, with local mode stop, and in Wait."""
    unit = grid.units.get(unit_id)
    if unit is None or not unit.live:
        return say("rules.lockNotLive", "{unit} is not live; a lock is set only once its stop is seen.", unit=unit_id)
    if any(mode is not Mode.STOP for mode in grid.pending_modes.get(unit_id, ())):
        return say(
            "rules.lockModeChanges",
            "{unit}'s local mode is being changed; a lock is set only once its stop is seen.",
            unit=unit_id,
        )
    if unit.local_mode is not Mode.STOP:
        return say(
            "rules.lockNotStopped",
            "{unit} does not show local mode stop yet; set Force Stop for it first.",
            unit=unit_id,
        )
    if not unit.estimate.surely(ConverterStatus.WAIT):
        return say("rules.lockAtWork", "{unit}'s converter is not surely in Wait yet.", unit=unit_id)
    return None
