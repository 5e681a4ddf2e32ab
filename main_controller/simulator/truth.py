"""What is really so: how each converter stands, and what flowed, at the simulated terminals themselves (`/truth`).

It knows the hardware and who shares with whom, and nothing of what is read, sent or recorded. Energies are Wh by the
wall's clock, as whoever polls counts them; batteries and the units' clock run `speed` times as fast.
"""

import json
from dataclasses import dataclass
from typing import Any, TypedDict

from main_controller.simulator.agenda import Agenda
from main_controller.simulator.deal import Deal, Phase
from main_controller.simulator.exchange import Reply, Request
from main_controller.simulator.market import Market
from main_controller.simulator.plant import Plant

MOST = 10_000
"""How many deals are told, the newest."""
S_PER_H = 3600.0


class Standing(TypedDict):
    """How one converter stands now: its status, its current (A, plus charges), and whether it answers anybody."""

    status: str
    amps: float
    answers: bool


class Now(TypedDict):
    """How all stands now: volts of the bus, who holds it ("" for something unlisted), and each converter."""

    volts: float
    heldBy: list[str]
    converters: dict[str, Standing]


@dataclass(slots=True)
class Flowed:
    """Wh at two sides: a unit's terminals, or a deal's giver and taker."""

    out: float = 0.0
    into: float = 0.0


class Truth:
    """`pass_by` is called with each stretch of time in which nothing changes; `answer` is the control port's `/truth`.

    What a unit carries belongs to its deals that flow, in equal parts, for each moves the same current; and after the
    last of them to that one, until it carries nothing. While the devices hang nothing flows.
    """

    def __init__(self, agenda: Agenda, plant: Plant, market: Market, tempo: float) -> None:
        self._agenda = agenda
        self._plant = plant
        self._market = market
        self._tempo = tempo
        self._units: dict[str, Flowed] = {unit_id: Flowed() for unit_id in plant.units}
        self._deals: dict[str, tuple[Deal, Flowed]] = {}
        self._last: dict[str, list[Deal]] = {}
        self._flows: list[tuple[str, float, list[Deal]]] = []
        self._seen = (-1, -1)
        self._seconds = 0.0

    def pass_by(self, seconds: float) -> None:
        """So many seconds of the programs' time go by, in which nothing changes."""
        if self._plant.hung:
            return
        seen = (self._plant.changes, self._market.changes)
        if seen != self._seen:
            self._add()
            self._flows, self._seen = self._flowing(), seen
        self._seconds += seconds

    def now(self) -> Now:
        """How all stands now; of a bus that is in two pieces the higher voltage, and who holds either."""
        with self._agenda:
            plant = self._plant
            return {
                "volts": round(max(bus.voltage for bus in plant.buses), 3),
                "heldBy": [
                    name
                    for bus in plant.buses
                    for name in ([""] if bus.held is not None else [unit.id for unit in bus.references])
                ],
                "converters": {
                    unit.id: {
                        "status": unit.status.value,
                        "amps": round(unit.ig, 3),
                        "answers": not plant.hung and unit.quirks.driver not in ("silent", "mute"),
                    }
                    for unit in plant.units.values()
                },
            }

    def answer(self, request: Request) -> Reply:
        """How all stands, and the energies so far, as JSON."""
        with self._agenda:
            self._add()
            told = {
                "now": self.now(),
                "units": {
                    unit_id: {"gridOutWh": round(flowed.out, 6), "gridInWh": round(flowed.into, 6)}
                    for unit_id, flowed in self._units.items()
                },
                "deals": [_told(deal, flowed) for deal, flowed in self._deals.values()],
            }
        return Reply(json.dumps(told).encode() + b"\n")

    def _flowing(self) -> list[tuple[str, float, list[Deal]]]:
        carrying = {unit.id: unit.wg for bus in self._plant.buses for unit in bus.working.values() if unit.wg}
        last, self._last = self._last, {}
        for unit_id in carrying:
            flowing = [deal for deal in self._market.of(unit_id) if deal.phase is Phase.FLOWING]
            self._last[unit_id] = flowing or last.get(unit_id, [])
        return [(unit_id, watts, self._last[unit_id]) for unit_id, watts in carrying.items()]

    def _add(self) -> None:
        hours, self._seconds = self._seconds * self._tempo / S_PER_H, 0.0
        for unit_id, watts, deals in self._flows:
            _count(self._units[unit_id], watts * hours)
            for deal in deals:
                if (deal.discharger == unit_id) is (watts < 0):
                    _count(self._of(deal), watts * hours / len(deals))

    def _of(self, deal: Deal) -> Flowed:
        found = self._deals.get(deal.id)
        if found is None:
            if len(self._deals) >= MOST:
                del self._deals[next(iter(self._deals))]
            found = self._deals[deal.id] = (deal, Flowed())
        return found[1]


def _count(flowed: Flowed, wh: float) -> None:
    if wh < 0:
        flowed.out -= wh
    else:
        flowed.into += wh


def _told(deal: Deal, flowed: Flowed) -> dict[str, Any]:
    return {
        "dischargingUnit": deal.discharger,
        "chargingUnit": deal.charger,
        "startTime": deal.time,
        "outWh": round(flowed.out, 6),
        "inWh": round(flowed.into, 6),
    }
