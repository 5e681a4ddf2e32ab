"""Energy sharing: how the converters are driven from an agreement to the end of the deal (K12-K14)."""

import random
from collections.abc import Callable, Iterator
from functools import partial

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.deal import AMOUNT_WH, AMPS, Deal, Phase
from main_controller.simulator.deal_book import DealBook
from main_controller.simulator.deal_log import DealLog
from main_controller.simulator.matchmaker import Matchmaker
from main_controller.simulator.node import Node
from main_controller.simulator.plant import Plant
from main_controller.simulator.safety import objection
from main_controller.simulator.unit import Unit

MASTER_AFTER = 3.5
REFERENCE_AFTER = 5.0
FLOW_AFTER = 5.0
STEADY_FOR = 3.0
STRAY_V = 20.0
BUS_V = 350.0
DISCHARGE_V = 380.0
REFERENCE_A = 2.3


class Market:
    """All deals of the cluster; `step` is called once a second, `count` at each round of the Grid Master.

    Only units whose node is alive are driven: a dead node's converter goes on as it was. `on_reference(id)` tells that
    a unit has become voltage reference, `on_trouble(id)` that the grid is not as it should be.
    """

    def __init__(
        self,
        agenda: Agenda,
        plant: Plant,
        nodes: dict[str, Node],
        rng: random.Random,
        *,
        on_reference: Callable[[str], None],
        on_trouble: Callable[[str], None],
        log: DealLog,
        amount_wh: float = AMOUNT_WH,
    ) -> None:
        self._agenda = agenda
        self._plant = plant
        self._nodes = nodes
        self._rng = rng
        self._on_reference = on_reference
        self._on_trouble = on_trouble
        self._log = log
        self._book = DealBook()
        self._matchmaker = Matchmaker(agenda, plant, nodes, rng, self._book, log, amount_wh)
        self.reference: Unit | None = None
        self._tearing = False
        self._steady_since = 0.0
        self._empty_since = 0.0

    def close(self, seconds: float) -> None:
        """Make no new deal for `seconds`."""
        self._matchmaker.close(seconds)

    @property
    def deals(self) -> list[Deal]:
        """All deals, in the order of `/deals`."""
        return self._book.deals

    @property
    def changes(self) -> int:
        """How often the deals, or how far they have come, have changed."""
        return self._book.changes

    def of(self, unit_id: str) -> list[Deal]:
        """The deals of one unit."""
        return self._book.of(unit_id)

    def step(self, global_mode: Mode) -> None:
        """One second of energy sharing."""
        if self._tearing:
            return
        self._matchmaker.seek(global_mode)
        if not self.deals:
            self._release_reference()
            return
        self._empty_since = self._agenda.now
        self._drop_vanished()
        self._end_unwilling(global_mode)
        self._watch_converters()
        self._lead()
        self._begin_flows()

    def count(self) -> None:
        """A round of the Grid Master: it lists the deals and counts what each taker's battery got, at its power now."""
        self._log.all(self.deals, self.reference.id if self.reference is not None else None)
        for deal in self._flowing():
            taker = self._nodes[deal.charger].unit
            seconds, deal.counted_at = self._plant.seconds - deal.counted_at, self._plant.seconds
            sharing = sum(other.phase is Phase.FLOWING for other in self.of(taker.id))
            watts = abs(taker.wb) / sharing if taker.ig else 0.0
            deal.counted_wh += watts * seconds / 3600.0
            self._log.counted(deal, taker.wb)
            if deal.whole:
                self._end(deal)

    def _drop_vanished(self) -> None:
        before = self.deals
        self._book.drop_vanished(self._agenda.now)
        for deal in before:
            if deal not in self.deals:
                self._log.vanished(deal)

    # -- the voltage reference

    def _lead(self) -> None:
        """See that one deal is the master deal, and that its giver holds the bus."""
        now = self._agenda.now
        master = next((deal for deal in self.deals if deal.master), None)
        if master is None:
            master = self._choose_master(now)
            if master is None:
                return
            master.master = True
        giver = self._nodes[master.discharger]
        if self.reference is giver.unit or now < master.agreed_at + REFERENCE_AFTER:
            return
        if self.reference is None and self._plant.main.supplied and self._plant.voltage > STRAY_V:
            self._on_trouble(giver.id)  # somebody else holds the bus: a converter that nobody watches (K7)
            return
        before, self.reference = self.reference, giver.unit
        self._plant.order(giver.unit, ConverterStatus.VOLTAGE_REFERENCE, BUS_V, REFERENCE_A)
        self._log.reached(master, "activated")
        if before is not None:
            self._drive(before)
        self._on_reference(giver.id)

    def _choose_master(self, now: float) -> Deal | None:
        ripe = [
            deal
            for deal in self.deals
            if deal.phase is not Phase.ENDING and deal.vanishes_at is None and now >= deal.agreed_at + MASTER_AFTER
        ]
        own = [deal for deal in ripe if self.reference is not None and self.reference.id == deal.discharger]
        return next(iter(own or ripe), None)

    def _release_reference(self) -> None:
        if self.reference is not None and self._agenda.now >= self._empty_since + 2.0:
            unit, self.reference = self.reference, None
            self._wait(unit)

    # -- flowing

    def _begin_flows(self) -> None:
        now = self._agenda.now
        if not (self.reference is not None and self._plant.steady):
            self._steady_since = now
            return
        if now < self._steady_since + STEADY_FOR:
            return
        for deal in self.deals:
            if deal.phase is Phase.AGREED and deal.vanishes_at is None and now >= deal.agreed_at + FLOW_AFTER:
                self._book.comes_to(deal, Phase.FLOWING)
                deal.counted_at = self._plant.seconds
                self._drive_pair(deal)
                ramped = ("ramped up",) if deal.master else ()
                self._log.reached(deal, "activated", *ramped, "warmed up", "started")

    def _flowing(self) -> Iterator[Deal]:
        return (deal for deal in self.deals if deal.phase is Phase.FLOWING)

    def _drive_pair(self, deal: Deal) -> None:
        for unit_id in deal.units:
            self._drive(self._nodes[unit_id].unit)

    def _drive(self, unit: Unit) -> None:
        """Give the converter the current of its flowing deals; at 0 A it keeps its status, as recorded."""
        if unit is self.reference or not self._nodes[unit.id].alive:
            return
        deals = self.of(unit.id)
        amps = AMPS * sum(deal.phase is Phase.FLOWING for deal in deals)
        if not any(deal.phase is not Phase.AGREED for deal in deals):
            self._wait(unit)
        elif not amps and unit.status is ConverterStatus.WAIT:
            return  # somebody put it there: it is not woken for an ending deal
        elif any(deal.charger == unit.id for deal in deals):
            self._plant.order(unit, ConverterStatus.CHARGE, BUS_V, amps)
        else:
            self._plant.order(unit, ConverterStatus.DISCHARGE, DISCHARGE_V, amps)

    def _wait(self, unit: Unit) -> None:
        if self._nodes[unit.id].alive and unit.status is not ConverterStatus.WAIT:
            self._plant.order(unit, ConverterStatus.WAIT, BUS_V, 0.0)

    # -- ending

    def _end(self, deal: Deal) -> None:
        """In good order: no current, off the list a second later, then Wait."""
        if deal.phase is Phase.ENDING:
            return
        self._book.comes_to(deal, Phase.ENDING)
        self._log.reached(deal, "stopped")
        self._wind_up(deal)

    def _wind_up(self, deal: Deal) -> None:
        self._drive_pair(deal)
        self._agenda.after(1.2, lambda: self._strike(deal))

    def _strike(self, deal: Deal) -> None:
        if not self._book.strike(deal):
            return
        self._log.reached(deal, "deactivated")
        self._log.removed(deal)
        for unit_id in deal.units:
            self._matchmaker.rest(unit_id)
            unit = self._nodes[unit_id].unit
            self._agenda.after(0.8, partial(self._drive, unit))

    def _end_unwilling(self, global_mode: Mode) -> None:
        """A unit in local stop (K14), or with a local error (K17), ends its deals; the others go on."""
        for unit_id in self._book.units():
            node = self._nodes[unit_id]
            stopped = node.effective(global_mode) in (Mode.STOP, Mode.MANUAL)
            against = objection(node.unit)
            if node.alive and (stopped or against):
                wanted = [deal for deal in self.of(unit_id) if not deal.unwanted]
                error = self._log.objected(unit_id, against) if against and wanted else ""
                for deal in wanted:
                    self._end_soon(deal, error)

    def _end_soon(self, deal: Deal, error: str) -> None:
        """In some seconds; where there is an `error` apis-main calls it aborted."""
        deal.unwanted = True
        if deal.phase is Phase.AGREED:
            deal.vanishes_at = deal.vanishes_at or self._agenda.now + 2.0
        else:
            if error:
                self._log.aborted(deal, error)
            self._agenda.after(self._rng.uniform(4.0, 6.0), lambda: self._end(deal))

    def _watch_converters(self) -> None:
        """A converter found in Wait amid its deals (a trip, or an operator's order) ends them (assumed).

        Two ends of a deal on two pieces of the bus are an error of the whole cluster (assumed).
        """
        if self.reference is not None and self.reference.status is ConverterStatus.WAIT:
            self.tear_down(self._log.broke(self.reference.id, "dcdc mode : WAIT ; but deal exists"))
            return
        apart = next((deal for deal in self._flowing() if self._apart(deal)), None)
        if apart is not None:
            self._on_trouble(apart.charger)
            return
        found = [
            deal
            for deal in self._flowing()
            if any(self._nodes[unit_id].unit.status is ConverterStatus.WAIT for unit_id in deal.units)
        ]
        for deal in found:
            self._book.comes_to(deal, Phase.ENDING)
        for deal in found:
            self._wind_up(deal)

    def _apart(self, deal: Deal) -> bool:
        taker, giver = (self._plant.bus_of(self._nodes[unit_id].unit) for unit_id in deal.units)
        return taker is not giver

    def tear_down(self, error: str, *, listed_for: float = 4.0) -> None:
        """All at once (K9): current-controlled units in Wait after 2 to 5 s, the reference after 6 to 7.

        `error` is why, as apis-main's log names it.
        """
        if self._tearing or not (self.deals or self.reference):
            return
        self._tearing = True
        reference = self.reference
        for unit_id in self._book.units():
            unit = self._nodes[unit_id].unit
            if unit is not reference:
                self._agenda.after(self._rng.uniform(2.0, 5.0), partial(self._wait, unit))
        if reference is not None:
            self._agenda.after(self._rng.uniform(6.0, 7.0), lambda: self._wait(reference))
        self._agenda.after(listed_for, lambda: self._scram(error))
        self._agenda.after(max(listed_for, 7.5), self._torn)
        self.close(15.0)

    def _scram(self, error: str) -> None:
        deals = self.deals
        self._book.replace([])
        self._log.scrammed(deals, error)

    def _torn(self) -> None:
        self._tearing = False
        self.reference = None
