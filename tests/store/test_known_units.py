"""A restart forgets no member, address, last word or acknowledgement (Z6a)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from main_controller.domain.freshness import Remembered
from main_controller.errors import ControllerError
from main_controller.store.database import Database
from main_controller.store.known_units import Acknowledgement, Forgotten, KnownUnits
from main_controller.store.unit_cache import UnitCache
from tests.store.disk import fill_up, make_room

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


def unit(unit_id: str, status: str | None, *, dvg: float = 350.0, dig: float = 2.0, clock: str = "0") -> dict[str, Any]:
    return {
        "oesunit": {"ip": f"10.0.0.{int(unit_id[1:]) % 250}"},
        "time": clock,
        "dcdc": {"status": {"status": status}, "vdis": {"dvg": dvg}, "param": {"dig": dig}},
    }


class Site:
    """A cache whose pictures the known units are told, and the database whose writer writes for them."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.now = NOON
        self.known = KnownUnits(self.database, wall=lambda: self.now, lasts=timedelta(hours=24))
        self.cache = UnitCache(remembered=self.known.load(), forgotten=self.known.forgotten())
        self.back: list[tuple[str, str]] = []
        self.known.tell_back(lambda unit_id, name: self.back.append((unit_id, name)))
        self.told = self.cache.snapshot()

    def take(self, *units: tuple[str, str | None], **more: Any) -> None:
        """A good `/get/log` with these units in these words."""
        self.take_data({unit_id: unit(unit_id, status, **more) for unit_id, status in units})

    def take_data(self, units: Mapping[str, dict[str, Any]]) -> None:
        self.cache.take_log(units, 1.0, NOON)
        self.tell()

    def tell(self) -> None:
        before, self.told = self.told, self.cache.snapshot()
        self.known.note(before, self.told)

    def restarted(self) -> "Site":
        """The same file in a new process, after what waited was written."""
        self.database.write_once()
        self.database.close()
        return Site(self.database.path)

    def waiting(self) -> int:
        return len(self.database.latest.waiting())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def site(path: Path) -> Iterator[Site]:
    site = Site(path)
    yield site
    site.database.close()


def test_a_new_file_knows_nobody(site: Site) -> None:
    assert site.known.load() == {}


def test_what_was_seen_last_is_there_after_a_restart(site: Site) -> None:
    site.take(("E001", "0x0014"), ("E002", "0x0000"), dvg=351.5, dig=1.5)
    again = site.restarted()
    assert again.known.load()["E001"] == Remembered("E001", "0x0014", 351.5, 1.5, "10.0.0.1")
    assert again.cache.snapshot().members == ("E001", "E002")
    assert again.cache.snapshot().last_status("E001") == "0x0014"


def test_a_member_never_seen_is_remembered_without_a_word(site: Site) -> None:
    site.cache.take_grid(lambda grid: replace(grid, unit_ids=("E001", "E009")))
    site.tell()
    assert site.restarted().known.load() == {"E001": Remembered("E001"), "E009": Remembered("E009")}


def test_a_unit_that_went_silent_keeps_its_last_word(site: Site) -> None:
    site.take(("E001", "0x0014"), ("E002", "0x0000"))
    site.take(("E002", "0x0000"))
    assert site.restarted().known.load()["E001"].status == "0x0014"


def test_only_what_changed_is_written(site: Site) -> None:
    site.take(("E001", "0x0000"), ("E002", "0x0000"))
    site.database.write_once()
    assert site.waiting() == 0
    site.take(("E001", "0x0000"), ("E002", "0x0000"), clock="1")
    assert site.waiting() == 0
    site.take(("E001", "0x0000"), ("E002", "0x0041"), clock="2")
    assert site.waiting() == 1


def test_an_address_that_is_no_longer_told_is_kept(site: Site) -> None:
    site.take(("E001", "0x0000"))
    site.take_data({"E001": {"dcdc": {"status": {"status": "0x0014"}}}})
    kept = site.restarted().known.load()["E001"]
    assert (kept.status, kept.ip) == ("0x0014", "10.0.0.1")


