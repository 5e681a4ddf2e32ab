"""The one way of every order: what goes wrong on it ends the order, and says whether it left (Z8b)."""

from collections.abc import Callable
from typing import Any

import pytest

from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import Mode
from main_controller.domain.orders import UpsOrder
from main_controller.domain.scope import Lane
from main_controller.errors import ControllerError, NotFound, Sent
from main_controller.orders.dispatcher import Dispatcher, Handling
from main_controller.sentence import Sentence, foreign
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench

FAILED, PENDING, ACCEPTED = CommandState.FAILED, CommandState.PENDING, CommandState.ACCEPTED


class Broken(Handling[None]):
    """An order that breaks at one point of its way with `fault`; a stop overtakes it `overtaken_at` another."""

    turn = Lane("mode")
    overtaken_by = (Lane("mode"),)

    def __init__(
        self, at: str, *, fault: Exception | None = None, overtaken: Callable[[], object] | None = None
    ) -> None:
        self.at = at
        self.settled: list[Sent] = []
        self.followed: list[Sent] = []
        self._fault = fault or OverflowError("cannot convert float infinity to integer")
        self._overtaken = overtaken or (lambda: None)

    def prepare(self) -> None:
        self.point("prepare")

    def decide(self) -> None:
        self.point("decide")

    def send(self) -> None:
        self._overtaken()
        self.point("send")

    def settle(self, sent: Sent, answer: None) -> None:
        self.settled.append(sent)
        self.point("settle")

    def follow(self, sent: Sent) -> Sentence | None:
        self.followed.append(sent)
        self.point("follow")
        return foreign("stop followed it")

    def point(self, point: str) -> None:
        if point == self.at:
            raise self._fault


def carried_out(bench: Bench, handling: Broken) -> tuple[Command, ControllerError | None]:
    """How the order stands after it was carried out, and what was raised."""
    command = bench.desk.begin(UpsOrder(None, 1), ME)
    error = None
    try:
        Dispatcher(bench.desk, lambda _: handling.point("intent")).carry_out(command, handling)
    except ControllerError as raised:
        error = raised
    return bench.log.get(command.id), error


@pytest.mark.parametrize(
    ("at", "sent", "state", "status"),
    [
        ("prepare", False, FAILED, 500),
        ("decide", False, FAILED, 500),
        ("intent", False, FAILED, 500),
        ("send", "unknown", PENDING, 502),
    ],
)
def test_an_order_that_breaks_in_a_way_that_nobody_foresaw_says_whether_it_left(
    at: str, sent: bool | str, state: CommandState, status: int
) -> None:
    """One that broke while it was judged stayed under way for ever; one that may have left is watched."""
    with open_bench(mode=Mode.MANUAL) as bench:
        handling = Broken(at)
        kept, error = carried_out(bench, handling)
        assert error is not None
        assert (error.status, error.sent, kept.sent, kept.state) == (status, sent, sent, state)
        assert error.details["command"] == kept.id
        assert "nobody foresaw" in str(kept.error)
        assert "infinity" in str(kept.error)
        assert handling.settled == [sent], "what it may have in effect is settled once"
        again, error = carried_out(bench, Broken("nowhere"))
        assert (again.state, error) == (ACCEPTED, None), "its turn is given back"


def test_what_breaks_beside_an_order_that_left_undoes_nothing() -> None:
    with open_bench(mode=Mode.MANUAL) as bench:
        kept, error = carried_out(bench, Broken("settle"))
        assert (kept.state, kept.sent, error) == (ACCEPTED, True, None)


@pytest.mark.parametrize(
    ("at", "state"), [("nowhere", CommandState.CANCELLED), ("follow", FAILED), ("settle", CommandState.CANCELLED)]
)
def test_a_stop_follows_an_overtaken_order_whatever_breaks(at: str, state: CommandState) -> None:
    with open_bench(mode=Mode.MANUAL) as bench:
        handling = Broken(at, overtaken=lambda: bench.desk.overtake(Lane("mode")))
        kept, error = carried_out(bench, handling)
        assert (handling.followed, kept.state, kept.sent) == ([True], state, True)
        assert error is not None


def test_an_overtaken_order_that_broke_while_it_was_sent_is_followed_and_watched() -> None:
    with open_bench(mode=Mode.MANUAL) as bench:
        handling = Broken("send", overtaken=lambda: bench.desk.overtake(Lane("mode")))
        kept, _ = carried_out(bench, handling)
        assert (handling.followed, kept.state, kept.sent) == (["unknown"], PENDING, "unknown")


def test_a_known_fault_that_nobody_recorded_ends_the_order_too() -> None:
    with open_bench(mode=Mode.MANUAL) as bench:
        kept, error = carried_out(bench, Broken("decide", fault=NotFound(foreign("There is no unit E009."))))
        assert (kept.state, kept.error, kept.sent) == (FAILED, "There is no unit E009.", False)
        assert isinstance(error, NotFound)


