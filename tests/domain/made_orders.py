"""Orders made from their wire form, for tests that tell a story by names and contents."""

from collections.abc import Callable, Mapping
from typing import Any

from main_controller.domain.modes import ConverterStatus, parse_converter_status, parse_mode
from main_controller.domain.orders import (
    AcknowledgeOrder,
    BudoOrder,
    ClearScheduleOrder,
    ClearThenOrder,
    ConverterOrder,
    EndTransferOrder,
    ForgetOrder,
    LockOrder,
    ModeOrder,
    Order,
    ResetEStopOrder,
    ResetTripsOrder,
    ScheduleOrder,
    ShutDownOrder,
    StopAllOrder,
    TransferOrder,
    UnlockOrder,
    UpsOrder,
)

Wanted = Mapping[str, Any]


def _mode(kind: type[ModeOrder]) -> Callable[[Any, Wanted], Order]:
    return lambda unit_id, w: kind(unit_id, parse_mode(w.get("mode")), waits=w.get("waits") is True)


MAKERS: Mapping[str, Callable[[Any, Wanted], Order]] = {
    "setOperationMode": _mode(ModeOrder),
    "setBudo": _mode(BudoOrder),
    "setDcdc": lambda unit_id, w: ConverterOrder(
        unit_id, parse_converter_status(w.get("word")) or ConverterStatus.CHARGE, w.get("dvg", 0.0), w.get("dig", 0.0)
    ),
    "stopAll": lambda unit_id, w: StopAllOrder(),
    "shutDown": lambda unit_id, w: ShutDownOrder(unit_id, tuple(w.get("units", ()))),
    "upsMode": lambda unit_id, w: UpsOrder(unit_id, w.get("upsMode", 0)),
    "share": lambda unit_id, w: TransferOrder(unit_id, w.get("to", "E003"), 1.0, 350.0, 10.0),
    "endShare": lambda unit_id, w: EndTransferOrder(unit_id, w.get("command", "c1")),
    "setSchedule": lambda unit_id, w: ScheduleOrder(unit_id, w.get("operation", "softStop"), w.get("due", "")),
    "clearSchedule": lambda unit_id, w: ClearScheduleOrder(unit_id, w.get("operation", "softStop")),
    "clearThen": lambda unit_id, w: ClearThenOrder(),
    "acknowledge": lambda unit_id, w: AcknowledgeOrder(unit_id),
    "setLock": lambda unit_id, w: LockOrder(unit_id, w.get("name", "anna"), w.get("reason", "fuse")),
    "clearLock": lambda unit_id, w: UnlockOrder(unit_id, w.get("name", "anna")),
    "forget": lambda unit_id, w: ForgetOrder(unit_id, w.get("name", "anna"), w.get("reason", "scrapped")),
    "resetTrips": lambda unit_id, w: ResetTripsOrder(unit_id, w.get("name", "anna"), w.get("reason", "looked")),
    "estopReset": lambda unit_id, w: ResetEStopOrder(None, w.get("name", "anna"), w.get("reason", "no fire")),
}


def order_of(name: str, unit_id: str | None = None, wanted: Wanted | None = None) -> Order:
    """The order of this name on the wire; what is not given is made up."""
    return MAKERS[name](unit_id, wanted or {})
