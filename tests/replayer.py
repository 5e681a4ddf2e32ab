"""Serves a recording of the real apis-web over HTTP in time-lapse: what it answered, how fast, and when it was dead.

Used by tests that need the real system's faults behind a socket. A recording obeys no order: any other path is a 404.
"""

import bisect
import contextlib
import gzip
import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.faulty_server import Exchange, FaultyServer, chunked, message

PATHS: Mapping[str, str] = {"/get/log": "log", "/deals": "deals", "/unitIds": "unitIds", "/getStatus": "status"}
SLOW = 0.5
"""A recorded reply that took longer (s) is held back as long, and so are those asked while it was on its way."""


class Replayer:
    """`path` is a recording of tests/recordings, `speed` how many of its seconds pass in one, `start` where it begins,
    which is when it is first asked: how long a program takes to start is no part of the recording.

    Both of apis-web's ports are at `url`. At the end it stands still, or begins anew with `loop`.
    """

    def __init__(self, path: Path, speed: float = 20.0, *, start: float = 0.0, loop: bool = False) -> None:
        self.speed = speed
        self._loop = loop
        self._lines: dict[str, list[dict[str, Any]]] = {kind: [] for kind in PATHS.values()}
        self.events: list[tuple[float, str]] = []
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                if "get" in line:
                    self._lines[line["get"]].append(line)
                else:
                    self.events.append((line["t"], line["event"]))
        for found in self._lines.values():
            found.sort(key=lambda line: float(line["t"]))
        self._times = {kind: [line["t"] for line in found] for kind, found in self._lines.items()}
        self.seconds = max(times[-1] for times in self._times.values())
        self._closing = threading.Event()
        self._asked = False
        self.seek(start)
        self._server = FaultyServer(default=self._answer)
        self.url = self._server.url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server and whoever waits."""
        self._closing.set()
        self._server.close()

    def seek(self, second: float) -> None:
        """Go on from this second of the recording."""
        self._from, self._began = second, time.monotonic() - second / self.speed

    @property
    def now(self) -> float:
        """The second of the recording at which it stands."""
        passed = (time.monotonic() - self._began) * self.speed
        return float(passed % self.seconds if self._loop else min(passed, self.seconds))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings by which the program finds it."""
        return {"apis_emul_url": self.url, "apis_budo_url": self.url, "emul_url": self.url}

    def _answer(self, exchange: Exchange) -> None:
        kind = PATHS.get(exchange.path)
        if kind is None:
            exchange.send(message(json.dumps({"error": f"not found : {exchange.path}"}).encode(), status=404))
            return
        if not self._asked:
            self._asked = True
            self.seek(self._from)
        now = self.now
        line = self._lines[kind][max(0, bisect.bisect_right(self._times[kind], now) - 1)]
        if line["http"] is None:  # nobody listened
            exchange.reset()
            return
        if line["took"] > SLOW and self._closing.wait(max(0.0, line["t"] + line["took"] - now) / self.speed):
            return
        exchange.keep = exchange.headers.get("connection", "").lower() != "close"
        with contextlib.suppress(OSError):  # a client that waits no longer
            exchange.send(chunked([json.dumps(line["body"]).encode() + b"\n"]))