def test_an_acknowledgement_holds_for_the_word_and_over_a_restart(site: Site) -> None:
    site.take(("E001", "0x0014"))
    assert not site.known.acknowledged("E001", "0x0014")
    assert site.known.acknowledgement("E001") is None
    site.known.acknowledge("E001", "0x0014", "10.0.0.7", NOON)
    for one in (site, site.restarted()):
        assert one.known.acknowledged("E001", "0x0014")
        assert not one.known.acknowledged("E001", "0x0041")
        assert not one.known.acknowledged("E002", "0x0014")
        assert one.known.acknowledgement("E001") == Acknowledgement("10.0.0.7", NOON)
    kept = Site(site.database.path).known.load()["E001"]
    assert (kept.acknowledged_by, kept.acknowledged_at) == ("10.0.0.7", NOON)


def acknowledged_and_silent(site: Site, status: str = "0x0014") -> None:
    """E001 fell silent in this word, and was acknowledged so; E002 goes on."""
    site.take(("E001", status), ("E002", "0x0000"), clock="0")
    site.take(("E002", "0x0000"), clock="1")
    site.known.acknowledge("E001", status, "anna", NOON)
    site.take(("E002", "0x0000"), clock="2")
    assert site.known.acknowledged("E001", status)


def test_a_unit_that_is_seen_live_again_is_acknowledged_no_longer_even_in_the_same_word(site: Site) -> None:
    """S11: it came back, worked for an hour, and fell silent again: that is news."""
    acknowledged_and_silent(site)
    site.take(("E001", "0x0014"), ("E002", "0x0000"), clock="3")
    site.take(("E002", "0x0000"), clock="4")
    for one in (site, site.restarted()):
        assert not one.known.acknowledged("E001", "0x0014")
        assert one.known.acknowledgement("E001") is None


def test_a_unit_whose_clock_stands_still_stays_acknowledged(site: Site) -> None:
    """apis-web goes on telling its last data (K5): that is nothing new of the unit."""
    site.take(("E001", "0x0014"))
    site.known.acknowledge("E001", "0x0014", "anna", NOON)
    for tick in "123":
        site.take_data({"E001": unit("E001", "0x0014"), "E002": unit("E002", "0x0000", clock=tick)})
    assert site.known.acknowledged("E001", "0x0014")
    site.take(("E001", "0x0014"), clock="1")
    assert not site.known.acknowledged("E001", "0x0014")


@pytest.mark.parametrize("anew", [{"dvg": 380.0}, {"dig": 0.5}])
def test_a_new_set_point_lifts_it_though_no_clock_moved(site: Site, anew: dict[str, float]) -> None:
    site.take(("E001", "0x0014"))
    site.known.acknowledge("E001", "0x0014", "anna", NOON)
    site.take(("E001", "0x0014"), **anew)
    assert not site.known.acknowledged("E001", "0x0014")


def test_after_a_restart_the_last_data_lift_nothing_and_what_the_unit_tells_anew_does(site: Site) -> None:
    acknowledged_and_silent(site)
    again = site.restarted()
    for _ in range(2):
        again.take(("E001", "0x0014"), clock="0")
        assert again.known.acknowledged("E001", "0x0014")
    again.take(("E001", "0x0014"), clock="7")
    assert not again.known.acknowledged("E001", "0x0014")
    again.database.close()


@pytest.mark.parametrize(("clock", "holds"), [("0", True), ("7", False)])
def test_a_unit_that_was_live_while_the_program_was_not_is_acknowledged_no_longer(
    site: Site, clock: str, holds: bool
) -> None:
    """The first data after the restart show a later clock, in the same word, and then it is silent again."""
    acknowledged_and_silent(site)
    again = site.restarted()
    again.take(("E001", "0x0014"), ("E002", "0x0000"), clock=clock)
    again.take(("E002", "0x0000"), clock="8")
    assert again.known.acknowledged("E001", "0x0014") is holds
    third = again.restarted()
    assert third.known.acknowledged("E001", "0x0014") is holds
    third.database.close()


