"""What can go wrong with the bus itself, as the console gets to see it (S6, S9, S10, S14, S19, S20)."""

import pytest

from main_controller.domain.modes import Mode
from main_controller.simulator import SimulatedCluster
from tests.simulator.hands import CHARGE, CV, DISCHARGE, WAIT, alarmed, fault, held_by_hand, mend, order, seen
from tests.simulator.traces import budo, device, log_of, sharing, until


def meter(cluster: SimulatedCluster, unit: str) -> dict[str, float]:
    shown: dict[str, float] = device(cluster, f"/get/dcdc/{unit}")["meter"]
    return shown


def test_an_opened_section_is_dead_while_the_rest_is_live() -> None:
    """S19: E002 shows 0 V, E001 and E003 350 V; who worked in the section keeps its word at 0 A."""
    cluster = held_by_hand()
    order(cluster, "E002", CHARGE, 350, 1)
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "bus-section-opens", units="E002,E004")
    assert seen(cluster, "E002") == (CHARGE, 0, 0)
    assert seen(cluster, "E003") == (CHARGE, 350.0, 1.0)
    assert seen(cluster, "E001") == (CV, 350.0, -1.0)
    assert seen(cluster, "E004")[1] == 0
    mend(cluster, "bus-section-opens")
    assert seen(cluster, "E002") == (CHARGE, 350.0, 1.0)


def test_an_opened_section_may_stand_at_another_voltage() -> None:
    """As a charged cable, or a meter's quarrel."""
    cluster = held_by_hand()
    fault(cluster, "bus-section-opens", units="E002", volts=338)
    assert [meter(cluster, unit)["vg"] for unit in ("E001", "E002")] == [350.0, 338.0]


def test_a_reference_in_the_section_takes_the_bus_from_the_rest() -> None:
    """Its piece stays live, the main piece is dead."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "bus-section-opens", units="E001,E002")
    assert [meter(cluster, unit)["vg"] for unit in ("E001", "E002", "E003", "E004")] == [350.0, 350.0, 0, 0]
    assert meter(cluster, "E001")["ig"] == 0


def test_two_held_pieces_that_are_joined_fight_for_the_bus() -> None:
    """Closing a breaker between two references trips the section's."""
    cluster = held_by_hand()
    fault(cluster, "bus-section-opens", units="E003,E004")
    order(cluster, "E003", CV, 350, 2)
    cluster.advance(13)
    assert alarmed(cluster) == []
    mend(cluster)
    assert alarmed(cluster) == ["E003"]
    assert meter(cluster, "E004")["vg"] == 350.0


def test_a_section_opened_amid_deals_stops_the_cluster() -> None:
    """Assumed: giver and taker on two pieces are a global error (K10)."""
    cluster = SimulatedCluster(4)
    until(cluster, lambda: sharing(cluster))
    deal = next(deal for deal in cluster.apis.market.deals if deal.phase.name == "FLOWING")
    fault(cluster, "bus-section-opens", units=deal.charger)
    cluster.advance(2)
    assert budo(cluster, "/getStatus") == {"active": False}
    until(cluster, lambda: cluster.apis.mode is Mode.STOP, 20)


@pytest.mark.parametrize("volts", [348, 0, 120])
def test_something_unlisted_holds_the_bus(volts: int) -> None:
    """S10: all converters in Wait, and the bus live; or 0 V under a reference at work."""
    cluster = SimulatedCluster(4, mode=Mode.STOP)
    fault(cluster, "bus-voltage", volts=volts)
    assert [seen(cluster, unit)[:2] for unit in ("E001", "E004")] == [(WAIT, volts)] * 2
    mend(cluster)
    assert seen(cluster, "E001")[1] == 0


def test_a_bus_shorted_under_its_reference_shows_no_volts_and_no_current() -> None:
    """S6: the words stand."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "bus-voltage", volts=0)
    assert seen(cluster, "E001") == (CV, 0, 0)
    assert seen(cluster, "E003") == (CHARGE, 0, 0)
    mend(cluster)
    cluster.advance(12)
    assert seen(cluster, "E003") == (CHARGE, 350.0, 1.0)


def test_a_bus_above_400_v_trips_who_works() -> None:
    """Over-voltage; who waits is left alone."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "bus-voltage", volts=420)
    cluster.advance(1)
    assert alarmed(cluster) == ["E001", "E003"]
    assert seen(cluster, "E003") == (WAIT, 420.0, 0)


