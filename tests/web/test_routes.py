"""What must be so of every declared route, whichever it is (R27, Z3, Z8)."""

import pytest

from main_controller.domain.orders import ORDERS, Order, Permission
from main_controller.server.lanes import Lane
from main_controller.web import routes
from main_controller.web.kinds import UNIT_ID
from main_controller.web.route import BesideStop, Route
from main_controller.web.routes import BESIDE, ROUTES


def name(route: Route) -> str:
    return route.path


def test_every_declaration_stands_in_the_table() -> None:
    declared = [one for one in vars(routes).values() if isinstance(one, Route)]
    declared += [
        route for pair in vars(routes).values() if isinstance(pair, tuple) for route in pair if isinstance(route, Route)
    ]
    assert set(declared) == set(ROUTES)
    assert len({route.path for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if any(one.kind is UNIT_ID for one in route.in_path)], ids=name
)
def test_an_id_that_no_path_can_hold_has_a_way(route: Route) -> None:
    """H10: ids such as `..`, which browsers and proxies do not leave as they are in a path."""
    place = "/set/dcdc" if route is routes.SET_UNIT else route.path.partition("/{")[0]
    (other,) = [one for one in ROUTES if one.path == place]
    ids = [one for one in other.parameters if one.kind is UNIT_ID]
    assert [one.required for one in ids] == [True]
    assert {one.name for one in other.parameters} - {ids[0].name} == {one.name for one in route.parameters}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.order], ids=name)
def test_an_order_takes_what_every_order_takes(route: Route) -> None:
    """What a person does with an alarm or incident, or practises, orders nothing of the grid, and takes none of it."""
    beside_the_grid = (routes.ALARM_LIST, routes.PRACTISING, routes.KEPT)
    assert route.beside == (() if route.title in beside_the_grid else BESIDE)
    assert all(one.beside_stop is BesideStop.DROPPED for one in BESIDE)


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_only_orders_stop_something_or_need_the_permission_of_an_order(route: Route) -> None:
    of_orders = (Permission.STOP, Permission.OPERATE, Permission.ENGINEER)
    assert route.order is (route.permission in of_orders)
    assert route.order or (route.stops is None and route.lowers is None and route.lane is Lane.STOP)
    assert route.stops is None or route.lowers is None or set(route.stops.values) < set(route.lowers.values)


SAME = [
    (route, kind) for route in ROUTES for kind in ORDERS if route.order and route.name == kind.name and not route.stops
]


@pytest.mark.parametrize(("route", "kind"), SAME, ids=lambda one: one.name)
def test_a_route_asks_for_the_permission_that_its_order_needs(route: Route, kind: type[Order]) -> None:
    assert route.permission is kind.permission.fget(object.__new__(kind))  # type: ignore[attr-defined]


def test_most_orders_have_a_route_of_their_name() -> None:
    assert len(SAME) >= 10
