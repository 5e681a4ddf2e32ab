"""Every parameter of every route, bad in every way: the right 4xx with one sentence, nothing written, nothing sent.

Z1, Z3, Z4, Z7. The grid stands in Manual, every converter in Wait and the bus dead, so that each
route's `good` request does pass (`test_the_good_request_of_each_route_passes`): what the table sees is the refusal.
"""

import gzip
import html
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest

from main_controller.web import routes
from main_controller.web.kinds import ANYTHING, NAME, NAMED, TEXT, UNIT_ID, WRITTEN
from main_controller.web.route import BesideStop, Route
from main_controller.web.routes import BESIDE, ROUTES
from tests.system.conftest import console_on, ready
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid
from tests.system.http_call import Answer

LATER = "2099-05-13T12:00:00Z"
DAY_OFF: dict[str, Any] = {"from": "2099-05-13T12:00:00Z", "to": "2099-05-14T12:00:00Z"}

BAD: dict[str, str] = {
    "empty": "",
    "NUL": "E001%00",
    "only NUL": "%00",
    "newline": "E001%0a",
    "carriage return": "E001%0d%0aX-Evil:%201",
    "escape": "%1b[31m",
    "dots": "..",
    "encoded slashes": "..%2f..%2fetc%2fpasswd",
    "doubly encoded": "%252e%252e%252f",
    "backslash": "..%5c..%5c",
    "blank": "%20",
    "padded": "%20E001",
    "NaN": "NaN",
    "nan": "nan",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e999": "1e999",
    "exponent": "3.5e2",
    "negative": "-1",
    "signed": "%2B1",
    "huge": "9" * 250,
    "hexadecimal": "0x10",
    "comma": "350%2C5",
    "full width digits": "%EF%BC%93%EF%BC%95%EF%BC%90",
    "underscored": "3_50",
    "unicode": "%E3%82%A8",
    "right to left": "%E2%80%AEE001",
    "bad UTF-8": "%ff%fe",
    "overlong UTF-8": "%c0%ae%c0%ae%c0%af",
    "lone surrogate": "%ed%a0%80",
    "257 characters": "x" * 257,
    "10 kB": "x" * 10_240,
    "object": "%7B%22a%22:1%7D",
    "list": "%5B1%5D",
    "null": "null",
    "True": "True",
    "yes": "yes",
    "markup": "%3Cscript%3Ealert(1)%3C/script%3E",
    "SQL": "'%20OR%20'1'='1",
    "percent": "%",
    "half an escape": "%zz",
    "case": "AUTONOMOUS",
}
"""A bad value by what is bad about it, as it stands in an address. None is right anywhere but as free text."""

NOT_TEXT = (
    *("empty", "NUL", "only NUL", "newline", "carriage return", "escape", "right to left", "bad UTF-8"),
    *("overlong UTF-8", "lone surrogate", "257 characters", "10 kB"),
)
"""What not even free text (a name, a reason) may be."""


UNKNOWN = ["foo=1", "unitid=E001", "UnitId=E001", "unitId%00=E001", "=1", "callback=f", "&x"]
"""Parameters that no route knows, some of them a misspelt scope."""


@dataclass(frozen=True)
class Case:
    """A request of a declared route that passes, and what is bad for its parameters besides what is bad for all."""

    route: Route
    good: dict[str, str]
    in_path: str = "E001"
    needed: tuple[str, ...] = ()
    """Parameters that this request needs besides those that its route always does."""
    more: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Values that are bad for one parameter only."""
    refused_as_state: tuple[str, ...] = ()
    """Parameters whose well-formed but impossible values are the rules' to refuse (409), not a bad request."""

    @property
    def path(self) -> str:
        return re.sub(r"{\w+}", self.in_path, self.route.path)

    @property
    def stops(self) -> bool:
        """Whether this request is a stop: nothing unreadable or unknown beside it refuses it (S32)."""
        in_path = {one.name: self.in_path for one in self.route.in_path}
        return self.route.is_stop(lambda name: in_path.get(name, self.good.get(name)))

    @property
    def missed(self) -> list[str]:
        """The parameters without which it is refused."""
        return [*(one.name for one in self.route.taken if one.required), *self.needed]

    def bad(self, name: str) -> list[tuple[str, str]]:
        """What is bad about a value of this parameter, and the value as it stands in an address."""
        return [*((kind, BAD[kind]) for kind in self.kinds(name)), *((each, each) for each in self.more.get(name, ()))]

    def query(self, **changed: str) -> str:
        given = {**self.good, **changed}
        return self.path + ("?" + "&".join(f"{name}={value}" for name, value in given.items()) if given else "")

    def kinds(self, name: str) -> tuple[str, ...]:
        """What is bad about a value of this parameter."""
        (one,) = [one for one in self.route.taken if one.name == name]
        if self.stops and one.beside_stop is not BesideStop.READ:
            return ()
        text = one.kind in (TEXT, WRITTEN, ANYTHING)
        is_text = text or (one.kind is UNIT_ID and not self.route.order and name != "unitId")
        searched = self.route in SEARCHED and name == "unitId"
        kinds = NOT_TEXT if is_text or searched else tuple(BAD)
        if one.kind is NAMED:
            kinds = tuple(kind for kind in kinds if not NAME.fullmatch(unquote(BAD[kind])))
        clears = one.may_be_empty and (self.route is not routes.SET_OPERATION_MODE or "unitId" in self.good)
        blanks = ("empty",) if self.route.order else ("empty", "blank")
        return tuple(kind for kind in kinds if not (clears and kind in blanks))


