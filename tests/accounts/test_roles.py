"""Which role may what: each all that the one below it may, and whoever may see the page may stop."""

import pytest

from main_controller.accounts.roles import Role, lower, needed_for, role_of
from main_controller.domain.orders import ORDERS, Permission
from main_controller.errors import BadRequest
from main_controller.web.routes import ROUTES
from tests.domain.made_orders import order_of

VIEW, STOP, OPERATE, ENGINEER, ADMINISTER = Permission
ALL = {
    Role.VIEWER: {VIEW, STOP},
    Role.OPERATOR: {VIEW, STOP, OPERATE},
    Role.ENGINEER: {VIEW, STOP, OPERATE, ENGINEER},
    Role.ADMINISTRATOR: {VIEW, STOP, OPERATE, ENGINEER, ADMINISTER},
}
OPERATORS = {
    "setOperationMode", "setBudo", "setSchedule", "clearSchedule", "clearThen", "setLock", "clearLock", "acknowledge",
    "acknowledgeAlarm", "shelveAlarm", "unshelveAlarm", "outOfService", "inService",
}  # fmt: skip
ENGINEERS = {"setDcdc", "share", "upsMode", "shutDown", "forget", "testNotify", "resetTrips"}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_exactly_this(role: Role) -> None:
    assert role.permissions == ALL[role]


def test_no_permission_is_without_a_role() -> None:
    assert {permission: needed_for(permission) for permission in Permission} == {
        VIEW: Role.VIEWER, STOP: Role.VIEWER, OPERATE: Role.OPERATOR, ENGINEER: Role.ENGINEER,
        ADMINISTER: Role.ADMINISTRATOR,
    }  # fmt: skip


@pytest.mark.parametrize(("names", "role"), [(OPERATORS, Role.OPERATOR), (ENGINEERS, Role.ENGINEER)])
def test_the_routes_and_orders_of_each_role_need_it(names: set[str], role: Role) -> None:
    routes = {route.name: needed_for(route.permission) for route in ROUTES if route.name in names and route.permission}
    orders = [order_of(kind.name, "E001") for kind in ORDERS if kind.name in names]
    assert {*routes, *(one.name for one in orders)} == names
    assert {*routes.values(), *(needed_for(one.permission) for one in orders if not one.stops)} == {role}


@pytest.mark.parametrize(
    ("one", "other", "within", "less"),
    [
        (Role.VIEWER, Role.OPERATOR, True, Role.VIEWER),
        (Role.OPERATOR, Role.OPERATOR, True, Role.OPERATOR),
        (Role.ADMINISTRATOR, Role.ENGINEER, False, Role.ENGINEER),
    ],
)
def test_roles_are_compared_by_what_they_may(one: Role, other: Role, within: bool, less: Role) -> None:
    assert one.within(other) is within
    assert lower(one, other) is lower(other, one) is less


@pytest.mark.parametrize("text", ["", "Operator", "root", "viewer ", "x" * 10_000])
def test_what_is_no_role_is_refused_by_a_short_sentence(text: str) -> None:
    assert role_of("operator") is Role.OPERATOR
    with pytest.raises(BadRequest, match="must be one of viewer, operator, engineer, administrator") as refused:
        role_of(text)
    assert len(refused.value.sentence) < 250
