"""The apis-emulator's HTTP, by which the converters are read and ordered (A15-4, K11, K15), and a UPS path."""

import json
import math
from collections.abc import Callable
from typing import Any

from main_controller.domain.modes import Word, parse_word
from main_controller.simulator import readings
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.exchange import Reply, Request, Silence
from main_controller.simulator.plant import Plant
from main_controller.simulator.unit import Unit

ERROR_PAGE = """<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head><title>Error: {status}</title></head>
<body><h1>Error: {status}</h1><p>Sorry, the requested URL caused an error:</p><pre>{sentence}</pre></body></html>
"""
UPS_MODES = range(8)


def _number(request: Request, name: str) -> float:
    """A finite number of the query. Raises KeyError or ValueError."""
    value = float(request.query[name])
    if not math.isfinite(value):
        raise ValueError(f"{name} is not a number")
    return value


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
                return self._reply_bytes(self._whole_log())
            if parts[0] == "get" and len(parts) == 3:
                return self._get(parts[1], parts[2])
            if parts[:2] == ["set", "dcdc"] and len(parts) in (3, 4):
                return self._set(parts[2] if len(parts) == 4 else "", parts[-1], request)
            if request.path.endswith("/ups1/operation/mode"):
                return self._ups(parts, request)
            return self._error(404, f"Not found: '{request.path}'")

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
            return self._error(500, "Internal Server Error")
        entry = self._entry(unit)
        if what == "unit":
            return self._reply(entry)
        if what == "dcdc":
            return self._reply(readings.dcdc(unit, self._plant))
        if what in entry:
            return self._reply(entry[what])
        return self._error(404, f"Not found: '/get/{what}/{unit_id}'")

    # -- ordering

    def _set(self, part: str, unit_id: str, request: Request) -> Reply:
        unit = self._plant.units.get(unit_id)
        try:
            if unit is None:
                raise ValueError("unknown unit")
            if part == "":
                word = parse_word(request.query.get("mode"))
                if word is None:
                    raise ValueError("unknown word")
                self._order(unit, word, _number(request, "dvg"), _number(request, "dig"))
                return self._reply(readings.dcdc(unit, self._plant))
            if part == "voltage":
                self._order(unit, unit.word, _number(request, "dvg"), unit.dig)
                return self._part(unit, "meter", "vdis")
            if part == "current":
                self._order(unit, unit.word, unit.dvg, _number(request, "dig"))
                return self._part(unit, "meter", "param")
        except (KeyError, ValueError):
            return self._break_down()
        return self._error(404, f"Not found: '{request.path}'")

    def _order(self, unit: Unit, word: Word, dvg: float, dig: float) -> None:
        self._plant.order_by_hand(unit, word, dvg, dig)
        self._log_step = -1

    def _part(self, unit: Unit, *sections: str) -> Reply:
        whole = readings.dcdc(unit, self._plant)
        return self._reply({section: whole[section] for section in sections})

    def _break_down(self) -> Reply:
        """500 this once; from now on every request hangs (K11)."""
        self._plant.stumble(self._agenda.now)
        return self._error(500, "Internal Server Error")

    def _ups(self, parts: list[str], request: Request) -> Reply:
        """`PUT /<n>/ups1/operation/mode` of unit number n (assumed: the driver's path, its unit in the first part)."""
        unit = next((one for one in self._plant.units.values() if str(one.number) == parts[0]), None)
        try:
            wanted = json.loads(request.body).get("operation_mode")
        except (ValueError, AttributeError):
            wanted = None
        if request.method != "PUT" or unit is None or isinstance(wanted, bool) or wanted not in UPS_MODES:
            return self._error(400, "Bad request")
        unit.integrate(self._plant.seconds)
        unit.ups_mode, unit.by_hand = int(wanted), True
        self._log_step = -1
        return self._reply({"operation_mode": wanted})

    def _reply(self, value: object) -> Reply:
        return self._reply_bytes(json.dumps(value).encode())

    def _reply_bytes(self, body: bytes) -> Reply:
        return Reply(body)

    def _error(self, status: int, sentence: str) -> Reply:
        return Reply(ERROR_PAGE.format(status=status, sentence=sentence).encode(), status, "text/html; charset=UTF-8")