def test_a_unit_that_told_something_while_it_was_acknowledged_is_news_with_the_next_picture(site: Site) -> None:
    """The collector had taken its newer data in, and had not told of them yet."""
    site.take(("E001", "0x0014"))
    site.cache.take_log({"E001": unit("E001", "0x0014", clock="1")}, 2.0, NOON)
    site.known.acknowledge("E001", "0x0014", "anna", NOON)
    site.tell()
    assert not site.known.acknowledged("E001", "0x0014")


def test_a_unit_that_works_at_another_voltage_when_the_program_is_back_is_not_acknowledged(site: Site) -> None:
    acknowledged_and_silent(site)
    again = site.restarted()
    again.take(("E001", "0x0014"), dvg=380.0, clock="7")
    assert not again.known.acknowledged("E001", "0x0014")
    third = again.restarted()
    assert third.known.acknowledgement("E001") is None
    third.database.close()


def test_an_acknowledgement_holds_for_a_day_over_restarts_too(site: Site) -> None:
    acknowledged_and_silent(site)
    again = site.restarted()
    for hours, holds in ((0, True), (23.9, True), (24.0, False), (-25, False)):
        again.now = NOON + timedelta(hours=hours)
        assert again.known.acknowledged("E001", "0x0014") is holds
        assert (again.known.acknowledgement("E001") is not None) is holds
    again.database.close()


def test_one_that_is_lifted_is_gone_from_the_file_too(site: Site) -> None:
    acknowledged_and_silent(site)
    assert site.known.lift("E001")
    assert not site.known.lift("E001")
    assert not site.known.lift("E002")
    again = site.restarted()
    assert not again.known.acknowledged("E001", "0x0014")
    again.database.close()


def test_a_new_word_lifts_it_for_good(site: Site) -> None:
    site.take(("E001", "0x0014"))
    site.known.acknowledge("E001", "0x0014", "10.0.0.7", NOON)
    site.take(("E001", "0x0000"))
    site.take(("E001", "0x0014"))
    for one in (site, site.restarted()):
        assert not one.known.acknowledged("E001", "0x0014")
        assert one.known.acknowledgement("E001") is None


def test_a_word_that_changed_while_it_was_acknowledged_lifts_it_with_the_next_picture(site: Site) -> None:
    site.take(("E001", "0x0014"))
    site.take(("E001", "0x0041"), clock="1")
    site.known.acknowledge("E001", "0x0014", "10.0.0.7", NOON)  # decided on the picture before
    assert not site.known.acknowledged("E001", "0x0041")
    site.take(("E001", "0x0014"), ("E002", "0x0000"), clock="2")
    site.take(("E001", "0x0041"), ("E002", "0x0000"), clock="3")
    site.take(("E001", "0x0014"), ("E002", "0x0000"), clock="4")
    assert not site.known.acknowledged("E001", "0x0014")


def test_a_member_never_seen_can_be_acknowledged_until_it_tells_a_word(site: Site) -> None:
    site.known.acknowledge("E009", None, "10.0.0.7", NOON)
    again = site.restarted()
    assert again.known.acknowledged("E009", None)
    again.take(("E009", "0x0014"))
    assert not again.known.acknowledged("E009", None)
    assert not again.known.acknowledged("E009", "0x0014")
    again.database.close()


def forget(site: Site, unit_id: str) -> None:
    assert site.cache.forget(unit_id)
    site.known.forget(unit_id, "Sato", "scrapped", NOON)


def test_who_was_forgotten_stays_so_over_a_restart_and_keeps_its_last_address(site: Site) -> None:
    site.take(("E001", "0x0000"), ("E002", "0x0014"))
    site.take(("E001", "0x0000"), clock="1")
    forget(site, "E002")
    again = site.restarted().restarted()
    assert again.cache.snapshot().members == ("E001",)
    left = again.cache.snapshot().forgotten["E002"]
    assert (left.status, left.ip) == ("0x0014", "10.0.0.2")
    assert again.known.forgetting("E002") == Forgotten("Sato", "scrapped", NOON)
    again.database.close()


