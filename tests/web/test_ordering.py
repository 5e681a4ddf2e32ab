"""How an order is asked and answered: its key, at once, and in bounds (H1, H6, M5, AV5)."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import Mode
from main_controller.domain.orders import ModeOrder
from main_controller.domain.stamp import Moment, Stamp
from main_controller.domain.timing import Timing
from main_controller.errors import Refused, UpstreamUnreachable
from main_controller.orders.register import Register
from main_controller.sentence import foreign
from main_controller.server.request import UNREAD, Unread
from main_controller.web.kinds import TEXT
from main_controller.web.ordering import ALIKE, ORDERS_AT_ONCE, WAITERS, Ordering, Urgency
from main_controller.web.parameters import LEFT_OUT_TOLD
from main_controller.web.route import ALWAYS, Handlers, Parameter, Route
from main_controller.web.routes import BESIDE
from tests.assessment.units import ME
from tests.web.client import Answer, Client, route

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
KEY = "0123456789abcdef0123456789abcdef"


VALUE = (Parameter(name="value", kind=TEXT, says="", example="1"),)
ORDER = route("/order", order=True, beside=BESIDE, parameters=VALUE)
HALT = route("/halt", order=True, beside=BESIDE, parameters=VALUE, stops=ALWAYS)


class Part:
    """Two routes: `/order`, whose work is `do`, and `/halt`, which stops."""

    def __init__(self) -> None:
        self.log = Register()
        self.pools = (ThreadPoolExecutor(ORDERS_AT_ONCE), ThreadPoolExecutor(64))
        self.now = 1.0
        self.ordering = Ordering(
            self.log,
            Timing(),
            executor=self.pools[0],
            stoppers=self.pools[1],
            stop_alls=self.pools[1],
            clock=lambda: self.now,
        )
        self.stamps: list[Stamp] = []
        self.do: Callable[[Command], None] = lambda command: None
        self.client = Client(self)

    def handlers(self) -> Handlers:
        return {ORDER: lambda: self._order(ORDER), HALT: lambda: self._order(HALT)}

    def _order(self, declared: Route) -> Any:
        asked = self.ordering.asked(declared)
        stops = declared is HALT
        mode = Mode.STOP if stops else Mode.MANUAL

        def work(stamp: Stamp) -> tuple[Command, Mapping[str, Any]]:
            command = Command(self.log.new_id(), ModeOrder(None, mode), ME, NOON, self.now, key=stamp.key, judged=stops)
            self.log.enter(command, stamp.request)
            self.stamps.append(stamp)
            self.do(command)
            return self.log.get(command.id), {"succeeded": True, "command": command.id}

        return self.ordering.carry_out(asked, work, urgency=Urgency.STOP if stops else None)

    def call(self, target: str) -> Answer:
        return self.client.call(target, "POST")


@pytest.fixture
def part() -> Iterator[Part]:
    made = Part()
    yield made
    for pool in made.pools:
        pool.shutdown()


def test_a_script_without_any_of_it_is_answered_as_ever(part: Part) -> None:
    assert part.call("/order?value=1").json == {"succeeded": True, "command": "c1"}
    assert part.stamps == [Stamp(request="/order value=1")]


def test_key_and_moment_reach_the_order(part: Part) -> None:
    part.call(f"/order?key={KEY}&serial=12&start=ab_c-1&age=1500&page=p1")
    assert part.stamps == [Stamp(KEY, "/order", Moment(12, "ab_c-1", 1.5), "p1")]


@pytest.mark.parametrize(
    "bad",
    ["key=", "key=a%20b", f"key={'a' * 65}", "serial=1", "serial=1&start=a", "serial=-1&start=a&age=1",
     "serial=1&start=a&age=x", "serial=1&start=%3C&age=1", "serial=1.5&start=a&age=1", "page=%C3%A9", "wait=maybe"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_nothing_is_ordered(part: Part, bad: str) -> None:
    answer = part.call(f"/order?{bad}")
    assert answer.status == 400
    assert answer.error
    assert part.stamps == []


@pytest.mark.parametrize("bad", ["key=a%20b", "serial=1", "serial=1&start=a&age=x", "page=%C3%A9"])
def test_a_stop_leaves_whatever_is_stamped_on_it(part: Part, bad: str) -> None:
    assert part.call(f"/halt?{bad}").status == 200
    assert len(part.stamps) == 1


@pytest.mark.parametrize("wait", ["", "&wait=no", "&wait=verified"])
def test_the_second_arrival_of_a_key_gets_the_standing_of_the_first(part: Part, wait: str) -> None:
    def verify(command: Command) -> None:
        part.log.update(command.id, state=CommandState.VERIFIED, sent=True, judged=True)

    part.do = verify
    part.call(f"/order?key={KEY}&value=1")
    again = part.call(f"/order?key={KEY}&value=1{wait}")
    assert again.status == (202 if wait == "&wait=no" else 200)
    assert again.json == {"command": "c1", "key": KEY, "state": "verified", "sent": True, "again": True}
    assert len(part.stamps) == 1


def test_the_second_arrival_of_a_refused_order_is_not_judged_anew(part: Part) -> None:
    def refuse(command: Command) -> None:
        part.log.update(command.id, state=CommandState.FAILED, error="No.", sent=False)
        raise Refused(foreign("No."))

    part.do = refuse
    assert part.call(f"/order?key={KEY}").status == 409
    part.do = lambda command: None
    again = part.call(f"/order?key={KEY}").json
    assert (again["state"], again["again"], again["error"], len(part.stamps)) == ("failed", True, "No.", 1)


def test_a_key_of_another_order_is_refused_but_for_a_stop(part: Part) -> None:
    part.call(f"/order?key={KEY}&value=1")
    for wait in ("", "&wait=no"):
        other = part.call(f"/order?key={KEY}&value=2{wait}")
        assert other.status == 409
        assert "c1" in other.error
        assert len(part.stamps) == 1
    assert part.call(f"/halt?key={KEY}").status == 200
    assert part.call(f"/halt?key={KEY}&wait=no").status == 202
    assert len(part.stamps) == 3


def test_two_arrivals_at_the_same_moment_make_one_order(part: Part) -> None:
    both = threading.Barrier(8)

    def arrive() -> Answer:
        both.wait(5)
        return part.call(f"/order?key={KEY}&wait=no")

    with ThreadPoolExecutor(8) as callers:
        answers = [future.result() for future in [callers.submit(arrive) for _ in range(8)]]
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["command"] for answer in answers}) == 1
    assert len(part.stamps) == 1


def test_wait_no_answers_once_the_rules_have_judged_whatever_upstream_does(part: Part) -> None:
    hang = threading.Event()

    def judged_then_hangs(command: Command) -> None:
        part.log.update(command.id, judged=True)
        hang.wait(20)

    part.do = judged_then_hangs
    answer = part.call(f"/order?wait=no&key={KEY}")
    assert (answer.status, answer.json["command"], answer.json["state"]) == (202, "c1", "pending")
    assert not part.ordering.wait_empty(0.0)
    hang.set()
    assert part.ordering.wait_empty(5.0)


def test_wait_no_does_not_wait_for_an_order_that_waits_for_its_turn(part: Part) -> None:
    hang = threading.Event()

    def hangs(command: Command) -> None:
        hang.wait(20)

    part.do = hangs
    answer = part.call("/order?wait=no")
    hang.set()
    assert (answer.status, answer.json["command"], answer.json["key"]) == (202, "c1", None)


def test_wait_no_tells_a_refusal_as_ever_and_a_fault_upstream_by_the_command(part: Part) -> None:
    def refuse(command: Command) -> None:
        part.log.update(command.id, state=CommandState.FAILED, error="No.", sent=False)
        raise Refused(foreign("No."), details={"command": command.id})

    def unreachable(command: Command) -> None:
        part.log.update(command.id, judged=True)
        part.log.update(command.id, state=CommandState.FAILED, error="refused", sent=False)
        raise UpstreamUnreachable(foreign("refused"), sent=False)

    part.do = refuse
    assert part.call("/order?wait=no").status == 409
    part.do = unreachable
    answer = part.call("/order?wait=no")
    assert answer.status == 202
    assert part.log.get(answer.json["command"]).error == "refused"
    assert part.ordering.wait_empty(5.0)


def test_orders_on_their_way_are_bounded_and_stops_are_not(part: Part) -> None:
    hang = threading.Event()

    def hangs(command: Command) -> None:
        part.log.update(command.id, judged=True)
        hang.wait(20)

    part.do = hangs
    for _ in range(ORDERS_AT_ONCE):
        assert part.call("/order?wait=no").status == 202
    full = part.call("/order?wait=no")
    assert (full.status, full.json["sent"]) == (503, False)
    for _ in range(40):
        assert part.call("/halt?wait=no").status == 202
    hang.set()
    assert part.ordering.wait_empty(10.0)
    assert part.call("/order?wait=no").status == 202, "the places are free again"


def test_those_who_wait_for_a_verdict_are_bounded_and_the_others_are_answered_without_it(part: Part) -> None:
    with ThreadPoolExecutor(WAITERS) as callers:
        waiting = [callers.submit(part.call, f"/halt?wait=verified&value={number}") for number in range(WAITERS)]
        try:
            for _ in range(200):
                if len(part.stamps) == WAITERS and not part.ordering._waiters._value:
                    break
                threading.Event().wait(0.02)
            answer = part.call("/halt?wait=verified")
            assert (answer.status, "state" in answer.json) == (200, False)
        finally:
            for command in part.log.latest():
                part.log.update(command.id, state=CommandState.VERIFIED)
        assert all(future.result().json["verified"] for future in waiting)


def test_of_stops_that_ask_for_the_same_only_a_few_hold_a_request_thread_and_all_are_given(part: Part) -> None:
    """A unit that hangs, and everybody who presses its Wait: others' stops need threads too."""
    hang = threading.Event()

    def hangs(command: Command) -> None:
        hang.wait(20)

    part.do = hangs
    with ThreadPoolExecutor(ALIKE) as callers:
        held = [callers.submit(part.call, "/halt?value=1") for _ in range(ALIKE)]
        for _ in range(200):
            if len(part.stamps) == ALIKE:
                break
            threading.Event().wait(0.02)
        for _ in range(20):
            assert part.call("/halt?value=1").status == 202
        assert len(part.stamps) == ALIKE + 20, "each is given all the same"
        hang.set()
        assert {future.result().status for future in held} == {200}
    assert part.ordering.wait_empty(10.0)


