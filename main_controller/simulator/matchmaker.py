"""Who agrees on a deal with whom, and when (K12)."""

import random
import uuid

from main_controller.domain.modes import Mode
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.deal import Deal
from main_controller.simulator.deal_book import DealBook
from main_controller.simulator.deal_log import DealLog
from main_controller.simulator.node import Node
from main_controller.simulator.plant import Plant
from main_controller.simulator.safety import objection

SLOTS = 2
MOST_DEALS = 200
WANTS_BELOW = 52.0
GIVES_ABOVE = 57.0
WORTH_IT = 12.0
REST_AFTER_DEAL = 3.0
VANISHING = 0.15


class Matchmaker:
    """Brings the emptiest battery and the fullest together, one pair a second, while the market is open.

    Some deals it makes vanish before they start, and are made again: so the real system does.
    """

    def __init__(
        self,
        agenda: Agenda,
        plant: Plant,
        nodes: dict[str, Node],
        rng: random.Random,
        book: DealBook,
        log: DealLog,
        amount_wh: float,
    ) -> None:
        self._agenda = agenda
        self._plant = plant
        self._nodes = nodes
        self._rng = rng
        self._book = book
        self._log = log
        self._amount_wh = amount_wh
        self._closed_until = 3.0
        self._rests_until: dict[str, float] = {}

    def close(self, seconds: float) -> None:
        """Make no new deal for `seconds`."""
        self._closed_until = max(self._closed_until, self._agenda.now + seconds)

    def rest(self, unit_id: str) -> None:
        """A unit whose deal has ended takes a breath before its next."""
        self._rests_until[unit_id] = self._agenda.now + REST_AFTER_DEAL * self._rng.uniform(0.5, 1.5)

    def seek(self, global_mode: Mode) -> None:
        """Agree on a deal, or on some in a large cluster, where somebody wants and somebody has."""
        if global_mode is not Mode.AUTONOMOUS or self._agenda.now < self._closed_until:
            return
        if len(self._book.deals) >= MOST_DEALS:
            return
        takers, givers = self._candidates(global_mode)
        for _ in range(1 + len(self._nodes) // 50):
            if not takers or not givers or len(self._book.deals) >= MOST_DEALS:
                return
            taker, giver = takers[0], givers[0]
            if giver.unit.rsoc - taker.unit.rsoc < WORTH_IT:
                return
            self._agree(taker.id, giver.id)
            for side, node in ((takers, taker), (givers, giver)):
                side.remove(node)
                if len(self._book.of(node.id)) < SLOTS:
                    side.append(node)

    def _candidates(self, global_mode: Mode) -> tuple[list[Node], list[Node]]:
        takers: list[Node] = []
        givers: list[Node] = []
        for node in self._nodes.values():
            if not self._may_deal(node, global_mode):
                continue
            deals = self._book.of(node.id)
            if len(deals) >= SLOTS:
                continue
            taking = any(deal.charger == node.id for deal in deals)
            if taking or (not deals and node.unit.rsoc < WANTS_BELOW):
                takers.append(node)
            elif deals or node.unit.rsoc > GIVES_ABOVE:
                givers.append(node)
        takers.sort(key=lambda node: (len(self._book.of(node.id)), node.unit.rsoc))
        givers.sort(key=lambda node: (len(self._book.of(node.id)), -node.unit.rsoc))
        return takers, givers

    def _may_deal(self, node: Node, global_mode: Mode) -> bool:
        return (
            node.alive
            and node.readings_since_start > 1
            and not objection(node.unit)
            and node.effective(global_mode) is Mode.AUTONOMOUS
            and self._rests_until.get(node.id, 0.0) <= self._agenda.now
        )

    def _agree(self, taker: str, giver: str) -> None:
        now = self._agenda.now
        deal = Deal(
            str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            taker,
            giver,
            asked_by_charger=self._rng.random() < 0.85,
            now=now,
            time=self._plant.time,
        )
        deal.amount_wh = round(self._amount_wh * self._rng.uniform(0.85, 1.15), 3)
        if self._rng.random() < VANISHING:
            deal.vanishes_at = now + self._rng.uniform(3.0, 5.0)
        place = self._rng.randint(0, len(self._book.deals))
        self._book.insert(place, deal)
        self._log.created(deal)