def test_a_reference_that_is_ordered_above_400_v_trips() -> None:
    """On the way, when the bus gets there."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL)
    order(cluster, "E001", CV, 420, 2)
    cluster.advance(10)
    assert alarmed(cluster) == []
    cluster.advance(3)
    assert alarmed(cluster) == ["E001"]
    assert meter(cluster, "E002")["vg"] == 0


def test_with_no_trips_an_over_voltage_goes_on() -> None:
    """S6: 420 V for as long as one looks."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "no-trips", causes="over-voltage")
    fault(cluster, "bus-voltage", volts=420)
    cluster.advance(300)
    assert seen(cluster, "E003") == (CHARGE, 420.0, 1.0)
    assert alarmed(cluster) == []


def test_a_leak_is_carried_by_the_reference_and_listed_by_nobody() -> None:
    """Currents of the units no longer sum; beyond the limit the reference trips as ever at the next order."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "bus-leaks", amps=0.5)
    assert [meter(cluster, unit)["ig"] for unit in ("E001", "E003")] == [-1.5, 1.0]
    assert sum(unit.ig for unit in cluster.plant.units.values()) == pytest.approx(-0.5)
    mend(cluster)
    assert meter(cluster, "E001")["ig"] == -1.0


@pytest.mark.parametrize(
    ("trips", "alarms", "statuses"),
    [
        ("second", ["E002"], (CV, WAIT)),
        ("first", ["E001"], (WAIT, CV)),
        ("both", ["E001", "E002"], (WAIT, WAIT)),
        ("none", [], (CV, CV)),
    ],
)
def test_who_trips_of_two_references_can_be_chosen(trips: str, alarms: list[str], statuses: tuple[str, str]) -> None:
    """S14; that nobody trips is what makes two live references visible."""
    cluster = held_by_hand()
    fault(cluster, "second-reference", trips=trips)
    order(cluster, "E002", CV, 350, 2.3)
    assert alarmed(cluster) == alarms
    assert (seen(cluster, "E001")[0], seen(cluster, "E002")[0]) == statuses
    order(cluster, "E003", CHARGE, 350, 2)
    if trips == "none":
        assert [meter(cluster, unit)["ig"] for unit in ("E001", "E002", "E003")] == [-1.0, -1.0, 2.0]


def test_two_references_of_unequal_voltage_drive_current_through_each_other() -> None:
    """Review AU: the second at 380 V; the higher gives, the lower takes, and the units' currents still sum."""
    cluster = held_by_hand(amps=1.0)
    fault(cluster, "second-reference", trips="none")
    order(cluster, "E002", CV, 380, 2)
    cluster.advance(5)
    assert [meter(cluster, unit)["ig"] for unit in ("E001", "E002")] == [1.0, -1.0]
    assert meter(cluster, "E003")["vg"] == 380.0
    assert alarmed(cluster) == []


def test_followers_on_a_lost_bus_trip_only_where_asked() -> None:
    """S9 and K6: by default they keep their word at 0 A; with under-voltage-trips the one that is named trips."""
    cluster = held_by_hand()
    order(cluster, "E002", CHARGE, 350, 1)
    order(cluster, "E003", DISCHARGE, 370, 1)
    fault(cluster, "under-voltage-trips", unit="E003")
    order(cluster, "E001", WAIT)
    cluster.advance(2)
    assert alarmed(cluster) == ["E003"]
    assert seen(cluster, "E002") == (CHARGE, 0, 0)
    assert set(fault(cluster, "under-voltage-trips")) == {f"under-voltage-trips:E00{n}" for n in (1, 2, 3, 4)}
    cluster.advance(2)
    assert alarmed(cluster) == ["E002", "E003"]


# -- ramps


