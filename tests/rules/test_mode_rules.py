"""When a mode, a shutdown or a lock must be refused (Z8, T15); stopping never is."""

from typing import Any

import pytest

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.rules.live_bus import RunLimits
from main_controller.rules.mode_rules import why_not_global, why_not_local, why_not_lock, why_not_shut_down
from tests.assessment.units import NOW, answer, assessed, grid_of, never_seen, order, reference, silent

WAIT, CV, CHARGE = (ConverterStatus.WAIT, ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE)
RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL
LOCK = {"name": "Aoki", "reason": "fuse", "since": "2026-05-13T03:00:00+00:00"}


def waiting(mode: Mode | None = MANUAL, *more: Any, **rest: Any) -> Any:
    return grid_of(assessed("E001", mode=mode), assessed("E002", mode=mode), *more, mode=mode, **rest)


@pytest.mark.parametrize("mode", [RUN, SOFT])
@pytest.mark.parametrize("before", [MANUAL, STOP, None])
def test_run_and_soft_stop_need_every_converter_in_wait_where_apis_main_does_not_drive(
    mode: Mode, before: Mode | None
) -> None:
    assert why_not_global(mode, waiting(before), {}) is None
    working = grid_of(assessed("E001"), assessed("E002", CHARGE), mode=before)
    assert "E002 is not surely in Wait" in str(why_not_global(mode, working, {}))


@pytest.mark.parametrize("before", [RUN, SOFT])
def test_while_apis_main_drives_the_converters_need_not_wait(before: Mode) -> None:
    working = grid_of(reference(mode=before), assessed("E002", CHARGE, mode=before), mode=before, deals=1)
    for mode in (RUN, SOFT):
        assert why_not_global(mode, working, {}) is None


@pytest.mark.parametrize("pending", [STOP, MANUAL])
def test_a_stop_or_manual_on_its_way_counts_as_in_force(pending: Mode) -> None:
    """Z8b: Run may not follow it before the converters are seen in Wait."""
    working = grid_of(reference(mode=RUN), assessed("E002", CHARGE, mode=RUN), mode=RUN, pending_modes={"": (pending,)})
    assert "not surely in Wait" in str(why_not_global(RUN, working, {}))
    assert "not surely in Wait" in str(why_not_global(SOFT, working, {}))


@pytest.mark.parametrize(
    "doubt",
    [
        order(CV, entered=NOW - 1),
        order(CV, returned=NOW - 1, sent="unknown"),
        order(CV, returned=NOW - 13.9, sent=True),
    ],
)
def test_a_converter_order_that_may_have_been_sent_keeps_run_back(doubt: Any) -> None:
    grid = grid_of(assessed("E001", orders=[doubt]), assessed("E002"), mode=MANUAL)
    assert "E001 is not surely in Wait" in str(why_not_global(RUN, grid, {}))
    assert "E001 is not surely in Wait" in str(why_not_global(SOFT, grid, {}))
    ended = order(WAIT, entered=NOW - 0.9, returned=NOW - 0.5, sent=True, answer=answer(WAIT, 0.0, 0.0))
    after = why_not_global(RUN, grid_of(assessed("E001", orders=[doubt, ended]), mode=MANUAL), {})
    assert (after is None) is (doubt.returned is not None), "a Wait ends it by its answer, but nothing in flight"


def test_without_one_live_unit_nobody_knows_what_the_converters_do() -> None:
    """After a restart the words are the file's."""
    for grid in (grid_of(mode=None), grid_of(silent("E001"), assessed("E002", age=31.0), mode=None)):
        for mode in (RUN, SOFT):
            assert "No unit is live" in str(why_not_global(mode, grid, {}))


def test_unwatched_hardware_keeps_run_back_in_every_mode_until_it_is_acknowledged() -> None:
    for mode in Mode:
        for unit in (silent("E003", CV), never_seen("E003"), assessed("E003", CHARGE, age=31.0)):
            assert "nobody watches" in str(why_not_global(RUN, waiting(mode, unit), {}))
        acknowledged = silent("E003", CV, acknowledged=True)
        assert why_not_global(RUN, waiting(mode, acknowledged), {}) is None
    assert why_not_global(RUN, waiting(STOP, silent("E003", WAIT)), {}) is None


