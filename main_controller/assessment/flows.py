"""Deals joined with readings: who gives to whom, and whether current flows yet (V3, K12, Z6).

Pure. A deal is listed some 20 s before a converter moves, so the list alone proves no current. The end that is
current-controlled tells; the voltage reference only balances the others (K2), so its sum is no evidence for one deal.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from main_controller.assessment.figures import Figures
from main_controller.domain.deals import normalise
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.units import number, text


class AtBus(Protocol):
    """What is known of a unit at the bus."""

    @property
    def id(self) -> str:
        """The unit's id."""

    @property
    def live(self) -> bool:
        """Whether its figures are of now."""

    @property
    def last_status(self) -> ConverterStatus | None:
        """What its converter last said it does."""

    @property
    def figures(self) -> Figures:
        """What it measured last."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One deal: `giver` to `taker`. `running` says whether current flows, None when no reading can tell (Z6).

    `current` (A) and `power` (W) are sizes, None while none flows or its part of it is not told; `agreed` (A) is what
    the deal itself says. The other fields are the deal's, as sent.
    """

    giver: str
    taker: str
    master: bool = False
    request: str | None = None
    requester: str | None = None
    responder: str | None = None
    since: str | None = None
    agreed: float | None = None
    running: bool | None = None
    current: float | None = None
    power: float | None = None


class Spur(NamedTuple):
    """A unit that gives to (`inward`) or takes from the bus without any deal, as in Manual: sizes in A and W."""

    unit_id: str
    inward: bool
    current: float | None
    power: float | None


def flows_of(deals: Iterable[Any], units: Mapping[str, AtBus]) -> tuple[Flow, ...]:
    """Every deal (as sent) that names both its ends, in order, with what the units' readings say of it."""
    listed = [flow for deal in deals if (flow := _listed(deal)) is not None]
    judged = [replace(flow, running=_running(flow, units)) for flow in listed]
    count: Counter[str] = Counter()
    weight: dict[str, float] = {}
    for flow in judged:
        if flow.running:
            for unit_id in (flow.giver, flow.taker):
                count[unit_id] += 1
                weight[unit_id] = weight.get(unit_id, 0.0) + _weight(flow)
    return tuple(_shared(flow, units, count, weight) if flow.running else flow for flow in judged)


def spurs_of(live: Iterable[AtBus], dealing: frozenset[str]) -> tuple[Spur, ...]:
    """The live units in no deal at which current flows."""
    carrying = [(unit.id, unit.figures) for unit in live if unit.figures.carries]
    return tuple(
        Spur(unit_id, figures.inward, _size(figures.ig), _size(figures.wg))
        for unit_id, figures in carrying
        if unit_id not in dealing
    )


def _listed(deal: Any) -> Flow | None:
    """The deal as it came; None for what is none, or names not both its ends."""
    if not isinstance(deal, dict):
        return None
    told = normalise(deal)
    giver, taker = text(told.get("dischargingUnit")), text(told.get("chargingUnit"))
    if giver is None or taker is None:
        return None
    return Flow(
        giver,
        taker,
        told.get("isMasterDeal") is True,
        text(told.get("request")),
        text(told.get("requester")),
        text(told.get("responder")),
        text(told.get("startTime")),
        number(told.get("dealGridCurrentA")),
    )


def _running(flow: Flow, units: Mapping[str, AtBus]) -> bool | None:
    """As the current-controlled ends show it, else the reference; None when neither can be read."""
    ends = [(units.get(flow.giver), True), (units.get(flow.taker), False)]
    read = [(unit, gives) for unit, gives in ends if unit is not None and _telling(unit)]
    judges = [(unit, gives) for unit, gives in read if not _reference(unit)] or read
    if not judges:
        return None
    return all(unit.figures.carries and unit.figures.inward is gives for unit, gives in judges)


def _telling(unit: AtBus) -> bool:
    told = unit.figures.wg is not None or unit.figures.ig is not None
    return unit.live and unit.last_status is not None and told


def _reference(unit: AtBus) -> bool:
    return unit.last_status is ConverterStatus.VOLTAGE_REFERENCE


def _shared(flow: Flow, units: Mapping[str, AtBus], count: Counter[str], weight: Mapping[str, float]) -> Flow:
    """The deal's part of the reading of its end with the fewest deals: that end tells it best."""
    ends = [unit for unit_id in (flow.giver, flow.taker) if (unit := units.get(unit_id)) is not None]
    ends = sorted((unit for unit in ends if unit.live and not _reference(unit)), key=lambda unit: count[unit.id])
    part = {unit.id: _weight(flow) / weight[unit.id] for unit in ends}
    current = [abs(unit.figures.ig) * part[unit.id] for unit in ends if unit.figures.ig is not None]
    power = [abs(unit.figures.wg) * part[unit.id] for unit in ends if unit.figures.wg is not None]
    return replace(flow, current=next(iter(current), None), power=next(iter(power), None))


def _weight(flow: Flow) -> float:
    """How much of its ends' current a deal gets: by the agreed current where that is told, else in equal parts."""
    return flow.agreed if flow.agreed is not None and flow.agreed > 0 else 1.0


def _size(value: float | None) -> float | None:
    return None if value is None else abs(value)


def dealing(flows: Sequence[Flow]) -> frozenset[str]:
    """The units that are in a deal."""
    return frozenset(unit_id for flow in flows for unit_id in (flow.giver, flow.taker))