@pytest.mark.parametrize(
    "beside",
    [
        "key=",
        f"key={'x' * 300}",
        "key=a&key=a",
        "serial=",
        "page=",
        "wait=",
        "wait=yes",
        "wait=no&wait=no",
        "_=1",
        "a=b",
    ],
)
def test_nothing_that_stands_beside_a_stop_keeps_it_back(part: Part, beside: str) -> None:
    assert part.call(f"/halt?{beside}").status == 200
    assert part.call(f"/order?{beside}").status == 400
    assert len(part.stamps) == 1


@pytest.mark.parametrize("wait", ["", "&wait=no"])
def test_a_stop_says_what_was_left_out_beside_it(part: Part, wait: str) -> None:
    answer = part.call(f"/halt?key=%20&x=1&x=2&{'y' * 300}=1{wait}").json
    assert [sentence[:24] for sentence in answer["ignored"]] == [
        "The parameter 'key' is e", "The parameter 'x' is giv", "The parameter 'yyyyyyyyy"
    ]  # fmt: skip
    assert "ignored" not in part.call(f"/halt?value=1{wait}").json


def test_of_much_that_was_left_out_a_few_are_told_and_the_rest_is_counted(part: Part) -> None:
    answer = part.call("/halt?" + "&".join(f"a{n}=1" for n in range(30))).json
    assert len(answer["ignored"]) == LEFT_OUT_TOLD + 1
    assert answer["ignored"][-1] == "22 more parameters were not looked at."


