"""The Grid Master's office: who holds it, how it is lost and given anew, and the beat on which it collects (K4, K7)."""

import random
from collections.abc import Callable

from main_controller.simulator.agenda import Agenda
from main_controller.simulator.apis_log import ApisLog
from main_controller.simulator.node import PERIOD, Node

BUS_TIMEOUT = 30.0
TAKEOVER = (34.0, 105.0)
REAPPOINTED = (12.0, 16.0)
UNHEARD = 2.5
ROUND = (5.0, 5.3)
"""How long (s) a round of its work on deals takes; it drifts through the nodes' beats (recorded)."""
MANAGEMENT = "main.app.mediator.GridMasterManagement"


class GridMaster:
    """`holder` is a unit id, or None while nobody serves. `publish(bytes)` receives its picture of all units.

    Until `bus_hangs_until` the event bus still waits for a holder that has died without a word.
    """

    def __init__(
        self,
        agenda: Agenda,
        nodes: dict[str, Node],
        rng: random.Random,
        publish: Callable[[bytes], None],
        *,
        on_round: Callable[[], None],
        log: ApisLog,
    ) -> None:
        self._agenda = agenda
        self._nodes = nodes
        self._rng = rng
        self._publish = publish
        self._on_round = on_round
        self._log = log
        self._order = sorted(nodes.values(), key=lambda node: rng.random())  # "in no particular order" (K1)
        self.holder: str | None = None
        self.bus_hangs_until = 0.0
        self._reign = 0
        self._election = 0

    def appoint(self, unit_id: str) -> None:
        """Give the office to a unit's apis-main; it collects on a beat of its own."""
        if self.holder == unit_id:
            return
        self._election += 1
        self._reign += 1
        self._log.main(self.holder or unit_id, "INFO", MANAGEMENT, f"newGridMasterUnitId : {unit_id}")
        self.holder = unit_id
        reign = self._reign
        beat = self._rng.uniform(4.65, 4.95)
        self._agenda.after((beat - self._agenda.now) % PERIOD, lambda: self._collect_again(reign))
        self._agenda.after(self._rng.uniform(*ROUND), lambda: self._round_again(reign))

    def resign(self, vacancy: float | None = None) -> None:
        """Nobody serves for `vacancy` seconds (12 to 16 by default), and everybody knows."""
        if self.holder is None:
            return
        self._log.main(self.holder, "INFO", "main.error.action.DeactivateGridMaster", "deactivating GridMaster ...")
        self._leave(vacancy)

    def _leave(self, vacancy: float | None) -> None:
        self.holder = None
        self._reign += 1
        self.elect_in(vacancy if vacancy is not None else self._rng.uniform(*REAPPOINTED))

    def die(self, vacancy: float | None = None) -> None:
        """Nobody serves for `vacancy` seconds (34 to 105 by default), and at first nobody knows."""
        if self.holder is not None:
            self._leave(vacancy if vacancy is not None else self._rng.uniform(*TAKEOVER))
        self.bus_hangs_until = self._agenda.now + BUS_TIMEOUT

    def elect_in(self, seconds: float) -> None:
        """Choose any node that is alive then, unless somebody serves or another election was called."""
        self._election += 1
        election = self._election
        self._agenda.after(seconds, lambda: self._elect(election))

    def move(self, unit_id: str | None = None, *, after: float = 0.0) -> None:
        """Hand the office over in normal operation, to `unit_id` or to anybody."""
        reign = self._reign
        self._agenda.after(after, lambda: self._move(unit_id, reign))

    def _move(self, unit_id: str | None, reign: int) -> None:
        alive = self._alive()
        if reign == self._reign and self.holder is not None and alive:
            chosen = unit_id if unit_id is not None else self._rng.choice(alive)
            if chosen in alive:
                self.appoint(chosen)

    def _elect(self, election: int) -> None:
        alive = self._alive()
        if election == self._election and self.holder is None and alive:
            self.appoint(self._rng.choice(alive))

    def _alive(self) -> list[str]:
        return [node.id for node in self._nodes.values() if node.alive]

    def _collect_again(self, reign: int) -> None:
        if reign == self._reign:
            self._agenda.after(PERIOD, lambda: self._collect_again(reign))
            self.collect()
            self._tell()

    def _round_again(self, reign: int) -> None:
        if reign == self._reign:
            self._agenda.after(self._rng.uniform(*ROUND), lambda: self._round_again(reign))
            self._on_round()

    def _tell(self) -> None:
        alive = sum(node.alive for node in self._nodes.values())
        self._log.main(self.holder, "INFO", "main.app.gridmaster.DataCollection", f"{alive} unit data collected")
        self._log.main(self.holder, "INFO", MANAGEMENT, f"gridMasterUnitId : {self.holder}")

    def collect(self) -> None:
        """Publish what each node read last; one that died is heard of for a moment longer (K6)."""
        heard = self._agenda.now - UNHEARD
        entries = (
            node.said(grid_master=node.id == self.holder) for node in self._order if node.alive or node.gone_at > heard
        )
        self._publish(b"{" + b",".join(entry for entry in entries if entry) + b"}")
