"""An order's life as data (Z6c, Z8a, Z9b)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.commands import Command, CommandState, ModeEffect
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.errors import Sent
from tests.assessment.units import answer, order
from tests.domain.made_orders import order_of

AT = datetime(2026, 5, 13, 3, 0, 0, 123456, tzinfo=UTC)


def command(kind: str = "setDcdc", unit_id: str | None = None, **more: Any) -> Command:
    """An order that was sent and answered."""
    order = order_of(kind, unit_id, more.pop("wanted", None))
    values: dict[str, Any] = {"entered": 900.0, "sent": True, "settled": 900.0, **more}
    return Command("c1", order, by=person("127.0.0.1"), at=AT, **values)


@pytest.mark.parametrize("state", list(CommandState))
def test_only_pending_and_accepted_may_still_change(state: CommandState) -> None:
    assert state.open is (state in (CommandState.PENDING, CommandState.ACCEPTED))


def test_a_reading_counts_the_lag_after_an_order_came_back_and_never_before() -> None:
    assert order(ConverterStatus.WAIT, returned=900.0).counts_from(12.0) == 912.0
    assert order(ConverterStatus.WAIT).counts_from(12.0) is None


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (answer(ConverterStatus.CHARGE), ConverterStatus.CHARGE),
        (answer("0X0014"), ConverterStatus.VOLTAGE_REFERENCE),
        (answer("nonsense"), None),
        ({"status": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_answered_word_is_read_from_the_converters_own_object(told: Any, status: ConverterStatus | None) -> None:
    assert order(ConverterStatus.WAIT, answer=told).answered_status is status


@pytest.mark.parametrize(
    ("returned", "sent", "in_effect", "pending"),
    [
        (None, "unknown", False, True),
        (None, "unknown", True, True),
        (970.0, True, False, True),
        (970.0, "unknown", False, True),
        (969.9, True, False, False),
        (970.0, False, False, False),
        (970.0, True, True, False),
    ],
)
def test_a_mode_order_is_under_way_in_flight_and_30_s_after_unless_unsent_or_seen(
    returned: float | None, sent: Sent, in_effect: bool, pending: bool
) -> None:
    ordered = ModeEffect("c1", None, Mode.STOP, 960.0, returned=returned, sent=sent, in_effect=in_effect)
    assert ordered.pending(1000.0, 30.0) is pending
