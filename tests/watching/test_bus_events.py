"""What goes wrong on the bus is told when it begins and when it is over, with its numbers (S9, S10, S14)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.errors import ControllerError
from main_controller.orders.trips import Trips
from main_controller.rules.bus_figures import BusFigures
from main_controller.rules.interlock_terms import Limits
from main_controller.store.chronicle import Chronicle
from main_controller.watching.answers import Answers
from main_controller.watching.bus_events import BusEvents
from main_controller.watching.bus_view import BusView
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, unsent

RUN, STOP, MANUAL = Mode.AUTONOMOUS, Mode.STOP, Mode.MANUAL
CV, CHARGE, DISCHARGE, WAIT = (
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
    ConverterStatus.WAIT,
)
UP = ConverterOrder("E001", CV, 350.0, 2.3)


class Watched:
    """A bench whose bus is watched as the worker watches it."""

    def __init__(self, bench: Bench, limits: Limits | None = None) -> None:
        self.bench = bench
        self.rows: list[tuple[Any, ...]] = []
        self.trips = Trips()
        chronicle = Chronicle(record=lambda *row: self.rows.append(row), wall=bench.wall)
        self.events = BusEvents(
            bench.desk, chronicle, self.trips, limits=limits or Limits(), accounts=lambda flows: [None] * len(flows)
        )
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
        return [one.condition.kind for one in self.events.standing()]

    def works(self, unit_id: str, status: ConverterStatus, vg: float = 350.0, **more: float) -> None:
        unit = self.bench.unit(unit_id)
        unit.status = str(status)
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
    manual.bench.converter.order(UP, ME)
    manual.bench.run(40)
    manual.bench.converter.order(ConverterOrder("E003", CHARGE, 350.0, 2.0), ME)
    manual.bench.run(40)
    assert manual.told() == []
    manual.bench.unit("E001").status = str(WAIT)
    manual.bench.run(8)
    assert manual.told() == ["E001 was voltage reference and is in Wait now, by itself."]
    assert len(manual.trips.moments()["E001"]) == 1
    manual.bench.run(20)
    assert "E003 is charging and no converter holds the bus (0 V there)." in manual.told()
    assert manual.kinds[0] == "noReference"
    assert manual.events.standing()[0].condition.grave is True
    manual.bench.converter.wait("E003", ME)
    manual.bench.run(40)
    assert "E003 is no longer without a voltage reference." in manual.told()
    assert manual.kinds == []


def test_a_member_that_was_never_heard_hides_no_missing_reference(manual: Watched) -> None:
    """K6: `/unitIds` names dead units too; one of them kept the gravest alarm of all from being told."""
    manual.bench.cache.take_grid(lambda grid: replace(grid, unit_ids=("E001", "E002", "E003", "E009")))
    manual.works("E003", CHARGE, vg=200.0)
    manual.bench.run(30)
    text = "E003 is charging and no converter holds the bus (200 V there); whether E009 does, nobody hears."
    assert [(one.sentence, one.condition.grave) for one in manual.events.standing() if one.condition.grave] == [
        (text, True)
    ]


def test_converters_that_said_themselves_that_they_wait_are_no_followers_without_a_reference(shared: Watched) -> None:
    """As when apis-web dies: the last readings show them at work, and their own answers to Stop all are newer."""
    bench = shared.bench
    for unit_id in ("E001", "E002", "E003"):
        bench.unit(unit_id).frozen = True
    bench.converter.wait("E003", ME)
    bench.converter.wait("E001", ME)
    bench.run(25)
    assert bench.assessed("E003").live
    assert bench.assessed("E003").last_status is CHARGE
    assert shared.kinds == []
    bench.unit("E003").frozen = False
    shared.works("E003", CHARGE)
    bench.run(30)
    assert "noReference" in shared.kinds, "a reading since then shows that it works"


def test_a_converter_on_a_piece_of_the_bus_that_is_cut_off_is_without_a_reference(manual: Watched) -> None:
    """The reference holds its own piece at 350 V, and the current of the other drives the open piece anywhere."""
    manual.works("E001", CV)
    manual.works("E003", CHARGE, vg=0.0)
    manual.bench.run(12)
    assert "noReference" not in manual.kinds, "the ramp of the bus shows late (K4, K15)"
    manual.bench.run(30)
    text = "E003 is charging and measures a dead bus (0 V there): no converter holds it there."
    first = manual.events.standing()[0]
    assert (first.sentence, first.condition.grave) == (text, True)
    manual.works("E003", CHARGE)
    manual.bench.run(12)
    assert "noReference" not in manual.kinds


def test_a_converter_that_a_stop_left_at_work_is_told_above_everything(manual: Watched) -> None:
    manual.bench.grid.mode = Mode.STOP
    manual.bench.run(12)
    manual.works("E001", CV)
    manual.bench.run(60)
    told = [
        (one.sentence, one.condition.grave) for one in manual.events.standing() if one.condition.kind == "unexplained"
    ]
    assert told == [("E001 is voltage reference though it is in Force Stop.", True)]


def test_our_own_orders_and_stops_are_no_news(manual: Watched) -> None:
    manual.bench.converter.order(UP, ME)
    manual.bench.run(60)
    manual.bench.converter.wait("E001", ME)
    manual.bench.run(60)
    manual.bench.converter.order(UP, ME)
    manual.bench.run(60)
    manual.bench.stop_all.order(ME)
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
    manual.bench.converter.order(UP, ME)
    manual.bench.run(60)
    assert manual.kinds == []
    manual.bench.grid.mode = STOP
    manual.bench.set_mode.cluster(STOP, ME)
    manual.works("E001", CV)
    manual.bench.run(60)
    assert "unexplained" in manual.kinds


@pytest.mark.parametrize("stop", ["stopAll", "wait"])
def test_an_order_from_before_a_stop_that_could_not_leave_explains_nothing_either(manual: Watched, stop: str) -> None:
    """Whoever gave it meant what it says: what works on does so by nobody's will."""
    bench = manual.bench
    bench.bus = True
    bench.converter.order(UP, ME)
    bench.run(60)
    bench.grid.faults["E001 WAIT"] = Fault(unsent())
    if stop == "stopAll":
        bench.stop_all.order(ME)
    else:
        with pytest.raises(ControllerError):
            bench.converter.wait("E001", ME)
    bench.run(60)
    assert bench.unit("E001").status == CV
    assert "unexplained" in manual.kinds


