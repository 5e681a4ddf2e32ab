"""Tokens: shown once, never above their owner, for their time and their networks, and when each was last sent."""

from datetime import timedelta

import pytest

from main_controller.access import tokens as module
from main_controller.accounts.roles import Role
from main_controller.errors import BadRequest, ControllerError, Forbidden, NotFound, Refused
from tests.access.site import Site

WEEK = timedelta(days=7)


def test_it_stands_for_its_owner_within_its_role_also_after_a_restart(site: Site) -> None:
    anna = site.account(role=Role.ENGINEER)
    made = site.directory.tokens.make(anna.number, " Script ", Role.OPERATOR, site.wall() + WEEK)
    assert made.secret.startswith("apis_")
    for one in (site, site.again()):
        visitor = one.directory.by_token(made.secret, "10.0.0.1")
        assert (visitor.account, visitor.role) == (anna, Role.OPERATOR)
        assert visitor.token is not None
        assert visitor.token.name == "Script"


@pytest.mark.parametrize("hostile", ["", "apis_", "x", "apis_" + "x" * 43, "\ud800", "apis_" + "é" * 43])
def test_what_is_no_token_stands_for_nobody(site: Site, hostile: str) -> None:
    visitor = site.directory.by_token(hostile, "10.0.0.1")
    assert visitor.permissions == set()
    assert visitor.why == "This token is unknown, has ended, or is not for the address 10.0.0.1."


def test_it_is_not_made_above_its_owner_nor_grows_above_it(site: Site) -> None:
    anna = site.account(role=Role.OPERATOR)
    with pytest.raises(Forbidden, match="no more than its owner, whose role is operator"):
        site.directory.tokens.make(anna.number, "x", Role.ENGINEER, site.wall() + WEEK)
    made = site.directory.tokens.make(anna.number, "x", Role.OPERATOR, site.wall() + WEEK)
    site.directory.change(anna.number, role=Role.VIEWER)
    assert site.directory.by_token(made.secret, "").role is Role.VIEWER
    site.directory.change(anna.number, role=Role.ENGINEER)
    assert site.directory.by_token(made.secret, "").role is Role.OPERATOR


def test_of_a_disabled_owner_it_holds_no_more(site: Site) -> None:
    anna = site.account()
    made = site.directory.tokens.make(anna.number, "x", Role.VIEWER, site.wall() + WEEK)
    site.directory.change(anna.number, enabled=False)
    assert site.directory.by_token(made.secret, "").role is None
    site.directory.change(anna.number, enabled=True)
    assert site.directory.by_token(made.secret, "").role is Role.VIEWER


def test_it_holds_until_its_end_and_from_its_networks(site: Site) -> None:
    anna = site.account()
    made = site.directory.tokens.make(anna.number, "x", Role.VIEWER, site.wall() + WEEK, ["10.0.0.0/24"])
    assert site.directory.by_token(made.secret, "10.0.0.9").role is Role.VIEWER
    outside = site.directory.by_token(made.secret, "10.0.1.9")
    assert outside.role is None
    assert outside.why is not None
    site.wait(days=7)
    ended = site.directory.by_token(made.secret, "10.0.1.9")
    assert ended.why == outside.why


def test_what_can_be_none_is_refused(site: Site) -> None:
    anna = site.account()
    make = site.directory.tokens.make
    with pytest.raises(BadRequest, match="must end in the future"):
        make(anna.number, "x", Role.VIEWER, site.wall())
    with pytest.raises(BadRequest, match="token's name is empty"):
        make(anna.number, " ", Role.VIEWER, site.wall() + WEEK)
    with pytest.raises(BadRequest, match="no network"):
        make(anna.number, "x", Role.VIEWER, site.wall() + WEEK, ["here"])
    with pytest.raises(NotFound):
        make(7, "x", Role.VIEWER, site.wall() + WEEK)
    for _ in range(module.MOST):
        make(anna.number, "x", Role.VIEWER, site.wall() + WEEK)
    with pytest.raises(Refused, match="at most 20 tokens"):
        make(anna.number, "x", Role.VIEWER, site.wall() + WEEK)


def test_one_is_taken_back_by_its_account_alone_and_its_number_never_given_again(site: Site) -> None:
    anna, ben = site.account("anna"), site.account("ben")
    made = site.directory.tokens.make(anna.number, "x", Role.VIEWER, site.wall() + WEEK)
    with pytest.raises(NotFound, match="no such token"):
        site.directory.tokens.take_back(ben.number, made.token.number)
    site.directory.by_token(made.secret, "")
    assert site.directory.tokens.take_back(anna.number, made.token.number).name == "x"
    for one in (site, site.again()):
        assert one.directory.by_token(made.secret, "").role is None
        assert one.directory.tokens.of(anna.number) == []
    again = site.directory.tokens.make(anna.number, "y", Role.VIEWER, site.wall() + WEEK)
    assert again.token.number == made.token.number + 1


def test_its_last_use_is_known_at_once_and_written_at_most_once_a_minute(site: Site) -> None:
    anna = site.account()
    made = site.directory.tokens.make(anna.number, "x", Role.VIEWER, site.wall() + WEEK)
    assert made.token.used is None
    written: list[float] = []
    for _ in range(150):
        site.directory.by_token(made.secret, "")
        assert site.directory.tokens.of(anna.number)[0].used == site.wall()
        if site.database.latest.waiting():
            written.append(site.now)
            site.database.write_once()
        site.wait(seconds=1)
    assert written == [0.0, 60.0, 120.0]
    assert site.again().directory.tokens.of(anna.number)[0].used == site.wall() - timedelta(seconds=30)


def test_one_that_cannot_be_written_is_not_made_nor_taken_back(site: Site) -> None:
    anna = site.account()
    made = site.directory.tokens.make(anna.number, "x", Role.VIEWER, site.wall() + WEEK)
    with site.database.writing() as connection:
        for deed in ("INSERT", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER no_{deed} BEFORE {deed} ON tokens BEGIN SELECT RAISE(ABORT, 'stuck'); END"
            )
    with pytest.raises(ControllerError, match="stuck"):
        site.directory.tokens.make(anna.number, "y", Role.VIEWER, site.wall() + WEEK)
    with pytest.raises(ControllerError, match="stuck"):
        site.directory.tokens.take_back(anna.number, made.token.number)
    assert site.directory.by_token(made.secret, "").role is Role.VIEWER
    assert [one.name for one in site.directory.tokens.of(anna.number)] == ["x"]
