"""Every curl line of docs/api.md, then of README.md, run in its order against the program and a simulated cluster."""

import contextlib
import functools
import io
import re
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from main_controller import simulator
from main_controller.simulator import SimulatedCluster
from main_controller.web import routes_of_accounts
from main_controller.web.routes import ROUTES
from main_controller.web.shapes.frame import Frame
from tests.docs.console_blocks import Example, difference, examples, reply_value
from tests.docs.test_api_tables import served
from tests.system.conftest import ready
from tests.system.console import Console, until
from tests.system.http_call import Answer
from tests.web.declared import checked

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = examples(ROOT / "docs" / "api.md")
FRONT_DOOR = examples(ROOT / "README.md")
TEMPO = 0.05
"""How much shorter the simulated programs' periods are, as `console.SHORT` makes those of ours."""

IN_TIME = 60.0

LATER = (409, 502, 503, 504)
"""The grid does not permit it yet, or a busy machine was too slow for the short times of tests."""

REFUSED = {
    "clearThen",
    "acknowledge",
    "resetTrips",
    "acknowledgeAlarm",
    "shelveAlarm",
    "unshelveAlarm",
    "testNotify",
    "getIncident",
    "noteIncident",
    "confirm",
    "withdraw",
    "lease",
}
"""What is refused on this page, since nothing on it makes it possible."""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """What `make run` starts, twenty times as fast, while it shares energy."""
    said = io.StringIO()
    hurried = functools.partial(SimulatedCluster, tempo=TEMPO)
    with (
        mock.patch.object(simulator, "SimulatedCluster", hurried),
        contextlib.redirect_stdout(said),
        Console(tmp_path_factory.mktemp("curl"), simulate=4, steptime=30) as running,
    ):
        until(lambda: ready(running, 4), "the first picture")
        until(lambda: running.get("/get/dealsInfo"), "a deal", deadline=IN_TIME)
        assert re.search(r"^Open http://localhost:\d+/$", said.getvalue(), re.MULTILINE), "the address to open"
        yield running


def ask(console: Console, example: Example) -> Answer:
    """The line's request made today, on the console's own port."""
    asked = example.request()
    return console.call(asked.target, asked.method, form=asked.form, timeout=90)


def test_every_route_has_a_curl_line() -> None:
    """Each route, and each alias, stands in docs/api.md, or docs/accounts.md, with a curl line and a reply."""
    lines = [*REFERENCE, *examples(ROOT / "docs" / "accounts.md")]
    called = {re.sub(r"\?.*", "", example.request().target) for example in lines}
    pattern = {route: re.compile(re.sub("<>", "[^/]+", route)) for route in served()}
    missing = [route for route, one in pattern.items() if not any(one.fullmatch(path) for path in called)]
    assert missing == ["/get/log"]  # the alias of /get/logInfo, which the table names


def test_the_front_door_shows_a_reading_two_orders_and_a_trial() -> None:
    assert len(FRONT_DOOR) == 4


def test_the_front_doors_trial_is_allowed_after_the_lines_above_it(console: Console) -> None:
    """Its first example was refused, since the cluster was in Run."""
    for example in FRONT_DOOR:
        answers = [patient(console, example)]

    def allowed() -> bool:
        answers.append(ask(console, FRONT_DOOR[-1]))
        return answers[-1].json["allowed"] is True

    until(allowed, "a trial that is allowed once Manual shows", deadline=IN_TIME)


@pytest.mark.parametrize("example", [*REFERENCE, *FRONT_DOOR], ids=lambda example: example.name)
def test_the_reply_is_the_documented_one(console: Console, example: Example) -> None:
    """Status, and keys and kinds all the way down. Where an order is refused until the one before shows, it waits."""
    answer = patient(console, example)
    first = example.reply.splitlines()[0]
    if first.startswith("HTTP/"):
        for name, value in re.findall(r"^([\w-]+): (.*)$", example.reply, re.MULTILINE):
            assert answer.headers[name.lower()] == value
    elif first.startswith(("{", "[")):
        assert difference(reply_value(example.reply), answer.json) is None, answer.body[:600]
    else:
        kind = answer.headers["content-type"].partition(";")[0]
        assert kind in ("text/plain", "text/csv")
        assert answer.body
        if kind == "text/csv":
            assert answer.body.decode("utf-8-sig").splitlines()[0] == first


def patient(console: Console, example: Example) -> Answer:
    """The answer with the documented status, asked again while another one says to try later."""
    seen: list[Answer] = []

    def looks_right() -> bool:
        seen.append(ask(console, example))
        return seen[-1].status == example.status or seen[-1].status not in LATER

    until(looks_right, f"{example.line}: {example.status}", deadline=IN_TIME, every=0.2)
    assert seen[-1].status == example.status, (example.line, seen[-1].status, seen[-1].body[:600])
    return seen[-1]


@pytest.mark.parametrize(
    ("shown", "real", "agrees"),
    [
        ('{"a": 1, ...}', {"a": 2.5, "b": 1}, True),
        ('{"a": 1}', {"a": 2.5, "b": 1}, False),
        ('{"a": 1, ...}', {"b": 1}, False),
        ('{"a": "x. ...", "b": {...}}', {"a": "y", "b": {"c": 1}}, True),
        ('{"a": true}', {"a": 1}, False),
        ('{"a": [{"b": 1, ...}, ...]}', {"a": [{"b": "x"}]}, False),
        ('[{"a": null}, ...]', [{"a": {"b": 1}}], True),
        ("[...]", {}, False),
    ],
)
def test_a_difference_is_seen(shown: str, real: object, agrees: bool) -> None:
    """The comparison itself can fail."""
    assert (difference(reply_value(shown), real) is None) is agrees


def test_every_reply_is_held_to_its_declaration(console: Console) -> None:
    """Each route that gives JSON gave some that is exactly what it declares, `Console.call` having looked."""
    assert console.call("/get/log").status == 200
    given = {name for name, status in checked if status < 300}
    of_accounts = {route.name for route in routes_of_accounts.ROUTES if route is not routes_of_accounts.SESSION}
    assert {route.name for route in ROUTES if route.reply.shapes} - given - of_accounts == REFUSED


def test_a_whole_frame_has_every_section(console: Console) -> None:
    assert set(console.get("/get/frame")) == set(Frame.__annotations__) - {"gone", "replay"}
