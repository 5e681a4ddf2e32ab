"""One immutable picture, swapped whole; nothing good is ever blanked, and the reply is made once (Z5, Z2)."""

import gzip
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from main_controller.domain.freshness import Remembered, UnitState
from main_controller.domain.snapshot import GridWatch, Snapshot
from main_controller.store.unit_cache import UnitCache, own_clock

START = datetime(2020, 1, 1, tzinfo=UTC)


def wall(now: float) -> datetime:
    return START + timedelta(seconds=now)


def unit(time: str | None = "t0", status: str = "0x0000", **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"dcdc": {"status": {"status": status}}, **more}
    return data if time is None else {**data, "time": time}


def take(cache: UnitCache, now: float, /, **units: dict[str, Any]) -> Snapshot:
    return cache.take_log(units, now, wall(now))[1]


def test_before_the_first_answer_nothing_is_known() -> None:
    empty = UnitCache().snapshot()
    assert (empty.units, empty.members, empty.answered_at, empty.age(9.0), empty.body) == ({}, (), None, None, b"{}")


def test_the_reply_holds_exactly_the_units_in_their_order_plain_and_gzipped() -> None:
    units = {"E002": unit(), "E001": unit(odd={"unlisted": [1, None, "ü"]})}
    snapshot = take(UnitCache(), 1.0, **units)
    assert list(json.loads(snapshot.body).items()) == list(units.items())
    assert gzip.decompress(snapshot.body_gzip) == snapshot.body
    assert list(snapshot.units) == ["E002", "E001"]
    assert snapshot.members == ("E001", "E002")


def test_the_etag_is_strong_and_names_the_bytes() -> None:
    cache = UnitCache()
    first, second = take(cache, 1.0, E001=unit("a")), take(cache, 2.0, E001=unit("b"))
    third = take(cache, 3.0, E001=unit("a"))
    assert first.etag == third.etag != second.etag
    assert first.etag[0] == first.etag[-1] == '"'
    assert take(UnitCache(), 9.0, E001=unit("a")).etag == first.etag, "a restart must not change it"


def test_the_same_answer_again_only_moves_the_time_of_the_answer() -> None:
    cache = UnitCache()
    before = take(cache, 1.0, E001=unit())
    after = cache.confirm(2.0, wall(2.0))[1]
    assert (after.answered_at, after.answered_wall, after.age(2.0)) == (2.0, wall(2.0), 1.0)
    assert after.body is before.body
    assert after.body_gzip is before.body_gzip
    assert after.sightings is before.sightings
    assert after.serial == before.serial + 1


def test_a_snapshot_that_somebody_holds_never_changes() -> None:
    cache = UnitCache()
    held = take(cache, 1.0, E001=unit("a"))
    take(cache, 2.0, E002=unit("b"))
    cache.take_grid(lambda _: GridWatch(unit_ids=("E009",)))
    assert (list(held.units), list(held.sightings), held.members) == (["E001"], ["E001"], ("E001",))
    assert held.sightings["E001"].present


def test_a_unit_that_is_gone_is_silent_and_keeps_its_last_data_but_leaves_the_reply() -> None:
    """K6, Z2."""
    cache = UnitCache()
    take(cache, 1.0, E001=unit("a", "0x0014"), E002=unit("a"))
    after = take(cache, 2.0, E002=unit("b"))
    assert after.state("E001", 2.0, 30.0) is UnitState.SILENT
    assert after.last_status("E001") == "0x0014"
    assert (list(json.loads(after.body)), after.members) == (["E002"], ("E001", "E002"))


def test_the_age_of_the_data_is_that_of_the_freshest_unit() -> None:
    cache = UnitCache()
    take(cache, 1.0, E001=unit("a"), E002=unit("a"))
    assert take(cache, 5.0, E001=unit("a"), E002=unit("b")).age(7.0) == 2.0


def test_a_unit_without_time_is_as_old_as_its_data() -> None:
    """Z5: where it sends no `time`, anything in its data that moves counts."""
    cache = UnitCache()
    take(cache, 0.0, E001=unit(None, meter=1.0))
    assert take(cache, 9.0, E001=unit(None, meter=1.0)).age(9.0) == 9.0
    assert take(cache, 10.0, E001=unit(None, meter=1.5)).age(10.0) == 0.0


def test_a_time_that_stands_still_is_old_though_other_data_move() -> None:
    cache = UnitCache()
    take(cache, 0.0, E001=unit("a", meter=1.0))
    assert take(cache, 9.0, E001=unit("a", meter=2.0)).age(9.0) == 9.0