SEARCHED = (
    *(routes.COMMANDS, routes.HISTORY, routes.HISTORY_FILE, routes.LEDGER, routes.LEDGER_FILE, routes.LEDGER_SUMS),
    *(routes.APIS_LOG, routes.ALARM_HISTORY, routes.ALARM_FILE),
)
"""What is found of a unit in these; of one that nobody knows there is nothing to find."""


def case(route: Route, in_path: str = "E001", *, without: tuple[str, ...] = (), **given: Any) -> Case:
    """The request made of the declaration's examples; `given` are what `Case` knows and other values by name."""
    more = {name: given.pop(name) for name in ("needed", "more", "refused_as_state") if name in given}
    good = {one.name: quote(one.example) for one in route.parameters if one.name not in without} | given
    if route is not routes.SHARE and any(one.name == "wait" for one in route.taken):
        good["wait"] = "verified"
    return Case(route, good, in_path, **more)


SET_POINT: dict[str, Any] = {
    "mode": "0x0014",
    "dig": "2",
    "dryRun": "false",
    "needed": ("dvg", "dig", "override", "overrideRules"),
    "refused_as_state": ("dvg", "dig"),
    "more": {
        "mode": ("0x14", "0X0014", "20", "0x0001"),
        "dvg": ("299", "381"),
        "dig": ("2.4", "-2"),
        "overrideRules": ("e,", "E", "z", "e;f", "e,%20f", "all"),
    },
}
STRANGER: dict[str, tuple[str, ...]] = {"unitId": ("e001", "E999")}
SPECIAL: dict[Route, list[Case]] = {
    routes.SET_OPERATION_MODE: [
        case(
            routes.SET_OPERATION_MODE,
            without=("then",),
            value="stop",
            more={
                "value": ("autonomous", "manual", "clear", "active", "Stop"),
                "unitId": ("e001", "E001%20", "E999"),
            },
        ),
        case(
            routes.SET_OPERATION_MODE,
            without=("then", "unitId"),
            value="manual",
            more={"value": ("active", "quiet", "Manual")},
        ),
        case(routes.SET_OPERATION_MODE, without=("unitId",), more={"then": ("autonomous", "quiet", "Stop")}),
    ],
    routes.SET_BUDO: [case(routes.SET_BUDO, "manual")],
    routes.SET_DCDC: [case(routes.SET_DCDC, **SET_POINT)],
    routes.SET_UNIT: [case(routes.SET_UNIT, **SET_POINT)],
    routes.SET_DCDC_OF: [case(routes.SET_DCDC_OF, **SET_POINT)],
    routes.SHUT_DOWN: [case(routes.SHUT_DOWN, more=STRANGER)],
    routes.UPS_MODE: [case(routes.UPS_MODE, "3", more=STRANGER)],
    routes.SET_SCHEDULE: [
        case(
            routes.SET_SCHEDULE,
            value=LATER,
            unitId="E001",
            more={
                "operation": ("SoftStop", "stop", "quiet"),
                "unitId": ("E999", "-softStop", ".hidden"),
                "value": (
                    "2020-05-13T12:00:00Z",
                    "2099-02-30T12:00:00Z",
                    "2099-05-13",
                    "12:00",
                    "2099-05-13T24:01:00Z",
                ),
            },
        )
    ],
    routes.ACKNOWLEDGE: [case(routes.ACKNOWLEDGE, more={"unitId": ("E999",)})],
    routes.FORGET: [case(routes.FORGET, more={"unitId": ("E999",)})],
    routes.RESET_TRIPS: [case(routes.RESET_TRIPS, more={"unitId": ("E999",)})],
    routes.SET_LOCK: [case(routes.SET_LOCK, more={"unitId": ("E999",)})],
    routes.OUT_OF_SERVICE: [
        case(
            routes.OUT_OF_SERVICE,
            **DAY_OFF,
            more={"from": ("12:00",), "to": (DAY_OFF["from"], "2020-05-13T12:00:00Z", "2100-05-13T12:00:00Z")},
        )
    ],
    routes.ALARM_SHELVE: [case(routes.ALARM_SHELVE, "a12", more={"hours": ("0", "0.0", "12.1", "-0.5", "1e1")})],
    routes.SHARE: [
        case(
            routes.SHARE,
            to="E002",
            current="1",
            more={
                "from": ("E999", "E002"),
                "current": ("0", "2.2", "2.4", "-2"),
                "voltage": ("299", "381"),
                "minutes": ("0", "0.9", "241", "-1"),
                "wh": ("0", "10001", "-1"),
            },
            refused_as_state=("from", "to", "current", "voltage"),
        )
    ],
}
CASES = [one for route in ROUTES if route.taken and not route.changes for one in SPECIAL.get(route, [case(route)])]
COMMANDS = [one for one in CASES if one.route.order]
PLAIN = [one for one in CASES if not one.route.order]
STRICT = [one for one in CASES if not one.route.ignores_unknown]
STAMP: dict[str, Any] = {one.name: one.example for one in BESIDE}
STAMPED = case(routes.SET_LOCK, **STAMP)
"""An order with everything that may stand beside one; no restart of this program has that `start`."""
PATHS = [re.sub(r"{\w+}", "{}", route.path) for route in ROUTES if route.in_path]
PATHS = [f"{path}?mode=0x0014&dvg=350&dig=2" if path in ("/set/dcdc/{}", "/set/{}") else path for path in PATHS]
PATHS += ["/nowhere/{}", "/{}"]


