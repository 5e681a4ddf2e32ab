"""A change of accounts is done only while what made it allowed still holds: passwords are hashed and disks waited for
between the question and the change."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from main_controller.access.asker import Asker
from main_controller.accounts.roles import Role
from main_controller.errors import Forbidden
from tests.access.site import Site

Change = Callable[[Site, Asker], object]


def another(site: Site) -> int:
    """The number of somebody else's account."""
    found = site.directory.named("ben")
    assert found is not None
    return found.number


CHANGES: dict[str, Change] = {
    "make": lambda site, by: site.directory.create("cora", "Cora", Role.ADMINISTRATOR, "hash", by=by),
    "change": lambda site, by: site.directory.change(another(site), role=Role.ADMINISTRATOR, by=by),
    "password": lambda site, by: site.directory.set_password(another(site), "mine", by=by),
    "own password": lambda site, by: site.directory.set_password(by.account.number, "mine", but=by.session, by=by),
    "codes": lambda site, by: site.directory.set_code_secret(another(site), "A" * 32, by=by),
    "remove": lambda site, by: site.directory.remove(another(site), by=by),
    "token": lambda site, by: site.directory.tokens.make(
        by.account.number, "x", Role.VIEWER, site.wall() + timedelta(days=1), by=by
    ),
}
MEANWHILE: dict[str, Change] = {
    "another password": lambda site, by: site.directory.set_password(by.account.number, "new", but=by.session),
    "codes were set up": lambda site, by: site.directory.set_code_secret(by.account.number, "B" * 32),
    "a lower role": lambda site, by: site.directory.change(by.account.number, role=Role.OPERATOR),
    "disabled": lambda site, by: site.directory.change(by.account.number, enabled=False),
    "removed": lambda site, by: site.directory.remove(by.account.number),
    "ended from elsewhere": lambda site, by: site.directory.sessions.revoke(by.account.number, by.session.handle),
    "logged out": lambda site, by: site.directory.sessions.end(by.session),
}


@pytest.fixture
def by(site: Site) -> Asker:
    """An administrator who is logged in, beside one who stays."""
    anna = site.account("anna", Role.ADMINISTRATOR)
    site.account("ben")
    site.account("dora", Role.ADMINISTRATOR)
    return Asker(anna, site.begin(anna).session)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("happens", MEANWHILE.values(), ids=MEANWHILE)
def test_what_changed_meanwhile_keeps_a_change_from_being_done(
    site: Site, by: Asker, change: Change, happens: Change
) -> None:
    happens(site, by)
    before = site.directory.accounts(), site.directory.tokens.of(by.account.number)
    with pytest.raises(Forbidden, match="nothing was done"):
        change(site, by)
    assert (site.directory.accounts(), site.directory.tokens.of(by.account.number)) == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_as_it_was_keeps_nobody(site: Site, by: Asker, change: Change) -> None:
    site.directory.change(by.account.number, display_name="A. B.")
    site.directory.by_session("x" * 43, by_hand=True)
    before = site.directory.accounts(), site.directory.tokens.of(by.account.number)
    change(site, by)
    assert (site.directory.accounts(), site.directory.tokens.of(by.account.number)) != before


def test_a_code_that_sets_codes_up_is_taken_also_after_a_restart(site: Site, by: Asker) -> None:
    ben = another(site)
    site.directory.take_code(ben, None, 6)
    site.directory.set_code_secret(ben, "A" * 32, step=7)
    for one in (site, site.again()):
        assert one.directory.code_step(ben) == 7
