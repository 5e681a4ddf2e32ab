"""Calls a part of the web side as a server would, without a socket, and a little grid to call it on."""

import io
import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote_to_bytes

from main_controller.assessment.assess import Assessor
from main_controller.assessment.grid_state import GridState
from main_controller.assessment.moment import Moment
from main_controller.store.unit_cache import UnitCache
from main_controller.web import routes
from main_controller.web.application import Application, Hot, Part
from main_controller.web.frame import Frames
from main_controller.web.guard import Guard
from main_controller.web.readings import Readings
from main_controller.web.route import Route, json_of

log = logging.getLogger(__name__)
NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


def route(path: str, **more: Any) -> Route:
    """A route of a test's own, at this path."""
    return Route(name=path, path=path, title="", says="", reply=json_of(dict[str, Any]), **more)


def known(unit_id: str | None) -> None:
    """Whoever is asked for is known: what a test gives as `check_unit`."""


@dataclass(frozen=True)
class Answer:
    """A reply as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON and say so."""
        assert self.headers["content-type"] == "application/json"
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The one sentence of a failure (Z1)."""
        sentence = self.json["error"]
        assert isinstance(sentence, str)
        assert sentence
        assert "Traceback" not in sentence
        return sentence


class Client:
    """A caller; headers are sent as given, the path is decoded as waitress decodes it."""

    def __init__(self, *parts: Part, guard: Guard | None = None) -> None:
        hot: dict[Route, Hot] = {}
        for part in parts:
            if isinstance(part, Readings | Frames):
                hot[routes.FRAME if isinstance(part, Frames) else routes.LOG_INFO] = part
        self.app = Application(guard or Guard(), parts, hot=hot)

    def call(
        self,
        target: str,
        method: str = "GET",
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        caller: str = "127.0.0.1",
        environ: Mapping[str, Any] = MappingProxyType({}),
    ) -> Answer:
        path, _, query = target.partition("?")
        asked: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "4382",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": caller,
            "HTTP_HOST": "127.0.0.1:4382",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            **environ,
        }
        if body:
            asked |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-www-form-urlencoded"}
        for name, value in (headers or {}).items():
            key = name.upper().replace("-", "_")
            asked[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
        seen: dict[str, Any] = {}

        def start_response(status: str, sent: list[tuple[str, str]], exc_info: object = None) -> None:
            seen.update(status=int(status[:3]), headers={name.lower(): value for name, value in sent})

        sent = b"".join(self.app(asked, start_response))
        return Answer(seen["status"], seen["headers"], sent)


class Clock:
    """A monotonic and a wall clock that move when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now - 1000.0)


def state_of(cache: UnitCache, clock: Clock) -> GridState:
    """What is so now, as the desk would assess it."""
    return Assessor().assess(Moment(cache.snapshot(), clock.now, clock.wall()))


def unit(unit_id: str, time: str = "2026/05/13-12:00:00", **changes: Any) -> dict[str, Any]:
    """A unit's data as apis-web sends them, in Wait at 50 % in Run unless `changes` say otherwise."""
    data = {
        "oesunit": {"id": unit_id, "display": f"house {unit_id}", "ip": f"10.0.0.{int(unit_id[1:])}"},
        "time": time,
        "battery": {"rsoc": 50.25},
        "emu": {"pvc_charge_power": 310.0},
        "dcdc": {
            "status": {"status": "0x0000"},
            "meter": {"wg": 0.0, "vg": 349.5, "ig": 0.0, "wb": -20.0, "vb": 48.0, "ib": -0.4},
            "vdis": {"dvg": 350.0},
            "param": {"dig": 2.0},
        },
        "apis": {"operation_mode": {"global": "autonomous", "local": None, "effective": "autonomous"}},
    }
    return {**data, **changes}


def take(cache: UnitCache, clock: Clock, *units: dict[str, Any]) -> None:
    """Have the cache take in a good `/get/log` of these units now."""
    cache.take_log({data["oesunit"]["id"]: data for data in units}, clock.now, clock.wall())