@pytest.fixture(scope="module")
def grid() -> Iterator[FakeGrid]:
    with FakeGrid() as fake:
        yield fake


@pytest.fixture(scope="module")
def console(grid: FakeGrid, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with console_on(grid, tmp_path_factory.mktemp("bad"), ups_set_url=":9/ups") as running:
        yield running


def effects(console: Console, grid: FakeGrid) -> dict[str, Any]:
    """Everything that a refused request must leave as it was."""
    inside = console.controller
    left = [command.id for command in inside.stores.commands.latest() if command.state != "failed"]
    return {
        "sent": grid.sent,
        "plans": console.schedules(),
        "locks": dict(inside.stores.locks.all()),
        "share": inside.operations.transfer.last,
        "orders": left,
        "outOfService": inside.alarms.services.all(),
        "acknowledged": [inside.stores.acknowledgement(unit_id, "0x0000") for unit_id in grid.units],
    }


def refused(
    console: Console, grid: FakeGrid, target: str, *allowed: int, method: str = "GET", **more: Any
) -> tuple[int, str]:
    """Send what must be refused without any effect; its status and sentence."""
    before = effects(console, grid)
    answer = console.call(target, method, **more)
    assert answer.status in allowed, (target[:200], answer.status, answer.body[:300])
    sentence = said_of(answer) if method != "HEAD" else ""
    assert effects(console, grid) == before
    return answer.status, sentence


def said_of(answer: Answer) -> str:
    """The one sentence of a refusal: in JSON, or on the page that was asked for (the journal's)."""
    if not answer.headers["content-type"].startswith("text/html"):
        return answer.error
    found = re.search(r'<p class="outcome"[^>]* data-kind="bad">([^<]+)</p>', answer.body.decode())
    assert found is not None
    return html.unescape(found[1])


def named(one: Case) -> str:
    return f"{one.path}({','.join(one.good)})"


PARAMETERS = [
    pytest.param(one, name, id=f"{named(one)} {name}")
    for one in [*CASES, STAMPED]
    for name in one.good
    if one.bad(name)
]
"""Every parameter of which a value can be bad. An empty local mode is no fault: it clears (N6)."""


IDLE = (
    *(routes.ACKNOWLEDGE, routes.SET_LOCK, routes.CLEAR_LOCK, routes.UPS_MODE, routes.CLEAR_THEN, routes.ESTOP_RESET),
    *(routes.FORGET, routes.RESET_TRIPS, routes.END_SHARE, routes.CONFIRM, routes.WITHDRAW, routes.LEASE),
    *(routes.ALARM_ACKNOWLEDGE, routes.ALARM_SHELVE, routes.ALARM_UNSHELVE, routes.IN_SERVICE, routes.NOTIFY_TEST),
    *(routes.PRACTICE_PRESS, routes.PRACTICE_RELEASE, routes.INCIDENT_KEEP, routes.INCIDENT_NOTE),
)
"""Well-formed, and refused by the state of this grid (or by a UPS that is not there)."""


@pytest.mark.parametrize(("one", "name"), PARAMETERS)
def test_a_bad_value_is_refused_without_any_effect(console: Console, grid: FakeGrid, one: Case, name: str) -> None:
    statuses = {400, 404, 414} | ({409} if name in one.refused_as_state else set())
    for what, value in one.bad(name):
        status, _ = refused(console, grid, one.query(**{name: value}), *statuses)
        if len(value) > 8192:
            assert status in ((400, 414) if one.stops else (414,)), what
        elif name not in ("unitId", "from", "to", *one.refused_as_state):
            assert status == 400, what
        if "%0" in value or "%ff" in value or not value:
            assert status == 400, what


@pytest.mark.parametrize("one", COMMANDS, ids=named)
def test_the_good_request_of_each_route_passes(tmp_path_factory: pytest.TempPathFactory, one: Case) -> None:
    """Without this the table would prove nothing: but for the bad value, each of its requests would have acted."""
    acting = one.route not in IDLE
    with FakeGrid() as grid, Console(tmp_path_factory.mktemp("good"), **grid.settings) as console:
        until(lambda: ready(console, 2), "the first picture")
        before = effects(console, grid)
        answer = console.call(one.query())
        grid.close()
        if acting:
            assert answer.status == 200, answer.body
        else:
            assert answer.status in (404, 409, 502), (answer.status, answer.body)
        if acting and one.route is not routes.FLUSH_CACHE:
            assert effects(console, grid) != before


def test_an_override_passes_the_rule_that_it_names_and_no_other(tmp_path: Path) -> None:
    """S7: 0.1 A of limit is less than the margin, which is rule (e)."""
    order = "/set/dcdc/E001?mode=0x0014&dvg=350&dig=0.1&override=commissioning&overrideRules="
    with FakeGrid() as grid, Console(tmp_path, **grid.settings) as console:
        until(lambda: ready(console, 2), "the first picture")
        assert console.call(f"{order}c,f").status == 409
        assert console.call(f"{order}e").status == 200
        assert console.get("/commands")["commands"][0]["note"] == "Rules e were overridden: commissioning"


BESIDE_WAIT = ["override=x", "overrideRules=z", "override=x&overrideRules=,", "override=", "override=" + "x" * 257]
BESIDE_WAIT += ["dvg=&dig=", "dvg=350&dvg=351", "dvg=%00", "dig=-1", "x=1&x=2", "x=%01", "x=" + "y" * 257]
BESIDE_WAIT += ["wait=maybe", "key=%01", "foo=1", "override=f%FCr", "x=%FF", "%FF=x", "&".join("x" * 40)]


@pytest.mark.parametrize("path", ["/set/dcdc/E001?", "/set/E001?", "/set/dcdc?unitId=E001&"])
def test_wait_leaves_whatever_stands_beside_it(tmp_path: Path, path: str) -> None:
    """S32: nothing harmless refuses a stop; what else an order to a converter says is not read."""
    with FakeGrid() as grid, Console(tmp_path, **grid.settings) as console:
        until(lambda: ready(console, 2), "the first picture")
        for number, more in enumerate(BESIDE_WAIT, 1):
            assert console.call(f"{path}mode=0x0000&{more}").status == 200, more
            assert grid.sent == ["GET /set/dcdc/E001?mode=0x0000&dvg=0&dig=0"] * number, more
        for kind in ("application/json", "text/plain"):
            answer = console.call(f"{path}mode=0x0000", "POST", headers={"Content-Type": kind}, body=b"{}")
            assert answer.status == 200, kind


@pytest.mark.parametrize(
    "query", ["mode=0x0000&mode=0x0000", "mode=0x0000&mode=0x0041", "mode=0x0000&dryRun=maybe", "mode=0x0000%00"]
)
def test_what_may_be_no_wait_is_none(console: Console, grid: FakeGrid, query: str) -> None:
    refused(console, grid, f"/set/dcdc/E001?{query}", 400)
    refused(console, grid, f"/set/dcdc?unitId=E001&{query}", 400)
    refused(console, grid, "/set/dcdc?mode=0x0000&unitId=E001&unitId=E002", 400)


@pytest.mark.parametrize(
    ("one", "name"), [pytest.param(r, n, id=f"{named(r)} {n}") for r in COMMANDS for n in r.missed]
)
def test_a_missing_parameter_is_refused(console: Console, grid: FakeGrid, one: Case, name: str) -> None:
    """Z7: an absent `value` is 400, and no default is made up for any other."""
    rest = "&".join(f"{key}={value}" for key, value in one.good.items() if key != name)
    _, sentence = refused(console, grid, f"{one.path}?{rest}", 400)
    assert name in sentence


@pytest.mark.parametrize(
    ("one", "name"),
    [pytest.param(r, n, id=f"{named(r)} {n}") for r in STRICT for n in r.good if r.kinds(n)],
)
def test_a_parameter_given_twice_is_refused(console: Console, grid: FakeGrid, one: Case, name: str) -> None:
    """Z3, Z7: twice in the query, also with the same value; and in query and body."""
    again = f"{name}={one.good[name]}"
    refused(console, grid, f"{one.query()}&{again}", 400)
    if one.route.order:
        refused(console, grid, one.query(), 400, method="POST", form=again)
        refused(console, grid, one.path, 400, method="POST", form=f"{again}&{again}")


@pytest.mark.parametrize("one", [r for r in STRICT if not r.stops], ids=named)
def test_an_unknown_parameter_is_refused(console: Console, grid: FakeGrid, one: Case) -> None:
    """Z7: so a misspelt name never widens the scope to the whole cluster."""
    for unknown in UNKNOWN:
        refused(console, grid, f"{one.query()}&{unknown}", 400)
        if one.route.order:
            refused(console, grid, one.path, 400, method="POST", form=f"{one.query().partition('?')[2]}&{unknown}")


BESIDE_A_STOP = [*UNKNOWN, "wait=verified&wait=no"]
BESIDE_A_STOP += ["x=1&x=2", "x=%01", "x=" + "y" * 257]
BESIDE_A_STOP += [f"wait={value}" for value in BAD.values()]


@pytest.mark.parametrize("beside", BESIDE_A_STOP)
@pytest.mark.parametrize("one", [r for r in COMMANDS if r.stops], ids=named)
def test_nothing_beside_a_stop_refuses_it(console: Console, one: Case, beside: str) -> None:
    """S32: a stop whose scope is clear is judged as if it stood alone; without a guided transfer an end finds none."""
    asked = "&".join(f"{name}={value}" for name, value in one.good.items() if name != "wait")
    status = 404 if one.path == "/share/end" else 200
    assert console.call(f"{one.path}?{asked}&{beside}").status == status
    assert console.call(one.path, "POST", form=f"{asked}&{beside}").status == status
    assert console.call(f"{one.path}?{asked}", "POST", form=beside).status == status


@pytest.mark.parametrize("one", [r for r in COMMANDS if r.stops], ids=named)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_body_beside_a_stop_refuses_it(console: Console, one: Case, method: str) -> None:
    """S32: the scope stands in the address, and a body that a library sends of itself says nothing."""
    headers = {"Content-Type": "application/json", **({"Sec-Fetch-Mode": "cors"} if method == "POST" else {})}
    status = 404 if one.path == "/share/end" else 200
    assert console.call(one.query(), method, headers=headers, body=b'{"unitId": "E002"}').status == status


FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
RUBBISH: dict[str, tuple[dict[str, str], bytes]] = {
    "70 kB form": (FORM_TYPE, b"x=" + b"y" * 70_000),
    "70 kB of a known one": (FORM_TYPE, b"key=" + b"y" * 70_000),
    "70 kB of parameters": (FORM_TYPE, b"&".join(b"a%d=1" % n for n in range(10_000))),
    "300 kB form": (FORM_TYPE, b"x=" + b"y" * 300_000),
    "70 kB JSON": ({"Content-Type": "application/json"}, b'{"a": "' + b"y" * 70_000 + b'"}'),
    "no JSON": ({"Content-Type": "application/json; charset=utf-16"}, b"\xff\xfe{\x00"),
    "UTF-16": ({"Content-Type": "application/x-www-form-urlencoded; charset=utf-16"}, "x=家".encode("utf-16")),
    "not UTF-8": (FORM_TYPE, b"x=\xff&\xfe=1"),
    "no type": ({"Content-Type": ";;"}, b"\x00" * 10),
    "multipart": ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\n" + b"y" * 70_000),
    "compressed": ({**FORM_TYPE, "Content-Encoding": "gzip"}, gzip.compress(b"x=1")),
    "bad chunks": ({**FORM_TYPE, "Transfer-Encoding": "chunked"}, b"zz\r\n"),
    "70 kB in chunks": (
        {**FORM_TYPE, "Transfer-Encoding": "chunked"},
        b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n2000\r\n" + b"x" * 0x2000 + b"\r\n0\r\n\r\n",
    ),
}
"""What may come in the body of a stop."""


@pytest.mark.parametrize("rubbish", list(RUBBISH))
@pytest.mark.parametrize("one", [r for r in COMMANDS if r.stops], ids=named)
def test_a_stop_leaves_whatever_its_body_is_and_says_what_it_left_out(
    console: Console, grid: FakeGrid, one: Case, rubbish: str
) -> None:
    """S32: a form of 70 kB at /stopAll was answered 413, and nothing stopped."""
    headers, body = RUBBISH[rubbish]
    if one.route is routes.SET_OPERATION_MODE and "unitId" not in one.good and rubbish != "70 kB of a known one":
        refused(
            console, grid, one.query(), 400, 413, method="POST", headers=headers, body=body
        )  # its scope is not told
        return
    answer = console.call(one.query(), "POST", headers=headers, body=body)
    assert answer.status == (404 if one.path == "/share/end" else 200), answer.body[:300]
    ignored = answer.json["ignored"]
    assert 1 <= len(ignored) <= 10
    assert all(len(sentence) < 400 for sentence in ignored)


@pytest.mark.parametrize("one", [r for r in COMMANDS if r.stops], ids=named)
def test_a_stop_leaves_whatever_the_length_of_its_address(console: Console, one: Case) -> None:
    status = 404 if one.path == "/share/end" else 200
    asked = one.query()
    assert console.call(f"{asked}{'&' if '?' in asked else '?'}key={'x' * 10_000}").status == status


CUT_CHUNKS = {**FORM_TYPE, "Transfer-Encoding": "chunked"}
OTHER_UNIT = b"b\r\nunitId=E002\r\nZZ\r\n"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/set/budo/stop", 400),
        ("/setOperationMode?value=stop", 400),
        ("/setOperationMode?value=stop&unitId=E001", 400),
        ("/stopAll", 200),
        ("/set/dcdc/E001?mode=0x0000", 200),
    ],
)
def test_a_body_that_cannot_be_read_widens_no_scope(console: Console, grid: FakeGrid, path: str, status: int) -> None:
    """Z7: read whole, the unit in it refuses these; a stop whose route takes no unit, or has it in its path, leaves."""
    if status == 200:
        assert console.call(path, "POST", headers=CUT_CHUNKS, body=OTHER_UNIT).status == 200
    else:
        refused(console, grid, path, status, method="POST", headers=CUT_CHUNKS, body=OTHER_UNIT)


