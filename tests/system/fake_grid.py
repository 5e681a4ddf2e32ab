"""apis-web and the emulator as two servers that record every request and misbehave as told, without any lag.

The simulated cluster behaves in time as the real one does; this one answers at once, so that what a test sees is the
program's doing alone. `sent` are the orders that came: everything that is no reading.
"""

import copy
import json
import threading
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.faulty_server import Answer, Exchange, FaultyServer, message

READINGS = ("/get/log", "/unitIds", "/getStatus", "/deals", "/get/unit/")
BUDO = {"/active": "autonomous", "/quiet": "heteronomous", "/stop": "stop", "/manual": "manual"}
NOON = datetime(2026, 5, 13, 12, 0)  # noqa: DTZ001 - the units' clocks carry no zone (Z5b)

UNIT: dict[str, Any] = {
    "oesunit": {"communityId": "c", "clusterId": "grid", "display": "house", "sn": "1", "mac": "NA"},
    "battery": {"rsoc": 50.25, "battery_operation_status": None},
    "emu": {"pvc_charge_power": 310.0, "ups_operation_mode": {"mode": 5}},
    "dcdc": {
        "status": {"status": "0x0000", "alarmState": "Light alarm", "operationMode": "Waiting"},
        "meter": {"wg": 0.0, "vg": 0.0, "ig": 0.0, "wb": -20.0, "vb": 48.0, "ib": -0.4, "tmp": 26.6},
        "vdis": {"dvg": 350.0, "drg": 0.0},
        "param": {"dig": 0.0},
    },
    "apis": {"remaining_capacity_wh": 2000, "operation_mode": {"local": None}},
}


class FakeGrid:
    """A cluster in `mode`; `web` is apis-web (both of its ports), `device` the emulator; `error`: of the whole grid."""

    def __init__(self, *unit_ids: str, mode: str = "manual") -> None:
        self.mode = mode
        self.error = False
        self.deals: list[dict[str, Any]] = []
        self._lock = threading.Lock()  # the servers' threads share the units
        self._ticks = 0
        self.units = {
            unit_id: self._new(unit_id, number) for number, unit_id in enumerate(unit_ids or ("E001", "E002"))
        }
        self.web = FaultyServer(default=self._answer)
        self.device = FaultyServer(default=self._answer)

    @staticmethod
    def _new(unit_id: str, number: int) -> dict[str, Any]:
        unit = copy.deepcopy(UNIT)
        unit["oesunit"] |= {"id": unit_id, "ip": f"127.0.0.{number + 2}"}
        if number == 0:
            unit["apis"]["is_grid_master"] = True
        return unit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End both servers."""
        self.web.close()
        self.device.close()

    @property
    def settings(self) -> dict[str, Any]:
        """The settings by which the program finds it."""
        return {"apis_emul_url": self.web.url, "apis_budo_url": self.web.url, "emul_url": self.device.url}

    @property
    def sent(self) -> list[str]:
        """The orders that came, as `GET /stop`, oldest first by server: apis-web's before the emulator's."""
        requests = [*list(self.web.requests), *list(self.device.requests)]
        return [f"{each.method} {each.target}" for each in requests if not each.path.startswith(READINGS)]

    def spoil(self, path: str, fault: Answer) -> None:
        """Have apis-web answer this path with a fault until `heal`."""
        self.web.answers[path] = fault

    def heal(self) -> None:
        """Everything answers again."""
        self.web.answers.clear()
        self.device.answers.clear()

    # What it answers

    def _answer(self, exchange: Exchange) -> None:
        with self._lock:
            status, value = self._reply(exchange)
        exchange.keep = exchange.headers.get("connection", "").lower() != "close"
        exchange.send(message(json.dumps(value).encode(), status=status))

    def _reply(self, exchange: Exchange) -> tuple[int, Any]:
        path = unquote(exchange.path)
        parts = [unquote(part) for part in exchange.path.strip("/").split("/")]
        query = {name: values[0] for name, values in parse_qs(urlsplit(exchange.target).query, True).items()}
        if path == "/get/log":
            return 200, self._log()
        if path == "/unitIds":
            return 200, sorted(self.units)
        if path == "/deals":
            return 200, self.deals
        if path == "/getStatus":
            return 200, self._status()
        if path in BUDO:
            self.mode = BUDO[path]
            return 200, self._status()
        if path == "/setOperationMode":
            return 200, self._set_mode(query)
        if path == "/shutdown":
            return 200, {"succeeded": True}
        return self._device(parts, query)

    def _log(self) -> dict[str, Any]:
        self._ticks += 1
        now = (NOON + timedelta(seconds=self._ticks)).strftime("%Y/%m/%d-%H:%M:%S")
        for unit in self.units.values():
            modes = unit["apis"]["operation_mode"]
            modes["global"] = self.mode
            modes["effective"] = self.mode if self.mode == "manual" else modes["local"] or self.mode
            unit["time"] = now
        return self.units

    def _status(self) -> dict[str, Any]:
        return {"active": self.mode in ("autonomous", "heteronomous") and not self.error}

    def _set_mode(self, query: dict[str, str]) -> dict[str, Any]:
        """As the real one, `succeeded` whatever the word: a misspelt one would end in the policy's mode (K3)."""
        unit_id, value = query.get("unitId"), query.get("value")
        if unit_id is None:
            self.mode = value if value is not None and value in BUDO.values() else "stop"
        else:
            self.units[unit_id]["apis"]["operation_mode"]["local"] = value or None
        return {"succeeded": True}

    def _device(self, path: list[str], query: dict[str, str]) -> tuple[int, Any]:
        *where, unit_id = path
        unit = self.units.get(unit_id)
        if unit is None:
            return 500, {"error": "the emulator would hang now (K11)"}
        dcdc = unit["dcdc"]
        if where == ["get", "unit"]:
            return 200, unit
        if where != ["set", "dcdc"]:
            return 404, {"error": f"not found : {'/'.join(path)}"}
        dcdc["status"]["status"] = query["mode"]
        dcdc["vdis"]["dvg"], dcdc["param"]["dig"] = float(query["dvg"]), float(query["dig"])
        return 200, dcdc
