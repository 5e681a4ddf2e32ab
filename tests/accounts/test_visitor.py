"""Who may do what: the whole table, and what the others are told."""

from itertools import product

import pytest

from main_controller.accounts.account import Account
from main_controller.accounts.roles import Role
from main_controller.accounts.visitor import NOBODY, Anonymous, Visitor, decides
from main_controller.domain.orders import Permission
from main_controller.errors import Forbidden, Unauthorized
from main_controller.sentence import say

VIEW, STOP, OPERATE, ENGINEER, ADMINISTER = Permission


def visitor(role: Role) -> Visitor:
    return Visitor(Account(1, "anna", "Anna", role, True, ""), role)


ENDED = Visitor(stops=True, why=say("access.sessionEnded", "The session of this browser has ended."))


@pytest.mark.parametrize(("role", "permission", "anonymous"), [*product(Role, Permission, Anonymous)])
def test_a_role_may_what_it_may_whatever_nobody_may(role: Role, permission: Permission, anonymous: Anonymous) -> None:
    decision = decides(visitor(role), permission, False, anonymous)
    assert (decision is None) is (permission in role.permissions)
    assert decision is None or (type(decision) is Forbidden and decision.status == 403)


@pytest.mark.parametrize(
    ("anonymous", "may"), [(Anonymous.VIEW, {VIEW}), (Anonymous.STOP, {VIEW, STOP}), (Anonymous.NONE, set())]
)
def test_nobody_may_what_the_setting_says(anonymous: Anonymous, may: set[Permission]) -> None:
    for permission in Permission:
        decision = decides(NOBODY, permission, False, anonymous)
        assert (decision is None) is (permission in may)
        assert decision is None or (type(decision) is Unauthorized and decision.status == 401)


@pytest.mark.parametrize("permission", Permission)
def test_a_stop_needs_no_more_than_a_stop_whatever_its_route_needs(permission: Permission) -> None:
    for role in Role:
        assert decides(visitor(role), permission, True, Anonymous.NONE) is None
    assert decides(ENDED, permission, True, Anonymous.NONE) is None
    assert decides(NOBODY, permission, True, Anonymous.STOP) is None
    assert isinstance(decides(NOBODY, permission, True, Anonymous.VIEW), Unauthorized)
    assert isinstance(decides(NOBODY, permission, True, Anonymous.NONE), Unauthorized)


@pytest.mark.parametrize("permission", [VIEW, OPERATE, ENGINEER, ADMINISTER])
def test_who_may_only_stop_may_nothing_else(permission: Permission) -> None:
    assert isinstance(decides(ENDED, permission, False, Anonymous.NONE), Unauthorized)


def test_the_sentence_says_what_is_needed() -> None:
    refused = decides(visitor(Role.OPERATOR), ENGINEER, False, Anonymous.VIEW)
    assert refused is not None
    assert refused.sentence == "This needs the role engineer; yours is operator."
    unknown = decides(NOBODY, OPERATE, False, Anonymous.VIEW)
    assert unknown is not None
    assert unknown.sentence == "Log in first: this needs the role operator."
    assert unknown.headers["WWW-Authenticate"] == "Bearer"
    ended = decides(ENDED, VIEW, False, Anonymous.NONE)
    assert ended is not None
    assert ended.sentence.startswith("The session of this browser has ended. Log in first")