def test_a_time_that_is_no_text_gives_way_to_the_data() -> None:
    for odd in (None, "", 5, {"hour": 1}):
        assert own_clock({"time": odd, "x": 1}) != own_clock({"time": odd, "x": 2})
        assert own_clock({"time": odd, "x": 1}) == own_clock({"time": odd, "x": 1})


def test_members_are_whoever_was_configured_seen_or_remembered_and_none_is_forgotten() -> None:
    cache = UnitCache(remembered={"E009": Remembered("E009", status="0x0041", dvg=350.0)})
    take(cache, 1.0, E003=unit())
    cache.take_grid(lambda _: GridWatch(unit_ids=("E001", "E003")))
    assert cache.snapshot().members == ("E001", "E003", "E009")
    cache.take_grid(lambda _: GridWatch(unit_ids=()))
    cache.take_grid(lambda _: GridWatch(unit_ids=None))
    snapshot = take(cache, 2.0, E002=unit())
    assert snapshot.members == ("E001", "E002", "E003", "E009")
    assert {one: snapshot.last_status(one) for one in snapshot.members} == {
        "E001": None, "E002": "0x0000", "E003": "0x0000", "E009": "0x0041",
    }  # fmt: skip
    assert snapshot.state("E001", 2.0, 30.0) is snapshot.state("E009", 2.0, 30.0) is UnitState.SILENT


def test_what_is_seen_now_counts_more_than_what_was_remembered() -> None:
    cache = UnitCache(remembered={"E001": Remembered("E001", status="0x0041")})
    assert take(cache, 1.0, E001=unit(status="0x0000")).last_status("E001") == "0x0000"


def test_the_grid_master_is_the_unit_whose_newest_data_claim_it() -> None:
    cache = UnitCache()
    claim = {"is_grid_master": True}
    assert take(cache, 1.0, E001=unit("a", apis=claim), E002=unit("a")).grid.grid_master == "E001"
    assert take(cache, 2.0, E001=unit("a", apis=claim), E002=unit("b", apis=claim)).grid.grid_master == "E002"
    assert take(cache, 3.0, E001=unit("a", apis=claim)).grid.grid_master == "E001", "a silent unit serves nobody"
    assert take(cache, 4.0, E001=unit("a")).grid.grid_master is None


def test_a_dead_grid_masters_own_picture_makes_it_none() -> None:
    """K7: `/unitIds` is [] while `/get/log` still shows the dead one as live; a failed call proves nothing."""
    cache = UnitCache()
    take(cache, 1.0, E001=unit("a", apis={"is_grid_master": True}))
    assert cache.take_grid(lambda _: GridWatch(unit_ids=()))[1].grid.grid_master is None
    assert take(cache, 2.0, E001=unit("b", apis={"is_grid_master": True})).grid.grid_master is None
    assert cache.take_grid(lambda _: GridWatch(unit_ids=None))[1].grid.grid_master == "E001"
    assert cache.take_grid(lambda _: GridWatch(unit_ids=("E001",)))[1].grid.grid_master == "E001"


def test_ambiguous_units_are_shown_and_marked() -> None:
    twins = {one: unit(oesunit={"id": one, "ip": "10.0.0.1"}) for one in ("E001", "E002")}
    by_address = take(UnitCache(orders_by_address=True), 1.0, **twins)
    assert (sorted(by_address.conflicts), list(by_address.units)) == (["E001", "E002"], ["E001", "E002"])
    assert take(UnitCache(orders_by_address=False), 1.0, **twins).conflicts == {}
    doubled = UnitCache().take_log(twins, 1.0, wall(1.0), duplicates=("E001",))[1]
    assert list(doubled.conflicts) == ["E001"]


def test_a_conflict_ends_with_its_cause() -> None:
    cache = UnitCache()
    assert take(cache, 1.0, E001=unit(oesunit={"id": "E002"})).conflicts
    assert not take(cache, 2.0, E001=unit(oesunit={"id": "E001"})).conflicts


def test_whoever_waits_is_woken_by_the_next_swap() -> None:
    cache = UnitCache()
    serial = cache.snapshot().serial
    found: list[Snapshot] = []
    waiter = threading.Thread(target=lambda: found.append(cache.wait_newer(serial, 30.0)))
    waiter.start()
    take(cache, 1.0, E001=unit())
    waiter.join(10.0)
    assert [list(one.units) for one in found] == [["E001"]]


def test_waiting_ends_at_once_when_there_is_a_newer_one_and_in_time_when_there_is_none() -> None:
    cache = UnitCache()
    snapshot = take(cache, 1.0, E001=unit())
    assert cache.wait_newer(snapshot.serial - 1, 30.0) is snapshot
    assert cache.wait_newer(snapshot.serial, 0.01) is snapshot


