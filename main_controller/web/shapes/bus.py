"""The bus: its figures, what is wrong on it, and what the grid did by itself (S9, I14, Z13a)."""

from typing import Any, TypedDict

from main_controller.domain.timestamps import iso_utc
from main_controller.rules import bus_figures
from main_controller.rules.bus_condition import ConditionKind
from main_controller.store import chronicle
from main_controller.watching.bus_events import StandingCondition
from main_controller.web.shapes.common import Amperes, CommandId, Percent, Seconds, Time, UnitId, Volts, Watts


class Reference(TypedDict):
    """Who holds the bus: its set point `dvg`, its own reading `vg`, its current `limit`, the `net` current of the
    others at work (`+`: they take), and how much more it could take over (`headroom`); null: not told."""

    unitId: UnitId
    dvg: Volts | None
    vg: Volts | None
    limit: Amperes | None
    net: Amperes | None
    headroom: Amperes | None


class BusVoltage(TypedDict):
    """By readings of late of so many units (`of`): how far their mean is `below` what the reference is set to (null
    without one), who is `outside` the band, and since when the bus has left it (null: it has not, I14)."""

    min: Volts
    mean: Volts
    max: Volts
    of: int
    below: Volts | None
    outside: list[UnitId]
    leftBand: Time | None


class Balance(TypedDict):
    """What all live units take and give, and the difference, also in % of the larger (null where that is 0).

    `skew` is how far the readings are apart; `withinSkew`: so far that the difference may be only that (Z6b).
    """

    taken: Watts
    given: Watts
    residual: Watts
    percent: Percent | None
    skew: Seconds
    withinSkew: bool


class SetPoint(TypedDict):
    """What a converter was set to; null: not told."""

    dvg: Volts | None
    dig: Amperes | None


class Measured(TypedDict):
    """What is measured at the bus, `+` from it into the unit (K2); null: not told."""

    vg: Volts | None
    ig: Amperes | None


class Working(TypedDict):
    """A converter at work. `status`: null where it is none that is known; `explainedBy`: deal, an order's id, or null:
    nothing explains it; `losses` between bus and battery, null: not told."""

    unitId: UnitId
    status: str | None
    explainedBy: str | None
    set: SetPoint
    measured: Measured
    losses: Watts | None


class BusFigures(TypedDict):
    """The bus by the live units: `reference` is null where none or several hold it, `voltage`, `balance` and `losses`
    where the readings do not tell."""

    reference: Reference | None
    voltage: BusVoltage | None
    balance: Balance | None
    losses: Watts | None
    working: list[Working]


class Condition(TypedDict):
    """Something that is wrong on the bus now (S9): the unit concerned (null: the bus), a sentence, what was measured
    and compared by name, since when, and whether it is grave."""

    kind: ConditionKind
    unitId: UnitId | None
    text: str
    numbers: dict[str, Any]
    since: Time
    grave: bool


class Event(TypedDict):
    """Something that the grid did by itself (Z13a): `unitId` is null of the cluster; `after` is what is so now, each
    kind its own (null: nothing told); `command` the order that it is about, null for most."""

    at: Time
    kind: str
    unitId: UnitId | None
    text: str
    after: Any
    command: CommandId | None


def bus_of(figures: bus_figures.BusFigures) -> BusFigures:
    """The figures of the bus."""
    return {
        "reference": None if figures.reference is None else _reference_of(figures.reference),
        "voltage": None if figures.voltage is None else _voltage_of(figures.voltage),
        "balance": None if figures.balance is None else _balance_of(figures.balance),
        "losses": figures.losses,
        "working": [_working_of(one) for one in figures.working],
    }


def _reference_of(holder: bus_figures.Holder) -> Reference:
    return {
        "unitId": holder.unit_id,
        "dvg": holder.dvg,
        "vg": holder.vg,
        "limit": holder.limit,
        "net": holder.net,
        "headroom": holder.headroom,
    }


def _voltage_of(voltage: bus_figures.BusVoltage) -> BusVoltage:
    return {
        "min": voltage.lowest,
        "mean": voltage.mean,
        "max": voltage.highest,
        "of": voltage.of,
        "below": voltage.below,
        "outside": list(voltage.outside),
        "leftBand": voltage.left_band,
    }


def _balance_of(balance: bus_figures.Balance) -> Balance:
    return {
        "taken": balance.taken,
        "given": balance.given,
        "residual": balance.residual,
        "percent": balance.percent,
        "skew": balance.skew,
        "withinSkew": balance.within_skew,
    }


def _working_of(working: bus_figures.Working) -> Working:
    return {
        "unitId": working.unit_id,
        "status": working.status,
        "explainedBy": working.explained_by,
        "set": {"dvg": working.dvg, "dig": working.dig},
        "measured": {"vg": working.vg, "ig": working.ig},
        "losses": working.losses,
    }


def condition_of(standing: StandingCondition) -> Condition:
    """Something that is wrong on the bus."""
    condition = standing.condition
    return {
        "kind": condition.kind,
        "unitId": condition.unit_id,
        "text": standing.sentence,
        "numbers": dict(condition.numbers),
        "since": iso_utc(standing.since),
        "grave": condition.grave,
    }


def event_of(event: chronicle.Event) -> Event:
    """Something that the grid did by itself."""
    return {
        "at": iso_utc(event.at),
        "kind": event.kind,
        "unitId": event.unit_id,
        "text": event.text,
        "after": event.after,
        "command": event.command_id,
    }