def test_a_stop_all_whose_caller_goes_amid_its_body_leaves(console: Console, grid: FakeGrid) -> None:
    """S32: as a proxy that resets does."""
    host, port = urlsplit(console.address).hostname, urlsplit(console.address).port
    head = f"POST /stopAll HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 20\r\n\r\nkey=a"
    ended = {command["id"] for command in console.get("/commands")["commands"]}
    with socket.create_connection((str(host), int(port or 0))) as connection:
        connection.sendall(head.encode())
    until(lambda: {one["id"] for one in console.get("/commands")["commands"]} - ended, "the Stop all")
    until(lambda: not console.get("/commands?state=open")["commands"], "its end")


def test_a_foreign_pages_stop_is_refused_whatever_its_body_is(console: Console, grid: FakeGrid) -> None:
    """Z3 stands before S32."""
    for headers, body in RUBBISH.values():
        foreign = {**headers, "Origin": "http://evil.example"}
        refused(console, grid, "/stopAll", 403, method="POST", headers=foreign, body=body)


@pytest.mark.parametrize("name", ["unitId", "unitid", "unit", "UNIT_ID", "units"])
def test_a_unit_named_beside_the_clusters_stop_never_becomes_the_cluster(
    console: Console, grid: FakeGrid, name: str
) -> None:
    refused(console, grid, f"/set/budo/stop?{name}=E002", 400)
    refused(console, grid, f"/set/budo/stop?{name}=%FF", 400)
    refused(console, grid, f"/set/budo/stop?{'&'.join('x' * 40)}&{name}=E002", 400)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_a_unit_named_in_a_body_of_another_kind_never_becomes_the_cluster(
    console: Console, grid: FakeGrid, kind: str
) -> None:
    """Z7 before S32: what cannot be read may have been a unit's id."""
    headers = {"Content-Type": kind}
    for body in (b'{"unitId": "E001"}', b"unitId=E001"):
        refused(console, grid, "/setOperationMode?value=stop", 400, method="POST", headers=headers, body=body)


