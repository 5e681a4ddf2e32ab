"""What a schedule orders, and when its mode is reached (Z11, Z12)."""

import pytest

from main_controller.domain.modes import Mode
from main_controller.domain.schedule import UNKNOWN, ModeSeen, Operation

A, H, S, M = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL


@pytest.mark.parametrize(
    ("operation", "unit_id", "wanted"),
    [
        (Operation.SOFT_STOP, None, H), (Operation.SOFT_STOP, "E001", H),
        (Operation.FORCE_STOP, None, S), (Operation.FORCE_STOP, "E001", S),
        (Operation.RUN, None, A), (Operation.RUN, "E001", None),
    ],
)  # fmt: skip
def test_each_operation_wants_one_mode_of_its_scope(
    operation: Operation, unit_id: str | None, wanted: Mode | None
) -> None:
    assert operation.wanted(unit_id) is wanted


@pytest.mark.parametrize(
    ("operation", "reached"),
    [
        (Operation.SOFT_STOP, {H, S, M}),  # never overrides stop or manual
        (Operation.FORCE_STOP, {S}),  # ends manual too (Z9a)
        (Operation.RUN, {A, None}),
    ],
)
def test_a_stop_is_reached_at_or_below_its_mode_and_run_at_its_own(
    operation: Operation, reached: set[ModeSeen]
) -> None:
    assert {seen for seen in (A, H, S, M, None, UNKNOWN) if operation.reached(seen)} == reached
