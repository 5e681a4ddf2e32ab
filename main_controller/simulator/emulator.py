"""The apis-emulator's HTTP, by which the converters are read and ordered (A15-4, K11, K15), and a UPS path."""

import json
from collections.abc import Callable
from typing import Any

from main_controller.simulator import manners, readings
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.exchange import Reply, Request, Silence
from main_controller.simulator.manners import DriverError, Order, number, ordered
from main_controller.simulator.plant import Plant
from main_controller.simulator.unit import Unit

ERROR_PAGE = """<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head><title>Error: {status}</title></head>
<body><h1>Error: {status}</h1><p>Sorry, the requested URL caused an error:</p><pre>{sentence}</pre></body></html>
"""
UPS_MODES = range(8)


def ups_reply(unit: Unit, plant: Plant, request: Request) -> Reply:
    """What a UPS answers to `PUT {"operation_mode": 0..7}` (A15-4; the answer is assumed)."""
    try:
        wanted = json.loads(request.body).get("operation_mode")
    except (ValueError, AttributeError):
        wanted = None
    if request.method != "PUT" or isinstance(wanted, bool) or wanted not in UPS_MODES:
        return error_page(400, "Bad request")
    unit.integrate(plant.seconds)
    unit.ups_mode, unit.by_hand = int(wanted), True
    return json_reply({"operation_mode": wanted})


def json_reply(value: object) -> Reply:
    """A value as Bottle sends it."""
    return Reply(json.dumps(value).encode())


def error_page(status: int, sentence: str) -> Reply:
    """Bottle's HTML page."""
    return Reply(ERROR_PAGE.format(status=status, sentence=sentence).encode(), status, "text/html; charset=UTF-8")


class Emulator:
    """Answers from the plant as it is now. After one bad order it answers nobody until it is restarted (K11)."""

    def __init__(self, agenda: Agenda, plant: Plant, budo: Callable[[str], str]) -> None:
        self._agenda = agenda
        self._plant = plant
        self._budo = budo
        self._generation = 0
        self._log_step = -1
        self._log = b""

    def restart(self) -> None:
        """Drop whoever hangs and serve again; the plant is as it was (assumed)."""
        self._generation += 1
        self._plant.needs_restart = False

    def answer(self, request: Request) -> Reply:
        """One request; raises Silence where the connection ends without a reply."""
        with self._agenda:
            self._hang()
            parts = request.path.strip("/").split("/")
            if parts == ["get", "log"]:
                return Reply(self._whole_log())
            if parts[0] == "get" and len(parts) == 3:
                return self._get(parts[1], parts[2])
            if parts[:2] == ["set", "dcdc"] and len(parts) in (3, 4):
                return self._set(parts[2] if len(parts) == 4 else "", parts[-1], request)
            if request.path.endswith("/ups1/operation/mode"):
                return self._ups(parts, request)
            return error_page(404, f"Not found: '{request.path}'")

    def _hang(self) -> None:
        generation = self._generation
        if not self._agenda.wait_for(lambda: not self._plant.hung or self._generation != generation):
            raise Silence
        if self._generation != generation:
            raise Silence

    # -- reading

    def _whole_log(self) -> bytes:
        if self._log_step != self._plant.steps:
            self._log_step = self._plant.steps
            units = {unit.id: self._entry(unit) for unit in self._plant.units.values()}
            self._log = json.dumps(units).encode()
        return self._log

    def _entry(self, unit: Unit) -> dict[str, Any]:
        unit.integrate(self._plant.seconds)
        return readings.emulator_unit(unit, self._plant, self._budo(unit.id))

    def _get(self, what: str, unit_id: str) -> Reply:
        unit = self._plant.units.get(unit_id)
        if unit is None:
            return error_page(500, "Internal Server Error")
        entry = self._entry(unit)
        if what == "unit":
            return json_reply(entry)
        if what == "dcdc":
            return json_reply(readings.dcdc(unit, self._plant))
        if what in entry:
            return json_reply(entry[what])
        return error_page(404, f"Not found: '/get/{what}/{unit_id}'")

    # -- ordering

    def _set(self, part: str, unit_id: str, request: Request) -> Reply:
        unit = self._plant.units.get(unit_id)
        try:
            if unit is None:
                raise ValueError("unknown unit")
            if part == "":
                return json_reply(self._obey(unit, ordered(request)))
            if part == "voltage":
                told = self._obey(unit, Order(unit.status, number(request, "dvg"), unit.dig))
                return json_reply({"meter": told["meter"], "vdis": told["vdis"]})
            if part == "current":
                told = self._obey(unit, Order(unit.status, unit.dvg, number(request, "dig")))
                return json_reply({"meter": told["meter"], "param": told["param"]})
        except DriverError:
            return error_page(500, "Internal Server Error")
        except (KeyError, ValueError):
            return self._break_down()
        return error_page(404, f"Not found: '{request.path}'")

    def _obey(self, unit: Unit, order: Order) -> dict[str, Any]:
        self._log_step = -1
        return manners.answer(self._agenda, self._plant, unit, order)

    def _break_down(self) -> Reply:
        """500 this once; from now on every request hangs (K11)."""
        self._plant.stumble(self._agenda.now)
        return error_page(500, "Internal Server Error")

    def _ups(self, parts: list[str], request: Request) -> Reply:
        """`PUT /<id or n>/ups1/operation/mode` (assumed: the driver's path, the unit or its number first)."""
        numbered = (one for one in self._plant.units.values() if str(one.number) == parts[0])
        unit = self._plant.units.get(parts[0]) or next(numbered, None)
        if unit is None:
            return error_page(400, "Bad request")
        self._log_step = -1
        return ups_reply(unit, self._plant, request)