@pytest.mark.parametrize("then", ["then=manual", "then=", "then=stop&then=stop", "then=run%00"])
def test_what_is_to_follow_keeps_no_force_stop_back(console: Console, then: str) -> None:
    """S32: nothing follows a Force Stop, so `then` beside it is not read."""
    assert console.call(f"/setOperationMode?value=stop&{then}").status == 200
    assert console.call(f"/setOperationMode?value=stop&unitId=E001&{then}").status == 200


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_a_stop_whose_scope_may_be_misspelt_is_refused(console: Console, grid: FakeGrid, unknown: str) -> None:
    """Z7 before S32: a Force Stop of one unit never becomes one of the cluster."""
    refused(console, grid, f"/setOperationMode?value=stop&{unknown}", 400)
    refused(console, grid, "/setOperationMode?unitId=%ff", 400, method="POST", form=f"value=stop&{unknown}")


def test_a_stop_whose_scope_cannot_be_read_is_refused(console: Console, grid: FakeGrid) -> None:
    """Z7: what could not be read may have been a unit's id."""
    refused(console, grid, "/setOperationMode?unitId=%ff", 400, method="POST", form="value=stop")
    refused(console, grid, "/setOperationMode?value=stop", 400, method="POST", form="unitId=%ff")


@pytest.mark.parametrize("one", [r for r in COMMANDS if "unitId" in r.good], ids=named)
def test_an_empty_unit_id_never_means_the_cluster(console: Console, grid: FakeGrid, one: Case) -> None:
    """Z7: an unset shell variable in `unitId=$ID`."""
    _, sentence = refused(console, grid, one.query(unitId=""), 400)
    assert "unitId" in sentence


