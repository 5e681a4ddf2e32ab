"""An apis-web for the benchmarks: a third of the units share, each is read every few seconds, as in the field."""

import json
import threading
import time
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from typing import Any

from benchmarks.draw import with_deals
from benchmarks.servers import answering

VARIANTS = 3
"""So many sets of figures each unit has in turn."""

READ_EVERY = 5.0
"""s between two readings of a unit: its clock and all its figures are others then, each unit's at its own time."""


class MovingGrid:
    """A grid of `count` units, a third of them in deals."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        grids = [with_deals(count, 0, seed) for seed in range(1, VARIANTS + 1)]
        self._variants: list[dict[str, Any]] = [units for units, _ in grids]
        self._ids = list(self._variants[0])
        self._deals = grids[0][1]
        self._told: dict[str, tuple[int, float]] = {}

    def tell(self, unit_id: str, volts: float) -> None:
        """This unit is read now, and its battery's voltage stays that from now on."""
        with self._lock:
            number, _ = self._told.get(unit_id, (0, 0.0))
            self._told[unit_id] = (number + 1, volts)

    def answer(self, path: str) -> Any:
        """What apis-web answers there."""
        if path == "/get/log":
            return self._log()
        return {"/unitIds": self._ids, "/getStatus": {"active": True}, "/deals": self._deals}.get(path, {})

    def _log(self) -> dict[str, Any]:
        with self._lock:
            told = dict(self._told)
        now, units = time.time(), {}
        for place, unit_id in enumerate(self._ids):
            turn = int((now + place * READ_EVERY / len(self._ids)) / READ_EVERY)
            unit = self._variants[turn % VARIANTS][unit_id]
            number, volts = told.get(unit_id, (0, None))
            if volts is not None:
                dcdc = unit["dcdc"]
                unit = {**unit, "dcdc": {**dcdc, "meter": {**dcdc["meter"], "vb": volts}}}
            units[unit_id] = {**unit, "time": f"2026/05/13-12:00:00.{turn}{number:04}"}
        return units

    def served(self) -> AbstractContextManager[str]:
        """The address of this apis-web, on a free port of this host."""

        class Handler(_Handler):
            grid = self

        return answering(Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    grid: MovingGrid

    def do_GET(self) -> None:
        body = json.dumps(self.grid.answer(self.path.partition("?")[0]), separators=(",", ":")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