def test_a_stop_without_its_body_says_that_it_was_not_read(part: Part) -> None:
    unread = {413: "The body is too large to be read.", 408: "The body did not come whole in time."}
    for status, sentence in (unread | {400: "The chunks of the body cannot be read."}).items():
        answer = part.client.call("/halt", "POST", environ={UNREAD: Unread(status, b"")})
        assert (answer.status, answer.json["ignored"]) == (200, [sentence])
        assert part.client.call("/order", "POST", environ={UNREAD: Unread(status, b"")}).error == sentence


def test_a_body_of_another_kind_keeps_no_stop_back(part: Part) -> None:
    headers = {"Content-Type": "application/json"}
    assert part.client.call("/halt", "POST", headers=headers, body=b"{}").status == 200
    assert part.client.call("/order", "POST", headers=headers, body=b"{}").status == 400


def test_a_stop_that_never_left_is_given_again_by_the_same_key(part: Part) -> None:
    def unreachable(command: Command) -> None:
        part.log.update(command.id, state=CommandState.FAILED, error="refused", sent=False)
        raise UpstreamUnreachable(foreign("refused"), sent=False)

    part.do = unreachable
    assert part.call(f"/halt?key={KEY}").status == 502
    part.do = lambda command: None
    assert part.call(f"/halt?key={KEY}").status == 200
    assert len(part.stamps) == 2
    assert part.log.by_key(KEY) == part.log.get("c2")