def test_what_a_guided_transfer_left_at_work_is_explained_by_nothing(manual: Watched) -> None:
    """Its end failed, and its record is gone: nobody else would say that its converters go on."""
    bench = manual.bench
    bench.bus = bench.devices.reads = True
    bench.transfer.start("E001", "E003", 2.0, 350.0, ME, minutes=60)
    bench.run(100)
    assert manual.kinds == []
    bench.devices.deaf = {"E001", "E003"}
    for unit_id in bench.devices.deaf:
        bench.grid.faults[f"{unit_id} WAIT"] = Fault(unsent())
    bench.transfer.end(ME)
    bench.run(150)
    assert bench.desk.owner.claim is None
    left = {one.condition.unit_id for one in manual.events.standing() if one.condition.kind == "unexplained"}
    assert left == {"E001", "E003"}


@pytest.mark.parametrize(("vg", "kind"), [(381.0, "busHigh"), (290.0, "busLow"), (342.0, "referenceOff")])
def test_a_bus_out_of_its_band_is_told_with_its_numbers(manual: Watched, vg: float, kind: str) -> None:
    for unit_id in ("E001", "E002", "E003"):
        manual.bench.unit(unit_id).vg = vg
    manual.works("E001", CV, vg=vg)
    manual.bench.run(40)
    (standing,) = [one for one in manual.events.standing() if one.condition.kind == kind]
    assert f"{vg:g} V" in standing.sentence
    assert vg in standing.condition.numbers.values()


@pytest.fixture
def shared(manual: Watched) -> Watched:
    """E001 holds the bus and E003 takes 2 A from it, as ordered here."""
    bench = manual.bench
    bench.bus = True
    bench.converter.order(UP, ME)
    bench.run(40)
    bench.converter.order(ConverterOrder("E003", CHARGE, 350.0, 2.0), ME)
    bench.run(60)
    assert manual.told() == []
    return manual


