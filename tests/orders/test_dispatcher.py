"""The one way of every order: what goes wrong on it ends the order, and says whether it left (Z8b)."""

import pytest

from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import Mode
from main_controller.domain.orders import UpsOrder
from main_controller.domain.scope import Lane
from main_controller.errors import UpstreamError
from main_controller.orders.dispatcher import Dispatcher, Handling
from tests.assessment.units import ME
from tests.orders.bench import open_bench


class Broken(Handling[None]):
    """An order that breaks at one point of its way."""

    turn = Lane("mode")
    overtaken_by = (Lane("mode"),)

    def __init__(self, at: str) -> None:
        self._at = at

    def prepare(self) -> None:
        self._pass("prepare")

    def decide(self) -> None:
        self._pass("decide")

    def send(self) -> None:
        self._pass("send")

    def _pass(self, point: str) -> None:
        if point == self._at:
            raise OverflowError("cannot convert float infinity to integer")


@pytest.mark.parametrize(
    ("at", "sent", "state"),
    [
        ("prepare", False, CommandState.FAILED),
        ("decide", False, CommandState.FAILED),
        ("send", "unknown", CommandState.PENDING),
    ],
)
def test_an_order_that_breaks_in_a_way_that_nobody_foresaw_says_whether_it_left(
    at: str, sent: bool | str, state: CommandState
) -> None:
    """One that broke while it was judged stayed under way for ever; one that may have left is watched."""
    with open_bench(mode=Mode.MANUAL) as bench:
        command: Command = bench.desk.begin(UpsOrder(None, 1), ME)
        with pytest.raises(UpstreamError, match="nobody foresaw") as fault:
            Dispatcher(bench.desk).carry_out(command, Broken(at))
        kept = bench.log.get(command.id)
        assert (fault.value.sent, kept.sent, kept.state) == (sent, sent, state)
        assert "infinity" in str(kept.error)