def test_an_acknowledgement_excuses_no_unit_that_is_seen_to_work() -> None:
    """It came back, still the voltage reference, before Run was ordered."""
    back = grid_of(reference(acknowledged=True), assessed("E002"), mode=MANUAL)
    assert "E001 is not surely in Wait" in str(why_not_global(RUN, back, {}))


@pytest.mark.parametrize("mode", [STOP, MANUAL])
def test_force_stop_and_manual_pass_whatever_the_grid_shows(mode: Mode) -> None:
    worst = grid_of(
        reference(), silent("E002", None), never_seen("E003"), mode=None, mixed=True, pending_modes={"": (RUN,)}
    )
    assert why_not_global(mode, worst, {"": LOCK, "E001": LOCK}) is None
    assert why_not_global(mode, grid_of(mode=None), {"": LOCK}) is None


def test_a_lock_on_the_cluster_refuses_run_but_no_way_down() -> None:
    assert "Aoki" in str(why_not_global(RUN, waiting(STOP), {"": LOCK}))
    assert "fuse" in str(why_not_global(RUN, waiting(STOP), {"": LOCK}))
    assert why_not_global(SOFT, waiting(RUN), {"": LOCK}) is None


@pytest.mark.parametrize("mode", [RUN, SOFT])
def test_a_locked_unit_must_show_local_stop_before_anything_runs(mode: Mode) -> None:
    stopped = assessed("E003", mode=STOP, local=STOP)
    assert why_not_global(mode, waiting(STOP, stopped), {"E003": LOCK}) is None
    for unit in (
        assessed("E003", mode=STOP),
        assessed("E003", mode=STOP, local=SOFT),
        assessed("E003", mode=STOP, local=STOP, age=31.0),
        silent("E003", mode=STOP, local=STOP),
    ):
        assert "does not show local mode stop" in str(why_not_global(mode, waiting(STOP, unit), {"E003": LOCK}))
    assert "does not show" in str(why_not_global(RUN, waiting(RUN), {"E009": LOCK}))


# A unit's own mode


def test_a_units_stop_passes_always() -> None:
    grid = grid_of(reference(), mode=None, pending_modes={"": (RUN,)})
    assert why_not_local("E001", STOP, grid, {"E001": LOCK, "": LOCK}) is None


@pytest.mark.parametrize("mode", [None, SOFT])
def test_the_mode_of_a_locked_unit_stays(mode: Mode | None) -> None:
    assert "stays as it is" in str(why_not_local("E001", mode, waiting(STOP), {"E001": LOCK}))
    assert why_not_local("E001", mode, waiting(STOP), {"E002": LOCK}) is None


def test_a_lock_on_the_cluster_refuses_a_units_run() -> None:
    assert "set back to Run" in str(why_not_local("E001", None, waiting(STOP), {"": LOCK}))
    assert why_not_local("E001", SOFT, waiting(RUN), {"": LOCK}) is None


def test_a_units_run_needs_its_converter_in_wait_where_it_would_begin_to_share() -> None:
    def grid(status: ConverterStatus, mode: Mode, **more: Any) -> Any:
        return grid_of(assessed("E001", status, mode=mode, local=STOP, **more), assessed("E002", mode=mode), mode=mode)

    assert why_not_local("E001", None, grid(WAIT, RUN), {}) is None
    assert "not surely in Wait" in str(why_not_local("E001", None, grid(CV, RUN), {}))
    assert "not surely in Wait" in str(why_not_local("E001", SOFT, grid(CV, RUN), {}))
    assert why_not_local("E001", None, grid(CV, MANUAL), {}) is None, "under Manual it changes nothing"
    assert why_not_local("E001", None, grid(CV, STOP), {}) is None
    assert why_not_local("E009", None, grid(WAIT, RUN), {}) is None


def test_an_unwatched_unit_is_not_set_back_to_run() -> None:
    grid = grid_of(silent("E001", CV, mode=RUN, local=STOP), assessed("E002", mode=RUN), mode=RUN)
    assert "nobody watches" in str(why_not_local("E001", None, grid, {}))