def test_a_forgotten_unit_that_is_seen_is_a_member_for_good_and_that_is_told_once(site: Site) -> None:
    site.take(("E001", "0x0000"), ("E002", "0x0014"))
    site.take(("E001", "0x0000"), clock="1")
    forget(site, "E002")
    site.take(("E001", "0x0000"), clock="2")
    assert site.back == []
    site.take(("E001", "0x0000"), ("E002", "0x0000"), clock="3")
    site.take(("E001", "0x0000"), ("E002", "0x0000"), clock="4")
    assert site.back == [("E002", "Sato")]
    assert site.known.forgetting("E002") is None
    again = site.restarted()
    assert (again.cache.snapshot().members, again.known.forgotten()) == (("E001", "E002"), {})
    again.database.close()


def test_the_first_picture_after_a_restart_may_bring_it_back(site: Site) -> None:
    site.take(("E001", "0x0000"), ("E002", "0x0000"))
    site.take(("E001", "0x0000"), clock="1")
    forget(site, "E002")
    again = site.restarted()
    again.take(("E001", "0x0000"), ("E002", "0x0000"), clock="2")
    assert again.back == [("E002", "Sato")]
    again.database.close()


def test_a_unit_that_came_back_while_it_was_being_forgotten_is_back_with_the_next_picture(site: Site) -> None:
    """Between the cache and the book; even where the next answer is the same to the letter."""
    site.take(("E001", "0x0000"), ("E002", "0x0000"))
    site.take(("E001", "0x0000"), clock="1")
    assert site.cache.forget("E002")
    site.take(("E001", "0x0000"), ("E002", "0x0000"), clock="2")
    site.known.forget("E002", "Sato", "scrapped", NOON)
    site.cache.confirm(3.0, NOON)
    site.tell()
    assert site.back == [("E002", "Sato")]
    assert site.restarted().known.forgotten() == {}


def test_the_list_of_ids_brings_nobody_back(site: Site) -> None:
    """K6."""
    site.take(("E001", "0x0000"), ("E002", "0x0000"))
    site.take(("E001", "0x0000"), clock="1")
    forget(site, "E002")
    site.cache.take_grid(lambda grid: replace(grid, unit_ids=("E001", "E002")))
    site.tell()
    assert site.back == []
    assert set(site.restarted().known.load()) == {"E001"}


def test_a_full_disk_loses_nothing_and_keeps_no_more_than_one_write_per_unit(site: Site) -> None:
    site.take(("E001", "0x0000"))
    site.database.write_once()
    fill_up(site.database)
    site.known.acknowledge("E001", "0x0000", "x" * 100_000, NOON)
    with pytest.raises(ControllerError):
        site.database.write_once()
    for clock in range(100):
        site.take(("E001", "0x0014" if clock % 2 else "0x0041"), clock=str(clock))
    assert site.waiting() == 1
    make_room(site.database)
    assert site.restarted().known.load()["E001"].status == "0x0014"


def test_an_id_that_is_no_unicode_is_said_once_and_spoils_nothing(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        site.cache.take_grid(lambda grid: replace(grid, unit_ids=("E001", "\ud800")))
        site.tell()
    site.known.acknowledge("\ud800", None, "10.0.0.7", NOON)
    assert site.known.acknowledged("\ud800", None)
    assert sum("is not remembered" in record.message for record in caplog.records) == 1
    assert set(site.restarted().known.load()) == {"E001"}


def test_a_file_that_cannot_be_read_is_told(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(ControllerError, match="cannot be read"):
        KnownUnits(Database(path), wall=lambda: NOON, lasts=timedelta(hours=24)).load()


def test_a_poll_that_changes_nothing_that_is_kept_writes_nothing(site: Site) -> None:
    """However many units there are: of a thousand whose clocks moved, none has anything to be written."""
    pictures = [{f"E{n:04}": unit(f"E{n:04}", "0x0000", clock=str(clock)) for n in range(1000)} for clock in range(3)]
    site.take_data(pictures[0])
    site.database.write_once()
    for grid in pictures[1:]:
        site.cache.take_log(grid, 1.0, NOON)
        site.tell()
        assert site.waiting() == 0
