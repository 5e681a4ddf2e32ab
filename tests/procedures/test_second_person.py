"""An override that needs two persons: it waits, another confirms it within a minute, or nothing is sent."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.stamp import Moment, Stamp
from main_controller.errors import NotFound, Refused
from main_controller.orders.register import KeyTaken
from main_controller.procedures.second_person import SecondPersonRule
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, refused

WAIT, CV, CHARGE = (ConverterStatus.WAIT, ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE)
ANNA, BERT, CARL = (person("10.0.0.3", "anna"), person("10.0.0.4", "bert"), person("10.0.0.5", "carl"))
TAKE = ConverterOrder("E002", CHARGE, 350.0, 1.0)


class Site:
    """A bus at 200 V under a reference of 0.5 A, so that a charge of 1 A breaks rules e and f."""

    def __init__(self, bench: Bench, *, on: bool = True) -> None:
        self.bench = bench
        self.rule = SecondPersonRule(bench.desk, bench.converter, on=on)
        bench.converter.order(ConverterOrder("E001", CV, 350.0, 0.5), ANNA)
        for unit in bench.grid.units.values():
            unit.vg = 200.0
        bench.run(20.0)

    def run(self, seconds: float) -> None:
        for _ in range(int(seconds * 2)):
            self.bench.run(0.5)
            self.rule.run_once()

    def ask(
        self, wanted: ConverterOrder = TAKE, *, by: Any = ANNA, rules: str = "ef", key: str | None = None
    ) -> Command:
        command, answer = self.rule.order(
            wanted, by, override="fuse", override_rules=frozenset(rules), stamp=Stamp(key, f"ask {key}")
        )
        assert answer is None
        return command

    def now(self, command: Command) -> Command:
        return self.bench.log.get(command.id)

    @property
    def sent(self) -> list[tuple[str, ConverterStatus]]:
        """What left since the reference's own order."""
        return [(one[1], one[2]) for one in self.bench.grid.sent if one[0] == "command"][1:]


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench() as made:
        yield made.settled()


@pytest.fixture
def site(bench: Bench) -> Site:
    return Site(bench)


def test_an_override_waits_and_is_sent_by_the_press_of_another_person(site: Site) -> None:
    command = site.ask()
    assert (command.state, command.sent, command.waits_for_second) == ("pending", False, True)
    assert command.second is not None
    assert command.second.rules == ("e", "f")
    assert "waits for a second person until" in str(command.note)
    site.run(30)
    assert site.sent == []
    done, dcdc = site.rule.confirm(command.id, BERT)
    assert (done.id, done.state, dcdc["status"]["status"]) == (command.id, "verified", CHARGE)
    assert site.sent == [("E002", CHARGE)]
    assert done.given_by == "anna (10.0.0.3), bert (10.0.0.4)"
    assert "by two persons, anna (10.0.0.3) and bert (10.0.0.4): fuse" in str(done.note)
    site.run(60)
    assert site.now(command).state == "verified", "it does not run out any more"


def test_where_the_setting_is_off_one_person_is_enough(bench: Bench) -> None:
    site = Site(bench, on=False)
    command, answer = site.rule.order(TAKE, person("10.0.0.3"), override="fuse", override_rules={"e", "f"})
    assert (command.state, answer is not None, command.second) == ("verified", True, None)


def test_an_order_without_an_override_and_a_wait_with_one_go_as_ever(site: Site) -> None:
    assert site.rule.order(ConverterOrder("E002", WAIT, 0.0, 0.0), ANNA)[1] is not None
    assert site.rule.order(ConverterOrder("E001", CV, 350.0, 0.6), ANNA)[1] is not None
    with pytest.raises(Refused, match=r"limit is 0\.6 A"):
        site.rule.order(TAKE, ANNA)


