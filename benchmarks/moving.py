"""An apis-web for the page's benchmarks: every clock is now, deals run, and single figures change when told."""

import itertools
import json
import threading
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from benchmarks.draw import with_deals
from benchmarks.servers import answering

VARIANTS = 4
"""So many sets of figures in turn, when all of them move."""


class MovingGrid:
    """A grid of which a third share; `moving`: all figures of all units are others at each reading."""

    def __init__(self, count: int, *, moving: bool) -> None:
        self._lock = threading.Lock()
        grids = [with_deals(count, 0, seed) for seed in range(1, (VARIANTS if moving else 1) + 1)]
        self._grids = itertools.cycle([units for units, _ in grids])
        self._unit_ids = list(grids[0][0])
        self._deals = grids[0][1]
        self._told: dict[str, float] = {}

    def tell(self, unit_id: str, volts: float) -> None:
        """From now on this unit's battery voltage is that."""
        with self._lock:
            self._told[unit_id] = volts

    def answer(self, path: str) -> Any:
        """What apis-web answers there."""
        if path == "/get/log":
            return self._log()
        return {"/unitIds": self._unit_ids, "/getStatus": {"active": True}, "/deals": self._deals}.get(path, {})

    def _log(self) -> dict[str, Any]:
        with self._lock:
            units: dict[str, Any] = next(self._grids)
            clock = datetime.now(UTC).strftime("%Y/%m/%d-%H:%M:%S")
            for unit in units.values():
                unit["time"] = clock
            for unit_id, volts in self._told.items():
                units[unit_id]["dcdc"]["meter"]["vb"] = volts
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