# Shut Down


def test_shut_down_needs_manual_and_every_converter_freshly_in_wait() -> None:
    assert why_not_shut_down(None, waiting(), 15.0) is None
    assert why_not_shut_down("E001", waiting(), 15.0) is None
    for mode in (RUN, SOFT, STOP, None):
        assert "needs Manual" in str(why_not_shut_down(None, waiting(mode), 15.0))
        assert "needs Manual" in str(why_not_shut_down("E001", waiting(mode), 15.0))
    assert "mixed" in str(why_not_shut_down(None, waiting(None, mixed=True), 15.0))


@pytest.mark.parametrize(("age", "passes"), [(15.0, True), (15.1, False)])
def test_shut_down_takes_no_reading_older_than_15_s(age: float, passes: bool) -> None:
    grid = grid_of(assessed("E001", age=age), assessed("E002"))
    assert (why_not_shut_down(None, grid, 15.0) is None) is passes
    assert (why_not_shut_down("E001", grid, 15.0) is None) is passes
    assert why_not_shut_down("E002", grid, 15.0) is None


def test_shut_down_is_refused_while_a_converter_may_work() -> None:
    for unit in (
        reference(),
        assessed("E001", orders=[order(CV, returned=NOW - 1, sent="unknown")]),
        assessed("E001", None),
    ):
        assert "not surely in Wait" in str(why_not_shut_down("E001", grid_of(unit), 15.0))


def test_shut_down_is_refused_while_a_mode_changes_or_nobody_is_there() -> None:
    assert "under way" in str(why_not_shut_down("E001", waiting(pending_modes={"E001": (None,)}), 15.0))
    assert "under way" in str(why_not_shut_down(None, waiting(pending_modes={"": (RUN,)}), 15.0))
    assert "No unit" in str(why_not_shut_down("E009", waiting(), 15.0))
    assert "No unit" in str(why_not_shut_down(None, grid_of(), 15.0))


# Locks


def test_a_lock_is_set_only_on_a_live_unit_that_shows_local_stop_and_wait() -> None:
    def why(unit: Any, **more: Any) -> str | None:
        return why_not_lock("E001", grid_of(unit, **more))

    assert why(assessed("E001", local=STOP)) is None
    assert "not live" in str(why(assessed("E001", local=STOP, age=31.0)))
    assert "not live" in str(why(assessed("E002", local=STOP)))
    assert "local mode stop" in str(why(assessed("E001", mode=STOP)))
    assert "surely in Wait" in str(why(assessed("E001", CV, local=STOP)))
    doubt = assessed("E001", local=STOP, orders=[order(CV, returned=NOW - 1, sent="unknown")])
    assert "surely in Wait" in str(why(doubt))


def test_a_lock_waits_for_an_order_that_may_be_lifting_the_units_stop() -> None:
    unit = assessed("E001", local=STOP)
    assert "being changed" in str(why_not_lock("E001", grid_of(unit, pending_modes={"E001": (None,)})))
    assert why_not_lock("E001", grid_of(unit, pending_modes={"E001": (STOP,)})) is None


def test_a_soft_stop_that_only_lowers_passes_locks_unwatched_hardware_and_a_mixed_cluster() -> None:
    """S1, S24: a lock is for a unit that is switched off, and it blocked the stop of the cluster that ran on."""
    dead = silent("E004", ConverterStatus.CHARGE, mode=RUN, local=STOP)
    working = assessed("E001", ConverterStatus.CHARGE, mode=RUN)
    assert why_not_global(SOFT, grid_of(working, dead, mode=RUN), {"E004": LOCK}) is None
    half = assessed("E002", ConverterStatus.DISCHARGE, mode=SOFT)
    assert why_not_global(SOFT, grid_of(working, half, mode=None, mixed=True), {}) is None
    assert why_not_global(RUN, grid_of(working, half, mode=None, mixed=True), {}) is not None
    assert why_not_local("E001", SOFT, grid_of(working, mode=RUN), {"E001": LOCK}) is None


