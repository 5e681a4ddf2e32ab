"""The apis-main of all nodes together: modes, readings, and what happens when something goes wrong."""

import json
import random
from collections.abc import Callable
from functools import partial

from main_controller.domain.modes import SHARING_MODES, ConverterStatus, Mode
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.apis_log import BUS_PLACE, DRIVER_PLACE, GLOBAL_PLACE, MEMBERS_PLACE, ApisLog
from main_controller.simulator.deal import AMOUNT_WH
from main_controller.simulator.deal_log import DealLog
from main_controller.simulator.grid_master import GridMaster
from main_controller.simulator.market import Market
from main_controller.simulator.node import LATEST_PHASE, PERIOD, Node
from main_controller.simulator.plant import Plant

POLICY_MODE = Mode.STOP
"""What the cluster falls back to when an order makes no sense, and after all nodes were down (K3)."""
WANDERS_EVERY = 240.0
FOLLOWS_AFTER = 3.0
START_TAKES = 9.0
WORST_BLINDNESS = (10.0, 17.0)
FIRST_SILENCE = 10.0
NO_CURRENT = "no dcdc.meter.ig value in discharging unit data : null"
DRIVER_SILENT = (
    "Communication failed with Device Driver ; io.vertx.core.http.impl.HttpClientRequestBase$1: The timeout period of "
    "5000ms has been exceeded while executing GET /get/unit/{unit} for server localhost:4390"
)


