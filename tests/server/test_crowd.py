"""Who makes room: the connection longest without a request, never one that is about to stop something."""

import logging
from dataclasses import dataclass, field

import pytest

from main_controller.server.crowd import NEW_FOR, NEWEST, OF_ONE_ADDRESS, Crowd
from main_controller.server.lanes import Lane


@dataclass(eq=False)
class Place:
    """A connection."""

    idle_since: float
    caller: str = "10.0.0.1"
    asked: bool = True
    busy: bool = False
    lane: Lane = Lane.ORDINARY
    unread: bool = False
    closed: bool = field(default=False)

    def handle_close(self) -> None:
        self.closed = True


def crowd(*places: Place, limit: int | None = None) -> Crowd:
    made = Crowd(len(places) if limit is None else limit, lambda: 0.0)
    for place in places:
        made.enter(place)
    return made


def test_nothing_is_closed_while_there_is_room() -> None:
    first = Place(1)
    assert crowd(first, limit=2).make_room("10.0.0.2")
    assert not first.closed


def test_the_connection_longest_without_a_request_makes_room() -> None:
    places = [Place(3), Place(1), Place(2)]
    full = crowd(*places)
    assert full.make_room("10.0.0.2")
    assert [place.closed for place in places] == [False, True, False]
    assert len(full) == 2


def test_one_that_never_asked_goes_before_one_that_did() -> None:
    asked, silent = Place(-9), Place(-NEW_FOR, asked=False)
    assert crowd(asked, silent).make_room("10.0.0.2")
    assert (asked.closed, silent.closed) == (False, True)


def test_the_newest_that_have_not_asked_yet_stay_though_all_others_asked_once() -> None:
    """A stop's own connection: closed unread while idle ones were kept."""
    idle, stop = [Place(-100 + number) for number in range(40)], Place(-0.02, asked=False)
    full = crowd(*idle, stop)
    for _ in range(20):
        assert full.close_one()
    assert not stop.closed
    assert sum(place.closed for place in idle) == 20


def test_of_many_new_ones_only_the_newest_are_waited_for() -> None:
    asked, silent = Place(-1), [Place(-1 + number / 1000, asked=False) for number in range(NEWEST + 1)]
    assert crowd(asked, *silent).make_room("10.0.0.2")
    assert (asked.closed, silent[0].closed, silent[1].closed) == (False, True, False)


def test_one_whose_request_comes_this_moment_stays() -> None:
    asking, other = Place(1, unread=True), Place(2)
    assert crowd(asking, other).make_room("10.0.0.2")
    assert (asking.closed, other.closed) == (False, True)


def test_where_a_request_comes_on_each_this_moment_somebody_makes_room_all_the_same() -> None:
    """Who sends a byte on each of his connections in turn keeps nobody out."""
    places = [Place(float(number), unread=True) for number in range(20)]
    assert crowd(*places).make_room("10.0.0.2")
    assert [place.closed for place in places] == [True] + [False] * 19


def test_where_all_are_busy_the_longest_goes_and_none_that_stops() -> None:
    stop = Place(1, busy=True, lane=Lane.STOP)
    late, soon = Place(2, busy=True), Place(3, busy=True)
    assert crowd(stop, late, soon).make_room("10.0.0.2")
    assert (stop.closed, late.closed, soon.closed) == (False, True, False)


def test_where_all_are_stopping_something_nobody_makes_room() -> None:
    stop, stop_all = Place(1, busy=True, lane=Lane.STOP), Place(2, busy=True, lane=Lane.STOP_ALL)
    assert not crowd(stop, stop_all).make_room("10.0.0.2")
    assert not any(place.closed for place in (stop, stop_all))


@pytest.mark.parametrize(
    ("caller", "closes"),
    [("10.0.0.1", True), ("fd00::7", True), ("127.0.0.1", False), ("::1", False), ("::ffff:127.0.0.1", False)],
)
def test_one_address_keeps_64_at_rest_and_this_machine_as_many_as_there_are(caller: str, closes: bool) -> None:
    """A proxy or a tunnel here has all callers' connections; the limit of all counts for it alone."""
    places = [Place(float(number), caller) for number in range(OF_ONE_ADDRESS)]
    other = Place(-1.0, "10.9.9.9")
    some = crowd(*places, other, limit=1000)
    assert some.make_room(caller)
    assert [place.closed for place in places] == [closes] + [False] * (OF_ONE_ADDRESS - 1)
    assert not other.closed


def test_one_address_whose_connections_are_all_busy_loses_none() -> None:
    """A proxy elsewhere: what it is being answered is not cut off."""
    places = [Place(float(number), busy=True) for number in range(OF_ONE_ADDRESS)]
    assert crowd(*places, limit=1000).make_room("10.0.0.1")
    assert not any(place.closed for place in places)


def test_it_is_said_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    full = Crowd(1, lambda: now[0])
    with caplog.at_level(logging.WARNING):
        for second in range(130):
            now[0] = float(second)
            full.enter(Place(float(second)))
            assert full.make_room("10.0.0.2")
    assert len(caplog.records) == 3
    assert "59 more times" in caplog.records[1].getMessage()


def test_one_that_left_counts_no_more() -> None:
    place = Place(1)
    some = crowd(place, limit=1)
    some.leave(place)
    some.leave(place)
    assert len(some) == 0
    assert some.make_room("10.0.0.1")
    assert not place.closed