@pytest.mark.parametrize("path", PATHS)
def test_a_bad_path_is_refused(console: Console, grid: FakeGrid, path: str) -> None:
    """R24, R26: an id or a file name in a path that is none. A path of nothing but dots stays where it is."""
    for kind, value in BAD.items():
        if path == "/{}" and kind in ("empty", "blank"):
            continue
        status, _ = refused(console, grid, path.format(value), 400, 404, 414)
        if kind in ("bad UTF-8", "overlong UTF-8", "lone surrogate", "NUL", "newline", "escape"):
            assert status == 400, kind
        if kind == "10 kB":
            assert status == 414, kind


@pytest.mark.parametrize("one", [route for route in ROUTES if route.in_path], ids=lambda one: one.path)
def test_a_text_of_two_thousand_letters_in_a_path_is_one_sentence(console: Console, grid: FakeGrid, one: Route) -> None:
    _, sentence = refused(console, grid, re.sub(r"{\w+}", "x" * 2000, one.path), 400, 404)
    assert len(sentence) < 200


@pytest.mark.parametrize("one", COMMANDS, ids=named)
def test_a_command_takes_get_and_post_only(console: Console, grid: FakeGrid, one: Case) -> None:
    """Z3: HEAD above all, which would run a GET handler."""
    for method in ("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
        refused(console, grid, one.query(), 405, method=method)
        assert set(console.call(one.query(), method).headers["allow"].split(", ")) >= {"GET", "POST"}, method


READINGS = ["/", "/get/logInfo", "/get/log", "/get/globalmode", "/get/dealsInfo", "/schedules", "/ipv4", "/get/status"]
READINGS += ["/healthz", "/readyz", "/commands", "/locks", "/get/unit/E001", "/get/emu/E001", "/css/main.css"]
READINGS += ["/journal", "/journal.csv", "/journal.html", "/js/jquery.js"]


@pytest.mark.parametrize("path", READINGS)
def test_a_reading_takes_get_and_head_only(console: Console, grid: FakeGrid, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        refused(console, grid, path, 405, method=method)


@pytest.mark.parametrize("path", READINGS)
def test_head_of_a_reading_is_its_get_without_the_body(console: Console, path: str) -> None:
    whole, head = console.call(path), console.call(path, "HEAD")
    assert (whole.status, head.status, head.body) == (200, 200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    "path",
    [*READINGS[1:8], "/commands", "/get/unit/E001", "/get/emu/E001", "/journal", "/journal.csv", "/journal.html"],
)
def test_jsonp_is_not_built(console: Console, grid: FakeGrid, path: str) -> None:
    """Z3: `?callback=` would show the data to any web page."""
    refused(console, grid, f"{path}?callback=evil", 400)


FORM = "operation=softStop&value=" + LATER
BODIES: dict[str, tuple[bytes, dict[str, str], int]] = {
    "JSON": (b'{"operation": "softStop"}', {"Content-Type": "application/json"}, 400),
    "no type": (FORM.encode(), {}, 400),
    "text": (FORM.encode(), {"Content-Type": "text/plain"}, 400),
    "multipart": (b"--x\r\n\r\n--x--", {"Content-Type": "multipart/form-data; boundary=x"}, 400),
    "not ASCII": (FORM.encode() + b"\xff", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
    "NUL": (FORM.encode() + b"%00", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
    "33 parameters": (
        b"&".join(b"a%d=1" % n for n in range(33)),
        {"Content-Type": "application/x-www-form-urlencoded"},
        400,
    ),
    "64 KiB": (b"a" * 65_537, {"Content-Type": "application/x-www-form-urlencoded"}, 413),
    "2 MiB": (b"a" * (2 << 20), {"Content-Type": "application/x-www-form-urlencoded"}, 413),
    "no length": (b"", {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "ten"}, 400),
    "negative length": (b"", {"Content-Length": "-1"}, 400),
    "two lengths": (b"", {"Content-Length": "5, 6"}, 400),
    "unknown coding": (b"0\r\n\r\n", {"Transfer-Encoding": "gzip"}, 501),
    "bad chunks": (b"zz\r\n", {"Transfer-Encoding": "chunked"}, 400),
    "chunks": (b"5\r\nfoo=1\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked", "Content-Type": "text/plain"}, 400),
}


@pytest.mark.parametrize("kind", list(BODIES))
def test_a_bad_body_is_refused(console: Console, grid: FakeGrid, kind: str) -> None:
    """Also where the server finds the fault before the program sees a request, the reply is the one JSON error (Z1)."""
    body, headers, status = BODIES[kind]
    refused(console, grid, "/setSchedule", status, method="POST", headers=headers, body=body)


def test_a_body_on_a_get_is_refused(console: Console, grid: FakeGrid) -> None:
    """What a proxy and this program could read differently is not read at all."""
    refused(console, grid, "/setSchedule", 400, form=FORM)


def test_a_stop_needs_no_body_and_takes_an_empty_one(console: Console) -> None:
    assert console.call("/share/end", "POST", form="").status == 404, "nothing runs, and the request was understood"


@pytest.mark.parametrize("line", ["/stopAll HTTP/0.9", "/stopAll x", "/stopAll\r", "//evil/stopAll", "*", "stopAll"])
def test_what_is_no_request_for_a_route_is_refused(console: Console, grid: FakeGrid, line: str) -> None:
    refused(console, grid, line, 400, 404)


def test_another_word_than_a_method_is_refused(console: Console, grid: FakeGrid) -> None:
    refused(console, grid, "/stopAll", 400, method="get")


@pytest.mark.parametrize(
    ("target", "status", "says"),
    [
        ("/journal.html?lang=ja", 400, "'lang' is not known here"),
        ("/journal.html?limit=x", 400, "limit must be a whole number"),
        ("/journal.html?before=0", 400, "before must be a whole number"),
        ("/journal.html?limit=1&limit=1", 400, "given twice"),
        ("/journal.html?unit=%FF", 400, "not UTF-8"),
        ("/journal.html?unit=" + "x" * 9000, 414, "longer than 8192 bytes"),
        ("/journal.html?<script>=1", 400, "'<script>' is not known"),
        ("/?callback=f", 400, "JSONP"),
        ("/?display=" + "x" * 300, 400, "longer than 256"),
        ("/help.html?callback=f", 400, "JSONP"),
        ("/history.html?callback=f", 400, "JSONP"),
    ],
)
def test_a_browser_reads_on_a_page_what_a_page_does_not_take(
    console: Console, grid: FakeGrid, target: str, status: int, says: str
) -> None:
    """It was shown JSON; a script goes on getting it."""
    answer = console.call(target, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert says in said_of(answer)
    body = answer.body.decode()
    assert '<a class="quiet" href="."' in body
    assert "<script>=" not in body
    (told,) = re.findall(r'data-messages="([^"]*)"', body)
    assert json.loads(html.unescape(told))[0]["text"] == said_of(answer), "by its code, for the page's language"
    assert says in console.call(target).error
    assert says in console.call(target, headers={"Accept": "application/json"}).error


@pytest.mark.parametrize("name", ["before", "limit", "from", "to"])
def test_a_blank_is_no_empty_field_of_the_journals_form(console: Console, grid: FakeGrid, name: str) -> None:
    """What a form leaves empty counts as absent; a blank is a value, and no number or time."""
    assert console.call(f"/journal.html?{name}=").status == 200
    refused(console, grid, f"/journal.html?{name}=+", 400)
