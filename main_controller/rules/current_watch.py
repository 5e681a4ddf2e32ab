"""What is wrong with the currents on the bus: near their limits (I7), and against the converter's status (I13).

Pure. Used by `bus_watch`. Word and current of one unit come from the same reading, so units' skew does not matter here;
what a current needs to settle after an order does (K15).
"""

from collections.abc import Iterable, Iterator

from main_controller.domain.modes import ConverterStatus
from main_controller.domain.timing import SKEW
from main_controller.rules.bus_condition import FLOWS, SETTLES, Condition, ConditionKind, Look, current_of
from main_controller.sentence import say

NEAR = 0.95
"""From which part of its limit on a current is told."""

BACK = 0.05
"""By which part of the limit a current must be below that before it counts as mended."""

AGAINST = 0.125
"""How far (A) a current may be on the wrong side of nothing: apis-main's own allowance."""


def current_conditions(look: Look) -> Iterator[Condition]:
    """What is wrong with the currents of all live units."""
    yield from _near_limits(look)
    yield from _near_bus_limit(look)
    yield from _against_words(look)


def _near_limits(look: Look) -> Iterable[Condition]:
    """I7: a unit carries 95 % of its limit or more."""
    for unit in look.live:
        amps, limit = current_of(unit), look.limits_of(unit.id).unit_current
        part = NEAR - look.slack(ConditionKind.UNIT_CURRENT, unit.id, BACK)
        if amps is None or abs(amps) <= FLOWS or abs(amps) < part * limit - 1e-9:
            continue
        text = say(
            "rules.nearLimit",
            "{unit} carries {amps:g} A; its limit is {limit:g} A",
            unit=unit.id,
            amps=abs(amps),
            limit=limit,
        )
        gone = say("rules.nearLimitNoMore", "{unit}'s current is well below its limit again", unit=unit.id)
        yield Condition(
            ConditionKind.UNIT_CURRENT, unit.id, text, gone, SKEW,
            {"ig": amps, "limit": limit, "percent": _percent(amps, limit)},
            needs=("ig",),
        )  # fmt: skip


def _near_bus_limit(look: Look) -> Iterable[Condition]:
    """I7: all units together carry 95 % of the bus' limit or more; whoever does not tell is not counted."""
    limit = look.limits.bus_current
    told = {unit.id: current_of(unit) for unit in look.live}
    carried = {unit_id: abs(amps) for unit_id, amps in told.items() if amps is not None and abs(amps) > FLOWS}
    total = round(sum(carried.values()), 3)
    if not carried or total < (NEAR - look.slack(ConditionKind.BUS_CURRENT, None, BACK)) * limit - 1e-9:
        return
    text = say(
        "rules.nearBusLimit",
        "All units together carry {amps:g} A ({count} units); the bus' limit is {limit:g} A",
        amps=total,
        count=len(carried),
        limit=limit,
    )
    gone = say("rules.nearBusLimitNoMore", "The sum of all currents is well below the bus' limit again")
    numbers = {"sum": total, "limit": limit, "percent": _percent(total, limit), "of": len(carried)}
    yield Condition(ConditionKind.BUS_CURRENT, None, text, gone, SKEW, numbers, units=tuple(carried), needs=("ig",))


def _against_words(look: Look) -> Iterable[Condition]:
    """I13: a charge that gives, a discharge that takes, or a converter in Wait through which current flows."""
    for unit in look.live:
        amps, status = current_of(unit), unit.last_status
        if amps is None or status is None or status is ConverterStatus.VOLTAGE_REFERENCE:
            continue
        least = AGAINST - look.slack(ConditionKind.REVERSE_POWER, unit.id, AGAINST / 2)
        wrong = {
            ConverterStatus.CHARGE: amps < -least,
            ConverterStatus.DISCHARGE: amps > least,
            ConverterStatus.WAIT: abs(amps) > least,
        }
        if not wrong[status]:
            continue
        told = {"unit": unit.id, "status": status.label, "amps": abs(amps)}
        text = (
            say("rules.takesAgainstStatus", "{unit} is {status} and takes {amps:g} A", **told)
            if amps > 0
            else say("rules.givesAgainstStatus", "{unit} is {status} and gives {amps:g} A", **told)
        )
        gone = say(
            "rules.againstStatusNoMore",
            "{unit}'s current no longer runs against its converter's status",
            unit=unit.id,
        )
        numbers = {"ig": amps, "status": str(status)}
        yield Condition(ConditionKind.REVERSE_POWER, unit.id, text, gone, SETTLES, numbers, needs=("ig", "status"))


def _percent(amps: float, limit: float) -> float | None:
    return round(100 * abs(amps) / limit, 1) if limit else None
