"""An operator has looked at live hardware that nobody watches (Z6a)."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.errors import NotFound, Refused
from main_controller.orders.acknowledge import Acknowledge
from main_controller.store.chronicle import Chronicle
from main_controller.store.database import Database
from main_controller.store.known_units import KnownUnits
from tests.assessment.units import ME
from tests.orders.bench import START, Bench, open_bench


class Book:
    """Acknowledgements, as the desk sees them."""

    def __init__(self, bench: Bench) -> None:
        self.statuses = bench.acknowledged.given

    def acknowledge(self, unit_id: str, status: str | None, by: str, at: datetime) -> None:
        """As `acknowledge.Book.acknowledge`."""
        self.statuses[unit_id] = status

    def lift(self, unit_id: str) -> bool:
        """As `acknowledge.Book.lift`."""
        return self.statuses.pop(unit_id, self) is not self


def acknowledge(bench: Bench, book: Any = None, **more: Any) -> tuple[Acknowledge, Chronicle]:
    """The operation, and what it told."""
    chronicle = Chronicle(record=lambda *row: None, wall=bench.wall)
    return Acknowledge(bench.desk, book or Book(bench), chronicle=chronicle, **more), chronicle


def test_unwatched_hardware_is_acknowledged_by_its_word_and_lets_run_pass() -> None:
    with open_bench(mode=Mode.STOP) as bench:
        bench.unit("E001").status = str(ConverterStatus.VOLTAGE_REFERENCE)
        bench.settled()
        bench.unit("E001").there = False
        bench.run(6.0)
        with pytest.raises(Refused, match="nobody watches"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, ME)
        told: list[str] = []
        command = acknowledge(bench, told=told.append)[0].order("E001", ME)
        assert (command.state, told) == ("verified", ["E001"])
        assert bench.set_mode.cluster(Mode.AUTONOMOUS, ME).sent is True


def test_a_unit_that_comes_back_at_work_is_excused_by_no_acknowledgement() -> None:
    with open_bench(mode=Mode.STOP) as bench:
        bench.unit("E001").status = str(ConverterStatus.VOLTAGE_REFERENCE)
        bench.settled()
        bench.unit("E001").there = False
        bench.run(6.0)
        acknowledge(bench)[0].order("E001", ME)
        bench.unit("E001").there = True
        bench.run(6.0)
        with pytest.raises(Refused, match="E001 is not surely in Wait"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, ME)


def test_a_member_never_seen_since_the_restart_can_be_acknowledged_and_a_stranger_not() -> None:
    with open_bench("E001", remembered={"E009": Remembered("E009", "0x0014")}) as bench:
        bench.settled()
        orders, _ = acknowledge(bench)
        assert orders.order("E009", ME).state == "verified"
        assert bench.assessed("E009").acknowledged
        with pytest.raises(NotFound):
            orders.order("E999", ME)
        with pytest.raises(Refused, match="nothing to acknowledge"):
            orders.order("E001", ME)


def test_hardware_that_came_back_and_fell_silent_again_is_looked_at_again(tmp_path: Path) -> None:
    """S11: back in the same word for an hour, at 380 V instead of 350 V, then silent again."""
    now = [START]
    database = Database(tmp_path / "journal.sqlite3")
    known = KnownUnits(database, wall=lambda: now[0], lasts=timedelta(hours=24))
    with open_bench(mode=Mode.STOP, acknowledgements=known) as bench:
        bench.on_poll = known.note
        one = bench.unit("E001")
        one.status, one.dvg = str(ConverterStatus.VOLTAGE_REFERENCE), 350.0
        bench.settled()
        one.there = False
        bench.run(6.0)
        now[0] = bench.wall()
        acknowledge(bench, known)[0].order("E001", person("anna"))
        bench.run(6.0)
        assert bench.assessed("E001").acknowledged
        one.there, one.dvg = True, 380.0
        bench.run(3600.0)
        one.there = False
        bench.run(6.0)
        now[0] = bench.wall()
        assert not bench.assessed("E001").acknowledged
        with pytest.raises(Refused, match="nobody watches"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, person("bob"))
    database.close()


def silent_reference(bench: Bench) -> None:
    """E001 fell silent as voltage reference in Force Stop, and the others measure what it holds."""
    bench.unit("E001").status = str(ConverterStatus.VOLTAGE_REFERENCE)
    for unit in bench.grid.units.values():
        unit.vg = 350.0
    bench.settled()
    bench.unit("E001").there = False
    bench.run(20.0)


def test_a_live_bus_refuses_run_and_lifts_the_acknowledgement_of_who_may_hold_it() -> None:
    """S10: the acknowledged hardware is live."""
    with open_bench(mode=Mode.STOP) as bench:
        silent_reference(bench)
        bench.acknowledged.given["E001"] = str(ConverterStatus.VOLTAGE_REFERENCE)
        with pytest.raises(Refused, match=r"The bus is live \(E002 350 V, E003 350 V\) and no deal explains it"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, ME)
        orders, chronicle = acknowledge(bench)
        orders.run_once()
        assert bench.assessed("E001").acknowledged, "the voltage may be of before"
        bench.run(16.0)
        orders.run_once()
        assert not bench.assessed("E001").acknowledged
        assert [event.unit_id for event in chronicle.events()] == ["E001"]
        orders.run_once()
        assert len(chronicle.events()) == 1
        assert orders.order("E001", ME).state == "verified", "it is looked at again"
        orders.run_once()
        assert bench.assessed("E001").acknowledged
        bench.run(16.0)
        orders.run_once()
        assert not bench.assessed("E001").acknowledged


def test_a_bus_that_falls_or_is_explained_lifts_no_acknowledgement() -> None:
    with open_bench(mode=Mode.STOP) as bench:
        silent_reference(bench)
        bench.acknowledged.given["E001"] = str(ConverterStatus.VOLTAGE_REFERENCE)
        orders, _ = acknowledge(bench)
        orders.run_once()
        bench.unit("E002").status = str(ConverterStatus.VOLTAGE_REFERENCE)
        bench.run(10.0)
        orders.run_once()
        bench.unit("E002").status = str(ConverterStatus.WAIT)
        bench.run(10.0)
        orders.run_once()
        for unit in bench.grid.units.values():
            unit.vg = 0.0
        bench.run(10.0)
        orders.run_once()
        bench.run(60.0)
        orders.run_once()
        assert bench.assessed("E001").acknowledged


def test_run_is_refused_on_a_live_bus_with_all_in_wait_and_in_soft_stop_without_deals() -> None:
    """S10: Run waits until nothing but deals holds the bus."""
    with open_bench(mode=Mode.STOP) as bench:
        for unit in bench.grid.units.values():
            unit.vg = 348.0
        bench.settled()
        with pytest.raises(Refused, match="E001 348 V, E002 348 V, E003 348 V"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, ME)
    with open_bench(mode=Mode.HETERONOMOUS) as bench:
        bench.unit("E001").status, bench.unit("E001").vg = str(ConverterStatus.VOLTAGE_REFERENCE), 350.0
        bench.settled()
        with pytest.raises(Refused, match="The bus is live"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, ME)
        bench.set_grid(grid_master=True, deals=1)
        assert bench.set_mode.cluster(Mode.AUTONOMOUS, ME).sent is True


def test_a_guided_sharing_begins_on_no_bus_that_an_acknowledged_silent_unit_may_hold() -> None:
    """S10: rule (i) is asked at its start, and no acknowledgement passes it."""
    with open_bench("E001", "E002", "E003", mode=Mode.MANUAL) as bench:
        silent_reference(bench)
        bench.acknowledged.given["E001"] = str(ConverterStatus.VOLTAGE_REFERENCE)
        with pytest.raises(Refused, match="shows 350 V on the bus"):
            bench.transfer.start("E002", "E003", 1.0, 350.0, ME, minutes=10.0)
