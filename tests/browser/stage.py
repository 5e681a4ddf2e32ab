"""A grid made up for the page: readings that a test writes, served in place of the controller's.

For states that a simulated cluster reaches only after minutes, or never: hostile names, odd data, a thousand units.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from playwright.sync_api import Page, Route, expect

from benchmarks.made_frame import frame_of
from main_controller import __version__
from main_controller.errors import ANSWERED_BY

Json = dict[str, Any]
Found = TypeVar("Found")
CLOSED = (
    "/get/frame",
    "/get/logInfo",
    "/get/unit",
    "/get/status",
    "/get/dealsInfo",
    "/schedules",
    "/apislog",
    "/commands",
    "/set",
    "/confirm",
    "/withdraw",
    "/stopAll",
    "/estop",
    "/upsMode",
    "/shutDown",
    "/acknowledge",
    "/flushCache",
    "/forget",
    "/resetTrips",
    "/clear",
    "/share",
)
SERVED = re.compile(r"^https?://[^/]+(" + "|".join(CLOSED) + ")")
"""What the stage answers; all else comes from the program without a detour through the test."""

TERMS = ("key", "serial", "start", "age", "wait", "page")
"""The parameters of an order that say who gives it and as of when, beside what it orders."""

UNSTAMPED = ("/flushCache", "/clearThen", "/withdraw")
"""What only reads, and what only takes back."""


def awaited(page: Page, look: Callable[[], Found], what: str, deadline: float = 20.0) -> Found:
    """Look again and again until what a page sends to its stage is there; AssertionError after `deadline` s.

    A stage is served while the page is waited with: who waits beside it would keep it from answering.
    """
    end = time.monotonic() + deadline
    while not (found := look()):
        assert time.monotonic() < end, f"{what} did not come within {deadline:g} s; last seen: {found!r}"
        page.wait_for_timeout(20)
    return found


def ordered(page: Page, stage: "Stage", count: int = 1) -> list[tuple[str, str]]:
    """What was ordered, and not only asked for its rules, once `count` orders or more came: (path, form)."""

    def given() -> list[tuple[str, str]]:
        return [(path, form) for path, form in stage.orders if "dryRun" not in form]

    awaited(page, lambda: len(given()) >= count, f"order {count}")
    return given()


def to_picture(page: Page) -> None:
    """Give the focus to the list of the picture, once its units are there: before that a key chooses none of them."""
    expect(page.locator(".scene-outline [role=option]").first).to_be_attached(timeout=20_000)
    page.locator(".scene-outline").focus()


def moment(seconds: float = 0.0) -> str:
    """Now and so many seconds, as the controller writes times."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def unit_data(unit_id: str, **given: Any) -> Json:
    """One unit's JSON; `status`, `ig` A, `wg` W, `vg` V, `rsoc` %, `mode`, `local`, `name`, `master`."""
    ig = given.get("ig", 0.0)
    mode = given.get("mode", "autonomous")
    apis: Json = {
        "operation_mode": {"global": mode, "local": given.get("local"), "effective": given.get("effective", mode)}
    }
    if given.get("master"):
        apis["is_grid_master"] = True
    return {
        "time": "2020/01/01-09:53:20",
        "battery": {"rsoc": given.get("rsoc", 50.0), "battery_operation_status": None},
        "oesunit": {
            "id": unit_id,
            "display": given.get("name", f"house-{unit_id}"),
            "ip": given.get("ip", "192.168.11.5"),
        },
        "dcdc": {
            "status": {"status": given.get("status", "0x0000"), "alarmState": given.get("alarm", "Light alarm")},
            "meter": {
                "wg": ig * 350,
                "vg": given.get("vg", 350.0),
                "ig": ig,
                "wb": ig * 340,
                "vb": 52.1,
                "ib": ig * 6.5,
            },
            "vdis": {"dvg": 350.0},
            "param": {"dig": abs(ig)},
        },
        "emu": {"pvc_charge_power": 900.0, "ups_output_power": 300.0, "charge_discharge_power": 600.0},
        "apis": apis,
    }


def unit_status(state: str = "live", **given: Any) -> Json:
    """One unit's entry, without what its data tell of its converter."""
    return {
        "state": state,
        "age": 1.0,
        "since": moment(-60),
        "acknowledged": None,
        "unwatched": False,
        "conflict": None,
        "locked": None,
        "trips": None,
        **given,
    }