def test_while_all_are_stale_the_modes_last_seen_let_a_soft_stop_pass() -> None:
    hanging = [assessed(unit_id, ConverterStatus.CHARGE, mode=RUN, age=70.0) for unit_id in ("E001", "E002")]
    assert why_not_global(SOFT, grid_of(*hanging, mode=None), {}) is None
    manual = [assessed(unit_id, ConverterStatus.CHARGE, mode=MANUAL, age=70.0) for unit_id in ("E001", "E002")]
    assert why_not_global(SOFT, grid_of(*manual, mode=None), {}) is not None
    assert why_not_global(SOFT, grid_of(never_seen("E001"), mode=None), {}) is not None


def test_a_soft_stop_over_a_stop_that_may_be_on_its_way_is_judged_as_a_start() -> None:
    working = assessed("E001", ConverterStatus.CHARGE, mode=RUN)
    pending = grid_of(working, mode=RUN, pending_modes={"": (STOP,)})
    assert why_not_global(SOFT, pending, {}) is not None


# Run on a bus that is live (S10)


def live(mode: Mode, *more: Any, **rest: Any) -> Any:
    """E001 and E002 in Wait measure 348 V."""
    return grid_of(
        assessed("E001", mode=mode, vg=348.0), assessed("E002", mode=mode, vg=347.5), *more, mode=mode, **rest
    )


@pytest.mark.parametrize("mode", [MANUAL, STOP, SOFT])
def test_run_starts_on_no_bus_that_nothing_explains(mode: Mode) -> None:
    assert why_not_global(RUN, live(mode, deals=0), {}) == (
        "The bus is live (E001 348 V, E002 347.5 V) and no deal explains it; Run starts on a dead bus (at most 60 V)."
    )
    assert "how many deals there are is not known" in str(why_not_global(RUN, live(mode), {}))
    assert why_not_global(RUN, waiting(mode, deals=0), {}) is None


def test_an_acknowledged_silent_reference_whose_voltage_is_measured_elsewhere_keeps_run_back() -> None:
    assert "The bus is live" in str(why_not_global(RUN, live(STOP, silent("E003", CV, acknowledged=True)), {}))


def test_in_soft_stop_without_deals_a_unit_that_holds_the_bus_keeps_run_back_and_deals_do_not() -> None:
    held = [reference(mode=SOFT), assessed("E002", mode=SOFT, vg=350.0)]
    assert "The bus is live" in str(why_not_global(RUN, grid_of(*held, mode=SOFT, deals=0), {}))
    assert "not known" in str(why_not_global(RUN, grid_of(*held, mode=SOFT, deals=None), {}))
    assert why_not_global(RUN, grid_of(*held, mode=SOFT, deals=1), {}) is None
    assert why_not_global(SOFT, grid_of(*held, mode=SOFT, deals=0), {}) is None
    for mode in (STOP, MANUAL):  # what is still listed there drives nobody
        assert "The bus is live" in str(why_not_global(RUN, live(mode, deals=1), {}))


def test_run_while_in_run_starts_nothing_and_passes_unless_something_else_is_on_its_way() -> None:
    held = [reference(mode=RUN), assessed("E002", mode=RUN, vg=350.0)]
    assert why_not_global(RUN, grid_of(*held, mode=RUN, deals=0), {}) is None
    for pending in (SOFT, STOP, MANUAL):
        assert why_not_global(RUN, grid_of(*held, mode=RUN, deals=0, pending_modes={"": (pending,)}), {}) is not None


@pytest.mark.parametrize(("vg", "age", "passes"), [(60.0, 2.0, True), (60.1, 2.0, False), (-348.0, 2.0, False)])
def test_a_bus_is_live_above_the_limit_whatever_its_sign(vg: float, age: float, passes: bool) -> None:
    grid = grid_of(assessed("E001", mode=STOP, vg=vg, age=age), assessed("E002", mode=STOP), mode=STOP, deals=0)
    assert (why_not_global(RUN, grid, {}) is None) is passes
    assert why_not_global(RUN, grid, {}, RunLimits(dead_bus=400.0)) is None