def test_an_override_of_what_passes_by_now_is_sent_at_once_and_overrides_nothing(site: Site) -> None:
    command, answer = site.rule.order(
        ConverterOrder("E001", CV, 350.0, 0.6), ANNA, override="fuse", override_rules={"c"}
    )
    assert (command.state, answer is not None, command.second, command.note) == ("verified", True, None, None)


def test_a_rule_that_no_override_passes_and_one_that_is_not_named_refuse_at_once(site: Site) -> None:
    for wanted, rules in ((ConverterOrder("E002", CHARGE, 350.0, 2.4), "efh"), (TAKE, "e")):
        with pytest.raises(Refused):
            site.ask(wanted, rules=rules)
        assert site.bench.log.latest()[0].state == "failed"
    assert site.sent == []


@pytest.mark.parametrize("by", [ANNA, person("10.0.0.9", "anna"), person("10.0.0.4")])
def test_the_same_account_and_nobody_do_not_confirm_and_it_waits_on(site: Site, by: Any) -> None:
    command = site.ask()
    with pytest.raises(Refused):
        site.rule.confirm(command.id, by)
    assert site.now(command).waits_for_second
    assert site.sent == []


def test_without_an_account_nothing_waits(site: Site) -> None:
    with pytest.raises(Refused, match="log in"):
        site.ask(by=person("10.0.0.3"))
    assert (site.bench.log.latest()[0].state, site.sent) == ("failed", [])


def test_nobody_confirmed_it_it_ends_and_nothing_was_sent(site: Site) -> None:
    command = site.ask()
    site.run(59)
    assert site.now(command).state.open
    site.run(2)
    ended = site.now(command)
    assert (ended.state, ended.sent) == ("cancelled", False)
    assert ended.error == "No second person confirmed it within 60 s; nothing was sent."
    with pytest.raises(NotFound, match="within 60 s"):
        site.rule.confirm(command.id, BERT)
    assert site.sent == []


def test_a_press_after_its_time_comes_too_late_though_nobody_has_looked(site: Site) -> None:
    command = site.ask()
    site.bench.run(61.0)
    with pytest.raises(NotFound):
        site.rule.confirm(command.id, BERT)
    assert (site.now(command).state, site.sent) == ("cancelled", [])


def test_its_first_person_withdraws_it_and_nobody_else_does(site: Site) -> None:
    command = site.ask()
    with pytest.raises(Refused, match="alone can withdraw"):
        site.rule.withdraw(command.id, BERT)
    gone = site.rule.withdraw(command.id, person("10.0.0.9", "anna"))
    assert (gone.state, gone.sent) == ("cancelled", False)
    assert "anna (10.0.0.9) withdrew it" in str(gone.error)
    with pytest.raises(NotFound, match="withdrew"):
        site.rule.confirm(command.id, BERT)
    assert site.sent == []


def test_any_stop_ends_it_also_one_elsewhere(site: Site) -> None:
    command = site.ask()
    site.bench.converter.wait("E003", CARL)
    with pytest.raises(NotFound, match="A stop came"):
        site.rule.confirm(command.id, BERT)
    other = site.ask()
    site.bench.set_mode.unit("E001", Mode.STOP, CARL)
    site.run(0.5)
    assert (site.now(other).state, site.now(other).sent) == ("cancelled", False)
    assert (command.id, CHARGE) not in site.sent
    assert ("E002", CHARGE) not in site.sent


def test_a_stop_between_the_confirming_press_and_its_judgement_ends_it(site: Site) -> None:
    command = site.ask()

    def stopped(_: Command | None, after: Command) -> None:
        if after.id == command.id and after.second is not None and after.second.by is not None and not stops:
            stops.append(site.bench.converter.wait("E003", CARL)[0].id)

    stops: list[str] = []
    site.bench.log.listen(stopped)
    with pytest.raises(Refused, match="A stop came"):
        site.rule.confirm(command.id, BERT)
    assert (site.now(command).state, ("E002", CHARGE) in site.sent) == ("cancelled", False)


