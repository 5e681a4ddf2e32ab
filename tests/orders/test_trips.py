"""A person resets a converter's trips: I11."""

from collections.abc import Iterator

import pytest

from main_controller.domain.actor import person
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.errors import NotFound, Refused
from main_controller.orders.trips import KEPT, ResetTrips, Trips
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench

UP = ConverterOrder("E001", ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.3)


class Site:
    """A bench with trips and the order that resets them."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.trips = Trips()
        self.reset = ResetTrips(bench.desk, self.trips, pause=30.0)

    def tripped(self, *ago: float) -> None:
        """E001 has tripped so many seconds ago."""
        for seconds in ago:
            self.trips.note("E001", self.bench.hands() - seconds)


@pytest.fixture
def site() -> Iterator[Site]:
    with open_bench(mode=Mode.MANUAL) as bench:
        bench.settled()
        yield Site(bench)


def test_a_person_resets_them_and_the_order_says_who_and_why(site: Site) -> None:
    site.tripped(900.0, 500.0, 31.0)
    command = site.reset.order("E001", "anna", "fuse changed", person("10.0.0.7"))
    assert (command.state, command.order.name, command.unit_id, str(command.by)) == (
        "verified", "resetTrips", "E001", "10.0.0.7",
    )  # fmt: skip
    assert (command.order.content(), command.before) == ({"name": "anna", "reason": "fuse changed"}, {"trips": 3})
    assert site.trips.moments()["E001"] == ()
    assert site.bench.grid.sent == []


def test_what_trips_after_the_reset_counts_anew(site: Site) -> None:
    site.tripped(31.0)
    site.reset.order("E001", "anna", "looked", ME)
    site.tripped(0.0)
    assert len(site.trips.moments()["E001"]) == 1


def test_a_trip_of_just_now_is_not_reset(site: Site) -> None:
    """The 30 s before it may work again are not shortened by it."""
    site.tripped(500.0, 12.0)
    with pytest.raises(Refused, match=r"E001 tripped 12 s ago; its trips are reset after 30 s\."):
        site.reset.order("E001", "anna", "hurry", ME)
    assert len(site.trips.moments()["E001"]) == 2


def test_where_none_is_known_there_is_nothing_to_reset(site: Site) -> None:
    with pytest.raises(Refused, match="No trip of E002 is known"):
        site.reset.order("E002", "anna", "x", ME)
    with pytest.raises(NotFound):
        site.reset.order("E999", "anna", "x", ME)


def test_a_trip_that_comes_while_others_are_reset_stays(site: Site) -> None:
    site.tripped(100.0)
    known = site.trips.moments()["E001"]
    site.tripped(0.0)
    site.trips.reset("E001", known)
    assert site.trips.moments()["E001"] == (site.bench.hands(),)


def test_only_the_last_ones_are_kept(site: Site) -> None:
    site.tripped(*(1000.0 - one for one in range(KEPT + 5)))
    assert len(site.trips.moments()["E001"]) == KEPT
