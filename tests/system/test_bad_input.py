"""Every parameter of every route, bad in every way: the right 4xx with one sentence, nothing written, nothing sent.

Z1, Z3, Z4, Z7. The grid stands in Manual, every converter in Wait and the bus dead, so that each
route's `good` request does pass (`test_the_good_request_of_each_route_passes`): what the table sees is the refusal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.system.conftest import console_on, ready
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

LATER = "2099-05-13T12:00:00Z"

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

UNREADABLE = ("bad UTF-8", "overlong UTF-8", "lone surrogate", "10 kB")
"""What makes the whole address unreadable, so that nobody can tell what it asks."""

UNKNOWN = ["foo=1", "unitid=E001", "UnitId=E001", "unitId%00=E001", "=1", "callback=f", "&x"]
"""Parameters that no route knows, some of them a misspelt scope."""


@dataclass(frozen=True)
class Route:
    """A route with a request that passes, the names of its free texts, and where a path holds its parameter."""

    path: str
    good: dict[str, str] = field(default_factory=dict)
    free: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    more: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Values that are bad for one parameter only."""
    refused_as_state: tuple[str, ...] = ()
    """Parameters whose well-formed but impossible values are the rules' to refuse (409, rule h), not a bad request."""
    stops: bool = False
    """Whether this request is a stop whose scope is clear: nothing unreadable or unknown beside it refuses it (S32)."""

    def query(self, **changed: str) -> str:
        given = {**self.good, **changed}
        return self.path + "?" + "&".join(f"{name}={value}" for name, value in given.items())


CONVERTER = {"mode": "0x0014", "dvg": "350", "dig": "2", "dryRun": "false", "wait": "verified"}
CONVERTER |= {"override": "tested", "overrideRules": "e,f"}
COMMANDS = [
    Route("/set/budo/manual", {"wait": "verified"}),
    Route(
        "/setOperationMode",
        {"unitId": "E001", "value": "stop", "wait": "verified"},
        stops=True,
        needed=("value",),
        more={"value": ("autonomous", "manual", "clear", "active", "Stop"), "unitId": ("e001", "E001%20", "E999")},
    ),
    Route("/setOperationMode", {"value": "manual"}, needed=("value",), more={"value": ("active", "quiet", "Manual")}),
    Route(
        "/set/dcdc/E001",
        CONVERTER,
        free=("override",),
        needed=("mode", "dvg", "dig", "override", "overrideRules"),
        more={
            "mode": ("0x14", "0X0014", "20", "0x0001"),
            "dvg": ("299", "381"),
            "dig": ("2.4", "-2"),
            "overrideRules": ("e,", "E", "z", "e;f", "e,%20f", "all"),
        },
        refused_as_state=("dvg", "dig"),
    ),
    Route("/set/E001", CONVERTER, free=("override",), needed=("mode",), refused_as_state=("dvg", "dig")),
    Route("/stopAll", {"wait": "verified"}, stops=True),
    Route("/shutDown", {"unitId": "E001", "wait": "verified"}, more={"unitId": ("e001", "E999")}),
    Route("/upsMode/3", {"unitId": "E001"}, more={"unitId": ("e001", "E999")}),
    Route(
        "/setSchedule",
        {"operation": "softStop", "unitId": "E001", "value": LATER},
        needed=("operation",),
        more={
            "operation": ("SoftStop", "stop", "quiet"),
            "unitId": ("E999", "-softStop", ".hidden"),
            "value": ("2020-05-13T12:00:00Z", "2099-02-30T12:00:00Z", "2099-05-13", "12:00", "2099-05-13T24:01:00Z"),
        },
    ),
    Route("/flushCache"),
    Route("/acknowledge", {"unitId": "E001"}, needed=("unitId",), more={"unitId": ("E999",)}),
    Route(
        "/setLock",
        {"unitId": "E001", "name": "anna", "reason": "works"},
        free=("name", "reason"),
        needed=("name", "reason"),
        more={"unitId": ("E999",)},
    ),
    Route("/clearLock", {"unitId": "E001", "name": "anna"}, free=("name",), needed=("name",)),
    Route(
        "/share",
        {"from": "E001", "to": "E002", "current": "1", "voltage": "350", "minutes": "10", "wh": "50"},
        needed=("from", "to", "current"),
        more={
            "from": ("E999", "E002"),
            "current": ("0", "2.2", "2.4", "-2"),
            "voltage": ("299", "381"),
            "minutes": ("0", "0.9", "241", "-1"),
            "wh": ("0", "10001", "-1"),
        },
        refused_as_state=("from", "to", "current", "voltage"),
    ),
    Route("/share/end", stops=True),
]
PLAIN = [
    Route("/commands", {"state": "open", "unitId": "E001", "limit": "5"}, free=("unitId",)),
    Route("/journal", {"from": LATER, "to": "2199-01-01T00:00:00Z", "unit": "E001", "before": "9", "limit": "5"}),
    Route("/journal.csv", {"from": LATER, "to": "2199-01-01T00:00:00Z", "unit": "E001"}, free=("unit",)),
    *(Route(f"/get/{part}/E001", {"urgent": "true"}) for part in ("unit", "dcdc", "meter", "oesunit", "emu")),
]
PATHS = ["/set/budo/{}", "/set/dcdc/{}?mode=0x0014&dvg=350&dig=2", "/set/{}?mode=0x0014&dvg=350&dig=2", "/upsMode/{}"]
PATHS += [f"/get/{part}/{{}}" for part in ("unit", "dcdc", "meter", "oesunit", "emu")]
PATHS += ["/commands/{}", "/js/{}", "/css/{}", "/img/{}", "/css/images/{}", "/nowhere/{}", "/{}"]


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
        "acknowledged": [inside.stores.acknowledgement(unit_id, "0x0000") for unit_id in grid.units],
    }


