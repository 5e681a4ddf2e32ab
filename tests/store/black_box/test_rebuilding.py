"""Whatever becomes of snapshots, the black box makes each of them again as it was, to the last reading."""

import random
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from main_controller.assessment.assess import Assessor
from main_controller.assessment.moment import Moment
from main_controller.domain.freshness import Remembered
from main_controller.domain.snapshot import Snapshot
from main_controller.sentence import foreign, say
from main_controller.store.black_box import BlackBox, Fact, Shelf, ToldFrame
from main_controller.store.unit_cache import UnitCache

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
UNITS = ("E001", "E002", "É 3", 'E"4', "E005")
NOT_KEPT = ("body", "body_gzip", "etag")
"""The reply of `/get/logInfo`, which nothing is assessed from."""


class Chance:
    """Changes a cache as the real ones are changed, by chance, and notes what came of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = 10.0
        self.box = BlackBox(
            Shelf(folder, megabytes=10, hours=48), version="0.1.0", start="a", wall=self.wall, clock=lambda: self.now
        )
        self.cache = UnitCache(
            remembered={"E009": Remembered("E009", "0x0014", 350.0, acknowledged_at=NOON)},
            told=self.box.snapshot_told,
        )
        self.units: dict[str, dict[str, Any]] = {}
        self.told: list[tuple[datetime, Moment]] = []

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now)

    def step(self) -> None:
        """Something happens, and mostly a frame is made of it."""
        self.now += self.chance.uniform(0.01, 1.5)
        self.chance.choice([self.answer, self.answer, self.answer, self.again, self.grid, self.forget, self.other])()
        if self.chance.random() < 0.7:
            moment = Moment(self.cache.snapshot(), self.now, self.wall())
            self.box.frame_told(ToldFrame(self.wall(), len(self.told), None, moment, {"a": Fact(b"1")}))
            self.told.append((self.wall(), moment))
        if self.chance.random() < 0.5:
            self.box.record_once()

    def answer(self) -> None:
        """An answer in which some moved, some changed without that, and some are missing."""
        for unit_id in UNITS:
            if self.chance.random() < 0.5:
                self.units[unit_id] = self.data(f"t{self.now:.3f}")
            elif unit_id in self.units and self.chance.random() < 0.2:
                self.units[unit_id] = self.data(self.units[unit_id].get("time"))
        shown = {one: data for one, data in self.units.items() if self.chance.random() < 0.9}
        plain = msgspec.json.encode(shown)
        wire = msgspec.json.format(plain, indent=self.chance.choice((0, 2)))
        self.cache.take_log(
            msgspec.json.decode(wire), self.now, self.wall(), plain=wire if self.chance.random() < 0.7 else None
        )

    def data(self, time: Any) -> dict[str, Any]:
        """A unit's data; without a time it is known by all it says."""
        meter = {"vg": self.chance.choice((self.chance.uniform(0, 400), None, "350", 1e300, 7))}
        dcdc = {"status": {"status": self.chance.choice(("0x0000", "0x0041", "junk", None))}, "meter": meter}
        return {
            "time": time if self.chance.random() < 0.9 else None,
            "dcdc": self.chance.choice((dcdc, dcdc, None, [])),
        }

    def again(self) -> None:
        """The very same answer, without news."""
        self.cache.confirm(self.now, self.wall())

    def grid(self) -> None:
        """Ids, status, deals, or why there are none."""
        changes: list[dict[str, Any]] = [
            {"unit_ids": ("E001", "E010"), "unit_ids_at": self.now},
            {"unit_ids": (), "unit_ids_at": self.now},
            {"status_active": False, "status_error": foreign("no"), "inactive_answers": 3, "status_at": self.now},
            {"deals": ({"chargingUnit": "E001", "x": [1, {"y": None}]},), "deals_at": self.now},
            {"deals_error": say("domain.live", "live")},
        ]
        found = self.chance.choice(changes)
        self.cache.take_grid(lambda grid: replace(grid, **found))

    def forget(self) -> None:
        """A person says that a unit has left."""
        self.cache.forget(self.chance.choice((*UNITS, "E009")))

    def other(self) -> None:
        """What no code of today does: another reading, another conflict."""
        text = say("domain.noTime", '"{text}" is not a date and time such as 2026-05-13T12:00:00+09:00.', text="x")

        def change(before: Snapshot) -> Snapshot:
            seen = {
                one: sighting._replace(moved_at=sighting.moved_at - 1.0) for one, sighting in before.sightings.items()
            }
            return replace(before, sightings=seen, conflicts={"E001": text, "E002": foreign("theirs")})

        self.cache.update(change)


@pytest.mark.parametrize("seed", range(4))
def test_each_snapshot_is_made_again_as_it_was(tmp_path: Path, seed: int) -> None:
    chance = Chance(tmp_path, seed)
    for _ in range(150):
        chance.step()
    chance.box.end()
    chance.box.write_once()
    for at, moment in chance.told:
        found = chance.box.at(at).moment
        for field in fields(Snapshot):
            if field.name not in NOT_KEPT:
                kept, was = getattr(found.snapshot, field.name), getattr(moment.snapshot, field.name)
                assert kept == was, (seed, at, field.name)
        assert (found.now, found.wall, found.timing) == (moment.now, moment.wall, moment.timing)
        again, then = Assessor().assess(found), Assessor().assess(moment)
        assert again.units == then.units
        assert (again.bus, again.totals, again.flows, again.until) == (then.bus, then.totals, then.flows, then.until)


def test_a_frame_rests_on_its_own_snapshot_though_newer_ones_came_before_it(tmp_path: Path) -> None:
    """Frames take their time: the next poll may be told before the frame of the last."""
    chance = Chance(tmp_path, 1)
    chance.answer()
    first = Moment(chance.cache.snapshot(), chance.now, chance.wall())
    chance.box.frame_told(ToldFrame(chance.wall(), 1, None, first, {}))
    chance.now += 1.0
    chance.answer()
    second = Moment(chance.cache.snapshot(), chance.now, chance.wall())
    for _ in range(3):
        chance.now += 0.1
        chance.answer()
    chance.box.frame_told(ToldFrame(chance.wall(), 2, None, second, {}))
    assert chance.box.at(chance.wall()).moment.snapshot.sightings == second.snapshot.sightings
    third = Moment(chance.cache.snapshot(), chance.now + 0.1, chance.wall())
    chance.now += 0.1
    chance.box.frame_told(ToldFrame(chance.wall(), 3, None, third, {}))
    assert chance.box.at(chance.wall()).moment.snapshot.sightings == third.snapshot.sightings