BEYOND: list[tuple[str, str, dict[str, Any], float, str]] = [
    ("belowReserve", "E001", {"rsoc": 19.5}, 60.0, "E001 gives 2 A, and its battery is at 19.5 %"),
    ("aboveFull", "E003", {"rsoc": 96.0}, 60.0, "E003 takes 2 A, and its battery is at 96 %"),
    ("batteryVoltage", "E003", {"vb": 58.5}, 12.0, "E003 works and its battery is at 58.5 V"),
    ("batteryCurrent", "E001", {"meter": {"ib": -21.0}}, 12.0, "E001's battery carries 21 A; its limit is 20 A"),
    ("temperature", "E003", {"tmp": -0.5}, 12.0, "E003 works at -0.5 °C, outside 0 to 45 °C"),
    ("notPermitted", "E003", {"permission": "0x02"}, 22.0, "its battery permits discharging only"),
    ("unitCurrent", "E001", {"meter": {"ig": -2.3}}, 12.0, "E001 carries 2.3 A; its limit is 2.35 A"),
    ("reversePower", "E003", {"meter": {"ig": -1.0}}, 22.0, "E003 is charging and gives 1 A"),
    ("referenceCharged", "E001", {"rsoc": 97.0, "meter": {"ig": 1.0}}, 60.0, "and others charge it"),
    ("busApart", "E002", {"meter": {"vg": 330.0}}, 22.0, "others measure E002 330 V"),
]
"""Kind, unit, what it is from now on, after how long (s) it is told, and how."""


@pytest.mark.parametrize(("kind", "unit_id", "beyond", "after", "says"), BEYOND)
def test_what_a_unit_at_work_does_not_bear_is_told_once_it_lasts_and_when_it_is_over(
    shared: Watched, kind: str, unit_id: str, beyond: dict[str, Any], after: float, says: str
) -> None:
    """I1-I4, I7, I13, I14: they were asked of orders and of guided transfers alone."""
    unit = shared.bench.unit(unit_id)
    before = {name: getattr(unit, name) for name in beyond}
    for name, value in beyond.items():
        setattr(unit, name, value)
    shared.bench.run(after - 3.0)
    assert kind not in shared.kinds
    shared.bench.run(15.0)
    (standing,) = [one for one in shared.events.standing() if one.condition.kind == kind]
    assert says in standing.sentence
    assert standing.condition.unit_id == (None if kind == "busApart" else unit_id)
    begun = [row for row in shared.rows if row[0] == kind]
    assert [row[2:] for row in begun] == [(standing.sentence, None, standing.condition.numbers)], (
        "one row of the journal"
    )
    for name, value in before.items():
        setattr(unit, name, value)
    shared.bench.run(11.0)
    over = [row for row in shared.rows if row[0] == kind][1:]
    assert [(row[3], row[4]) for row in over] == [(standing.condition.numbers, None)]
    assert shared.kinds == []


SOUND: dict[str, dict[str, Any]] = {"batteryCurrent": {"meter": {"ib": -14.0}}, "notPermitted": {"permission": "0x03"}}
"""What is told where all is well, of what the fakes do not tell."""


@pytest.mark.parametrize(("kind", "unit_id", "beyond", "after", "says"), BEYOND)
def test_what_lasts_no_longer_than_a_reading_is_told_to_nobody(
    shared: Watched, kind: str, unit_id: str, beyond: dict[str, Any], after: float, says: str
) -> None:
    unit = shared.bench.unit(unit_id)
    before = {name: getattr(unit, name) for name in beyond} | SOUND.get(kind, {})
    for _ in range(5):
        for name, value in beyond.items():
            setattr(unit, name, value)
        shared.bench.run(5.0)
        for name, value in before.items():
            setattr(unit, name, value)
        shared.bench.run(10.0)
    assert [row for row in shared.rows if row[0] == kind] == []


def test_a_current_near_the_bus_limit_is_told() -> None:
    """I7: 4 A of 4.2 A."""
    with open_bench(mode=MANUAL) as bench:
        watching = Watched(bench.settled(), Limits(bus_current=4.2))
        bench.bus = True
        bench.converter.order(UP, ME)
        bench.run(40)
        bench.converter.order(ConverterOrder("E003", CHARGE, 350.0, 2.0), ME)
        bench.run(40)
        assert watching.told() == ["All units together carry 4 A (2 units); the bus' limit is 4.2 A."]
        bench.converter.wait("E003", ME)
        bench.run(20)
        assert watching.told() == ["The sum of all currents is well below the bus' limit again."]