@dataclass
class Stage:
    """The readings; a test changes them while the page is open. `kept` are the last data of silent units, `accounts`
    what the controller has counted of each deal.

    `orders` holds what the page ordered: (path, form), without the terms, which stand in `terms` at the same place.
    An order is answered as the program does with `wait=no` and is verified at once; `ends` says otherwise by path:
    {"state": "accepted"}, {"state": "failed", "error": ...}. `answers` are given as they stand.
    `wall` is the time that the controller tells, where that is not now.
    `bare` are the paths of orders that came without their key or moment: there may be none (H1).
    """

    units: dict[str, Json] = field(default_factory=dict)
    states: dict[str, Json] = field(default_factory=dict)
    deals: list[Json] | None = field(default_factory=list)
    accounts: list[Json] = field(default_factory=list)
    grid: Json = field(default_factory=dict)
    more: Json = field(default_factory=dict)
    schedules: Json = field(default_factory=dict)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    kept: dict[str, Json] = field(default_factory=dict)
    orders: list[tuple[str, str]] = field(default_factory=list)
    terms: list[dict[str, str]] = field(default_factory=list)
    ends: dict[str, Json] = field(default_factory=dict)
    bare: list[str] = field(default_factory=list)
    commands: list[Json] = field(default_factory=list)
    wall: str | None = None
    serial: int = 0
    dead: bool = False
    proxy_says: str | None = None

    @classmethod
    def of(cls, count: int, **given: Any) -> "Stage":
        """So many live units E001..., each with `given`."""
        ids = [f"E{number:03d}" for number in range(1, count + 1)]
        return cls({one: unit_data(one, **given) for one in ids}, {one: unit_status() for one in ids})

    def status(self) -> Json:
        """The body of `/get/status`."""
        states = [unit["state"] for unit in self.states.values()]
        ages = [unit["age"] for unit in self.states.values() if unit["age"] is not None]
        peer = {"up": True, "since": moment(-7200), "lastSuccess": moment(), "lastError": None}
        worker = {"alive": True, "lastRun": moment(), "lastError": None}
        self.serial += 1
        return {
            "serial": self.serial,
            "start": "stage",
            "then": None,
            "version": __version__,
            "time": moment(),
            "simulated": False,
            "title": "oist20",
            "timezone": "UTC",
            "limits": {"gridvoltagemin": 300, "gridvoltagemax": 380, "maxgridcurrent": 2.3, "referencemargin": 0.125},
            "config": {
                "readOnly": False,
                "emulator": True,
                "upsModes": False,
                "twoPersons": False,
                "staleafter": 30,
                "readinglag": 12,
            },
            "data": {
                "age": min(ages, default=None),
                "updated": moment(-1),
                **{s: states.count(s) for s in ("live", "stale", "silent")},
            },
            "grid": {
                "mode": "autonomous",
                "pending": None,
                "gridMaster": "E001",
                "error": False,
                "deals": 0,
                "noGridMaster": False,
                "dealsAge": 1.0,
                "busVoltage": 350.0,
                "voltageReference": None,
                **self.grid,
            },
            "gridEvents": [],
            "apisWeb": {"emulatorEmulator": peer, "budoEmulator": dict(peer)},
            "workers": {"dataCollector": worker, "scheduler": worker},
            "schedules": {"pending": 0, "last": [], "failed": [], "waiting": [], "unreadable": []},
            "orders": [],
            "locks": {},
            "share": None,
            "journal": {"fault": None},
            "conflicts": {},
            "units": self.states,
            **self.more,
        }

    def frame(self) -> Json:
        """The body of `/get/frame`: always the whole, by the program's own assessment of these readings."""
        about = ("version", "started", "simulated", "title", "timezone", "limits", "config")
        status = self.status()
        then, serial = status["then"], status.pop("serial")
        told = {name: value for name, value in status.items() if name not in (*about, "units", "time")}
        told |= {"serial": serial, "moment": serial, "mine": bool(then) and then.get("mine") is True}
        told |= {"about": {name: status[name] for name in about if name in status}}
        told["schedules"] = {**status["schedules"], "set": self.schedules}
        deals = None if status["grid"]["noGridMaster"] else self.deals
        told = {"dealEvents": [], "endedOrders": [], **told}
        if "age" in told["data"]:
            age = told["data"].pop("age")
            told["data"]["updated"] = None if age is None else moment(-age)
        frame = frame_of({**self.kept, **self.units}, self.states, deals, told)
        for one, account in zip(frame["deals"] or [], self.accounts, strict=False):
            one.update(account)
        return frame if self.wall is None else {**frame, "time": self.wall}

    def attach(self, page: Page) -> None:
        """Serve these readings to the page, and note its orders."""
        page.route(SERVED, self._answer)

    def _answer(self, route: Route) -> None:
        path = "/" + route.request.url.split("/", 3)[3].split("?")[0]
        if self.dead:
            route.abort("connectionrefused")
        elif self.proxy_says is not None:
            route.fulfill(status=502, body=self.proxy_says, content_type="text/html")
        elif route.request.method == "POST":
            self._fulfil(route, *self._order(path, route.request.post_data or ""))
        elif path == "/get/dealsInfo" and self.deals is None:
            self._fulfil(route, 502, {"error": "apis-web knows no Grid Master, so the deals cannot be told."})
        elif path == "/get/unit":
            self._fulfil(route, *self._unit(parse_qs(urlsplit(route.request.url).query)["unitId"][0]))
        elif path.startswith("/get/unit/"):
            self._fulfil(route, *self._unit(unquote(path.removeprefix("/get/unit/"))))
        elif path.startswith("/commands") and path not in self.answers:
            self._fulfil(route, *self._commands(route.request.url))
        else:
            self._fulfil(route, *self.answers.get(path, (200, self._reading(path))))

    def _order(self, path: str, form: str) -> tuple[int, Json]:
        given = parse_qsl(form, keep_blank_values=True)
        terms = {name: value for name, value in given if name in TERMS}
        self.orders.append((path, urlencode([pair for pair in given if pair[0] not in TERMS])))
        self.terms.append(terms)
        if path not in UNSTAMPED and "dryRun" not in form:
            needed = set(TERMS) if path not in ("/stopAll", "/estop") else {"key", "wait", "page"}
            self.bare += [path] if needed - terms.keys() else []
        if path in self.answers:
            return self.answers[path]
        if "key" not in terms:
            return 200, {"succeeded": True}
        form_values = dict(given)
        order = "setDcdc" if path.startswith("/set/dcdc/") else path.split("/")[1]
        command = {"id": f"c{len(self.commands) + 1}", "key": terms["key"], "order": order, "by": "127.0.0.1"}
        wanted: Json = {"mode": form_values.get("value", "")}
        if order == "setDcdc":
            figures: Json = {name: float(form_values[name]) for name in ("dvg", "dig") if name in form_values}
            wanted = {"word": form_values.get("mode"), **figures}
        unit_id = form_values.get("unitId", unquote(path.rpartition("/")[2]) if order == "setDcdc" else None)
        told = {"unitId": unit_id, "wanted": wanted, "at": moment(), "state": "verified", "units": {}}
        self.commands.append({**command, **told, **self.ends.get(path, {})})
        known = self.commands[-1]
        return 202, {"command": known["id"], "key": known["key"], "state": known["state"], "sent": True}

    def _commands(self, url: str) -> tuple[int, Json]:
        """`/commands?key=` and `/commands/<id>`."""
        parts = urlsplit(url)
        if parts.path == "/commands":
            key = dict(parse_qsl(parts.query)).get("key")
            return 200, {"commands": [one for one in self.commands if key in (None, one["key"])]}
        found = [one for one in self.commands if one["id"] == parts.path.rpartition("/")[2]]
        return (200, found[0]) if found else (404, {"error": "There is no such order."})

    def _unit(self, unit_id: str) -> tuple[int, Json]:
        found = self.units.get(unit_id) or self.kept.get(unit_id)
        return (200, found) if found is not None else (503, {"error": f"The unit {unit_id} has not been seen yet."})

    def _reading(self, path: str) -> Any:
        if path == "/get/logInfo":
            return self.units
        if path == "/get/frame":
            return self.frame()
        if path == "/get/status":
            return self.status()
        if path == "/apislog":
            return {"lines": [], "errors": [], "next": None}
        return {"/get/dealsInfo": self.deals, "/schedules": self.schedules}.get(path, {})

    @staticmethod
    def _fulfil(route: Route, status: int, body: Any) -> None:
        mark = dict([ANSWERED_BY])
        route.fulfill(status=status, content_type="application/json", headers=mark, body=json.dumps(body))


def deal(giver: str, taker: str, **given: Any) -> Json:
    """One deal in the 7-field form."""
    return {
        "chargingUnit": taker,
        "dischargingUnit": giver,
        "isMasterDeal": given.get("master", False),
        "request": "CHARGE",
        "requester": taker,
        "responder": giver,
        "startTime": "2020/01/01-09:46:48",
    }
