"""What goes wrong on the bus is told when it begins and when it is over, with its numbers (S9, S10, S14)."""

from collections.abc import Iterator
from typing import Any

import pytest

from main_controller.domain.interlock_terms import Limits, Wanted
from main_controller.domain.modes import Mode, Word
from main_controller.operations.answers import Answers
from main_controller.operations.bus_events import BusEvents
from main_controller.operations.chronicle import Chronicle
from tests.operations.bench import Bench, open_bench

RUN, STOP, MANUAL = Mode.AUTONOMOUS, Mode.STOP, Mode.MANUAL
CV, CHARGE, DISCHARGE, WAIT = Word.VOLTAGE_REFERENCE, Word.CHARGE, Word.DISCHARGE, Word.WAIT
UP = Wanted("E001", CV, 350.0, 2.3)


class Watched:
    """A bench whose bus is watched as the worker watches it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.rows: list[tuple[Any, ...]] = []
        chronicle = Chronicle(record=lambda *row: self.rows.append(row), wall=bench.wall)
        self.events = BusEvents(bench.desk, chronicle, limits=Limits())
        before = bench.hands.beat

        def beat() -> None:
            before()
            self.events.run_once()

        bench.hands.beat = beat

    def told(self) -> list[str]:
        """The sentences since the last question."""
        texts, self.rows = [row[2] for row in self.rows], []
        return texts

    @property
    def kinds(self) -> list[str]:
        """What stands now, by kind, the gravest first."""
        return [one["kind"] for one in self.events.standing()]

    def works(self, unit_id: str, word: Word, vg: float = 350.0, **more: float) -> None:
        unit = self.bench.unit(unit_id)
        unit.word = str(word)
        for name, value in {"dvg": 350.0, "dig": 2.0, "vg": vg, **more}.items():
            setattr(unit, name, value)


@pytest.fixture
def manual() -> Iterator[Watched]:
    with open_bench(mode=MANUAL) as bench:
        bench.settled()
        watching = Watched(bench)
        bench.run(6.0)
        assert watching.told() == []
        yield watching


def test_a_reference_that_trips_under_its_follower_is_told_above_everything(manual: Watched) -> None:
    manual.bench.bus = True
    manual.bench.converter.order(UP, "me")
    manual.bench.run(40)
    manual.bench.converter.order(Wanted("E003", CHARGE, 350.0, 2.0), "me")
    manual.bench.run(40)
    assert manual.told() == []
    manual.bench.unit("E001").word = str(WAIT)
    manual.bench.run(8)
    assert manual.told() == ["E001 was voltage reference and is in Wait now, by itself."]
    assert len(manual.events.trips()["E001"]) == 1
    manual.bench.run(20)
    assert "E003 is charging and no converter holds the bus (0 V there)." in manual.told()
    assert manual.kinds[0] == "noReference"
    assert manual.events.standing()[0]["grave"] is True
    manual.bench.converter.wait("E003", "me")
    manual.bench.run(40)
    assert "E003 is no longer without a voltage reference." in manual.told()
    assert manual.kinds == []


def test_our_own_orders_and_stops_are_no_news(manual: Watched) -> None:
    manual.bench.converter.order(UP, "me")
    manual.bench.run(60)
    manual.bench.converter.wait("E001", "me")
    manual.bench.run(60)
    manual.bench.converter.order(UP, "me")
    manual.bench.run(60)
    manual.bench.stop_all.order("me")
    manual.bench.run(60)
    assert [text for text in manual.told() if "by itself" in text] == []


def test_two_references_that_last_are_told_and_a_hand_over_within_the_skew_is_not(manual: Watched) -> None:
    manual.works("E001", CV)
    manual.works("E002", CV)
    manual.bench.run(8)
    manual.works("E002", WAIT)
    manual.bench.run(8)
    assert "secondReference" not in manual.kinds
    manual.works("E002", CV)
    manual.bench.run(25)
    assert any("Two converters hold the bus at once: E001, E002" in text for text in manual.told())


def test_a_converter_that_nothing_explains_is_told_in_every_mode(manual: Watched) -> None:
    manual.works("E001", CV)
    manual.bench.run(30)
    assert "unexplained" not in manual.kinds
    manual.bench.run(30)
    assert "unexplained" in manual.kinds
    manual.told()
    manual.works("E001", WAIT, vg=0.0)
    manual.bench.run(10)
    assert any("is explained or in Wait again" in text for text in manual.told())


def test_an_order_from_before_a_stop_explains_nothing_any_more(manual: Watched) -> None:
    manual.bench.bus = True
    manual.bench.converter.order(UP, "me")
    manual.bench.run(60)
    assert manual.kinds == []
    manual.bench.grid.mode = STOP
    manual.bench.set_mode.cluster(STOP, "me")
    manual.works("E001", CV)
    manual.bench.run(60)
    assert "unexplained" in manual.kinds


@pytest.mark.parametrize(("vg", "kind"), [(381.0, "busHigh"), (290.0, "busLow"), (342.0, "referenceOff")])
def test_a_bus_out_of_its_band_is_told_with_its_numbers(manual: Watched, vg: float, kind: str) -> None:
    for unit_id in ("E001", "E002", "E003"):
        manual.bench.unit(unit_id).vg = vg
    manual.works("E001", CV, vg=vg)
    manual.bench.run(40)
    (standing,) = [one for one in manual.events.standing() if one["kind"] == kind]
    assert f"{vg:g} V" in standing["text"]
    assert vg in standing["numbers"].values()


def test_a_heavy_alarm_is_told_at_once_and_when_it_is_gone(manual: Watched) -> None:
    unit = manual.bench.unit("E001")
    unit.alarm = "Heavy alarm"
    manual.bench.run(6)
    assert manual.told() == ["E001's converter shows a heavy alarm."]
    unit.alarm = "Light alarm"
    manual.bench.run(6)
    assert manual.told() == ["E001's converter shows no heavy alarm any more."]


def test_a_contradicted_order_stands_among_the_events_once(manual: Watched) -> None:
    manual.bench.converter.wait("E001", "me")
    manual.works("E001", CHARGE)
    answers = Answers(manual.bench.desk)
    for _ in range(30):
        manual.bench.run(1)
        answers.run_once()
    assert len([text for text in manual.told() if "contradict" in text]) == 1


def test_deals_explain_what_apis_main_drives() -> None:
    with open_bench(mode=RUN) as bench:
        watching = Watched(bench.settled())
        bench.cache.take_grid(
            lambda grid: type(grid)(
                unit_ids=("E001",), deals=({"chargingUnit": "E001", "dischargingUnit": "E002"},), deals_at=1.0
            )
        )
        for unit_id, word in (("E001", CHARGE), ("E002", CV), ("E003", DISCHARGE)):
            watching.works(unit_id, word)
        bench.run(60)
        told = [one["unitId"] for one in watching.events.standing() if one["kind"] == "unexplained"]
        assert told == ["E003"]
        assert [text for text in watching.told() if "by itself" in text] == []
