"""The status says how everything stands, and "cannot tell" where it cannot be told (Z5a, Z6, Z6a)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.commands import Command, ConverterEffect, ModeEffect
from main_controller.domain.freshness import Remembered, UnitState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.timestamps import iso_utc
from main_controller.domain.timing import Timing
from main_controller.domain.transfer import Step, Transfer
from main_controller.orders.desk import Desk
from main_controller.orders.register import Register
from main_controller.procedures.guided_transfer import TransferStanding
from main_controller.procedures.then_mode import Promise
from main_controller.procedures.transfer_figures import ConverterSeen
from main_controller.sentence import foreign
from main_controller.store.chronicle import Event
from main_controller.store.known_units import Acknowledgement
from main_controller.store.unit_cache import UnitCache
from main_controller.web.replies import to_json
from main_controller.web.shapes.bus import event_of
from main_controller.web.shapes.orders import command_of
from main_controller.web.shapes.schedules import schedules_of
from main_controller.web.shapes.sharing import sharing_of
from main_controller.web.shapes.status import Config
from main_controller.web.status_report import About, Sources, StatusReport
from main_controller.workers.health import Health
from main_controller.workers.scheduler import ScheduleStatus
from tests.domain.made_orders import order_of
from tests.web.client import NOON, Clock, take, unit

UP = Health(alive=True, last_run="r", last_success="s", last_error=None, up=True, since="x")
DOWN = Health(alive=False, last_run="r", last_success=None, last_error=foreign("refused"), up=False, since="y")
LIMITS = {"gridvoltagemin": 300.0, "gridvoltagemax": 380.0, "maxgridcurrent": 2.3}


CONFIG: Config = {
    "readOnly": False, "insecure": False, "emulator": True, "upsModes": False, "twoPersons": False, "staleafter": 30.0,
    "readinglag": 12.0,
    "upstreamTimezone": None,
}  # fmt: skip


class Nobody:
    """No acknowledgement and no lock."""

    def statuses(self) -> Mapping[str, str | None]:
        return {}

    def all(self) -> Mapping[str, Mapping[str, Any]]:
        return {}


class Grid:
    def __init__(self, cache: UnitCache | None = None, *, title: str = "Somewhere", **sources: Any) -> None:
        self.clock = Clock()
        self.cache = cache or UnitCache()
        about = About("0.1.0", False, title, "Asia/Tokyo", LIMITS, CONFIG)
        self.orders = Register()
        desk = Desk(
            self.cache, self.orders, Nobody(), Nobody(), timing=Timing(), clock=self.clock, wall=self.clock.wall
        )
        asked = {"collector": lambda: UP, "watcher": lambda: DOWN, "scheduler": lambda: UP, **sources}
        self.desk = desk
        self.status = StatusReport(
            desk.grid, about, Sources(schedules=ScheduleStatus, **asked), started=self.clock.wall()
        )

    def watch(self, **changes: Any) -> None:
        self.cache.take_grid(lambda watch: replace(watch, **changes))

    @property
    def grid(self) -> Mapping[str, Any]:
        found = self.status.report()["grid"]
        assert isinstance(found, dict)
        return found

    def unit(self, unit_id: str) -> Mapping[str, Any]:
        found = self.status.report()["units"][unit_id]
        assert isinstance(found, dict)
        return found


def in_word(unit_id: str, status: str | None, time: str = "2026/05/13-12:00:00") -> dict[str, Any]:
    data = unit(unit_id, time)
    return {**data, "dcdc": {**data["dcdc"], "status": {"status": status}}}


def test_before_anything_is_known_nothing_is_claimed() -> None:
    report = Grid().status.report()
    assert report["data"] == {"age": None, "updated": None, "live": 0, "stale": 0, "silent": 0}
    assert report["units"] == {}
    assert report["grid"] == {
        "mode": None,
        "pending": None,
        "gridMaster": None,
        "error": None,
        "deals": None,
        "noGridMaster": None,
        "dealsAge": None,
        "busVoltage": None,
        "voltageReference": None,
        "voltageReferences": [],
    }
    assert to_json(report)


def test_it_says_who_it_is_and_how_its_peers_and_workers_do() -> None:
    report = Grid().status.report()
    assert (report["version"], report["simulated"], report["title"]) == ("0.1.0", False, "Somewhere")
    assert (report["time"], report["timezone"]) == ("2026-05-13T12:00:00.000+00:00", "Asia/Tokyo")
    assert report["limits"] == LIMITS
    assert report["apisWeb"] == {
        "emulatorEmulator": {"up": True, "since": "x", "sinceStart": True, "lastSuccess": "s", "lastError": None},
        "budoEmulator": {
            "up": False,
            "since": "y",
            "sinceStart": True,
            "lastSuccess": None,
            "lastError": "refused",
        },
    }
    assert report["workers"] == {
        "dataCollector": {"alive": True, "lastRun": "r", "lastError": None},
        "scheduler": {"alive": True, "lastRun": "r", "lastError": None},
    }
    assert report["schedules"] == schedules_of(ScheduleStatus())


def test_a_page_without_a_title_is_called_by_the_one_cluster_that_its_units_name() -> None:
    """V9, setting `title`: whatever the wire holds there, and nothing while the units disagree."""
    grid = Grid(title="")
    named = [{**unit(unit_id), "oesunit": {"id": unit_id, "clusterId": "oss_cluster"}} for unit_id in ("E001", "E002")]
    odd = {**unit("E003"), "oesunit": {"id": "E003", "clusterId": ["x"]}}
    take(grid.cache, grid.clock, *named, odd)
    assert grid.status.report()["title"] == "oss_cluster"
    take(grid.cache, grid.clock, *named, {**unit("E003"), "oesunit": {"id": "E003", "clusterId": "another"}})
    assert grid.status.report()["title"] == ""


def test_units_are_live_then_stale_then_silent_each_by_its_own_clock() -> None:
    grid = Grid()
    take(grid.cache, grid.clock, unit("E001"), unit("E002"), unit("E003"))
    grid.clock.now += 40
    take(grid.cache, grid.clock, unit("E001", "2026/05/13-12:00:40"), unit("E002"))
    grid.watch(unit_ids=("E001", "E009"))
    grid.clock.now += 2
    report = grid.status.report()
    assert {key: value["state"] for key, value in report["units"].items()} == {
        "E001": "live",
        "E002": "stale",
        "E003": "silent",
        "E009": "silent",
    }
    assert [report["units"][key]["age"] for key in sorted(report["units"])] == [2.0, 42.0, 42.0, None]
    assert [report["units"][key]["since"][11:19] for key in sorted(report["units"])] == [
        "12:00:40",
        "12:00:00",
        "12:00:40",
        "12:00:00",
    ]
    assert report["data"] == {
        "age": 2.0,
        "updated": "2026-05-13T12:00:40.000+00:00",
        "live": 1,
        "stale": 1,
        "silent": 2,
    }


@pytest.mark.parametrize(
    ("status", "unwatched"),
    [("0x0000", False), ("0x0014", True), ("0x0041", True), ("0x0002", True), ("0x9999", True), (None, True)],
)
def test_a_unit_that_stands_still_in_any_word_but_wait_is_unwatched(status: str | None, unwatched: bool) -> None:
    grid = Grid(acknowledgement=lambda unit_id, status: Acknowledgement(f"{unit_id} {status}", NOON))
    take(grid.cache, grid.clock, in_word("E001", status))
    told = grid.unit("E001")
    assert (told["unwatched"], told["lastWord"], told["acknowledged"]) == (False, status, None)
    assert (told["lastDvg"], told["lastDig"], told["lastVg"]) == (350.0, 2.0, 349.5)
    grid.clock.now += 30.1
    told = grid.unit("E001")
    assert told["unwatched"] is unwatched
    assert told["acknowledged"] == ({"by": f"E001 {status}", "at": iso_utc(NOON)} if unwatched else None)


def test_a_word_is_shown_in_one_spelling_and_acknowledged_as_it_was_sent() -> None:
    grid = Grid(acknowledgement=lambda unit_id, status: Acknowledgement(f"me, of {status}", NOON))
    take(grid.cache, grid.clock, in_word("E001", "0X0041"))
    grid.clock.now += 31
    told = grid.unit("E001")
    assert (told["lastWord"], told["acknowledged"]) == ("0x0041", {"by": "me, of 0X0041", "at": iso_utc(NOON)})


def test_a_restart_forgets_no_live_hardware() -> None:
    """Z6a: a member remembered in a word, and one never seen."""
    grid = Grid(UnitCache(remembered={"E001": Remembered("E001", status="0x0014", dvg=350.0, dig=2.0)}))
    grid.watch(unit_ids=("E001", "E002"))
    assert (grid.unit("E001")["unwatched"], grid.unit("E001")["lastWord"]) == (True, "0x0014")
    assert (grid.unit("E001")["lastDvg"], grid.unit("E001")["lastDig"]) == (350.0, 2.0)
    assert (grid.unit("E002")["unwatched"], grid.unit("E002")["lastWord"]) == (True, None)


def test_conflicts_and_locks_stand_at_their_units_and_as_a_whole() -> None:
    lock = {"name": "Aoki", "reason": "cabinet open", "since": NOON.isoformat()}
    grid = Grid(locks=lambda: {"E001": lock, "": lock})
    take(grid.cache, grid.clock, unit("E001"))
    grid.cache.update(lambda before: replace(before, conflicts={"E001": foreign("two of them")}))
    report = grid.status.report()
    assert (report["locks"], report["conflicts"]) == ({"E001": lock, "": lock}, {"E001": "two of them"})
    assert (grid.unit("E001")["locked"], grid.unit("E001")["conflict"]) == (lock, "two of them")


def test_orders_events_and_the_shared_procedure_are_told() -> None:
    order = Command("c1", order_of("stopAll"), person("me"), NOON, 900.0)
    transfer = Transfer("c7", "E001", "E003", 2.0, 350.0, 2.3, "me", Step.SHARING, 0.0)
    event = Event(NOON, "mode", None, foreign("t"), "stop", None)
    standing = TransferStanding(transfer, {"E001": ConverterSeen(UnitState.LIVE)}, None, None)
    grid = Grid(orders=lambda: [order], grid_events=lambda: [event], transfer=lambda: standing)
    report = grid.status.report()
    assert (report["orders"], report["gridEvents"]) == ([command_of(order)], [event_of(event)])
    assert report["share"] == sharing_of(standing) is not None


@pytest.mark.parametrize(("page", "mine"), [("p1", True), ("p2", False), (None, False)])
def test_no_page_is_told_to_whom_a_mode_was_promised_but_whether_to_itself(page: str | None, mine: bool) -> None:
    order = Command("c1", order_of("setOperationMode"), person("me"), NOON, 900.0)
    grid = Grid(then=lambda: Promise(Mode.MANUAL, order, "p1", NOON, NOON, 900.0))
    told = grid.status.report(page)["then"]
    assert told is not None
    assert (told["mode"], told["mine"], "page" in told) == ("manual", mine, False)


def test_a_change_of_ours_under_way_is_the_old_mode_with_the_new_one_pending() -> None:
    change = ModeEffect("c1", None, Mode.STOP, entered=999.0, before=Mode.AUTONOMOUS, returned=999.0, sent=True)
    grid = Grid()
    grid.orders.effects.note_mode(change)
    stopped = {"operation_mode": {"global": "stop"}}
    take(grid.cache, grid.clock, unit("E001"), unit("E002", apis=stopped))
    assert (grid.grid["mode"], grid.grid["pending"]) == ("autonomous", "stop")
    assert grid.status.mode() == "autonomous"
    grid.clock.now += 29.5
    assert (grid.grid["mode"], grid.grid["pending"]) == ("mixed", None)


def test_stale_units_have_no_say_in_the_mode() -> None:
    grid = Grid()
    take(grid.cache, grid.clock, unit("E001"))
    grid.clock.now += 30.1
    assert grid.grid["mode"] is None


def test_without_an_answer_to_unit_ids_nothing_is_believed_of_deals_and_master() -> None:
    """Z6, K7: the dead master's last reply goes on claiming it."""
    grid = Grid()
    master = unit("E001")
    take(grid.cache, grid.clock, {**master, "apis": {**master["apis"], "is_grid_master": True}})
    grid.watch(unit_ids=("E001",), deals=({}, {}), deals_at=grid.clock.now)
    grid.clock.now += 3
    told = grid.grid
    assert (told["gridMaster"], told["noGridMaster"], told["deals"], told["dealsAge"]) == ("E001", False, 2, 3.0)
    grid.watch(deals_error="timed out")
    assert grid.grid["deals"] is None
    for answer, none in (((), True), (None, None)):
        grid.watch(unit_ids=answer, deals_error=None)
        told = grid.grid
        assert (told["gridMaster"], told["noGridMaster"], told["deals"]) == (None, none, None)


