"""Accounts: who there is, what changes, that an administrator is left, and what holds when the disk does not."""

import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from main_controller.access import directory as module
from main_controller.accounts.roles import Role
from main_controller.accounts.visitor import Anonymous, decides
from main_controller.domain.orders import Permission
from main_controller.errors import BadRequest, ControllerError, NotFound, Refused
from tests.access.site import Site
from tests.store.disk import fill_up, make_room


def test_an_account_is_there_at_once_and_after_a_restart(site: Site) -> None:
    anna = site.directory.create(" Ａnna ", "佐藤 Anna", Role.ENGINEER, "hash")
    assert (anna.name, anna.display_name, anna.role, anna.enabled) == ("Anna", "佐藤 Anna", Role.ENGINEER, True)
    assert anna.code_secret is None
    for directory in (site.directory, site.again().directory):
        assert directory.accounts() == [anna]
        assert directory.named("ANNA ") == directory.account(anna.number) == anna


def test_a_name_is_taken_in_all_its_spellings(site: Site) -> None:
    site.account("anna")
    for name in ("anna", "ANNA", "ａnna", " anna"):
        with pytest.raises(Refused, match="There is an account"):
            site.account(name)
    with pytest.raises(BadRequest):
        site.account("an\nna")
    assert len(site.directory.accounts()) == 1


@pytest.mark.parametrize("name", ["", "\ud800", "\x00", "ben", "x" * 10_000_000])
def test_whoever_is_not_there_is_not_found(site: Site, name: str) -> None:
    site.account("anna")
    assert site.directory.named(name) is None


def test_what_is_not_there_cannot_be_changed(site: Site) -> None:
    for change in (site.directory.change, site.directory.remove, site.directory.account):
        with pytest.raises(NotFound, match="no such account"):
            change(7)


def test_a_change_holds_at_once_for_who_is_logged_in(site: Site) -> None:
    anna = site.account(role=Role.ENGINEER)
    begun = site.begin(anna)
    site.directory.change(anna.number, role=Role.VIEWER, display_name="A. B.")
    assert site.role(begun) is Role.VIEWER
    assert site.again().directory.account(anna.number).display_name == "A. B."


def test_a_disabled_account_may_nothing_and_its_sessions_do_not_return(site: Site) -> None:
    anna = site.account()
    begun = site.begin(anna)
    site.directory.change(anna.number, enabled=False)
    assert not site.stops(begun)
    site.directory.change(anna.number, enabled=True)
    for one in (site, site.again()):
        assert not one.stops(begun)


def test_a_new_password_ends_all_sessions_but_the_own(site: Site) -> None:
    anna = site.account()
    own, other = site.begin(anna), site.begin(anna)
    bens = site.begin(site.account("ben"))
    site.directory.set_password(anna.number, "new", but=own.session)
    for one in (site, site.again()):
        assert [one.role(begun) is not None for begun in (own, other, bens)] == [True, False, True]
        assert not one.stops(other)
        assert one.directory.account(anna.number).password_hash == "new"


def test_a_removed_account_is_gone_with_all_it_had_and_its_number_too(site: Site) -> None:
    site.account("ben", Role.ADMINISTRATOR)
    anna = site.account("anna")
    begun = site.begin(anna)
    made = site.directory.tokens.make(anna.number, "script", Role.VIEWER, site.wall().replace(year=2027))
    assert site.directory.remove(anna.number) == anna
    for one in (site, site.again()):
        assert not one.stops(begun)
        assert one.directory.by_token(made.secret, "10.0.0.1").role is None
        assert one.directory.named("anna") is None
    assert site.account("anna").number == anna.number + 1


def test_an_administrator_is_always_left(site: Site) -> None:
    anna = site.account("anna", Role.ADMINISTRATOR)
    ben = site.account("ben", Role.ADMINISTRATOR)
    site.directory.change(ben.number, enabled=False)
    changes: list[Callable[[], object]] = [
        lambda: site.directory.change(anna.number, role=Role.ENGINEER),
        lambda: site.directory.change(anna.number, enabled=False),
        lambda: site.directory.remove(anna.number),
    ]
    for change in changes:
        with pytest.raises(Refused, match="anna is the last administrator"):
            change()
    site.directory.change(anna.number, display_name="still there")
    site.directory.change(ben.number, role=Role.VIEWER)
    site.directory.change(ben.number, enabled=True, role=Role.ADMINISTRATOR)
    site.directory.remove(anna.number)


