"""An operator has looked at live hardware that nobody watches (Z6a)."""

from datetime import datetime

import pytest

from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import Mode, Word
from main_controller.errors import NotFound, Refused
from main_controller.operations.acknowledge import Acknowledge
from tests.operations.bench import Bench, open_bench


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