def refused(
    console: Console, grid: FakeGrid, target: str, *allowed: int, method: str = "GET", **more: Any
) -> tuple[int, str]:
    """Send what must be refused without any effect; its status and sentence."""
    before = effects(console, grid)
    answer = console.call(target, method, **more)
    assert answer.status in allowed, (target[:200], answer.status, answer.body[:300])
    sentence = answer.error if method != "HEAD" else ""
    assert effects(console, grid) == before
    return answer.status, sentence


def named(route: Route) -> str:
    return f"{route.path}({','.join(route.good)})"


def bad_values(route: Route, name: str) -> dict[str, str]:
    kinds = NOT_TEXT if name in route.free else tuple(BAD)
    if name == "unit" and name in route.free:
        kinds = (*UNREADABLE, "NUL", "newline", "257 characters")
    if name == "wait" and route.stops:
        kinds = ("10 kB",)
    return {**{kind: BAD[kind] for kind in kinds}, **{value: value for value in route.more.get(name, ())}}


VALUES = [
    pytest.param(route, name, value, id=f"{named(route)} {name}: {kind}")
    for route in COMMANDS + PLAIN
    for name in route.good
    for kind, value in bad_values(route, name).items()
    if not (name == "value" and kind == "empty" and "unitId" in route.good and route.path == "/setOperationMode")
    and not (name == "unit" and route.path == "/journal" and kind not in NOT_TEXT)
]
"""Every bad value of every parameter. An empty local mode is no fault: it clears (N6)."""


@pytest.mark.parametrize(("route", "name", "value"), VALUES)
def test_a_bad_value_is_refused_without_any_effect(
    console: Console, grid: FakeGrid, route: Route, name: str, value: str
) -> None:
    statuses = {400, 404, 414} | ({409} if name in route.refused_as_state else set())
    status, _ = refused(console, grid, route.query(**{name: value}), *statuses)
    if len(value) > 8192:
        assert status == 414
    elif name not in ("unitId", "from", "to", *route.refused_as_state):
        assert status == 400
    if "%0" in value or "%ff" in value or not value:
        assert status == 400


@pytest.mark.parametrize("route", COMMANDS, ids=named)
def test_the_good_request_of_each_route_passes(tmp_path_factory: pytest.TempPathFactory, route: Route) -> None:
    """Without this the table would prove nothing: but for the bad value, each of its requests would have acted."""
    acting = not route.path.startswith(("/flushCache", "/setLock", "/clearLock", "/acknowledge", "/share", "/upsMode"))
    with FakeGrid() as grid, Console(tmp_path_factory.mktemp("good"), **grid.settings) as console:
        until(lambda: ready(console, 2), "the first picture")
        before = effects(console, grid)
        answer = console.call(route.query())
        grid.close()
        if acting or route.path in ("/flushCache", "/share"):
            assert answer.status == 200, answer.body
        else:
            assert answer.status in (404, 409, 502), "well-formed, and refused by the grid's state"
        if acting or route.path == "/share":
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
BESIDE_WAIT += ["wait=maybe", "key=%01", "foo=1"]


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
    ("route", "name"), [pytest.param(r, n, id=f"{named(r)} {n}") for r in COMMANDS for n in r.needed]
)
def test_a_missing_parameter_is_refused(console: Console, grid: FakeGrid, route: Route, name: str) -> None:
    """Z7: an absent `value` is 400, and no default is made up for any other."""
    rest = "&".join(f"{key}={value}" for key, value in route.good.items() if key != name)
    _, sentence = refused(console, grid, f"{route.path}?{rest}", 400)
    assert name in sentence


@pytest.mark.parametrize(
    ("route", "name"),
    [
        pytest.param(r, n, id=f"{named(r)} {n}")
        for r in COMMANDS + PLAIN[:3]
        for n in r.good
        if not (n == "wait" and r.stops)
    ],
)
def test_a_parameter_given_twice_is_refused(console: Console, grid: FakeGrid, route: Route, name: str) -> None:
    """Z3, Z7: twice in the query, also with the same value; and in query and body."""
    again = f"{name}={route.good[name]}"
    refused(console, grid, f"{route.query()}&{again}", 400)
    if route in COMMANDS:
        refused(console, grid, route.query(), 400, method="POST", form=again)
        refused(console, grid, route.path, 400, method="POST", form=f"{again}&{again}")


