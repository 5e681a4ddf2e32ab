"""What is driven by hand has a limit in time: it is told again and again, and ends where a setting says so (I15)."""

from collections.abc import Iterator
from typing import Any

import pytest

from main_controller.domain.actor import HAND_TIME, person
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.procedures.hand_end import HandEnd
from main_controller.procedures.hand_time import HandTime
from main_controller.store.chronicle import Chronicle
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, unsent

CV, CHARGE, WAIT = (ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE, ConverterStatus.WAIT)


class Site:
    """A bench with a limit of 30 minutes over it."""

    def __init__(self, bench: Bench, *, waits: bool = False) -> None:
        self.bench = bench
        self.rows: list[tuple[Any, ...]] = []
        chronicle = Chronicle(record=lambda *row: self.rows.append(row), wall=bench.wall)
        end = HandEnd(bench.desk, bench.converter, HAND_TIME, executor=bench.hands) if waits else None
        self.worker = HandTime(bench.desk, chronicle, limit=1800.0, end=end)

    def run(self, minutes: float) -> None:
        for _ in range(int(minutes * 6)):
            self.bench.run(10.0)
            self.worker.run_once()

    def order(self, unit_id: str, status: ConverterStatus, current: float = 1.0) -> str:
        return self.bench.converter.order(ConverterOrder(unit_id, status, 350.0, current), person("anna"))[0].id

    @property
    def told(self) -> list[tuple[str, float]]:
        """Of which unit it was told after how many minutes."""
        return [(row[1], row[4]["minutes"]) for row in self.rows]

    def status(self, unit_id: str) -> str | None:
        return self.bench.unit(unit_id).status

    def up(self) -> str:
        """E001 holds the bus."""
        command = self.order("E001", CV, 2.3)
        self.run(1)
        return command


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench(mode=Mode.MANUAL) as made:
        made.bus = True
        yield made.settled()


def test_a_converter_at_work_by_hand_is_told_after_each_half_hour_with_whose_order_it_is(bench: Bench) -> None:
    site = Site(bench)
    command = site.up()
    site.run(28)
    assert site.told == []
    site.run(65)
    assert site.told == [("E001", 30.0), ("E001", 60.0), ("E001", 90.0)]
    assert site.rows[0][0] == "handTime"
    assert f"by an order of anna ({command})" in site.rows[0][2]
    assert site.status("E001") == CV, "it is asked, not ended"


def test_a_new_order_by_hand_begins_the_time_anew(bench: Bench) -> None:
    site = Site(bench)
    site.up()
    site.run(25)
    site.order("E001", CV, 2.2)
    site.run(29)
    assert site.told == []
    site.run(2)
    assert site.told == [("E001", 30.0)]


def test_a_converter_that_is_in_wait_again_is_told_no_more(bench: Bench) -> None:
    site = Site(bench)
    site.up()
    bench.converter.wait("E001", person("anna"))
    site.run(70)
    assert site.told == []


def test_one_that_tripped_and_works_again_does_so_by_no_order_of_before(bench: Bench) -> None:
    site = Site(bench)
    site.up()
    bench.unit("E001").status = str(WAIT)
    site.run(2)
    bench.unit("E001").status = str(CV)
    site.run(70)
    assert site.told == []


def test_what_apis_main_drives_since_is_no_work_by_hand(bench: Bench) -> None:
    site = Site(bench)
    site.up()
    bench.grid.mode = Mode.AUTONOMOUS
    site.run(2)
    bench.grid.mode = Mode.MANUAL
    site.run(70)
    assert site.told == []


def test_a_guided_sharing_has_its_own_limit(bench: Bench) -> None:
    site = Site(bench, waits=True)
    bench.transfer.start("E001", "E003", 1.0, 350.0, person("anna"), minutes=100.0)
    site.run(70)
    assert bench.transfer.running
    assert (site.told, site.status("E003")) == ([], CHARGE)


def test_where_a_setting_says_so_it_gets_wait_at_the_second_time_current_first(bench: Bench) -> None:
    site = Site(bench, waits=True)
    site.up()
    site.order("E003", CHARGE)
    site.run(58)
    assert (site.status("E001"), site.status("E003")) == (CV, CHARGE)
    assert "it gets Wait in 30 min" in site.rows[0][2]
    site.run(5)
    assert (site.status("E001"), site.status("E003")) == (WAIT, WAIT)
    waits = [one[1] for one in bench.grid.sent if one[0] == "command" and one[2] is WAIT]
    assert waits == ["E003", "E001"]
    ended = [command for command in bench.log.latest() if command.by == HAND_TIME]
    assert [(one.order.name, one.state) for one in ended] == [("setDcdc", "verified")] * 2


def test_a_reference_stays_while_a_follower_was_ordered_anew(bench: Bench) -> None:
    site = Site(bench, waits=True)
    site.up()
    site.order("E003", CHARGE)
    site.run(50)
    site.order("E003", CHARGE, 1.2)
    site.run(55)
    assert (site.status("E001"), site.status("E003")) == (CV, CHARGE)
    site.run(8)
    assert (site.status("E001"), site.status("E003")) == (WAIT, WAIT)


def test_a_wait_that_failed_is_sent_again_and_keeps_the_reference_half_a_minute_at_most(bench: Bench) -> None:
    site = Site(bench, waits=True)
    site.up()
    site.order("E003", CHARGE)
    bench.grid.faults["E003 WAIT"] = Fault(unsent(), times=100)
    site.run(62)
    assert (site.status("E001"), site.status("E003")) == (WAIT, CHARGE)
    del bench.grid.faults["E003 WAIT"]
    site.run(1)
    assert site.status("E003") == WAIT


def test_a_wait_that_cannot_be_sent_is_tried_each_half_minute_and_told_as_a_count(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """M12: and never given up."""
    site = Site(bench, waits=True)
    site.up()
    bench.grid.faults["E001 WAIT"] = Fault(unsent(), times=10_000)
    site.run(62)
    caplog.clear()
    tried = next(one.tries.count if one.tries else 0 for one in bench.log.latest() if one.by == HAND_TIME)
    site.run(20)
    last = next(one for one in bench.log.latest() if one.by == HAND_TIME)
    assert last.tries is not None
    assert last.tries.count > tried + 20, "each half minute"
    told = [record for record in caplog.records if record.levelname == "ERROR" and "E001" in record.getMessage()]
    assert len(told) <= 4, "a count in ten minutes, not each try"
    del bench.grid.faults["E001 WAIT"]
    site.run(1)
    assert site.status("E001") == WAIT


def test_a_running_stop_all_sends_its_own_waits(bench: Bench) -> None:
    site = Site(bench, waits=True)
    site.up()
    bench.desk.turns.hold("c1")
    site.run(70)
    assert site.status("E001") == CV
    bench.desk.turns.hold(None)
    site.run(1)
    assert site.status("E001") == WAIT