def test_what_stands_is_not_told_again_as_its_figure_moves_about_the_limit(shared: Watched) -> None:
    unit = shared.bench.unit("E003")
    for tmp in (45.1, 45.1, 45.1, 45.1, 44.9, 45.2, 44.8, 45.1, 44.5):
        unit.tmp = tmp
        shared.bench.run(5.0)
    assert shared.told() == ["E003 works at 45.1 °C, outside 0 to 45 °C."]
    unit.tmp = 43.9
    shared.bench.run(6.0)
    assert shared.told() == ["E003 is within its temperatures again, or its converter in Wait."]


def test_a_figure_that_is_missing_now_and_then_hides_nothing(shared: Watched) -> None:
    """A sensor that answers every other time kept its battery's heat from ever lasting long enough to be told."""
    unit = shared.bench.unit("E003")
    for tmp in (60.0, None) * 4:
        unit.tmp = tmp
        shared.bench.run(5.0)
    assert "E003 works at 60 °C, outside 0 to 45 °C." in shared.told()


def test_a_figure_that_stays_away_proves_nothing_either(shared: Watched) -> None:
    unit = shared.bench.unit("E003")
    for tmp in (60.0, *(None,) * 6, 60.0, 40.0, 60.0, 40.0):
        unit.tmp = tmp
        shared.bench.run(5.0)
    assert shared.told() == []


def test_what_nobody_can_see_any_more_is_not_said_to_be_over(shared: Watched) -> None:
    """A unit that fell silent was told to be sound again."""
    unit = shared.bench.unit("E003")
    unit.tmp = 60.0
    shared.bench.run(20.0)
    shared.told()
    unit.tmp = None
    shared.bench.run(6.0)
    assert shared.told() == ["E003 no longer tells whether this still holds: E003 works at 60 °C, outside 0 to 45 °C."]
    unit.tmp = 60.0
    shared.bench.run(20.0)
    shared.told()
    unit.there = False
    shared.bench.run(6.0)
    assert (
        "E003 is not heard any more, so nobody knows whether this still holds: E003 works at 60 °C, outside 0 to 45 °C."
        in shared.told()
    )
    assert "temperature" not in shared.kinds


def test_a_second_reference_that_falls_silent_is_not_said_to_be_gone(manual: Watched) -> None:
    manual.works("E001", CV)
    manual.works("E002", CV)
    manual.bench.run(25)
    assert "secondReference" in manual.kinds
    manual.told()
    manual.bench.unit("E002").there = False
    manual.bench.run(6)
    (told,) = [text for text in manual.told() if "Two converters" in text]
    assert told.startswith("E002 is not heard any more, so nobody knows whether this still holds: Two converters")


def test_a_bus_that_falls_under_its_reference_is_told_after_two_readings(shared: Watched) -> None:
    """I14: under `gridvoltagemin` for 5 s with a reference; it took 12."""
    for unit in shared.bench.grid.units.values():
        unit.meter["vg"] = 290.0
    shared.bench.run(5.0)
    assert shared.told() == []
    shared.bench.run(6.0)
    assert [text.split(":")[0] for text in shared.told()] == ["The bus is below 300 V with a voltage reference"]


def test_the_figures_of_the_bus_say_who_is_outside_its_band_and_since_when(shared: Watched) -> None:
    """I14."""
    view, bench = BusView(shared.bench.desk, shared.events, limits=Limits()), shared.bench
    inside = view.figures(bench.desk.grid()).voltage
    assert inside is not None
    assert (inside.outside, inside.left_band) == ((), None)
    bench.unit("E002").meter["vg"] = 390.0
    bench.run(5.0)
    left = bench.wall()
    for _ in range(3):
        bench.run(20.0)
        outside = view.figures(bench.desk.grid()).voltage
        assert outside is not None
        assert outside.outside == ("E002",)
        assert outside.left_band is not None
        assert -5.0 <= (datetime.fromisoformat(outside.left_band) - left).total_seconds() <= 0.0
    bench.unit("E002").meter.clear()
    bench.run(6.0)
    assert view.figures(bench.desk.grid()).voltage == inside