@pytest.mark.parametrize("route", [r for r in COMMANDS + PLAIN[:3] if not r.stops], ids=named)
@pytest.mark.parametrize("unknown", UNKNOWN)
def test_an_unknown_parameter_is_refused(console: Console, grid: FakeGrid, route: Route, unknown: str) -> None:
    """Z7: so a misspelt name never widens the scope to the whole cluster."""
    refused(console, grid, f"{route.query()}&{unknown}", 400)
    if route in COMMANDS:
        refused(console, grid, route.path, 400, method="POST", form=f"{route.query().partition('?')[2]}&{unknown}")


BESIDE_A_STOP = [*UNKNOWN, "wait=verified&wait=no"]
BESIDE_A_STOP += ["x=1&x=2", "x=%01", "x=" + "y" * 257]
BESIDE_A_STOP += [f"wait={value}" for kind, value in BAD.items() if kind != "10 kB"]


@pytest.mark.parametrize("beside", BESIDE_A_STOP)
@pytest.mark.parametrize("route", [r for r in COMMANDS if r.stops], ids=named)
def test_nothing_beside_a_stop_refuses_it(console: Console, route: Route, beside: str) -> None:
    """S32: a stop whose scope is clear is judged as if it stood alone; without a guided transfer an end finds none."""
    asked = "&".join(f"{name}={value}" for name, value in route.good.items() if name != "wait")
    status = 404 if route.path == "/share/end" else 200
    together = 400 if any(BAD[kind] in beside for kind in UNREADABLE) and asked else status  # its scope is lost too
    assert console.call(f"{route.path}?{asked}&{beside}").status == together
    assert console.call(route.path, "POST", form=f"{asked}&{beside}").status == together
    assert console.call(f"{route.path}?{asked}", "POST", form=beside).status == status


@pytest.mark.parametrize("route", [r for r in COMMANDS if r.stops], ids=named)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_body_beside_a_stop_refuses_it(console: Console, route: Route, method: str) -> None:
    """S32: the scope stands in the address, and a body that a library sends of itself says nothing."""
    headers = {"Content-Type": "application/json", **({"Sec-Fetch-Mode": "cors"} if method == "POST" else {})}
    status = 404 if route.path == "/share/end" else 200
    assert console.call(route.query(), method, headers=headers, body=b'{"unitId": "E002"}').status == status


@pytest.mark.parametrize("name", ["unitId", "unitid", "unit", "UNIT_ID", "units"])
def test_a_unit_named_beside_the_clusters_stop_never_becomes_the_cluster(
    console: Console, grid: FakeGrid, name: str
) -> None:
    refused(console, grid, f"/set/budo/stop?{name}=E002", 400)


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


@pytest.mark.parametrize("route", [r for r in COMMANDS if "unitId" in r.good], ids=named)
def test_an_empty_unit_id_never_means_the_cluster(console: Console, grid: FakeGrid, route: Route) -> None:
    """Z7: an unset shell variable in `unitId=$ID`."""
    _, sentence = refused(console, grid, route.query(unitId=""), 400)
    assert "unitId" in sentence


@pytest.mark.parametrize(
    ("path", "kind"),
    [(path, kind) for path in PATHS for kind in BAD if path != "/{}" or kind not in ("empty", "blank")],
)
def test_a_bad_path_is_refused(console: Console, grid: FakeGrid, path: str, kind: str) -> None:
    """R24, R26: an id or a file name in a path that is none. A path of nothing but dots stays where it is."""
    target = path.format(BAD[kind])
    status, _ = refused(console, grid, target, 400, 404, 414)
    if kind in ("bad UTF-8", "overlong UTF-8", "lone surrogate", "NUL", "newline", "escape"):
        assert status == 400
    if kind == "10 kB":
        assert status == 414


def command_path(route: Route) -> str:
    return route.query() if route.good else route.path


@pytest.mark.parametrize("route", COMMANDS, ids=named)
@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_command_takes_get_and_post_only(console: Console, grid: FakeGrid, route: Route, method: str) -> None:
    """Z3: HEAD above all, which would run a GET handler."""
    refused(console, grid, command_path(route), 405, method=method)
    assert set(console.call(command_path(route), method).headers["allow"].split(", ")) >= {"GET", "POST"}


READINGS = ["/", "/get/logInfo", "/get/log", "/get/globalmode", "/get/dealsInfo", "/schedules", "/ipv4", "/get/status"]
READINGS += ["/healthz", "/readyz", "/commands", "/locks", "/get/unit/E001", "/get/emu/E001", "/css/main.css"]
READINGS += ["/journal", "/journal.csv", "/journal.html", "/js/jquery.js"]


@pytest.mark.parametrize("path", READINGS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_reading_takes_get_and_head_only(console: Console, grid: FakeGrid, path: str, method: str) -> None:
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
    if "Transfer-Encoding" in headers:
        refused(
            console, grid, "/setSchedule", status, method="POST", headers=headers | {"Content-Length": ""}, body=body
        )
        return
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
