"""The lease of what is driven by hand: a person is heard, or all of it gets Wait, followers first."""

from collections.abc import Iterator
from typing import Any

import pytest

from main_controller.domain.actor import LEASE, person
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.errors import ControllerError, Refused
from main_controller.procedures.hand_end import HandEnd
from main_controller.procedures.hand_lease import HandLease
from main_controller.sentence import foreign
from main_controller.store.chronicle import Chronicle
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, unsent

CV, CHARGE, WAIT = (ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE, ConverterStatus.WAIT)


class Shelf:
    """Where the silence is kept; `fault` is raised by every change."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.fault: ControllerError | None = None

    def save(self, record: dict[str, Any]) -> None:
        if self.fault is not None:
            raise self.fault
        self.records[record["id"]] = record

    def load(self, kind: str) -> list[dict[str, Any]]:
        return [record for record in self.records.values() if record["kind"] == kind]

    def remove(self, record_id: str) -> None:
        if self.fault is not None:
            raise self.fault
        self.records.pop(record_id, None)


class Site:
    """A bench with a lease of 120 s over it."""

    def __init__(self, bench: Bench, shelf: Shelf | None = None, *, lease: float = 120.0) -> None:
        self.bench = bench
        self.shelf = shelf or Shelf()
        self.rows: list[tuple[Any, ...]] = []
        self.lease = lease
        self.start()

    def start(self) -> None:
        """As a start of the program: all that is in memory is gone."""
        bench = self.bench
        chronicle = Chronicle(record=lambda *row: self.rows.append(row), wall=bench.wall, clock=bench.hands)
        self.worker = HandLease(
            bench.desk, chronicle, bench.pages, self.shelf,
            end=HandEnd(bench.desk, bench.converter, LEASE, executor=bench.hands),
            executor=bench.hands, lease=self.lease,
        )  # fmt: skip

    def run(self, seconds: float, *, page: bool = False) -> None:
        for _ in range(int(seconds)):
            self.bench.run(1.0)
            if page:
                self.bench.pages.heard("p1")
            self.worker.run_once()

    def order(self, unit_id: str, status: ConverterStatus, current: float = 1.0) -> str:
        return self.bench.converter.order(ConverterOrder(unit_id, status, 350.0, current), person("anna"))[0].id

    def up(self) -> None:
        """E001 holds the bus and E003 takes 1 A."""
        self.order("E001", CV, 2.3)
        self.run(20)
        self.order("E003", CHARGE)

    @property
    def state(self) -> str | None:
        standing = self.worker.standing()
        return None if standing is None else standing.state

    @property
    def waits(self) -> list[str]:
        return [one[1] for one in self.bench.grid.sent if one[0] == "command" and one[2] is WAIT]

    @property
    def told(self) -> list[str]:
        return [row[4] for row in self.rows if row[0] == "handLease"]


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench() as made:
        made.bus = True
        yield made.settled()


@pytest.fixture
def site(bench: Bench) -> Site:
    site = Site(bench)
    site.up()
    return site


def test_as_long_as_a_page_is_heard_it_goes_on(site: Site) -> None:
    site.run(400, page=True)
    assert (site.state, site.waits, site.told) == ("held", [], [])
    assert site.worker.troubles() == []
    assert site.shelf.records == {}, "and nothing is written"


def test_nobody_is_heard_it_is_warned_and_then_followers_get_wait_before_the_reference(site: Site) -> None:
    site.run(118)
    assert site.state == "held"
    site.run(4)
    assert (site.state, site.told, site.waits) == ("warned", ["warned"], [])
    assert [one.code for one in site.worker.troubles()] == ["handLease"]
    site.run(26)
    assert site.waits == []
    site.run(6)
    assert site.waits == ["E003", "E001"]
    assert [site.bench.unit(one).status for one in ("E001", "E003")] == [WAIT, WAIT]
    site.run(15)
    assert site.worker.standing() is None
    assert site.told == ["warned", "ending"]
    assert site.worker.troubles() == []
    ended = [command for command in site.bench.log.latest() if command.by == LEASE]
    assert [(one.order.name, one.state) for one in ended] == [("setDcdc", "verified")] * 2


def test_of_a_reference_by_hand_all_followers_go_first_whoever_drives_them(bench: Bench) -> None:
    site = Site(bench)
    site.order("E001", CV, 2.3)
    site.run(20)
    bench.unit("E002").status, bench.unit("E002").dig = str(CHARGE), 1.0
    site.run(160)
    assert site.waits == ["E002", "E001"]


def test_a_script_renews_it_and_so_does_a_new_order(site: Site) -> None:
    site.run(100)
    assert site.worker.renew() == ["E001", "E003"]
    site.run(100)
    assert site.state == "held"
    site.order("E003", CHARGE, 1.2)
    site.run(110)
    assert (site.state, site.told) == ("held", [])


def test_a_page_that_comes_back_while_it_is_warned_keeps_all_at_work(site: Site) -> None:
    site.run(125)
    site.run(60, page=True)
    assert (site.state, site.told, site.waits) == ("held", ["warned", "held"], [])
    site.run(125)
    assert site.told == ["warned", "held", "warned"]


def test_a_page_of_somebody_who_may_not_order_renews_nothing(site: Site) -> None:
    for _ in range(160):
        site.bench.pages.heard("p1", may_order=False)
        site.run(1)
    assert site.waits == ["E003", "E001"]


def test_an_end_that_has_begun_goes_on_though_a_page_comes_until_somebody_orders_anew(site: Site) -> None:
    site.bench.grid.faults["E003 WAIT"] = Fault(unsent(), times=1000)
    site.run(152)
    assert site.state == "ending"
    site.run(5, page=True)
    assert (site.state, site.waits) == ("ending", ["E003"])
    site.order("E003", CHARGE, 1.2)
    site.run(60, page=True)
    assert (site.state, site.waits) == ("held", ["E003"]), "whoever orders has looked"


def test_the_reference_waits_half_a_minute_for_its_follower_at_most(site: Site) -> None:
    site.bench.grid.faults["E003 WAIT"] = Fault(unsent(), times=1000)
    site.run(178)
    assert "E001" not in site.waits
    site.run(6)
    assert "E001" in site.waits


def test_a_wait_that_does_not_arrive_is_sent_again(site: Site) -> None:
    site.bench.grid.faults["E003 WAIT"] = Fault(unsent(), times=1)
    site.run(185)
    assert site.bench.unit("E003").status == WAIT


def test_a_running_stop_all_sends_its_own_waits(site: Site) -> None:
    site.bench.desk.turns.hold("c1")
    site.run(200)
    assert site.waits == []
    site.bench.desk.turns.hold(None)
    site.run(2)
    assert site.waits == ["E003", "E001"]


def test_a_wait_that_hangs_keeps_no_stop_and_no_other_wait_back(site: Site) -> None:
    site.bench.grid.faults["E003 WAIT"] = Fault(hang=300.0)
    site.run(153)
    command, _ = site.bench.converter.wait("E001", person("anna"))
    assert command.state == "verified"


def test_a_guided_sharing_has_its_own_rule(bench: Bench) -> None:
    site = Site(bench)
    bench.transfer.start("E001", "E003", 1.0, 350.0, person("anna"), minutes=100.0)
    site.run(250)
    assert (bench.transfer.running, site.state, site.told) == (True, None, [])


def test_where_the_setting_is_off_nothing_ends_and_renewing_says_so(bench: Bench) -> None:
    site = Site(bench, lease=0.0)
    site.up()
    site.run(600)
    assert (site.state, site.waits) == (None, [])
    with pytest.raises(Refused, match="No lease is set"):
        site.worker.renew()


def test_over_a_restart_the_silence_before_counts_and_the_time_between_does_not(site: Site) -> None:
    site.run(100)
    assert site.shelf.records["lease"]["silent"] in (95.0, 100.0)
    site.bench.run(5000.0)
    site.start()
    site.run(15)
    assert site.state == "held"
    site.run(15)
    assert (site.state, site.waits) == ("warned", [])
    site.run(35)
    assert site.waits == ["E003", "E001"]
    site.run(15)
    assert site.shelf.records == {}


def test_after_a_restart_it_is_warned_in_full_before_anything_gets_wait(site: Site) -> None:
    site.bench.grid.faults["E003 WAIT"] = Fault(unsent(), times=1)
    site.run(149)
    site.start()
    site.run(28)
    assert (site.state, site.waits) == ("warned", [])
    site.run(5, page=True)
    assert site.state == "held"


def test_before_apis_web_is_heard_again_nothing_is_taken_to_be_over(site: Site) -> None:
    site.run(100)
    with open_bench() as anew:
        anew.polls = False
        again = Site(anew, site.shelf)
        again.run(30)
        assert (again.state, again.shelf.records["lease"]["units"]) == ("warned", ["E001", "E003"])
        anew.unit("E001").status, anew.unit("E003").status = str(CV), str(CHARGE)
        anew.polls = True
        again.run(35)
        assert again.waits == ["E003", "E001"]


def test_what_was_found_in_wait_after_a_restart_is_over(site: Site) -> None:
    site.run(100)
    with open_bench() as anew:
        again = Site(anew, site.shelf)
        anew.settled()
        again.run(2)
        assert (again.state, again.shelf.records) == (None, {})


def test_a_disk_that_keeps_nothing_ends_it_all_the_same(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.shelf.fault = ControllerError(foreign("the disk is full"))
    site.run(160)
    assert site.waits == ["E003", "E001"]
    assert "could not be kept: the disk is full" in caplog.text


@pytest.mark.parametrize("record", [{}, {"silent": "x", "units": []}, {"silent": -5.0, "units": []}, {"silent": 5.0}])
def test_a_broken_record_is_none(bench: Bench, record: dict[str, Any]) -> None:
    shelf = Shelf()
    shelf.records["lease"] = {"id": "lease", "kind": "lease", **record}
    site = Site(bench, shelf)
    site.run(2)
    assert site.state is None
