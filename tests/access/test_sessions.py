"""Sessions: begun by a new id, longer by what a person does, and what remains of them after their end."""

import threading

import pytest

from main_controller.access import sessions as module
from main_controller.accounts.roles import Role
from main_controller.accounts.visitor import Anonymous, decides
from main_controller.domain.orders import Permission
from main_controller.errors import ControllerError, NotFound
from tests.access.site import Site
from tests.store.disk import fill_up, make_room


def test_it_is_known_by_its_id_alone_also_after_a_restart(site: Site) -> None:
    begun = site.begin(site.account())
    for one in (site, site.again()):
        visitor = one.directory.by_session(begun.session_id, by_hand=False)
        assert visitor.account is not None
        assert (visitor.account.name, visitor.role) == ("anna", Role.OPERATOR)
        for guessed in (begun.session.digest, begun.session.handle, begun.session_id[:-1], "", "x" * 43, "\ud800"):
            assert one.directory.by_session(guessed, by_hand=True).permissions == set()


def test_polling_makes_it_no_longer(site: Site) -> None:
    begun = site.begin(site.account())
    for _ in range(8 * 60 - 1):
        site.wait(minutes=1)
        assert site.role(begun) is Role.OPERATOR
    site.wait(minutes=1)
    assert site.role(begun) is None


def test_what_a_person_does_makes_it_longer_up_to_its_longest(site: Site) -> None:
    begun = site.begin(site.account())
    for _ in range(3):
        site.wait(hours=5)
        assert site.role(begun, by_hand=True) is Role.OPERATOR
    site.wait(minutes=59)
    assert site.role(begun, by_hand=True) is Role.OPERATOR
    site.wait(minutes=1)
    assert site.role(begun, by_hand=True) is None


def test_the_last_use_outlives_the_program_to_the_minute(site: Site) -> None:
    begun = site.begin(site.account())
    site.wait(hours=5)
    site.role(begun, by_hand=True)
    later = site.again()
    later.wait(hours=7)
    assert later.role(begun) is Role.OPERATOR


def test_the_last_use_is_written_at_most_once_a_minute(site: Site) -> None:
    begun = site.begin(site.account())
    written: list[float] = []
    site.database.write_once()
    for _ in range(300):
        site.wait(seconds=1)
        site.role(begun, by_hand=True)
        if site.database.latest.waiting():
            written.append(site.now)
            site.database.write_once()
    assert written == [60.0, 120.0, 180.0, 240.0, 300.0]


def test_after_its_end_its_browser_may_stop_for_a_day_and_nothing_else(site: Site) -> None:
    begun = site.begin(site.account(role=Role.ENGINEER))
    site.wait(hours=8)
    for one in (site, site.again()):
        visitor = one.directory.by_session(begun.session_id, by_hand=True)
        assert visitor.permissions == {Permission.STOP}
        assert decides(visitor, Permission.OPERATE, True, Anonymous.NONE) is None
        assert decides(visitor, Permission.VIEW, False, Anonymous.NONE) is not None
        assert visitor.account is not None
    site.wait(hours=24)
    assert not site.stops(begun)


def test_after_a_log_out_too(site: Site) -> None:
    begun = site.begin(site.account())
    site.wait(hours=1)
    site.directory.sessions.end(begun.session)
    site.wait(hours=23)
    for one in (site, site.again()):
        assert one.role(begun, by_hand=True) is None
        assert one.stops(begun)
    site.directory.sessions.end(begun.session)
    site.wait(hours=1)
    assert not site.stops(begun)


def test_a_log_in_gives_a_new_id_and_ends_what_the_browser_had(site: Site) -> None:
    anna = site.account()
    first = site.begin(anna)
    second = site.begin(anna, replaces=first.session_id)
    assert first.session_id != second.session_id
    for one in (site, site.again()):
        assert not one.stops(first)
        assert one.role(second) is Role.OPERATOR
    for hostile in ("", "x" * 43, "\ud800"):
        site.begin(anna, replaces=hostile)
    assert site.role(second) is Role.OPERATOR


def test_none_begins_for_an_account_that_changed_while_the_password_was_looked_at(site: Site) -> None:
    site.account("ben", Role.ADMINISTRATOR)
    anna = site.account()
    site.directory.set_password(anna.number, "new")
    assert site.directory.sessions.begin(anna, "10.0.0.1", "") is None
    new = site.directory.change(anna.number, enabled=False)
    assert site.directory.sessions.begin(new, "10.0.0.1", "") is None
    site.directory.remove(anna.number)
    assert site.directory.sessions.begin(new, "10.0.0.1", "") is None