@pytest.mark.parametrize("wait", ["", "&wait=no", "&wait=verified"])
def test_a_script_whose_key_never_changes_stops_each_time(part: Part, wait: str) -> None:
    """Its second stop was told as verified, and nothing was sent, hours after the first."""

    def verify(command: Command) -> None:
        part.log.update(command.id, state=CommandState.VERIFIED, sent=True, judged=True)

    part.do = verify
    part.call(f"/halt?key={KEY}")
    part.now += Timing().stop_key
    assert part.call(f"/halt?key={KEY}{wait}").json["again"] is True
    part.now += 0.1
    assert part.call(f"/halt?key={KEY}{wait}").json["command"] == "c2"
    assert len(part.stamps) == 2
    assert part.log.by_key(KEY) == part.log.get("c2")


def test_a_stop_under_way_is_joined_by_its_key_however_long_it_takes(part: Part) -> None:
    part.call(f"/halt?key={KEY}")
    part.now += 10 * Timing().stop_key
    assert part.call(f"/halt?key={KEY}").json["again"] is True
    assert len(part.stamps) == 1


def test_another_order_than_a_stop_is_never_given_again_by_its_key(part: Part) -> None:
    def verify(command: Command) -> None:
        part.log.update(command.id, state=CommandState.VERIFIED, sent=True)

    part.do = verify
    part.call(f"/order?key={KEY}")
    part.now += 100 * Timing().stop_key
    assert part.call(f"/order?key={KEY}").json["again"] is True
    assert len(part.stamps) == 1


def test_a_repeated_failure_keeps_its_failing_status(part: Part) -> None:
    def refuse(command: Command) -> None:
        part.log.update(command.id, state=CommandState.FAILED, error="No.", sent=False)
        raise Refused(foreign("No."))

    part.do = refuse
    part.call(f"/order?key={KEY}")
    again = part.call(f"/order?key={KEY}")
    assert (again.status, again.error, again.json["again"]) == (409, "No.", True)