def test_who_cannot_be_told_keeps_no_order_back(caplog: pytest.LogCaptureFixture) -> None:
    """A listener that broke left its order under way for ever, a stop unsent."""

    def broken(before: Any, after: Command) -> None:
        raise OverflowError("cannot convert float infinity to integer")

    told: list[CommandState] = []
    with open_bench(mode=Mode.MANUAL) as bench:
        bench.log.listen(broken)
        bench.log.listen(lambda before, after: told.append(after.state))
        assert bench.stop_all.order(ME).state is CommandState.VERIFIED
        assert (told[0], told[-1]) == (PENDING, CommandState.VERIFIED), "others are told all the same"
    assert "not everybody could be told" in caplog.text


def broken_once(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same, but its first call breaks in a way that nobody foresaw."""
    calls = iter([True])

    def breaking(*args: Any, **kwargs: Any) -> Any:
        if next(calls, False):
            raise OverflowError("cannot convert float infinity to integer")
        return call(*args, **kwargs)

    return breaking


def ended(bench: Bench) -> Command:
    """The one command of this bench, which must have ended as failed."""
    (command,) = bench.log.latest()
    assert (command.state, command.sent) == (FAILED, False)
    assert "nobody foresaw" in str(command.error)
    return command


def test_a_force_stop_that_breaks_before_it_leaves_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_bench(mode=Mode.AUTONOMOUS) as bench:
        bench.settled()
        monkeypatch.setattr(bench.desk, "overtake", broken_once(bench.desk.overtake))
        with pytest.raises(ControllerError, match="nobody foresaw"):
            bench.set_mode.cluster(Mode.STOP, ME)
        ended(bench)


def test_a_force_stop_leaves_though_its_waits_break(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_bench(mode=Mode.MANUAL) as bench:
        bench.settled()
        monkeypatch.setattr(bench.waits, "send_all", broken_once(bench.waits.send_all))
        command = bench.set_mode.cluster(Mode.STOP, ME)
        assert (command.state, command.sent) == (ACCEPTED, True)
        assert command.note == "Wait could not be sent to E001, E002, E003."


def test_what_a_force_stop_clears_keeps_it_not_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was due in its scope could not be cleared: it was sent and answered all the same."""
    with open_bench(mode=Mode.AUTONOMOUS) as bench:
        bench.settled()
        sender = bench.set_mode._force_stop._sender
        monkeypatch.setattr(sender, "_person_ordered", broken_once(lambda scope: None))
        assert bench.set_mode.cluster(Mode.STOP, ME).state is ACCEPTED


def test_a_wait_that_breaks_before_it_leaves_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_bench(mode=Mode.MANUAL) as bench:
        bench.settled()
        monkeypatch.setattr(bench.desk, "overtake", broken_once(bench.desk.overtake))
        with pytest.raises(ControllerError, match="nobody foresaw"):
            bench.converter.wait("E001", ME)
        ended(bench)


def test_a_stop_all_that_breaks_at_its_beginning_has_failed_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every other order would have been refused for ever."""
    with open_bench(mode=Mode.MANUAL) as bench:
        bench.settled()
        monkeypatch.setattr(bench.desk, "overtake", broken_once(bench.desk.overtake))
        with pytest.raises(ControllerError, match="nobody foresaw"):
            bench.stop_all.order(ME)
        ended(bench)
        assert (bench.desk.turns.held_by, bench.stop_all.running) == (None, False)
        assert bench.stop_all.order(ME).state is CommandState.VERIFIED


def test_whom_a_stop_all_cannot_tell_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_bench(mode=Mode.MANUAL) as bench:
        bench.settled()

        def full(*args: object) -> None:
            raise RuntimeError("nothing is taken on after the end")

        monkeypatch.setattr(bench.stop_all, "_tell_listeners", full)
        with pytest.raises(RuntimeError):
            bench.stop_all.order(ME)
        assert (bench.desk.turns.held_by, bench.stop_all.running) == (None, False)
        assert bench.log.latest()[0].state is FAILED


def test_a_guided_transfer_that_breaks_at_its_start_has_failed_and_leaves_the_bus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_bench(mode=Mode.MANUAL) as bench:
        bench.settled()
        monkeypatch.setattr(bench.kept, "save", broken_once(bench.kept.save))
        with pytest.raises(ControllerError, match="nobody foresaw"):
            bench.transfer.start("E001", "E002", 1.0, 350.0, ME, minutes=10)
        ended(bench)
        assert bench.desk.owner.claim is None
        assert bench.transfer.start("E001", "E002", 1.0, 350.0, ME, minutes=10).state is ACCEPTED