def test_the_figures_of_the_bus_end_with_the_readings_that_they_rest_on(shared: Watched) -> None:
    """While apis-web gives nothing new, the last figures would stand for ever."""
    view, bench = BusView(shared.bench.desk, shared.events, limits=Limits()), shared.bench
    fresh = view.figures(bench.desk.grid()).voltage
    assert fresh is not None
    assert fresh.of == len(bench.grid.units)
    bench.polls = False
    bench.run(bench.limits.fresh + 1.0)
    assert view.figures(bench.desk.grid()).voltage is None
    assert view.figures(bench.desk.grid()).reference is not None
    bench.run(bench.timing.stale_after)
    assert view.figures(bench.desk.grid()) == BusFigures()


def test_headroom_is_told_of_a_unit_that_was_seen(shared: Watched) -> None:
    view = BusView(shared.bench.desk, shared.events, limits=Limits())
    assert view.headroom("E001") is not None
    assert view.headroom("E999") is None


def test_a_heavy_alarm_is_told_at_once_and_when_it_is_gone(manual: Watched) -> None:
    unit = manual.bench.unit("E001")
    unit.alarm = "Heavy alarm"
    manual.bench.run(6)
    assert manual.told() == ["E001's converter shows a heavy alarm."]
    unit.alarm = "Light alarm"
    manual.bench.run(6)
    assert manual.told() == ["E001's converter shows no heavy alarm any more."]


def hang(watched: Watched) -> None:
    """apis-web answers nothing until every unit is stale, and then again."""
    watched.bench.polls = False
    watched.bench.run(watched.bench.timing.stale_after + 10.0)
    assert watched.kinds == []
    watched.bench.polls = True


def test_an_alarm_that_nobody_could_see_for_a_while_began_when_it_was_first_seen(manual: Watched) -> None:
    """apis-web hung, and the alarm's "since" began anew."""
    manual.bench.unit("E001").alarm = "Heavy alarm"
    manual.bench.run(6)
    began = manual.events.standing()[0].since
    for _ in range(2):
        hang(manual)
        manual.bench.run(6)
        (again,) = manual.events.standing()
        assert (again.condition.kind, again.since) == ("heavyAlarm", began)
    told = manual.told()
    assert told.count("E001's converter shows a heavy alarm.") == 3, "the journal says that it is seen again"
    assert len([text for text in told if "nobody knows" in text]) == 2


def test_an_alarm_that_went_while_nobody_could_see_it_is_told_as_gone_and_begins_anew(manual: Watched) -> None:
    unit = manual.bench.unit("E001")
    unit.alarm = "Heavy alarm"
    manual.bench.run(6)
    began = manual.events.standing()[0].since
    unit.alarm = "Light alarm"
    hang(manual)
    manual.told()
    manual.bench.run(6)
    assert manual.told() == ["E001's converter shows no heavy alarm any more."]
    manual.bench.run(6)
    assert manual.told() == []
    unit.alarm = "Heavy alarm"
    manual.bench.run(6)
    assert manual.events.standing()[0].since > began


def test_a_contradicted_order_stands_among_the_events_once(manual: Watched) -> None:
    manual.bench.converter.wait("E001", ME)
    manual.works("E001", CHARGE)
    answers = Answers(manual.bench.desk)
    for _ in range(30):
        manual.bench.run(1)
        answers.run_once()
    assert len([text for text in manual.told() if "contradict" in text]) == 1


def contradicted(manual: Watched) -> Answers:
    """E001 answered Wait and goes on charging, and the readings have shown it."""
    manual.bench.converter.wait("E001", ME)
    manual.works("E001", CHARGE)
    answers = Answers(manual.bench.desk)
    for _ in range(30):
        manual.bench.run(1)
        answers.run_once()
    manual.bench.run(1)
    return answers


def test_a_contradicted_order_stands_above_everything_until_the_converter_obeys(manual: Watched) -> None:
    contradicted(manual)
    first = manual.events.standing()[0]
    assert (first.condition.kind, first.condition.unit_id, first.condition.grave) == ("contradicted", "E001", True)
    assert (
        first.sentence
        == "E001 answered c1 of me as done (in Wait), but its readings show charging, set to 350 V and 2 A."
    )
    assert first.condition.numbers == {"command": "c1", "wanted": "0x0000", "shows": "0x0041"}
    manual.bench.unit("E001").status = str(WAIT)
    manual.bench.run(6)
    assert "contradicted" not in manual.kinds


def test_a_contradicted_order_stands_no_longer_once_another_concerns_its_converter(manual: Watched) -> None:
    contradicted(manual)
    assert "contradicted" in manual.kinds
    manual.bench.converter.wait("E001", ME)
    manual.bench.run(1)
    assert "contradicted" not in manual.kinds


