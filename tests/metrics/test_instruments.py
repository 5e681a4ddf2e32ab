"""What is counted as it happens: by closed lists of labels, and each thing once."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from main_controller.alarms.alarm import Alarm, Deed, Member, Shelf, Sign
from main_controller.alarms.book import Change, Transition
from main_controller.alarms.kinds import BY_CODE
from main_controller.domain.actor import person
from main_controller.domain.commands import Command, CommandState, Tries
from main_controller.metrics.instruments import Instruments
from main_controller.metrics.situation import counted
from main_controller.sentence import foreign
from tests.domain.made_orders import order_of

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


@pytest.fixture
def instruments() -> Instruments:
    return Instruments()


def value(instruments: Instruments, name: str, **labels: str) -> float | None:
    return instruments.registry.get_sample_value(f"apis_mc_{name}", labels)


def command(state: CommandState, **more: object) -> Command:
    made = Command("c1", order_of("stopAll"), person("anna"), NOON, 1.0)
    return replace(made, state=state, **more)  # type: ignore[arg-type]


def test_requests_are_counted_by_route_and_class_of_status(instruments: Instruments) -> None:
    for status, seconds in ((200, 0.004), (304, 0.02), (404, 3.0)):
        instruments.replied("getFrame", status, seconds)
    assert value(instruments, "route_duration_seconds_count", route="getFrame") == 3
    assert value(instruments, "route_duration_seconds_bucket", route="getFrame", le="0.025") == 2
    assert [value(instruments, "route_replies_total", route="getFrame", code=f"{n}xx") for n in (2, 3, 4)] == [1, 1, 1]


def test_polls_and_those_that_gave_nothing(instruments: Instruments) -> None:
    instruments.polled(0.1, good=True)
    instruments.polled(3.0, good=False)
    assert value(instruments, "poll_duration_seconds_sum") == pytest.approx(3.1)
    assert value(instruments, "poll_failures_total") == 1


def test_an_order_counts_when_it_ends_once_and_again_when_it_is_contradicted(instruments: Instruments) -> None:
    pending, accepted, verified = map(command, (CommandState.PENDING, CommandState.ACCEPTED, CommandState.VERIFIED))
    contradicted = command(CommandState.CONTRADICTED)
    for before, after in ((None, pending), (pending, accepted), (accepted, verified), (verified, verified)):
        instruments.order_changed(before, after)
    assert value(instruments, "orders_total", order="stopAll", outcome="verified") == 1
    assert value(instruments, "orders_total", order="stopAll", outcome="pending") is None
    instruments.order_changed(verified, contradicted)
    assert value(instruments, "orders_total", order="stopAll", outcome="contradicted") == 1


def test_quiet_tries_of_one_order_are_not_counted(instruments: Instruments) -> None:
    quiet = command(CommandState.FAILED, tries=Tries(7, NOON, foreign("refused")))
    instruments.order_changed(command(CommandState.PENDING), quiet)
    assert value(instruments, "orders_total", order="stopAll", outcome="failed") is None


def alarm(code: str = "unitSilent", **more: object) -> Alarm:
    members = {"E001": Member(Sign(foreign("E001 is silent."))), "E002": Member(Sign(foreign("gone")), active=False)}
    made = Alarm("a1", BY_CODE[code], members, NOON, NOON, NOON)
    return replace(made, **more)  # type: ignore[arg-type]


def test_alarms_are_counted_when_people_are_told(instruments: Instruments) -> None:
    told, hidden = alarm(), alarm(inhibited_by="a7")
    away = alarm(shelf=Shelf(Deed("anna", NOON), NOON))
    instruments.alarms_changed(
        [Transition(Change.RAISED, told), Transition(Change.RETURNED, told), Transition(Change.RAISED, hidden),
         Transition(Change.RAISED_AGAIN, away), Transition(Change.ANNOUNCED, told)]
    )  # fmt: skip
    assert value(instruments, "alarms_raised_total", kind="unitSilent", priority="3") == 2
    assert value(instruments, "alarms_raised_total", kind="gridError", priority="1") == 0


def test_what_holds_now_is_counted_by_things_and_without_what_is_put_away() -> None:
    put_away = [alarm(inhibited_by="a7"), alarm(out_of_service=True), alarm(shelf=Shelf(Deed("anna", NOON), NOON))]
    assert counted([alarm(), alarm("gridError"), *put_away]) == {"unitSilent": 1, "gridError": 1}
