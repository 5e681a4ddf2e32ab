"""What a unit's readings of the last minutes say that cannot be (S9): a charge that goes against its battery's current,
a voltmeter that stands while the bus moves.

Pure. Used by `bus_watch`. Both are findings: they refuse nothing.
"""

from collections.abc import Iterable, Iterator

from main_controller.rules.bus_condition import Condition, ConditionKind, Look
from main_controller.rules.trends import Trend
from main_controller.sentence import say

AGAINST_FOR = 600.0
"""How long (s) a battery's power must run one way before its charge must follow."""

AGAINST_BY = 0.5
"""By how much (%) the charge must have gone the other way: one digit of it may be rounding."""

MOVED_PARTS = 2.0
"""By how many tolerances the others' voltage must have moved meanwhile."""


def trend_conditions(look: Look) -> Iterator[Condition]:
    """What the last minutes of each live unit say that cannot be."""
    for unit in look.grid.live:
        trend = look.trends.units.get(unit.id)
        if trend is not None:
            yield from _charge_against(unit.id, trend)
            yield from _meter_stands(unit.id, trend, look)


def _charge_against(unit_id: str, trend: Trend) -> Iterable[Condition]:
    if trend.way == 0 or trend.rsoc is None or trend.rsoc_from is None or trend.at - trend.way_since < AGAINST_FOR:
        return
    went = trend.rsoc - trend.rsoc_from
    if went * trend.way > -AGAINST_BY:
        return
    told = {
        "unit": unit_id,
        "minutes": (trend.at - trend.way_since) / 60,
        "before": trend.rsoc_from,
        "after": trend.rsoc,
    }
    text = (
        say(
            "rules.fallsThoughCharged",
            "{unit}'s battery has been charged for {minutes:.0f} min, "
            "and its charge fell from {before:g} to {after:g} %",
            **told,
        )
        if trend.way > 0
        else say(
            "rules.risesThoughDischarged",
            "{unit}'s battery has been discharged for {minutes:.0f} min, "
            "and its charge rose from {before:g} to {after:g} %",
            **told,
        )
    )
    gone = say("rules.chargeFollowsAgain", "{unit}'s charge no longer goes against its battery's current", unit=unit_id)
    numbers = {"from": trend.rsoc_from, "to": trend.rsoc}
    yield Condition(ConditionKind.CHARGE_AGAINST, unit_id, text, gone, 0.0, numbers, needs=("rsoc", "battery"))


def _meter_stands(unit_id: str, trend: Trend, look: Look) -> Iterable[Condition]:
    vg, low, high = trend.vg, trend.low, trend.high
    if (
        vg is None
        or low is None
        or high is None
        or high - low <= MOVED_PARTS * high * look.limits.tolerance_percent / 100
    ):
        return
    text = say(
        "rules.meterStands",
        "{unit} has measured exactly {volts:g} V for {seconds:.0f} s, "
        "while the bus went from {low:.0f} to {high:.0f} V",
        unit=unit_id,
        volts=vg,
        seconds=trend.at - trend.stands_since,
        low=low,
        high=high,
    )
    gone = say("rules.meterMoves", "{unit}'s voltmeter moves again", unit=unit_id)
    numbers = {"vg": vg, "low": low, "high": high}
    yield Condition(ConditionKind.METER_STANDS, unit_id, text, gone, 0.0, numbers, needs=("vg",))
