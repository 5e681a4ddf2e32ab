"""What ends a guided transfer by itself, whom its bus belongs to, and how its steps are told (S5, S6, S22, S29).

The physics are the bench's; each case is one way in which a transfer used to go on blindly.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from main_controller.domain.actor import SCHEDULER, person
from main_controller.domain.modes import Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.stamp import Stamp
from main_controller.errors import BadRequest, Refused
from tests.assessment.units import ME
from tests.orders.bench import Bench
from tests.procedures.guided import (
    CHARGE,
    CV,
    DISCHARGE,
    WAIT,
    begin,
    ended,
    in_wait,
    open_site,
    sent,
    sharing,
    stands,
    step,
)
from tests.procedures.guided import told as shown

CLUSTER_LOCK = {"name": "Aoki", "reason": "fuse", "since": "now"}


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_site() as made:
        yield made


def change(unit_id: str, **values: Any) -> Callable[[Bench], None]:
    """That a unit is otherwise from now on, whatever the bus does."""

    def do(bench: Bench) -> None:
        for name, value in values.items():
            setattr(bench.unit(unit_id), name, value)

    return do


def currents(giver: float, taker: float) -> Callable[[Bench], None]:
    def do(bench: Bench) -> None:
        bench.flows = False
        bench.unit("E001").ig, bench.unit("E003").ig = giver, taker

    return do


def bus_at(volts: float | None, *unit_ids: str) -> Callable[[Bench], None]:
    """That a meter shows this, or all do."""

    def do(bench: Bench) -> None:
        for unit_id in unit_ids or tuple(bench.grid.units):
            bench.unit(unit_id).meter["vg"] = volts

    return do


# S6: at every look


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (bus_at(0.0), "The bus is at 0 V at E001, not within 2 % of 350 V"),
        (bus_at(420.0), "The bus is at 420 V at E001, above 380 V"),
        (bus_at(341.0, "E003"), "The bus is at 341 V at E003"),
        (bus_at(None, "E003"), "The bus is at an unknown value at E003"),
        (change("E001", dvg=300.0, dig=0.5), "E001"),
        (change("E001", dig=0.5), "E001 is set to 0.5 A, not to the ordered 2.3 A"),
        (change("E003", dig=0.3), "E003 is set to 0.3 A, not to the ordered 2 A"),
        (change("E003", dvg=360.0), "E003 is set to 360 V, not to the ordered 350 V"),
        (currents(2.0, -2.0), "E001 shows 2 A on the bus; it should give 2 A (at most 0.325 A off)"),
        (currents(-2.0, -2.0), "E003 shows -2 A on the bus; it should take 2 A"),
        (currents(0.0, 0.0), "E001 shows 0 A on the bus"),
        (currents(-2.0, 1.6), "E003 shows 1.6 A on the bus"),
        (currents(-2.0, 2.4), "E003 shows 2.4 A on the bus"),
        (change("E002", status=str(CV), dvg=380.0), "E002 is not surely in Wait; a guided transfer needs the bus"),
        (change("E002", status=str(DISCHARGE)), "E002 is not surely in Wait"),
        (change("E002", status="0x0099"), "E002 is not surely in Wait"),
        (change("E001", alarm="Heavy alarm"), "E001 reports a heavy alarm"),
        (change("E003", alarm="Heavy alarm"), "E003 reports a heavy alarm"),
        (change("E002", alarm="Heavy alarm"), "E002 reports a heavy alarm"),
        (change("E001", battery={"rsoc": 20.0}), "E001's battery is at 20 %, not above its reserve of 20 %"),
        (change("E003", battery={"rsoc": 95.0}), "E003's battery is at 95 %, not below 95 %"),
        (change("E001", meter={"vb": 31.9}), "E001's battery has 31.9 V, outside 32 to 58.4 V"),
        (change("E003", meter={"vb": 58.9}), "E003's battery has 58.9 V"),
        (change("E003", meter={"tmp": 80.0}), "E003's converter has 80 °C, outside 0 to 45 °C"),
        (change("E001", meter={"tmp": -1.0}), "E001's converter has -1 °C"),
        (change("E003", battery={"battery_operation_status": "0x00"}), "E003's battery does not permit to charge"),
        (change("E003", battery={"battery_operation_status": "0x02"}), "E003's battery does not permit to charge"),
        (change("E001", battery={"battery_operation_status": "0x01"}), "E001's battery does not permit to discharge"),
        (lambda bench: bench.book.locks.update({"": CLUSTER_LOCK}), "The cluster was locked by Aoki: fuse"),
        (lambda bench: bench.book.locks.update({"E003": CLUSTER_LOCK}), "E003 was locked by Aoki: fuse"),
    ],
)
def test_it_ends_safely_with_the_reason_and_its_numbers(
    bench: Bench, happens: Callable[[Bench], object], why: str
) -> None:
    command_id = sharing(bench)
    happens(bench)
    bench.run(40.0)
    assert why in str(bench.log.get(command_id).error or shown(bench)["reason"])
    assert bench.unit("E001").status == bench.unit("E003").status == WAIT


@pytest.mark.parametrize(
    "happens",
    [
        currents(-2.3, 2.3),
        currents(-1.7, 1.7),
        bus_at(344.0),
        bus_at(356.0, "E001"),
        change("E001", battery={"rsoc": 20.1, "battery_operation_status": "0x03"}, meter={"vb": 32.0, "tmp": 45.0}),
        change("E003", battery={"rsoc": 94.9, "battery_operation_status": None}, meter={"vb": 58.4, "tmp": 0.0}),
        change("E003", battery={"rsoc": "full", "battery_operation_status": "??"}, meter={"vb": "x", "tmp": None}),
        change("E001", battery={"rsoc": 99.0, "battery_operation_status": 2}),
        change("E002", battery={"rsoc": 0.0}, meter={"vb": 1.0}),
        change("E002", there=False),
        lambda bench: bench.book.locks.update({"E002": CLUSTER_LOCK}),
    ],
)
def test_what_is_within_its_limits_or_not_known_or_not_its_own_lets_it_go_on(
    bench: Bench, happens: Callable[[Bench], object]
) -> None:
    sharing(bench)
    happens(bench)
    bench.run(60.0)
    assert step(bench) == "running sharing"


def test_a_current_may_take_its_time_to_rise_but_never_flow_the_wrong_way(bench: Bench) -> None:
    """K4, K15: readings of 10 s before the order and a ramp are no fault."""
    command_id = begin(bench)
    while step(bench) != "running sharing":
        bench.run(0.2)
    currents(0.0, 0.0)(bench)
    bench.run(10.0)
    currents(-1.0, 1.0)(bench)
    bench.run(8.0)
    assert step(bench) == "running sharing"
    currents(-1.0, -0.4)(bench)
    bench.run(6.0)
    assert "E003 shows -0.4 A" in str(shown(bench)["reason"])
    bench.flows = True
    bench.run(20.0)
    ended(bench, command_id, "failed", "E003 shows -0.4 A")


def test_a_bus_that_rises_too_high_ends_it_before_any_current(bench: Bench) -> None:
    command_id = begin(bench)
    bench.run(1.0)
    bus_at(400.0)(bench)
    bench.run(10.0)
    assert ("E003", "CHARGE") not in sent(bench)
    assert bench.unit("E001").status == WAIT
    assert "above 380 V" in str(shown(bench)["reason"])
    bench.run(60.0)
    ended(bench, command_id, "failed", "the bus still carries 400 V")


def test_an_alarm_that_stood_elsewhere_before_it_began_does_not_end_it(bench: Bench) -> None:
    bench.unit("E002").alarm = "Heavy alarm"
    bench.run(6.0)
    sharing(bench)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (change("E002", status=str(DISCHARGE)), "E002 is"),
        (change("E002", status="0x0099"), "E002 is"),
        (change("E001", alarm="Heavy alarm"), "E001 reports a heavy alarm"),
        (change("E003", alarm="Heavy alarm"), "E003 reports a heavy alarm"),
        (change("E001", battery={"rsoc": 20.0}), "battery is at 20 %"),
        (change("E003", battery={"rsoc": 95.0}), "not below 95 %"),
        (change("E003", meter={"tmp": 46.0}), "46 °C"),
    ],
)
def test_what_would_end_it_at_once_lets_none_begin(bench: Bench, happens: Callable[[Bench], object], why: str) -> None:
    happens(bench)
    bench.run(20.0)
    with pytest.raises(Refused, match=why):
        begin(bench)
    assert sent(bench) == []
    assert bench.desk.owner.claim is None


def test_an_apis_main_that_may_put_a_unit_to_work_on_the_same_bus_lets_none_begin(bench: Bench) -> None:
    """A split cluster: E002 alone is in Run."""
    bench.poll()
    units = {one.id: one.data(f"x{bench.hands.now}", Mode.MANUAL) for one in bench.grid.units.values()}
    units["E002"] = bench.unit("E002").data(f"x{bench.hands.now}", Mode.AUTONOMOUS)
    bench.cache.take_log(units, bench.hands.now, bench.wall())
    with pytest.raises(Refused, match="E002 is in Run: its apis-main may put it to work"):
        begin(bench)


# S23: the reference's margin


def test_the_current_leaves_the_reference_its_margin(bench: Bench) -> None:
    for current in (2.3, 2.2, 2.11):
        with pytest.raises(BadRequest, match=r"at most 2\.1 A"):
            begin(bench, current)
    sharing(bench, current=2.1)


# I15: a limit in minutes or Wh


def test_without_a_limit_it_does_not_begin(bench: Bench) -> None:
    with pytest.raises(BadRequest, match="give minutes, wh or both"):
        bench.transfer.start("E001", "E003", 2.0, 350.0, ME)
    for more in ({"minutes": 0.5}, {"minutes": 241.0}, {"minutes": float("nan")}, {"wh": 0.0}, {"wh": 10_001.0}):
        with pytest.raises(BadRequest):
            begin(bench, **more)
    assert bench.log.latest() == []


def test_its_minutes_end_it_in_good_order(bench: Bench) -> None:
    command_id = begin(bench, minutes=2)
    while step(bench) != "running sharing":
        bench.run(0.2)
    assert shown(bench)["limits"] == {"minutes": 2, "wh": None}
    assert shown(bench)["endsAt"] > shown(bench)["currentSince"] > shown(bench)["begun"]
    bench.run(119.0)
    assert step(bench) == "running sharing"
    bench.run(10.0)
    assert in_wait(bench)
    ended(bench, command_id, "verified", "")
    assert shown(bench)["reason"] == "Its 2 min are over."
    assert shown(bench)["endsAt"] is None


def test_its_wh_end_it_never_later_than_they_were_carried(bench: Bench) -> None:
    """2 A at 350 V are 700 W: 7 Wh in 36 s."""
    command_id = sharing(bench, wh=14.0)
    assert 0.0 < shown(bench)["energyWh"] < 14.0
    bench.run(72.0)
    assert in_wait(bench)
    assert "Its 14 Wh are reached" in shown(bench)["reason"]
    bench.run(20.0)
    ended(bench, command_id, "verified", "")
    assert 14.0 <= shown(bench)["energyWh"] < 16.0
    carried = shown(bench)["energyWh"]
    bench.run(60.0)
    assert shown(bench)["energyWh"] == carried, "nothing is counted after its end"


def test_whichever_limit_comes_first_ends_it(bench: Bench) -> None:
    sharing(bench, wh=1000.0, minutes=1)
    bench.run(60.0)
    assert shown(bench)["reason"] == "Its 1 min are over."


# S5, I16: one owner of the bus


@pytest.mark.parametrize("at", [0.0, 1.0, 40.0])
def test_while_it_runs_all_other_orders_but_stops_are_refused_and_told_whose_the_bus_is(
    bench: Bench, at: float
) -> None:
    command_id = begin(bench)
    bench.run(at)
    before = sent(bench)
    orders: list[Callable[[], object]] = [
        lambda: bench.converter.order(ConverterOrder("E002", DISCHARGE, 370.0, 2.0), person("two")),
        lambda: bench.converter.order(
            ConverterOrder("E003", CHARGE, 350.0, 0.3), person("two"), override="I know better"
        ),
        lambda: bench.converter.order(ConverterOrder("E001", CV, 300.0, 0.5), person("two")),
        lambda: bench.set_mode.cluster(Mode.MANUAL, person("two")),
        lambda: bench.set_mode.cluster(Mode.AUTONOMOUS, person("two")),
        lambda: bench.set_mode.cluster(Mode.HETERONOMOUS, SCHEDULER),
        lambda: bench.set_mode.budo("manual", person("two")),
        lambda: bench.set_mode.unit("E002", Mode.HETERONOMOUS, person("two")),
        lambda: bench.set_mode.unit("E003", None, person("two")),
    ]
    for order in orders:
        with pytest.raises(Refused, match=f"guided sharing {command_id} from E001 to E003, by me since") as refusal:
            order()
        assert refusal.value.details["cause"] == "bus-owned"
        assert refusal.value.details["owner"].id == command_id
        assert refusal.value.details["sent"] is False
    assert sent(bench) == before
    bench.converter.wait("E002", person("two"))
    bench.run(30.0)
    assert not shown(bench)["reason"]


@pytest.mark.parametrize(
    "stop",
    [
        lambda bench: bench.converter.wait("E001", person("two")),
        lambda bench: bench.set_mode.cluster(Mode.STOP, person("two")),
        lambda bench: bench.set_mode.budo("stop", "two"),
        lambda bench: bench.set_mode.unit("E003", Mode.STOP, person("two")),
        lambda bench: bench.stop_all.order(person("two")),
    ],
    ids=["Wait", "Force Stop", "budo stop", "a unit's stop", "Stop all"],
)
def test_every_stop_passes_and_ends_it(bench: Bench, stop: Callable[[Bench], object]) -> None:
    sharing(bench)
    stop(bench)
    bench.run(40.0)
    assert in_wait(bench)
    assert not bench.transfer.running
    assert bench.desk.owner.claim is None


def test_once_it_has_ended_the_bus_is_everybodys(bench: Bench) -> None:
    sharing(bench)
    bench.transfer.end(ME)
    with pytest.raises(Refused, match="The bus belongs to"):
        bench.converter.order(ConverterOrder("E002", CV, 350.0, 2.3), person("two"))
    bench.run(30.0)
    assert bench.converter.order(ConverterOrder("E002", CV, 350.0, 2.3), person("two"))[0].state == "verified"


def test_a_soft_stop_that_can_only_end_deals_passes_whoever_owns_the_bus(bench: Bench) -> None:
    sharing(bench)
    bench.grid.mode = Mode.AUTONOMOUS
    bench.poll()
    assert bench.set_mode.cluster(Mode.HETERONOMOUS, person("two")).sent is True


# S22: steps are told from the answer and the reading


def test_a_reference_that_answers_otherwise_ends_it_at_once(bench: Bench) -> None:
    bench.devices.deaf = {"E001"}
    command_id = begin(bench)
    bench.run(1.0)
    assert sent(bench)[0] == ("E001", "VOLTAGE_REFERENCE")
    assert "answered otherwise (its answer: in Wait)" in shown(bench)["reason"]
    bench.run(30.0)
    ended(bench, command_id, "failed", "E001 was ordered to be voltage reference at 350 V and 2.3 A and answered")
    assert "referenceUp" not in [one["step"] for one in shown(bench)["steps"] if "is the voltage" in str(one)]


def test_a_taker_that_answers_otherwise_ends_it_at_once(bench: Bench) -> None:
    bench.devices.deaf = {"E003"}
    command_id = begin(bench)
    while ("E003", "CHARGE") not in sent(bench):
        bench.run(0.2)
    bench.run(0.4)
    assert shown(bench)["step"] in ("currentOff", "referenceDown")
    assert "E003 was ordered to be charging" in shown(bench)["reason"]
    bench.run(30.0)
    ended(bench, command_id, "failed", "E003 was ordered")
    assert in_wait(bench)


def test_the_current_that_is_told_is_the_read_one(bench: Bench) -> None:
    command_id = sharing(bench)
    currents(-1.9, 1.8)(bench)
    bench.run(6.0)
    assert stands(bench, command_id).sentence == "By the last readings E003 has +1.8 A, E001 -1.9 A."
    assert (shown(bench)["units"]["E003"]["ig"], shown(bench)["units"]["E001"]["ig"]) == (1.8, -1.9)


# I18: a page that is gone


def test_one_whose_page_is_gone_asks_and_then_ends(bench: Bench) -> None:
    command_id = begin(bench, stamp=Stamp(page="p1"), minutes=60)
    for _ in range(60):
        bench.pages.heard("p1")
        bench.run(10.0)
    assert shown(bench)["unattended"] is None
    bench.run(300.0)
    asked = shown(bench)["unattended"]
    assert asked is not None
    assert asked["why"] == "page"
    bench.pages.heard("p1")
    bench.run(5.0)
    assert shown(bench)["unattended"] is None
    assert step(bench) == "running sharing"
    bench.pages.heard("another")
    bench.run(361.0)
    bench.run(20.0)
    assert in_wait(bench)
    ended(bench, command_id, "failed", "The page that began it was not heard for 6 min")


def test_a_scripts_is_bounded_by_its_limit_alone(bench: Bench) -> None:
    sharing(bench, minutes=20)
    bench.run(900.0)
    assert step(bench) == "running sharing"
    assert shown(bench)["unattended"] is None


def test_one_that_can_no_longer_be_watched_ends(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    command_id = sharing(bench)

    def broken() -> Any:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(bench.book, "all", broken)
    bench.run(20.0)
    assert in_wait(bench)
    ended(bench, command_id, "failed", "Watching it failed")