@pytest.mark.parametrize("speed", [1.0, 10.0, 60.0])
def test_a_real_ramp_takes_its_seconds_of_the_wall_clock_at_any_speed(speed: float) -> None:
    """Two minutes up (K15), some seconds down."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL, speed=speed)
    fault(cluster, "real-ramps")
    order(cluster, "E001", CV, 350, 2)
    cluster.advance(60)
    assert 170 <= meter(cluster, "E002")["vg"] <= 180
    cluster.advance(62)
    assert meter(cluster, "E002")["vg"] == 350.0
    order(cluster, "E001", WAIT)
    assert meter(cluster, "E002")["vg"] == 350
    cluster.advance(5)
    assert 160 <= meter(cluster, "E002")["vg"] <= 190
    cluster.advance(6)
    assert meter(cluster, "E002")["vg"] == 0


def test_at_speed_1_the_bus_takes_two_minutes_without_any_fault() -> None:
    """K15: `--speed 1` is real time."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL, speed=1.0)
    order(cluster, "E001", CV, 350, 2)
    cluster.advance(117)
    assert meter(cluster, "E002")["vg"] < 350
    cluster.advance(3)
    assert meter(cluster, "E002")["vg"] == 350.0


def test_at_speed_1_a_deal_warms_up_for_two_minutes() -> None:
    """K12: agreed, then the bus ramp of 2 min in real time, then current; never a trip or an error on the way."""
    cluster = SimulatedCluster(4, speed=1.0)
    until(cluster, lambda: bool(budo(cluster, "/deals")))
    agreed = cluster.agenda.now
    until(cluster, lambda: any(unit.ig for unit in cluster.plant.units.values()))
    assert 125 <= cluster.agenda.now - agreed <= 145
    assert alarmed(cluster) == []
    assert budo(cluster, "/getStatus") == {"active": True}


def test_deals_flow_and_end_under_real_ramps_too() -> None:
    """A falling bus between two deals is no stranger's."""
    cluster = SimulatedCluster(4)
    fault(cluster, "real-ramps", rise=15, fall=30, current=0.2)
    until(cluster, lambda: sharing(cluster))
    cluster.advance(900)
    assert cluster.apis.mode is Mode.AUTONOMOUS
    assert alarmed(cluster) == []


def test_a_real_current_rises_and_falls_by_so_many_amps_a_second() -> None:
    """S20: after Wait is answered the meter still shows current; the reference shows the sum all the while."""
    cluster = held_by_hand()
    fault(cluster, "real-ramps", rise=12, current=0.5)
    shown = [order(cluster, "E003", CHARGE, 350, 2)["meter"]["ig"]]
    for _ in range(4):
        cluster.advance(1)
        shown.append(meter(cluster, "E003")["ig"])
        assert meter(cluster, "E001")["ig"] == pytest.approx(-shown[-1])
    assert shown == [0.0, 0.5, 1.0, 1.5, 2.0]
    answer = order(cluster, "E003", WAIT)
    assert (answer["status"]["status"], answer["meter"]["ig"]) == (WAIT, 2.0)
    cluster.advance(2)
    assert meter(cluster, "E003")["ig"] == 1.0
    cluster.advance(2)
    assert [meter(cluster, unit)["ig"] for unit in ("E001", "E003")] == [0, 0]


def test_a_current_that_rises_beyond_the_references_limit_trips_it_on_the_way() -> None:
    """Not at the order: the ramp has to get there."""
    cluster = held_by_hand(amps=1.0)
    fault(cluster, "real-ramps", current=0.5)
    order(cluster, "E003", CHARGE, 350, 2)
    cluster.advance(2)
    assert alarmed(cluster) == []
    cluster.advance(1)
    assert alarmed(cluster) == ["E001"]


def test_when_real_ramps_end_everything_stands_where_it_was_going() -> None:
    cluster = held_by_hand()
    fault(cluster, "real-ramps")
    order(cluster, "E003", CHARGE, 350, 2)
    mend(cluster)
    assert meter(cluster, "E003")["ig"] == 2.0


def test_the_log_behind_apis_web_shows_a_section_too() -> None:
    """Not only the converters' own door."""
    cluster = held_by_hand()
    fault(cluster, "bus-section-opens", units="E004")
    cluster.advance(11)
    volts = {uid: unit["dcdc"]["meter"]["vg"] for uid, unit in log_of(cluster).items()}
    assert volts == {"E001": 350.0, "E002": 350.0, "E003": 350.0, "E004": 0}
