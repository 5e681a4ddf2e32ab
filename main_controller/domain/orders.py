"""Everything that can be ordered: a closed set of types, each with its wire name, where it acts and what it wants.

Pure and frozen. Made by routes, procedures and schedules, kept in a `Command`, judged by the rules, proved by the
readings. `content` is the wire form of what is wanted (`wanted` in `/commands`, `after` in the journal).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.scope import Scope


class Proof(StrEnum):
    """By what an order is seen to be done (Z6c, Z9b): readings of modes, of a converter, of silence, of a UPS.

    `OWN_END`: whoever carries it out sees it end, at once or step by step.
    """

    MODE = "mode"
    CONVERTER = "converter"
    SILENCE = "silence"
    UPS = "ups"
    OWN_END = "ownEnd"


class Permission(StrEnum):
    """Who may call a route or give an order: whoever may view the page may stop; operators run the cluster, engineers
    its hardware, administrators this program and its accounts."""

    VIEW = "view"
    STOP = "stop"
    OPERATE = "operate"
    ENGINEER = "engineer"
    ADMINISTER = "administer"


class Order(ABC):
    """One order. `moves_bus`: it is refused to all but the owner of the bus, where it has one (I16).

    `changes_grid`: it may change a mode or a converter.
    """

    __slots__ = ()

    name: ClassVar[str]
    proof: ClassVar[Proof] = Proof.OWN_END
    moves_bus: ClassVar[bool] = False
    changes_grid: ClassVar[bool] = True
    unit_id: str | None

    @abstractmethod
    def content(self) -> dict[str, Any]:
        """What is wanted, as JSON."""

    @property
    def scope(self) -> Scope:
        """Where it acts."""
        return Scope(self.unit_id)

    @property
    def stops(self) -> bool:
        """Whether it is a stop: Wait, Force Stop, Stop all, or the end of a guided transfer."""
        return False

    @property
    def permission(self) -> Permission:
        """Who may give it."""
        return Permission.STOP if self.stops else Permission.ENGINEER

    def __str__(self) -> str:
        wanted = ", ".join(f"{key} {value}" for key, value in self.content().items())
        return f"{self.name} for {self.scope}{': ' if wanted else ''}{wanted}"


@dataclass(frozen=True, slots=True)
class ModeOrder(Order):
    """The cluster's mode, or one unit's own (None clears it, so that the unit follows the cluster: N6).

    `waits`: Wait goes to the converters beside it (Z9a).
    """

    name: ClassVar[str] = "setOperationMode"
    proof: ClassVar[Proof] = Proof.MODE
    moves_bus: ClassVar[bool] = True

    unit_id: str | None
    mode: Mode | None
    waits: bool = False

    def content(self) -> dict[str, Any]:
        """`mode`, empty where it clears, and `waits` where that is so."""
        return {"mode": "" if self.mode is None else str(self.mode), **({"waits": True} if self.waits else {})}

    @property
    def stops(self) -> bool:
        """Force Stop is a stop."""
        return self.mode is Mode.STOP

    @property
    def permission(self) -> Permission:
        """Operators set modes."""
        return Permission.STOP if self.stops else Permission.OPERATE


@dataclass(frozen=True, slots=True)
class BudoOrder(ModeOrder):
    """The cluster's mode by apis-web's path of its word (R11)."""

    name: ClassVar[str] = "setBudo"


@dataclass(frozen=True, slots=True)
class ConverterOrder(Order):
    """One converter's status, with target voltage `dvg` in V and current `dig` in A (0 or more)."""

    name: ClassVar[str] = "setDcdc"
    proof: ClassVar[Proof] = Proof.CONVERTER
    moves_bus: ClassVar[bool] = True

    unit_id: str
    status: ConverterStatus
    dvg: float
    dig: float

    def content(self) -> dict[str, Any]:
        """`status`, `dvg`, `dig`."""
        return {"word": str(self.status), "dvg": self.dvg, "dig": self.dig}

    @property
    def stops(self) -> bool:
        """Wait is a stop."""
        return self.status is ConverterStatus.WAIT


@dataclass(frozen=True, slots=True)
class StopAllOrder(Order):
    """Every converter to Wait (R15, Z9)."""

    name: ClassVar[str] = "stopAll"

    unit_id: None = field(default=None, init=False)

    def content(self) -> dict[str, Any]:
        """The status that every converter is to show."""
        return {"word": str(ConverterStatus.WAIT)}

    @property
    def stops(self) -> bool:
        """Always."""
        return True


@dataclass(frozen=True, slots=True)
class ShutDownOrder(Order):
    """apis-main ends on one unit or on all; `units` are those in scope when it was let pass (R16)."""

    name: ClassVar[str] = "shutDown"
    proof: ClassVar[Proof] = Proof.SILENCE
    moves_bus: ClassVar[bool] = True

    unit_id: str | None
    units: tuple[str, ...] = ()

    def content(self) -> dict[str, Any]:
        """`shutDown`, and the units once they are known."""
        return {"shutDown": True, **({"units": list(self.units)} if self.units else {})}


