"""What can go wrong with one converter, its meter and its driver, as the console gets to see it (S3, S6, S8, S9)."""

import json
import threading
from typing import Any

import pytest

from main_controller.domain.modes import Mode
from main_controller.simulator import SimulatedCluster
from main_controller.simulator.driver import Driver
from main_controller.simulator.exchange import Request, Silence
from tests.simulator.hands import CHARGE, CV, DISCHARGE, WAIT, alarmed, fault, held_by_hand, mend, order, seen
from tests.simulator.traces import budo, device, log_of, sharing, statuses, until


def status(cluster: SimulatedCluster, unit: str) -> str:
    shown: str = device(cluster, f"/get/dcdc/{unit}")["status"]["status"]
    return shown


# -- meter


def test_a_meter_factor_makes_currents_that_do_not_sum() -> None:
    """K2 holds for the hardware, not for what is shown."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 2)
    fault(cluster, "meter-factor", unit="E003", factor=0.5)
    shown = device(cluster, "/get/dcdc/E003")["meter"]
    assert (shown["ig"], shown["wg"], shown["vg"], shown["wb"]) == (1.0, 350.0, 350.0, 629.0)
    assert seen(cluster, "E001")[2] == -2.0
    mend(cluster)
    assert seen(cluster, "E003")[2] == 2.0


def test_a_meter_factor_may_be_of_any_figure_and_turn_a_sign() -> None:
    """I13: who takes seems to give; or a voltage is 3 % off."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 2)
    fault(cluster, "meter-factor", unit="E003", factor=-1)
    assert seen(cluster, "E003")[2] == -2.0
    fault(cluster, "meter-factor", unit="E003", of="vg,vb", factor=1.03)
    shown = device(cluster, "/get/dcdc/E003")["meter"]
    assert (shown["vg"], shown["vb"], shown["ig"]) == (360.5, 49.44, 2.0)


def test_a_reversed_current_really_flows_the_other_way() -> None:
    """S6: the taker gives 2 A; the reference takes them."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 2)
    fault(cluster, "current-reverses", unit="E003")
    assert seen(cluster, "E003") == (CHARGE, 350.0, -2.0)
    assert seen(cluster, "E001")[2] == 2.0
    mend(cluster)
    assert seen(cluster, "E003")[2] == 2.0


# -- alarm and trips


@pytest.mark.parametrize("cause", ["over-current", "over-voltage", "under-voltage"])
def test_a_trip_is_wait_with_a_heavy_alarm_until_the_next_wait_order(cause: str) -> None:
    """S9: our own Wait clears "Heavy alarm" at once."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "trips", unit="E003", cause=cause)
    assert seen(cluster, "E003") == (WAIT, 350.0, 0)
    assert alarmed(cluster) == ["E003"]
    cluster.advance(60)
    assert alarmed(cluster) == ["E003"]
    assert order(cluster, "E003", WAIT)["status"]["alarmState"] == "Light alarm"
    assert alarmed(cluster) == []


def test_a_reference_that_trips_leaves_its_followers_on_a_dead_bus() -> None:
    """S9: the alarm stands in `/get/log` behind apis-web until somebody resets it."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 2)
    fault(cluster, "trips")
    assert seen(cluster, "E003") == (CHARGE, 0, 0)
    assert log_of(cluster)["E001"]["dcdc"]["status"]["alarmState"] == "Heavy alarm"


def test_no_wait_order_ends_an_alarm_that_is_held() -> None:
    """As where the cause persists."""
    cluster = held_by_hand()
    fault(cluster, "alarm", unit="E002")
    order(cluster, "E002", WAIT)
    assert alarmed(cluster) == ["E002"]
    mend(cluster, "alarm")
    assert alarmed(cluster) == []


@pytest.mark.parametrize(("amps", "trips"), [(5.0, []), (5.1, ["E003"])])
def test_a_converter_that_is_asked_for_more_than_it_bears_trips(amps: float, trips: list[str]) -> None:
    """Over-current, by hand; its reference could carry it."""
    cluster = held_by_hand(amps=9.0)
    order(cluster, "E003", CHARGE, 350, amps)
    assert alarmed(cluster) == trips


def test_a_lowered_limit_trips_the_follower_and_the_reference() -> None:
    """Whoever ordered it: also what flows already."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 2)
    fault(cluster, "current-limit", unit="E003", amps=1.5)
    cluster.advance(1)
    assert alarmed(cluster) == ["E003"]
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "current-limit", unit="E001", amps=0.9)
    cluster.advance(1)
    assert "E001" in alarmed(cluster)


def test_no_trips_lets_an_operator_do_what_harms() -> None:
    """A current order on a dead bus stands at 0 A; cleared, the next one trips."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL)
    fault(cluster, "no-trips")
    order(cluster, "E002", CHARGE, 350, 1)
    cluster.advance(30)
    assert seen(cluster, "E002") == (CHARGE, 0, 0)
    mend(cluster)
    order(cluster, "E003", CHARGE, 350, 1)
    assert alarmed(cluster) == ["E003"]


def test_a_converter_may_change_its_set_point_by_itself() -> None:
    """S6: reference at 340 V and 0.5 A, a follower's current, a word; what harms trips as if it were ordered."""
    cluster = held_by_hand()
    fault(cluster, "set-point-changes", unit="E001", dvg=340, dig=1.5)
    cluster.advance(5)
    shown = device(cluster, "/get/dcdc/E001")
    assert (shown["vdis"]["dvg"], shown["param"]["dig"], shown["meter"]["vg"]) == (340.0, 1.5, 340.0)
    fault(cluster, "set-point-changes", unit="E003", mode=CHARGE, dig=1)
    assert seen(cluster, "E003") == (CHARGE, 340.0, 1.0)
    fault(cluster, "set-point-changes", unit="E003", dig=2)
    assert alarmed(cluster) == ["E001"]


