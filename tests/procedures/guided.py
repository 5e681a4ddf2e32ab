"""What the tests of the guided procedure share: to begin one, to let its current flow, and to see how it stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from main_controller.domain.modes import ConverterStatus
from main_controller.domain.progress import TransferStands
from main_controller.web.shapes.sharing import sharing_of
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench

WAIT, CV, CHARGE, DISCHARGE = (
    ConverterStatus.WAIT,
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
)


@contextmanager
def open_site(*ids: str, **more: Any) -> Iterator[Bench]:
    """A bench whose bus does what its converters say, and whose converters can be read directly."""
    with open_bench(*ids, **more) as bench:
        bench.bus = bench.devices.reads = True
        yield bench.settled()


def begin(bench: Bench, current: float = 2.0, **more: Any) -> str:
    """Begin from E001 to E003 and give the command's id."""
    return bench.transfer.start("E001", "E003", current, 350.0, ME, **(more or {"minutes": 60})).id


def sharing(bench: Bench, **more: Any) -> str:
    """A procedure in which current flows, and long enough that it is measured."""
    command_id = begin(bench, **more)
    bench.run(40.0)
    assert step(bench) == "running sharing"
    return command_id


def told(bench: Bench) -> Any:
    """The procedure as it is told."""
    shown = sharing_of(bench.transfer.standing())
    assert shown is not None
    return shown


def stands(bench: Bench, command_id: str) -> TransferStands:
    """How it stands by its command."""
    shown = bench.log.get(command_id).progress
    assert isinstance(shown, TransferStands)
    return shown


def step(bench: Bench) -> str:
    """Its state and step."""
    return f"{told(bench)['state']} {told(bench)['step']}"


def sent(bench: Bench) -> list[tuple[str, str]]:
    """The converter orders that left."""
    return [(one[1], one[2].name) for one in bench.grid.sent if one[0] == "command"]


def first_waits(bench: Bench) -> dict[str, float]:
    """When each unit was sent its first Wait, s since the bench began."""
    waits = [(one[1], one[-1]) for one in bench.grid.sent if one[0] == "command" and one[2] is WAIT]
    return dict(reversed(waits))


def in_wait(bench: Bench) -> bool:
    """Whether every converter is really in Wait."""
    return all(unit.status == WAIT for unit in bench.grid.units.values())


def ended(bench: Bench, command_id: str, state: str, why: str, *, kept: bool = False) -> None:
    """The procedure is over, as its command says; `kept` over a kill where a converter of it may still work."""
    command = bench.log.get(command_id)
    assert (command.state, why in str(command.error or command.note or why)) == (state, True), command.error
    assert set(bench.kept.records) == ({command_id} if kept else set())
    assert not bench.transfer.running