@dataclass(frozen=True, slots=True)
class UpsOrder(Order):
    """A mode 0 to 7 for the UPS of one unit or of all (R23)."""

    name: ClassVar[str] = "upsMode"
    proof: ClassVar[Proof] = Proof.UPS

    unit_id: str | None
    ups_mode: int

    def content(self) -> dict[str, Any]:
        """`upsMode`."""
        return {"upsMode": self.ups_mode}


@dataclass(frozen=True, slots=True)
class TransferOrder(Order):
    """A guided transfer of `current` A at `voltage` V from `unit_id` to `taker` (N13).

    It ends after `minutes` or once it carried `wh`; one of the two is given.
    """

    name: ClassVar[str] = "share"

    unit_id: str
    taker: str
    current: float
    voltage: float
    minutes: float | None = None
    wh: float | None = None

    @property
    def giver(self) -> str:
        """The unit that gives."""
        return self.unit_id

    def content(self) -> dict[str, Any]:
        """`from`, `to`, `current`, `voltage`, and of `minutes` and `wh` what was given."""
        limits = {"minutes": self.minutes, "wh": self.wh}
        return {
            "from": self.unit_id, "to": self.taker, "current": self.current, "voltage": self.voltage,
            **{name: value for name, value in limits.items() if value is not None},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class EndTransferOrder(Order):
    """The safe end of the guided transfer whose command is `transfer`; `unit_id` gives in it."""

    name: ClassVar[str] = "endShare"

    unit_id: str
    transfer: str

    def content(self) -> dict[str, Any]:
        """The transfer's command."""
        return {"command": self.transfer}

    @property
    def stops(self) -> bool:
        """Always."""
        return True


class _Quiet(Order):
    """An order that leaves modes and converters as they are, and that operators may give."""

    __slots__ = ()

    changes_grid: ClassVar[bool] = False

    @property
    def permission(self) -> Permission:
        return Permission.OPERATE


@dataclass(frozen=True, slots=True)
class ScheduleOrder(_Quiet):
    """A schedule of `operation` is set for `due` (ISO 8601, UTC)."""

    name: ClassVar[str] = "setSchedule"

    unit_id: str | None
    operation: str
    due: str

    def content(self) -> dict[str, Any]:
        """`operation` and `due`."""
        return {"operation": self.operation, "due": self.due}


@dataclass(frozen=True, slots=True)
class ClearScheduleOrder(_Quiet):
    """A schedule of `operation` is cleared."""

    name: ClassVar[str] = "clearSchedule"

    unit_id: str | None
    operation: str

    def content(self) -> dict[str, Any]:
        """`operation`."""
        return {"operation": self.operation}


@dataclass(frozen=True, slots=True)
class ClearThenOrder(_Quiet):
    """Nothing follows the Soft Stop."""

    name: ClassVar[str] = "clearThen"

    unit_id: None = field(default=None, init=False)

    def content(self) -> dict[str, Any]:
        """Nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class AcknowledgeOrder(_Quiet):
    """A person has looked at hardware that nobody watches (Z6a)."""

    name: ClassVar[str] = "acknowledge"

    unit_id: str

    def content(self) -> dict[str, Any]:
        """`acknowledged`."""
        return {"acknowledged": True}


@dataclass(frozen=True, slots=True)
class _Signed(_Quiet):
    """What a person does who gives a name and a reason."""

    unit_id: str | None
    by_name: str
    reason: str

    def content(self) -> dict[str, Any]:
        """`name` and `reason`."""
        return {"name": self.by_name, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class LockOrder(_Signed):
    """A maintenance lock is set."""

    name: ClassVar[str] = "setLock"


@dataclass(frozen=True, slots=True)
class UnlockOrder(_Quiet):
    """A maintenance lock is taken off by its name, or for a reason by an engineer whose it is not."""

    name: ClassVar[str] = "clearLock"

    unit_id: str | None
    by_name: str
    reason: str = ""

    def content(self) -> dict[str, Any]:
        """`name`, and `reason` where one was given."""
        return {"name": self.by_name, **({"reason": self.reason} if self.reason else {})}


@dataclass(frozen=True, slots=True)
class ForgetOrder(_Signed):
    """A unit has left the cluster."""

    name: ClassVar[str] = "forget"

    @property
    def permission(self) -> Permission:
        """Engineers say what hardware there is."""
        return Permission.ENGINEER


@dataclass(frozen=True, slots=True)
class ResetTripsOrder(_Signed):
    """A person has looked at a converter that tripped (I11)."""

    name: ClassVar[str] = "resetTrips"

    @property
    def permission(self) -> Permission:
        """Engineers look at hardware."""
        return Permission.ENGINEER


@dataclass(frozen=True, slots=True)
class ResetEStopOrder(_Signed):
    """The E-stop's latch is taken off (I17)."""

    name: ClassVar[str] = "estopReset"


ORDERS: tuple[type[Order], ...] = (
    ModeOrder, BudoOrder, ConverterOrder, StopAllOrder, ShutDownOrder, UpsOrder, TransferOrder, EndTransferOrder,
    ScheduleOrder, ClearScheduleOrder, ClearThenOrder, AcknowledgeOrder, LockOrder, UnlockOrder, ForgetOrder,
    ResetTripsOrder, ResetEStopOrder,
)  # fmt: skip
"""All of them."""
