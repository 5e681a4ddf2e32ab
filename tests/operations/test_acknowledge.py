"""An operator has looked at live hardware that nobody watches (Z6a)."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import Mode, Word
from main_controller.errors import NotFound, Refused
from main_controller.operations.acknowledge import Acknowledge
from main_controller.store.database import Database
from main_controller.store.known_units import KnownUnits
from tests.operations.bench import START, Bench, open_bench


class Book:
    """Acknowledgements, as the desk sees them."""

    def __init__(self, bench: Bench) -> None:
        self.words = bench.acknowledged.words

    def acknowledge(self, unit_id: str, word: str | None, by: str, at: datetime) -> None:
        """As `acknowledge.Book.acknowledge`."""
        self.words[unit_id] = word


def test_unwatched_hardware_is_acknowledged_by_its_word_and_lets_run_pass() -> None:
    with open_bench(mode=Mode.STOP) as bench:
        bench.unit("E001").word = str(Word.VOLTAGE_REFERENCE)
        bench.settled()
        bench.unit("E001").there = False
        bench.run(6.0)
        with pytest.raises(Refused, match="nobody watches"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, "me")
        told: list[str] = []
        command = Acknowledge(bench.desk, Book(bench), told=told.append).order("E001", "me")
        assert (command.state, told) == ("verified", ["E001"])
        assert bench.set_mode.cluster(Mode.AUTONOMOUS, "me").sent is True


def test_a_unit_that_comes_back_at_work_is_excused_by_no_acknowledgement() -> None:
    with open_bench(mode=Mode.STOP) as bench:
        bench.unit("E001").word = str(Word.VOLTAGE_REFERENCE)
        bench.settled()
        bench.unit("E001").there = False
        bench.run(6.0)
        Acknowledge(bench.desk, Book(bench)).order("E001", "me")
        bench.unit("E001").there = True
        bench.run(6.0)
        with pytest.raises(Refused, match="E001 is not surely in Wait"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, "me")


def test_a_member_never_seen_since_the_restart_can_be_acknowledged_and_a_stranger_not() -> None:
    with open_bench("E001", remembered={"E009": Remembered("E009", "0x0014")}) as bench:
        bench.settled()
        orders = Acknowledge(bench.desk, Book(bench))
        assert orders.order("E009", "me").state == "verified"
        assert bench.fact("E009").acknowledged
        with pytest.raises(NotFound):
            orders.order("E999", "me")
        with pytest.raises(Refused, match="nothing to acknowledge"):
            orders.order("E001", "me")


def test_hardware_that_came_back_and_fell_silent_again_is_looked_at_again(tmp_path: Path) -> None:
    """S11, case R: back in the same word for an hour, at 380 V instead of 350 V, then silent again."""
    now = [START]
    database = Database(tmp_path / "journal.sqlite3")
    known = KnownUnits(database, wall=lambda: now[0], lasts=timedelta(hours=24))
    with open_bench(mode=Mode.STOP, acknowledgements=known) as bench:
        bench.on_poll = known.note
        one = bench.unit("E001")
        one.word, one.dvg = str(Word.VOLTAGE_REFERENCE), 350.0
        bench.settled()
        one.there = False
        bench.run(6.0)
        now[0] = bench.wall()
        Acknowledge(bench.desk, known).order("E001", "anna")
        bench.run(6.0)
        assert bench.fact("E001").acknowledged
        one.there, one.dvg = True, 380.0
        bench.run(3600.0)
        one.there = False
        bench.run(6.0)
        now[0] = bench.wall()
        assert not bench.fact("E001").acknowledged
        with pytest.raises(Refused, match="nobody watches"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, "bob")
    database.close()