def test_deals_explain_what_apis_main_drives() -> None:
    with open_bench(mode=RUN) as bench:
        watching = Watched(bench.settled())
        bench.cache.take_grid(
            lambda grid: type(grid)(
                unit_ids=("E001",), deals=({"chargingUnit": "E001", "dischargingUnit": "E002"},), deals_at=1.0
            )
        )
        for unit_id, status in (("E001", CHARGE), ("E002", CV), ("E003", DISCHARGE)):
            watching.works(unit_id, status)
        bench.run(60)
        told = [one.condition.unit_id for one in watching.events.standing() if one.condition.kind == "unexplained"]
        assert told == ["E003"]
        assert [text for text in watching.told() if "by itself" in text] == []


def test_a_trip_between_its_own_answer_and_the_first_reading_is_a_trip(manual: Watched) -> None:
    """I11: no reading ever showed it at work."""
    answers = Answers(manual.bench.desk)
    manual.bench.converter.order(UP, ME)
    manual.bench.unit("E001").status = str(WAIT)
    for _ in range(30):
        manual.bench.run(1)
        answers.run_once()
    assert len(manual.trips.moments()["E001"]) == 1


def test_a_trip_that_an_alarm_shows_counts_though_a_wait_clears_it_before_the_answer_is_contradicted(
    manual: Watched,
) -> None:
    """I11: the first thing that a person does after a trip is to send Wait, which clears the alarm."""
    answers = Answers(manual.bench.desk)
    manual.bench.converter.order(UP, ME)
    tripped = manual.bench.unit("E001")
    tripped.status, tripped.alarm = str(WAIT), "Heavy alarm"
    manual.bench.run(10)
    manual.bench.converter.wait("E001", ME)
    tripped.alarm = "No alarm"
    for _ in range(40):
        manual.bench.run(1)
        answers.run_once()
    assert len(manual.trips.moments()["E001"]) == 1


def test_one_trip_counts_once_whether_its_alarm_or_its_reading_tells_it_first(manual: Watched) -> None:
    answers = Answers(manual.bench.desk)
    manual.bench.converter.order(UP, ME)
    tripped = manual.bench.unit("E001")
    tripped.status, tripped.alarm = str(WAIT), "Heavy alarm"
    for _ in range(40):
        manual.bench.run(1)
        answers.run_once()
    tripped.alarm = "No alarm"
    manual.bench.run(6)
    tripped.alarm = "Heavy alarm"
    manual.bench.run(6)
    assert len(manual.trips.moments()["E001"]) == 1


def test_a_converter_that_trips_again_soon_after_its_wait_has_tripped_twice(manual: Watched) -> None:
    """I11: the Wait before the order under which it worked explains nothing."""
    bench, unit = manual.bench, manual.bench.unit("E001")
    bench.bus = True
    for _ in range(2):
        bench.converter.order(UP, ME)
        bench.run(10)
        unit.status = str(WAIT)
        bench.run(10)
        bench.converter.wait("E001", ME)
        bench.run(31)
    assert len(manual.trips.moments()["E001"]) == 2


def test_a_reading_that_still_shows_the_wait_before_the_last_order_is_no_trip(manual: Watched) -> None:
    """K4: readings are up to 10 s old, so one of the Wait may come after the order that followed it."""
    bench, unit = manual.bench, manual.bench.unit("E001")
    bench.bus = True
    bench.converter.order(UP, ME)
    bench.run(20)
    bench.converter.wait("E001", ME)
    bench.run(1)
    unit.status = str(CV)  # no reading has told of the Wait yet
    bench.run(5)
    bench.converter.order(UP, ME)
    unit.status = str(WAIT)
    bench.run(2)
    unit.status = str(CV)
    bench.run(40)
    assert manual.trips.moments() == {}


def test_a_wait_that_was_not_done_is_no_trip(manual: Watched) -> None:
    answers = Answers(manual.bench.desk)
    manual.bench.devices.deaf = {"E001"}
    manual.works("E001", CV)
    manual.bench.run(60)
    manual.bench.converter.wait("E001", ME)
    for _ in range(45):
        manual.bench.run(1)
        answers.run_once()
    assert manual.trips.moments() == {}