class ApisMain:
    """The cluster's own mind. `publish(bytes)` receives the Grid Master's picture of all units, a JSON object."""

    def __init__(
        self,
        agenda: Agenda,
        plant: Plant,
        rng: random.Random,
        mode: Mode,
        publish: Callable[[bytes], None],
        *,
        log: ApisLog,
        amount_wh: float = AMOUNT_WH,
    ) -> None:
        self._agenda = agenda
        self._plant = plant
        self._rng = rng
        self.mode = mode
        self.nodes = {unit.id: Node(unit, rng.uniform(0.0, LATEST_PHASE)) for unit in plant.units.values()}
        self.log = log
        self.master = GridMaster(agenda, self.nodes, rng, publish, on_round=self._round, log=log)
        self.error = False
        self.market = Market(
            agenda,
            plant,
            self.nodes,
            rng,
            on_reference=partial(self.master.move, after=FOLLOWS_AFTER),
            on_trouble=self.grid_error,
            log=DealLog(log, master=lambda: self.master.holder, time=lambda: plant.time),
            amount_wh=amount_wh,
        )
        for node in self.nodes.values():
            agenda.every(PERIOD, node.phase, partial(self._read, node))
        agenda.every(1.0, 1.0, self._step)
        agenda.every(WANDERS_EVERY, WANDERS_EVERY, self._wander)
        self.master.appoint(next(iter(self.nodes)))
        self.read_all()

    # -- what operators order

    def set_global(self, mode: Mode) -> None:
        """Force Stop and Manual tear running deals down (K9); the rest only opens or closes the market."""
        if mode is self.mode:
            return
        self.mode = mode
        self.log.main(
            self.grid_master, "INFO", "main.app.StateHandling", f"global operationMode set to : {mode.value}"
        )  # fmt: skip
        if mode in SHARING_MODES:
            self.market.close(2.5)
        else:
            self._tear_down_hard()

    def set_local(self, unit_id: str, mode: Mode | None) -> None:
        """A unit's own mode; None follows the cluster (K14)."""
        self.nodes[unit_id].local = mode

    def shut_down(self, unit_id: str) -> None:
        """End one apis-main in good order: nobody has to wait for a time-out."""
        node = self.nodes[unit_id]
        if not node.alive:
            return
        node.leave(self._agenda.now, killed=False)
        if unit_id == self.grid_master:
            self.master.resign()
        self._mind_the_gap(unit_id)

    @property
    def grid_master(self) -> str | None:
        """The unit whose apis-main serves as Grid Master, if any."""
        return self.master.holder

    @property
    def active(self) -> bool:
        """What `/getStatus` says while there is a Grid Master (T28)."""
        return self.mode in SHARING_MODES and not self.error

    # -- what goes wrong

    def kill(self, unit_id: str, takeover: float | None = None) -> None:
        """End one apis-main without a word (K6, K7); of the Grid Master another takes over after 34 to 105 s."""
        node = self.nodes[unit_id]
        if not node.alive:
            return
        node.leave(self._agenda.now, killed=True)
        if unit_id == self.grid_master:
            self.master.die(takeover)
            self._agenda.after(20.0, lambda: self.market.tear_down(self._lost(unit_id)))
        else:
            self._mind_the_gap(unit_id)

    def restart(self, unit_id: str) -> None:
        """Start an apis-main again; it is heard of some 10 s later and then puts its converter in Wait (K6)."""
        self._agenda.after(START_TAKES, lambda: self._join(unit_id))

    def grid_error(self, unit_id: str) -> None:
        """A global hardware error: `active` is false at once, and the cluster stops itself some seconds later (K10)."""
        if self.error or unit_id not in self.nodes:
            return
        self.error = True
        error = self._scram(unit_id, "HARDWARE:GLOBAL:ERROR", "global error")
        self.market.tear_down(error, listed_for=8.0)
        self._agenda.after(9.0, lambda: self.set_global(POLICY_MODE))
        self._agenda.after(40.0, self._clear_error)

    def recover_from_hang(self) -> None:
        """The devices answer again: errors are found, the Grid Master resigns and a new one serves (K5)."""
        for node in self.nodes.values():
            node.blind_until = self._agenda.now + 11.0
        error = self._scram(self.grid_master, "LOGIC:GLOBAL:ERROR", NO_CURRENT)
        self.market.tear_down(error, listed_for=29.0)
        self.market.close(65.0)
        self._agenda.after(19.0, self._raise_error)
        self._agenda.after(30.0, partial(self.master.resign, 12.0))
        self._agenda.after(60.0, self._clear_error)

    def _raise_error(self) -> None:
        self.error = True

    def _clear_error(self) -> None:
        self.error = False

    def _mind_the_gap(self, unit_id: str) -> None:
        """A unit lost amid a deal ends all deals and costs the Grid Master its office (K6)."""
        if not self.market.of(unit_id):
            return
        self.market.close(40.0)
        self._agenda.after(7.0, self._raise_error)
        self._agenda.after(13.0, lambda: self.market.tear_down(self._lost(unit_id), listed_for=4.0))
        self._agenda.after(19.0, self.master.resign)
        self._agenda.after(32.0, self._clear_error)

    def _tear_down_hard(self) -> None:
        reference = self.market.reference
        if reference is not None:
            blind_for = self._rng.uniform(*WORST_BLINDNESS)
            self.nodes[reference.id].blind_until = self._agenda.now + blind_for
        for unit_id in sorted({unit_id for deal in self.market.deals for unit_id in deal.units}):
            self.log.error(unit_id, "LOGIC:LOCAL:ERROR", f"operationMode : {self.mode.value} ; but deal exists")
        self.market.tear_down(self._scram(self.grid_master, "LOGIC:GLOBAL:ERROR", "operationMode ; but deal exists"))

    # -- what its log tells

    def _lost(self, unit_id: str) -> str:
        """A unit that is gone amid a deal, as the Grid Master finds it."""
        gone = f"(NO_HANDLERS,-1) No handlers for address apis.{unit_id}.Controller.data"
        text = f"Communication failed on EventBus ; {gone}"
        self.log.error(self.grid_master, "FRAMEWORK:LOCAL:ERROR", text, BUS_PLACE)
        alive = [node.id for node in self.nodes.values() if node.alive]
        members = f"{json.dumps(alive, separators=(',', ':'))}, POLICY.memberUnitIds : [{', '.join(self.nodes)}]"
        text = f"illegal member list : {members}"
        self.log.error(self.grid_master, "HARDWARE:GLOBAL:WARN", text, MEMBERS_PLACE, by="gridmaster")
        return self._scram(self.grid_master, "LOGIC:GLOBAL:ERROR", NO_CURRENT)

    def _scram(self, unit_id: str | None, kind: str, text: str) -> str:
        """An error of the whole grid and what the Grid Master does about it; the error as reasons name it (K17)."""
        error = self.log.error(unit_id, kind, text, GLOBAL_PLACE, by="gridmaster")
        scram = "publishing SCRAM message to all units ( excluding voltage reference ) ..."
        self.log.main(self.grid_master, "INFO", "main.error.action.Scram", scram)
        for node in self.nodes.values():
            if node.alive:
                self.log.main(node.id, "INFO", "main.app.controller.DeviceControlling", "SCRAM command received")
        return error

    # -- the beats

    def _round(self) -> None:
        if not self._plant.hung and self.grid_master is not None and not self.error:
            self.market.count()

    def _wander(self) -> None:
        """The office moves now and then while nothing is shared."""
        if not self.market.deals:
            self.master.move()

    def _step(self) -> None:
        if not self._plant.hung and self.grid_master is not None and not self.error:
            self.market.step(self.mode)

    def read_all(self) -> None:
        """Let every node read and the Grid Master collect now, as when the simulation begins."""
        for node in self.nodes.values():
            self._read(node)
        self.master.collect()

    def _read(self, node: Node) -> None:
        if not node.alive or self._plant.hung or self._agenda.now < node.blind_until:
            self._tell_silence(node)
            return
        deal_ids = [deal.id for deal in self.market.of(node.id)]
        if node.readings_since_start == 1 and not deal_ids and node.unit.status is not ConverterStatus.WAIT:
            self._plant.order(node.unit, ConverterStatus.WAIT, node.unit.dvg, 0.0)
        node.read(self._plant, self.mode, deal_ids, grid_master=node.id == self.grid_master)
        self.log.main(node.id, "INFO", "main.app.controller.DataAcquisition", f"uri : /get/unit/{node.id}")
        effective = node.effective(self.mode)
        if effective is not Mode.AUTONOMOUS:
            told = f"operationMode is not autonomous : {effective.value}"
            self.log.main(node.id, "INFO", "main.app.user.HouseKeeping", told)

    def _tell_silence(self, node: Node) -> None:
        """Its devices do not answer (K5): a warning at first, then an error."""
        if node.alive and self._plant.hung:
            level = "WARN" if self._agenda.now - self._plant.hung_at < FIRST_SILENCE else "ERROR"
            text = DRIVER_SILENT.format(unit=node.id)
            self.log.error(node.id, f"HARDWARE:LOCAL:{level}", text, DRIVER_PLACE)

    def _join(self, unit_id: str) -> None:
        node = self.nodes[unit_id]
        if node.alive:
            return
        if not any(other.alive for other in self.nodes.values()):
            self.mode = POLICY_MODE
        node.join()
        if self.grid_master is None:
            self.master.elect_in(6.0)