def test_all_rules_are_judged_anew_when_it_is_confirmed(site: Site) -> None:
    command = site.ask(rules="efc")
    site.bench.unit("E002").status = str(ConverterStatus.DISCHARGE)
    site.run(12)
    with pytest.raises(Refused, match="must be in Wait"):
        site.rule.confirm(command.id, BERT)
    ended = site.now(command)
    assert (ended.state, ended.sent, ended.given_by) == ("failed", False, "anna (10.0.0.3), bert (10.0.0.4)")
    assert site.sent == [], "rule c was named, but neither was shown that it would be overridden"


def test_the_confirming_page_must_show_what_is_so_now(site: Site) -> None:
    desk = site.bench.desk
    serial = desk.moments.serial()
    command = site.ask()
    site.bench.run(11.0)
    with pytest.raises(Refused, match="longer than"):
        site.rule.confirm(command.id, BERT, stamp=Stamp(moment=Moment(serial, desk.moments.start, 0.0)))
    assert site.sent == []
    again, now = site.ask(), desk.moments.serial()
    site.rule.confirm(again.id, BERT, stamp=Stamp(moment=Moment(now, desk.moments.start, 0.0)))
    assert site.sent == [("E002", CHARGE)], "the first one's press was long ago, and that counts no more"


def test_a_lock_and_a_mode_of_meanwhile_refuse_it(site: Site) -> None:
    command = site.ask()
    site.bench.book.locks["E002"] = {"name": "carl", "reason": "fuse", "since": "2026-05-13T03:00:00Z"}
    with pytest.raises(Refused, match="carl"):
        site.rule.confirm(command.id, BERT)
    assert (site.now(command).state, site.sent) == ("failed", [])


def test_one_question_stands_for_a_unit_at_a_time(site: Site) -> None:
    command = site.ask()
    with pytest.raises(Refused, match=command.id):
        site.ask(by=CARL)
    site.ask(ConverterOrder("E003", CHARGE, 350.0, 1.0))
    site.rule.withdraw(command.id, ANNA)
    site.ask(by=CARL)


def test_of_two_who_confirm_at_the_same_moment_one_sends_it(site: Site) -> None:
    command = site.ask()

    def press(by: Any) -> str:
        try:
            return str(site.rule.confirm(command.id, by)[0].state)
        except NotFound:
            return "not found"

    with ThreadPoolExecutor(2) as two:
        came = list(two.map(press, (BERT, CARL)))
    assert sorted(came) == ["not found", "verified"]
    assert site.sent == [("E002", CHARGE)]


def test_a_second_arrival_of_the_confirming_press_finds_the_order(site: Site) -> None:
    command = site.ask(key="k1")
    with pytest.raises(KeyTaken):
        site.ask(key="k1")
    site.rule.confirm(command.id, BERT, stamp=Stamp("k2", "confirm"))
    found = site.bench.log.by_key("k2")
    assert found is not None
    assert found.id == command.id


def test_what_the_converter_refuses_has_failed_and_cannot_be_confirmed_again(site: Site) -> None:
    command = site.ask()
    site.bench.grid.faults["E002 CHARGE"] = Fault(refused(), times=1)
    with pytest.raises(Exception, match="it said no"):
        site.rule.confirm(command.id, BERT)
    assert site.now(command).state is CommandState.FAILED
    with pytest.raises(NotFound):
        site.rule.confirm(command.id, CARL)


def test_no_order_of_this_id_or_of_another_kind_is_confirmed(site: Site) -> None:
    with pytest.raises(NotFound):
        site.rule.confirm("c999", BERT)
    with pytest.raises(NotFound, match="does not wait"):
        site.rule.confirm(site.bench.log.latest()[0].id, BERT)


def test_it_is_watched_by_nobody_while_it_waits(site: Site) -> None:
    """It is open, but not sent: no verification judges it, and no alarm of it stands."""
    command = site.ask()
    site.run(45)
    assert site.now(command).state == "pending"
