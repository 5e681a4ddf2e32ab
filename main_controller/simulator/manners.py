"""How a converter's driver takes an order and what it replies: honest, unless `driver-lies` says otherwise (S8, S22).

Used for the emulator's `/set/dcdc` and the units' own drivers; apis-main's orders go past the replies but have as
little effect on a driver that does nothing. That a driver may lie so is assumed; the recorded one is honest (K15).
"""

import math
from dataclasses import dataclass
from typing import NoReturn

from main_controller.domain.modes import ConverterStatus, parse_converter_status
from main_controller.simulator import readings
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.exchange import Request, Silence
from main_controller.simulator.plant import Plant
from main_controller.simulator.unit import Unit


class DriverError(Exception):
    """The driver answers with an error, and goes on."""


@dataclass(frozen=True)
class Order:
    """What somebody asks of a converter, in V and A."""

    status: ConverterStatus
    dvg: float
    dig: float


def number(request: Request, name: str) -> float:
    """A finite number of the query. Raises KeyError or ValueError."""
    value = float(request.query[name])
    if not math.isfinite(value):
        raise ValueError(f"{name} is not a number")
    return value


def ordered(request: Request) -> Order:
    """The order in `mode`, `dvg` and `dig`. Raises KeyError or ValueError where one is missing or no good."""
    status = parse_converter_status(request.query.get("mode"))
    if status is None:
        raise ValueError("unknown status")
    return Order(status, number(request, "dvg"), number(request, "dig"))


def answer(agenda: Agenda, plant: Plant, unit: Unit, order: Order) -> readings.Section:
    """Obey, or not, and what is told of it. Raises DriverError; Silence where no answer ever comes."""
    lie = unit.quirks.lies(order.status)
    before = readings.dcdc(unit, plant)
    plant.order_by_hand(unit, order.status, order.dvg, order.dig)
    if lie == "error":
        raise DriverError
    if lie in ("silent", "mute"):
        _hang(agenda, unit, lie)
    if lie == "stale":
        return before
    now = readings.dcdc(unit, plant)
    if lie == "echo":
        return _told(now, order)
    if lie == "wait":
        return _told(now, Order(ConverterStatus.WAIT, 0.0, 0.0))
    return now


def _told(section: readings.Section, order: Order) -> readings.Section:
    """A converter's state as if it had obeyed; its meter is what it is."""
    status = {"status": order.status.value, "operationMode": readings.OPERATION[order.status]}
    return {
        "status": section["status"] | status,
        "meter": section["meter"],
        "vdis": section["vdis"] | {"dvg": order.dvg},
        "param": {"dig": abs(order.dig)},
    }


def _hang(agenda: Agenda, unit: Unit, lie: str) -> NoReturn:
    """Keep the request until the fault ends, then end it without a reply."""
    agenda.wait_for(lambda: unit.quirks.driver != lie)
    raise Silence