def test_ones_own_are_listed_the_one_used_last_first(site: Site) -> None:
    anna = site.account()
    first, second = site.begin(anna), site.begin(anna)
    ended = site.begin(anna)
    site.begin(site.account("ben"))
    site.directory.sessions.end(ended.session)
    site.wait(minutes=5)
    site.role(first, by_hand=True)
    assert [one.handle for one in site.directory.sessions.of(anna.number)] == [
        first.session.handle, second.session.handle
    ]  # fmt: skip


def test_one_is_ended_from_elsewhere_for_good_and_only_by_its_account(site: Site) -> None:
    anna, ben = site.account("anna"), site.account("ben")
    lost, bens = site.begin(anna), site.begin(ben)
    with pytest.raises(NotFound, match="no such session"):
        site.directory.sessions.revoke(anna.number, bens.session.handle)
    site.directory.sessions.revoke(anna.number, lost.session.handle)
    for one in (site, site.again()):
        assert not one.stops(lost)
        assert one.role(bens) is Role.OPERATOR


def test_all_others_are_ended_those_that_were_over_too(site: Site) -> None:
    anna = site.account()
    own, other, over = (site.begin(anna) for _ in range(3))
    site.directory.sessions.end(over.session)
    assert site.directory.sessions.revoke_others(anna.number, own.session) == 2
    for one in (site, site.again()):
        assert [one.stops(begun) for begun in (own, other, over)] == [True, False, False]


def test_one_that_cannot_be_taken_off_the_disk_holds(site: Site) -> None:
    anna = site.account()
    lost = site.begin(anna)
    with site.database.writing() as connection:
        connection.execute("CREATE TRIGGER stuck BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'stuck'); END")
    with pytest.raises(ControllerError, match="stuck"):
        site.directory.sessions.revoke(anna.number, lost.session.handle)
    assert site.role(lost) is Role.OPERATOR


def test_a_full_disk_keeps_nobody_from_logging_in_or_out(site: Site) -> None:
    anna = site.account()
    first = site.begin(anna)
    fill_up(site.database)
    begun = [site.begin(anna) for _ in range(5)]
    site.directory.sessions.end(first.session)
    assert site.role(begun[-1]) is Role.OPERATOR
    assert site.role(first) is None
    make_room(site.database)
    later = site.again()
    assert later.role(begun[-1]) is Role.OPERATOR
    assert later.role(first) is None


def test_no_account_has_too_many_and_those_that_ended_go_first(site: Site) -> None:
    anna = site.account()
    begun = []
    for _ in range(module.MOST):
        site.wait(seconds=1)
        begun.append(site.begin(anna))
    site.directory.sessions.end(begun[7].session)
    more = [site.begin(anna), site.begin(anna)]
    gone = [place for place, one in enumerate(begun) if not site.stops(one)]
    assert gone == [0, 7]
    assert all(site.role(one) for one in more)
    assert len(site.again().directory.sessions.of(anna.number)) == module.MOST


def test_what_is_good_for_nothing_is_forgotten(site: Site) -> None:
    anna = site.account()
    site.begin(anna)
    site.wait(hours=8 + 24)
    site.begin(anna)
    site.database.write_once()
    with site.database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 1


def test_what_a_browser_calls_itself_is_kept_short_and_printable(site: Site) -> None:
    begun = site.directory.sessions.begin(site.account(), "1" * 1000, "Fire\nfox\x1b[0m\ud800" + "x" * 10_000)
    assert begun is not None
    assert begun.session.browser.startswith("Firefox[0mx")
    assert len(begun.session.browser) <= module.LONGEST_TEXT
    assert len(begun.session.address) == module.LONGEST_TEXT
    assert site.again().role(begun) is Role.OPERATOR


def test_one_that_is_used_while_it_is_ended_does_not_come_back(site: Site) -> None:
    anna = site.account()
    begun = [site.begin(anna) for _ in range(10)]
    go, stop = threading.Event(), threading.Event()

    def use() -> None:
        while not stop.is_set():
            for one in begun:
                site.directory.sessions.use(one.session)
            go.set()

    thread = threading.Thread(target=use)
    thread.start()
    assert go.wait(10.0)
    site.directory.sessions.revoke_others(anna.number, None)
    stop.set()
    thread.join(10.0)
    assert [site.stops(one) for one in begun] == [False] * 10