def test_two_writers_lose_nothing_of_each_other() -> None:
    cache = UnitCache()
    rounds = 300

    def watch() -> None:
        for _ in range(rounds):
            cache.take_grid(lambda grid: GridWatch(inactive_answers=grid.inactive_answers + 1))

    writers = [threading.Thread(target=watch) for _ in range(3)]
    for writer in writers:
        writer.start()
    for index in range(rounds):
        take(cache, float(index), **{f"E{index:03d}": unit()})
    for writer in writers:
        writer.join(30.0)
    after = cache.snapshot()
    assert (after.grid.inactive_answers, len(after.members), after.serial) == (3 * rounds, rounds, 4 * rounds)


def test_a_change_that_fails_leaves_the_snapshot_and_the_cache_usable() -> None:
    cache = UnitCache()
    before = take(cache, 1.0, E001=unit())

    def fail(_: GridWatch) -> GridWatch:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cache.take_grid(fail)
    assert cache.snapshot() is before
    assert take(cache, 2.0, E001=unit("b")).serial == before.serial + 1


def test_a_whole_snapshot_can_be_swapped_in() -> None:
    cache = UnitCache()
    after = cache.replace(Snapshot(members=("E001",)))
    assert cache.snapshot() is after
    assert (after.serial, after.members) == (1, ("E001",))


# Units that have left


def test_a_forgotten_unit_is_in_nothing_but_its_own_list() -> None:
    cache = UnitCache()
    take(cache, 1.0, E001=unit(), E002=unit(status="0x0014", oesunit={"ip": "10.0.0.2"}))
    take(cache, 2.0, E001=unit("t1"))
    assert cache.forget("E002")
    snapshot = cache.snapshot()
    assert (snapshot.members, list(snapshot.sightings)) == (("E001",), ["E001"])
    assert snapshot.forgotten == {"E002": Remembered("E002", "0x0014", ip="10.0.0.2")}
    assert snapshot.last_status("E002") is None


def test_a_unit_that_the_log_shows_is_not_forgotten() -> None:
    cache = UnitCache()
    take(cache, 1.0, E001=unit())
    before = cache.snapshot()
    assert not cache.forget("E001")
    after = cache.snapshot()
    assert (after.members, after.sightings, after.forgotten) == (before.members, before.sightings, {})


def test_the_list_of_ids_brings_no_forgotten_unit_back() -> None:
    """K6: `/unitIds` keeps dead members."""
    cache = UnitCache(remembered={"E002": Remembered("E002", "0x0014", ip="10.0.0.2")})
    take(cache, 1.0, E001=unit())
    cache.forget("E002")
    cache.take_grid(lambda _: GridWatch(unit_ids=("E001", "E002", "E003")))
    assert cache.snapshot().members == ("E001", "E003")
    assert cache.snapshot().forgotten == {"E002": Remembered("E002", "0x0014", ip="10.0.0.2")}


def test_a_forgotten_unit_is_a_member_again_as_soon_as_the_log_shows_it() -> None:
    cache = UnitCache(forgotten={"E002": Remembered("E002", "0x0014")})
    assert cache.snapshot().members == ()
    snapshot = take(cache, 1.0, E001=unit(), E002=unit(status="0x0000"))
    assert (snapshot.members, snapshot.forgotten) == (("E001", "E002"), {})
    assert snapshot.last_status("E002") == "0x0000"


def test_forgetting_a_unit_frees_its_address_with_the_next_answer_and_no_other_doubt() -> None:
    """Z4: with orders by address a silent unit's address is in doubt; a unit that was listed twice stays so."""
    cache = UnitCache(remembered={"E002": Remembered("E002", ip="10.0.0.1")}, orders_by_address=True)
    units = {"E001": unit("t1", oesunit={"ip": "10.0.0.1"}), "E003": unit("t1")}
    cache.take_log(units, 1.0, wall(1.0), duplicates=["E003"])
    assert set(cache.snapshot().conflicts) == {"E002", "E003"}
    cache.forget("E002")
    assert set(cache.snapshot().conflicts) == {"E003"}
    assert cache.take_log({**units, "E001": unit("t2")}, 2.0, wall(2.0))[1].conflicts == {}


def test_every_snapshot_is_told_in_order_before_anybody_else_can_see_it() -> None:
    """What rests on a snapshot is never known before it."""
    told: list[tuple[int, int]] = []
    cache = UnitCache(told=lambda snapshot: told.append((snapshot.serial, cache.snapshot().serial)))
    take(cache, 1.0, E001=unit("a"))
    cache.confirm(2.0, wall(2.0))
    cache.forget("E001")
    assert told == [(1, 0), (2, 1), (3, 2)]
