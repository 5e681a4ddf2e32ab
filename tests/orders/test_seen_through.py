"""No order stays under way for ever, in whatever way it breaks that nobody foresaw (Z8b)."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from main_controller.domain.commands import CommandState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.errors import ControllerError, UpstreamError
from main_controller.orders.acknowledge import Acknowledge
from main_controller.orders.forget import Forget
from main_controller.orders.locks import SetLock
from main_controller.orders.schedules import SetSchedule
from main_controller.orders.shut_down import ShutDown
from main_controller.orders.trips import ResetTrips, Trips
from main_controller.orders.ups_mode import UpsMode
from main_controller.procedures.estop import EStop
from main_controller.procedures.then_mode import ThenMode
from main_controller.store.chronicle import Chronicle
from main_controller.store.latch_file import LatchFile
from main_controller.store.schedule_results import ScheduleResults
from main_controller.store.schedules import Schedules
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench(mode=Mode.MANUAL) as made:
        yield made.settled()


def orders(bench: Bench, folder: Path) -> dict[str, tuple[str, Callable[[], Any]]]:
    """Every order that rules or a disk may keep back, and which part of the desk it surely asks."""
    desk, book = bench.desk, bench.book
    chronicle = Chronicle(record=lambda *row: None, wall=bench.wall)
    anything: Any = bench.book
    schedules = Schedules(folder)
    schedules.prepare()
    schedule = SetSchedule(desk, schedules, ScheduleResults(), known=lambda: ["E001"], wall=bench.wall)
    lock = SetLock(desk, book, told=lambda *row, **more: None)
    then = ThenMode(desk, bench.set_mode, bench.pages, submit=lambda call: None)
    estop = EStop(desk, bench.stop_all, LatchFile(folder / "estop"), executor=bench.hands, chronicle=chronicle)
    ups = UpsMode(desk, bench.dispatcher, bench.devices, bench.hands, enabled=True)
    forget = Forget(desk, anything, transfer=lambda: bench.transfer.last, clear_schedules=lambda unit_id: 0)
    wanted = ConverterOrder("E001", ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.0)
    return {
        "mode": ("timely", lambda: bench.set_mode.cluster(Mode.AUTONOMOUS, ME)),
        "converter": ("timely", lambda: bench.converter.order(wanted, ME)),
        "shutDown": ("timely", lambda: ShutDown(desk, bench.dispatcher, bench.web).order(None, ME)),
        "upsMode": ("timely", lambda: ups.order(5, None, ME)),
        "share": ("timely", lambda: bench.transfer.start("E001", "E002", 1.0, 350.0, ME, minutes=10)),
        "setSchedule": ("timely", lambda: schedule.set(None, "softStop", "2026-05-14T12:00Z", ME)),
        "clearSchedule": ("timely", lambda: schedule.clear(None, "softStop", ME)),
        "setLock": ("timely", lambda: lock.set("E001", "Aoki", "fuse", ME)),
        "clearLock": ("timely", lambda: lock.clear("E001", "Aoki", ME)),
        "acknowledge": ("timely", lambda: Acknowledge(desk, anything, chronicle=chronicle).order("E001", ME)),
        "forget": ("timely", lambda: forget.order("E001", "Aoki", "gone", None, ME)),
        "resetTrips": ("timely", lambda: ResetTrips(desk, Trips(), pause=30.0).order("E001", "Aoki", "seen", ME)),
        "estopReset": ("timely", lambda: estop.reset("Aoki", "seen", ME)),
        "clearThen": ("fault", lambda: then.clear(ME)),
    }


NAMES = (
    *("mode", "converter", "shutDown", "upsMode", "share", "setSchedule", "clearSchedule", "setLock", "clearLock"),
    *("acknowledge", "forget", "resetTrips", "estopReset", "clearThen"),
)


@pytest.mark.parametrize("name", NAMES)
def test_an_order_that_breaks_ends_as_failed_and_the_next_one_is_judged(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    part, give = orders(bench, tmp_path)[name]
    asked, calls = getattr(bench.desk, part), iter([True])

    def breaking(*args: Any, **kwargs: Any) -> Any:
        if next(calls, False):
            raise OverflowError("cannot convert float infinity to integer")
        return asked(*args, **kwargs)

    monkeypatch.setattr(bench.desk, part, breaking)
    with pytest.raises(ControllerError, match="nobody foresaw") as broken:
        give()
    (command,) = bench.log.latest()
    assert (command.state, command.sent, command.error) == (CommandState.FAILED, False, broken.value.sentence)
    assert (broken.value.status, broken.value.details) == (500, {"sent": False, "command": command.id})
    assert not isinstance(broken.value, UpstreamError), "nobody upstream was at fault"
    with suppress(ControllerError):
        give()
    assert len(bench.log.latest()) == 2
    assert not [one for one in bench.log.open() if one.state is CommandState.PENDING]
