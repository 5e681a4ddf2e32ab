"""What the assessor takes over from the state before is what it would make anew: after any change, at any time."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from main_controller.assessment.assess import Assessor
from main_controller.assessment.grid_state import GridState
from main_controller.assessment.moment import Moment
from main_controller.domain.commands import ConverterEffect, ModeEffect
from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.errors import Sent
from main_controller.orders.effects import Effects
from main_controller.store.unit_cache import UnitCache
from tests.web.client import NOON, unit

IDS = [f"E{number:03d}" for number in range(1, 6)]
STATUSES = [*ConverterStatus]


class World:
    """Everything a moment is made of, changed at random, with one assessor that is asked all along."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.cache = UnitCache(remembered={"E009": Remembered("E009", "0x0014", 350.0, 2.3, "10.0.0.9")})
        self.effects = Effects()
        self.acknowledged: frozenset[str] = frozenset()
        self.now = 1000.0
        self.kept = Assessor()
        self.number = 0
        self.shown: dict[str, dict[str, Any]] = {}

    def moment(self) -> Moment:
        wall = NOON + timedelta(seconds=self.now - 1000.0)
        orders = self.effects.converter_effects(), self.effects.mode_effects()
        return Moment(self.cache.snapshot(), self.now, wall, TIMING, *orders, acknowledged=self.acknowledged)

    def poll(self) -> None:
        """Some units move their clocks, some show other figures with it, some are gone."""
        for unit_id in IDS:
            kind = self.chance.random()
            if kind < 0.1:
                self.shown.pop(unit_id, None)
            elif kind < 0.6 or unit_id not in self.shown:
                status, ig = self.chance.choice(STATUSES), self.chance.choice([0.0, 2.0, -2.0])
                meter = {"vg": self.chance.choice([0.0, 150.0, 350.0]), "ig": ig, "wg": ig * 350}
                data = unit(unit_id, time=f"2026/05/13-12:00:{self.number % 60:02d}.{self.number}")
                data["dcdc"] = {"status": {"status": str(status)}, "meter": meter, "vdis": {"dvg": 350.0}}
                self.shown[unit_id] = data
            self.number += 1
        self.cache.take_log({unit_id: dict(data) for unit_id, data in self.shown.items()}, self.now, NOON)

    def watch(self) -> None:
        deals = self.chance.choice([None, (), ({"dischargingUnit": "E001", "chargingUnit": "E002"},)])
        ids = self.chance.choice([None, (), tuple(IDS)])
        active = self.chance.choice([True, False, None])
        self.cache.take_grid(
            lambda before: replace(
                before, deals=deals, deals_at=self.now, unit_ids=ids, unit_ids_at=self.now, status_active=active,
                status_at=self.now, inactive_answers=self.chance.randint(0, 3),
            )
        )  # fmt: skip

    def order(self) -> None:
        self.number += 1
        sent: Sent = self.chance.choice([True, False, "unknown"])
        returned = self.chance.choice([None, self.now])
        self.effects.note_converter(
            ConverterEffect(
                f"c{self.number}", self.chance.choice([*IDS, "E009"]), self.chance.choice(STATUSES), 350.0, 2.0,
                entered=self.now, returned=returned, sent=sent,
            )
        )  # fmt: skip

    def mode(self) -> None:
        self.number += 1
        unit_id = self.chance.choice([None, "E001"])
        self.effects.note_mode(
            ModeEffect(f"c{self.number}", unit_id, self.chance.choice([*Mode]), self.now, returned=self.now, sent=True)
        )

    def acknowledge(self) -> None:
        self.acknowledged = frozenset(unit_id for unit_id in [*IDS, "E009"] if self.chance.random() < 0.3)

    def wait(self) -> None:
        self.now += self.chance.choice([0.0, 0.1, 1.0, 4.9, 12.0, 15.0, 20.0, 29.9, 31.0])


TIMING = Moment(UnitCache().snapshot(), 0.0, NOON).timing


@pytest.mark.parametrize("seed", range(40))
def test_a_kept_state_is_the_one_that_would_be_made_anew(seed: int) -> None:
    world = World(seed)
    changes = [world.poll, world.watch, world.order, world.mode, world.acknowledge, world.wait, world.wait]
    for _ in range(60):
        world.chance.choice(changes)()
        moment = world.moment()
        kept, anew = world.kept.assess(moment), Assessor().assess(moment)
        assert _comparable(kept) == _comparable(anew)


def _comparable(state: GridState) -> GridState:
    """Without when time changes it next: what was kept may be looked at a little sooner."""
    return replace(state, until=0.0)


def test_nothing_is_made_again_while_only_time_goes_by() -> None:
    world = World(0)
    world.poll()
    first = world.kept.assess(world.moment())
    world.now += 0.5
    later = world.kept.assess(world.moment())
    assert later.units is first.units
    assert (later.now, later.wall) == (first.now + 0.5, first.wall + timedelta(seconds=0.5))


def test_an_order_makes_only_its_own_unit_anew_and_a_poll_those_that_moved() -> None:
    world = World(1)
    world.poll()
    first = world.kept.assess(world.moment())
    world.effects.note_converter(ConverterEffect("c1", "E002", STATUSES[0], 350.0, 2.0, entered=world.now))
    ordered = world.kept.assess(world.moment())
    assert {unit_id for unit_id in ordered.units if ordered.units[unit_id] is not first.units[unit_id]} == {"E002"}
    assert ordered.flows is first.flows
    world.now += 1.0
    world.shown["E003"] = unit("E003", time="2026/05/13-13:00:00")
    world.cache.take_log({unit_id: dict(data) for unit_id, data in world.shown.items()}, world.now, NOON)
    polled = world.kept.assess(world.moment())
    assert {unit_id for unit_id in polled.units if polled.units[unit_id] is not ordered.units[unit_id]} == {"E003"}