def test_a_grid_error_waits_for_two_answers_and_for_a_mode_change_to_settle() -> None:
    grid = Grid()
    grid.desk.mode_changed_at = 990.0
    take(grid.cache, grid.clock, unit("E001"))
    assert grid.grid["error"] is None
    grid.watch(status_active=False, inactive_answers=2)
    assert grid.grid["error"] is False
    grid.clock.now += 5.1
    assert grid.grid["error"] is True
    grid.watch(status_error="(NO_HANDLERS,-1)")
    assert grid.grid["error"] is None


def test_the_bus_is_that_of_the_live_voltage_reference() -> None:
    grid = Grid()
    take(grid.cache, grid.clock, in_word("E001", "0x0014"), unit("E002"))
    assert (grid.grid["busVoltage"], grid.grid["voltageReference"]) == (349.5, "E001")
    grid.clock.now += 30.1
    assert (grid.grid["busVoltage"], grid.grid["voltageReference"]) == (None, None)


def test_a_silent_unit_that_answered_wait_itself_is_no_longer_unwatched() -> None:
    """Z6a: its converter was seen in Wait, by its own answer (Z6c), and no reading can tell it any more."""
    grid = Grid()
    take(grid.cache, grid.clock, in_word("E001", "0x0014"), unit("E002"))
    take(grid.cache, grid.clock, unit("E002", "2026/05/13-12:00:05"))
    assert grid.unit("E001")["unwatched"] is True
    answer = {"status": {"status": "0x0000"}}
    now = grid.clock.now
    grid.orders.effects.note_converter(
        ConverterEffect(
            "c1", "E001", ConverterStatus.WAIT, 0.0, 0.0, entered=now, returned=now, sent=True, answer=answer
        )
    )
    assert grid.unit("E001")["unwatched"] is False


def test_a_unit_last_read_in_wait_that_was_ordered_on_since_is_unwatched() -> None:
    """Z8b: an order that may have been carried out counts until a reading says otherwise; here none will."""
    grid = Grid()
    take(grid.cache, grid.clock, in_word("E001", "0x0000"), unit("E002"))
    now = grid.clock.now
    grid.orders.effects.note_converter(
        ConverterEffect("c1", "E001", ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.0, now, now, "unknown")
    )
    take(grid.cache, grid.clock, unit("E002", "2026/05/13-12:00:05"))
    assert grid.unit("E001")["unwatched"] is True