def test_a_units_run_starts_on_no_bus_that_nothing_explains_either() -> None:
    def grid(mode: Mode, local: Mode | None = STOP, **more: Any) -> Any:
        own = assessed("E001", mode=mode, local=local, vg=348.0)
        return grid_of(own, assessed("E002", mode=mode, vg=348.0), mode=mode, **more)

    assert "The bus is live" in str(why_not_local("E001", None, grid(RUN, deals=0), {}))
    assert "The bus is live" in str(why_not_local("E001", None, grid(RUN, SOFT, deals=0), {}))
    assert why_not_local("E001", None, grid(RUN, deals=1), {}) is None
    assert why_not_local("E001", None, grid(RUN, None, deals=0), {}) is None, "it is in Run"
    assert why_not_local("E001", None, grid(MANUAL, deals=0), {}) is None, "under Manual it changes nothing"
    assert why_not_local("E001", STOP, grid(RUN, deals=0), {}) is None


# How old a reading Run may rest on (S18)


@pytest.mark.parametrize(("age", "passes"), [(15.0, True), (15.1, False), (25.0, False), (30.0, False)])
@pytest.mark.parametrize("mode", [MANUAL, STOP])
def test_run_rests_on_fresh_readings_of_every_live_unit(age: float, passes: bool, mode: Mode) -> None:
    grid = grid_of(assessed("E001", mode=mode), assessed("E002", mode=mode, age=age), mode=mode)
    assert (why_not_global(RUN, grid, {}) is None) is passes
    assert why_not_global(RUN, grid, {}, RunLimits(fresh=40.0)) is None
    assert why_not_global(SOFT, grid, {}) is None


def test_the_refusal_says_how_old_the_reading_is_and_what_is_waited_for() -> None:
    late = [assessed("E002", age=25.0), assessed("E003", age=16.0)]
    assert why_not_global(RUN, grid_of(assessed("E001"), *late), {}) == (
        "E002 was last seen 25 s ago; Run rests on readings of at most 15 s of every live unit. "
        "The next reading of E002, E003 is waited for."
    )


def test_a_units_run_rests_on_its_own_fresh_reading() -> None:
    def grid(own: float, other: float) -> Any:
        mine = assessed("E001", mode=RUN, local=STOP, age=own)
        return grid_of(mine, assessed("E002", mode=RUN, age=other), mode=RUN)

    assert "E001 was last seen 25 s ago" in str(why_not_local("E001", None, grid(25.0, 2.0), {}))
    assert why_not_local("E001", None, grid(2.0, 25.0), {}) is None
    assert why_not_local("E001", SOFT, grid(25.0, 2.0), {}) is None


def test_while_deals_hold_the_bus_an_old_reading_keeps_nobody_back() -> None:
    assert why_not_global(RUN, grid_of(assessed("E001", mode=SOFT, age=25.0), mode=SOFT, deals=1), {}) is None
    assert why_not_global(RUN, grid_of(assessed("E001", mode=RUN, age=25.0), mode=RUN, deals=0), {}) is None


@pytest.mark.parametrize("deals", [0, None])
@pytest.mark.parametrize(("age", "passes"), [(15.0, True), (15.1, False), (30.0, False)])
def test_in_soft_stop_without_known_deals_run_rests_on_fresh_readings_too(
    deals: int | None, age: float, passes: bool
) -> None:
    """S10, S18: a poll that misses leaves no fresh voltage, and with that the bus looked dead."""
    grid = grid_of(assessed("E001", mode=SOFT, age=age), assessed("E002", mode=SOFT), mode=SOFT, deals=deals)
    assert (why_not_global(RUN, grid, {}) is None) is passes
    own = grid_of(assessed("E001", mode=RUN, local=SOFT, age=age), assessed("E002", mode=RUN), mode=RUN, deals=deals)
    assert (why_not_local("E001", None, own, {}) is None) is passes
    if not passes:
        held = grid_of(reference(mode=SOFT, age=age), mode=SOFT, deals=deals)
        assert "E001 was last seen" in str(why_not_global(RUN, held, {}))
