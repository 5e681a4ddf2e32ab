"""What a battery bears is the same for an order, for a guided transfer and for the alarms of the bus (I1-I4)."""

import pytest

from main_controller.domain.limits import BatteryLimits
from main_controller.rules.battery_bounds import (
    Flow,
    beyond_charge,
    charge_limit,
    degrees_within,
    forbids,
    volts_within,
)
from main_controller.rules.transfer_battery import Gauges, gauges_of, why_not_give, why_not_take
from tests.assessment.units import assessed, battery

GIVES, TAKES, NEITHER = Flow(gives=True), Flow(takes=True), Flow()
LIMITS = BatteryLimits()


def test_a_battery_that_neither_gives_nor_takes_has_no_limit_of_charge_and_no_permission_to_ask() -> None:
    assert charge_limit(NEITHER, LIMITS) is None
    assert not beyond_charge(0.0, NEITHER, LIMITS)
    assert not forbids(0, NEITHER)
    assert volts_within(NEITHER, LIMITS, 0.5) == (32.0, 58.4)


@pytest.mark.parametrize(("flow", "limit", "slack"), [(GIVES, 25.0, 5.0), (TAKES, 90.0, 5.0), (GIVES, 20.0, 0.0)])
def test_slack_moves_the_limit_inwards(flow: Flow, limit: float, slack: float) -> None:
    assert charge_limit(flow, LIMITS, slack) == limit
    assert beyond_charge(limit, flow, LIMITS, slack)


def test_no_battery_is_charged_below_freezing_in_a_guided_transfer_either() -> None:
    """I3: with `temperaturemin` below 0 it was."""
    cold, limits = Gauges(tmp=-1.0), BatteryLimits(temperature_min=-20.0)
    assert degrees_within(TAKES, limits) == (0.0, 45.0)
    assert why_not_take("E003", cold, limits) == "E003's converter has -1 °C, outside 0 to 45 °C."
    assert why_not_give("E001", cold, limits) is None


@pytest.mark.parametrize(("status", "told"), [("0x02", 2), ("0X01", 1), (3, 3), (0.0, 0), (4, None), ("no", None)])
def test_a_guided_transfer_reads_the_permission_as_the_rules_do(status: object, told: int | None) -> None:
    unit = assessed("E001", reported=battery(status=status))
    assert gauges_of(unit).permission == unit.permission == told
