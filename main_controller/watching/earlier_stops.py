"""The stops of the run before this start that were not seen to be done: their Waits go on (S2, S3, S13).

Pure. Told by the journal's rows of the last minutes; handed to the stop's follower by the wiring.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from main_controller.domain.actor import person
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import BudoOrder, ConverterOrder, ModeOrder, Order, StopAllOrder
from main_controller.store.journal import Stage

CONCERNS = (ModeOrder.name, BudoOrder.name, ConverterOrder.name)
"""The orders after which a stop's Waits leave alone whom they concern."""

OVER = (Stage.VERIFIED, Stage.PARTLY_VERIFIED, Stage.REFUSED, Stage.CANCELLED)
"""The stages after which a stop sends no more Waits."""


@dataclass(frozen=True, slots=True)
class EarlierStop:
    """A stop of an earlier run, as a command whose end nobody saw; the units in `but` were ordered something since."""

    command: Command
    but: frozenset[str] = field(default_factory=frozenset)


def earlier_stops(rows: Iterable[Mapping[str, Any]], *, now: float, wall: datetime) -> list[EarlierStop]:
    """The stops of these rows of `/journal`, oldest first, that may not be over.

    `now` (monotonic s) is the moment `wall` (UTC). A mode order that never left is not followed, as in its own run.
    """
    stops: dict[str, EarlierStop] = {}
    for row in rows:
        command_id, at = row["commandId"], _moment(row["at"])
        if command_id is None or at is None:
            continue
        if row["stage"] in OVER or _never_left(row):
            stops.pop(command_id, None)
        order = _stop(row)
        if row["stage"] == Stage.CAME and order is not None:
            entered = now - (wall - at).total_seconds()
            command = Command(command_id, order, person(str(row["by"])), at, entered, state=CommandState.FAILED)
            stops[command_id] = EarlierStop(replace(command, sent="unknown"))
        elif row["stage"] == Stage.INTENT and row["order"] in CONCERNS and order is None and not _waits(row):
            stops = _without(stops, row)
    return list(stops.values())


def _stop(row: Mapping[str, Any]) -> Order | None:
    """The stop that this row says came, None for any other order."""
    if row["order"] == StopAllOrder.name:
        return StopAllOrder()
    if row["order"] not in (ModeOrder.name, BudoOrder.name) or _wanted(row, "mode") != Mode.STOP:
        return None
    return ModeOrder(row["unitId"], Mode.STOP)


def _waits(row: Mapping[str, Any]) -> bool:
    return bool(_wanted(row, "word") == ConverterStatus.WAIT)


def _never_left(row: Mapping[str, Any]) -> bool:
    """Whether this row ends a mode order of which neither the stop nor a Wait was sent."""
    wanted = _wanted(row, "wanted")
    with_waits = isinstance(wanted, Mapping) and bool(wanted.get("waits"))
    ended = row["stage"] == Stage.FAILED and row["order"] != StopAllOrder.name
    return ended and _wanted(row, "sent") is False and not with_waits


def _without(stops: Mapping[str, EarlierStop], row: Mapping[str, Any]) -> dict[str, EarlierStop]:
    """The stops that still concern somebody after the order of this row was sent."""
    if row["unitId"] is None:
        return {key: one for key, one in stops.items() if one.command.unit_id is not None}
    ordered = row["unitId"]
    left = {key: replace(one, but=one.but | {ordered}) for key, one in stops.items()}
    return {key: one for key, one in left.items() if one.command.unit_id != ordered}


def _wanted(row: Mapping[str, Any], name: str) -> Any:
    after = row["after"]
    return after.get(name) if isinstance(after, Mapping) else None


def _moment(text: Any) -> datetime | None:
    """When a row was written; None where somebody changed it into what is no date."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else None