def test_two_at_once_cannot_leave_none(site: Site) -> None:
    both = [site.account(name, Role.ADMINISTRATOR) for name in ("anna", "ben")]
    refused: list[Refused] = []

    def demote(number: int) -> None:
        try:
            site.directory.change(number, role=Role.VIEWER)
        except Refused as error:
            refused.append(error)

    threads = [threading.Thread(target=demote, args=(one.number,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10.0)
    assert len(refused) == 1


def test_there_are_not_too_many(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    site.account("anna")
    site.account("ben")
    with pytest.raises(Refused, match="There are 2 accounts"):
        site.account("cara")


def test_what_cannot_be_written_is_not_changed(site: Site) -> None:
    anna = site.account("anna", Role.ADMINISTRATOR)
    begun = site.begin(anna)
    fill_up(site.database)
    with pytest.raises(ControllerError, match="the disk is full"):
        site.directory.create("ben", "Ben", Role.VIEWER, "x" * 100_000)
    with pytest.raises(ControllerError, match="the disk is full"):
        site.directory.set_password(anna.number, "x" * 100_000)
    assert site.directory.accounts() == [anna]
    assert site.role(begun) is Role.ADMINISTRATOR
    make_room(site.database)
    assert site.account("ben").number == 2
    assert [one.name for one in site.again().directory.accounts()] == ["anna", "ben"]


def test_who_is_logged_in_stays_so_while_the_file_is_gone_and_in_one_put_in_its_place(site: Site) -> None:
    """M16."""
    anna = site.account("anna", Role.ADMINISTRATOR)
    begun = site.begin(anna)
    made = site.directory.tokens.make(anna.number, "script", Role.VIEWER, site.wall().replace(year=2027))
    site.database.write_once()
    shutil.copyfile(site.database.path, site.database.path.with_name("old"))
    ben = site.account("ben")
    site.directory.set_password(anna.number, "new", but=begun.session)
    site.directory.take_code(anna.number, None, 58)
    site.database.path.with_name("old").rename(site.database.path)
    cara = site.account("cara")
    for one in (site, site.again()):
        assert one.directory.accounts() == [site.directory.account(anna.number), ben, cara]
        assert one.role(begun) is Role.ADMINISTRATOR
        assert one.directory.by_token(made.secret, "10.0.0.1").role is Role.VIEWER
        assert one.directory.code_step(anna.number) == 58


def test_while_accounts_cannot_be_read_nobody_is_logged_in_but_a_browser_may_stop(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    begun = site.begin(site.account())
    site.database.write_once()
    site.database.close()
    good = site.database.path.read_bytes()
    site.database.path.write_bytes(b"no database " * 1000)
    caplog.clear()
    blind = Site(site.database.path)
    visitor = blind.directory.by_session(begun.session_id, by_hand=True)
    assert decides(visitor, Permission.ENGINEER, True, Anonymous.NONE) is None
    refused = decides(visitor, Permission.VIEW, False, Anonymous.NONE)
    assert refused is not None
    assert refused.sentence.startswith("Accounts cannot be read at present")
    assert blind.directory.by_session("no id", by_hand=True).permissions == set()
    assert blind.directory.by_token("apis_" + "x" * 43, "10.0.0.1").permissions == set()
    for ask in (blind.directory.accounts, lambda: blind.directory.named("anna"), lambda: blind.account("ben")):
        with pytest.raises(ControllerError, match="cannot be"):
            ask()
    told = [record for record in caplog.records if record.name.endswith("access.memory")]
    assert [record.levelno for record in told] == [logging.ERROR]
    blind.database.path.write_bytes(good)
    assert not blind.role(begun)
    blind.directory.look()
    assert blind.role(begun) is Role.OPERATOR


def test_a_code_is_taken_by_one_of_many(site: Site) -> None:
    anna = site.account()
    gate, taken = threading.Barrier(8), []

    def take() -> None:
        gate.wait(10.0)
        taken.append(site.directory.take_code(anna.number, None, 58))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10.0)
    assert taken.count(True) == 1
    assert site.directory.code_step(anna.number) == 58


def test_no_secret_is_in_the_file_but_what_is_needed(site: Site, tmp_path: Path) -> None:
    anna = site.account()
    begun = site.begin(anna)
    made = site.directory.tokens.make(anna.number, "script", Role.VIEWER, site.wall().replace(year=2027))
    site.database.write_once()
    site.database.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert begun.session.digest.encode() in files
    assert begun.session_id.encode() not in files
    assert made.secret.removeprefix("apis_").encode() not in files