# -- drivers


@pytest.mark.parametrize(
    ("kind", "told", "done"),
    [
        ("echo", (DISCHARGE, 370.0, 1.0), WAIT),
        ("wait", (WAIT, 0.0, 0.0), WAIT),
        ("deaf", (WAIT, 350.0, 0.0), WAIT),
        ("stale", (WAIT, 350.0, 0.0), DISCHARGE),
    ],
)
def test_a_lying_driver_tells_one_thing_and_does_another(kind: str, told: tuple[str, float, float], done: str) -> None:
    """S8, S22: what is answered, and what the converter's state is a moment later."""
    cluster = held_by_hand()
    fault(cluster, "driver-lies", unit="E003", kind=kind)
    answer = order(cluster, "E003", DISCHARGE, 370, 1)
    assert (answer["status"]["status"], answer["vdis"]["dvg"], answer["param"]["dig"]) == told
    assert set(answer) == {"status", "meter", "vdis", "param"}
    assert seen(cluster, "E003")[0] == done
    mend(cluster)
    assert order(cluster, "E003", DISCHARGE, 370, 1)["status"]["status"] == DISCHARGE


@pytest.mark.parametrize("kind", ["echo", "wait"])
def test_a_driver_may_answer_wait_and_go_on(kind: str) -> None:
    """S8: the reference still holds the bus, two minutes later too."""
    cluster = held_by_hand()
    fault(cluster, "driver-lies", unit="E001", kind=kind, only=WAIT)
    answer = order(cluster, "E001", WAIT)
    assert (answer["status"]["status"], answer["status"]["operationMode"]) == (WAIT, "Waiting")
    cluster.advance(120)
    assert seen(cluster, "E001") == (CV, 350.0, 0)
    assert order(cluster, "E001", CV, 340, 2)["vdis"]["dvg"] == 340.0  # only Wait is ignored


def test_a_partial_order_is_echoed_too() -> None:
    """`/set/dcdc/current` and `/voltage` answer with their part."""
    cluster = held_by_hand()
    fault(cluster, "driver-lies", unit="E001", kind="echo")
    assert device(cluster, "/set/dcdc/current/E001", dig="1")["param"] == {"dig": 1.0}
    assert device(cluster, "/set/dcdc/voltage/E001", dvg="300")["vdis"]["dvg"] == 300.0
    shown = device(cluster, "/get/dcdc/E001")
    assert (shown["param"]["dig"], shown["vdis"]["dvg"]) == (2.3, 350.0)


def test_a_driver_that_answers_with_an_error_goes_on_serving() -> None:
    """Unlike the emulator's own 500 (K11)."""
    cluster = held_by_hand()
    fault(cluster, "driver-lies", unit="E003", kind="error")
    asked = Request("GET", "/set/dcdc/E003", {"mode": CHARGE, "dvg": "350", "dig": "1"})
    assert cluster.emulator.answer(asked).status == 500
    assert status(cluster, "E003") == WAIT


@pytest.mark.parametrize(("kind", "done"), [("silent", WAIT), ("mute", CHARGE)])
def test_a_driver_that_never_answers_ends_the_request_when_it_is_mended(kind: str, done: str) -> None:
    """Others are answered meanwhile; mute obeys: the answer alone is lost."""
    cluster = held_by_hand()
    fault(cluster, "driver-lies", unit="E003", kind=kind)
    ended = threading.Event()

    def ask() -> None:
        try:
            order(cluster, "E003", CHARGE, 350, 1)
        except Silence:
            ended.set()

    thread = threading.Thread(target=ask)
    thread.start()
    until(cluster, lambda: status(cluster, "E001") == CV and status(cluster, "E003") == done)
    mend(cluster)
    for _ in range(100):
        cluster.advance(1)
        thread.join(0.1)
        if not thread.is_alive():
            break
    assert ended.is_set()
    assert status(cluster, "E003") == done


def test_the_units_own_drivers_lie_too() -> None:
    """`emulator = False`."""
    cluster = SimulatedCluster(3, mode=Mode.MANUAL)
    driver = Driver(cluster.agenda, cluster.plant, cluster.plant.units["E002"])

    def ask(**query: str) -> tuple[int, Any]:
        reply = driver.answer(Request("GET", "/remote/set", query))
        return reply.status, json.loads(reply.body) if reply.status == 200 else None

    fault(cluster, "driver-lies", unit="E002", kind="echo")
    assert ask(mode=CV, dvg="350", dig="2")[1]["status"]["status"] == CV
    assert status(cluster, "E002") == WAIT
    fault(cluster, "driver-lies", unit="E002", kind="error")
    assert ask(mode=CV, dvg="350", dig="2")[0] == 500


def test_a_driver_that_does_nothing_does_nothing_for_apis_main() -> None:
    """S3: after Force Stop amid deals the reference still holds the bus."""
    cluster = SimulatedCluster(4)
    until(cluster, lambda: sharing(cluster))
    reference = cluster.plant.references[0].id
    fault(cluster, "driver-lies", unit=reference, kind="deaf", only=WAIT)
    budo(cluster, "/stop")
    cluster.advance(40)
    others = {uid: each for uid, each in statuses(log_of(cluster)).items() if uid != reference}
    assert statuses(log_of(cluster))[reference] == CV
    assert set(others.values()) == {WAIT}
