"""The tables of docs/api.md are the program's: routes, parameters, statuses, causes, proofs, outcomes of schedules."""

import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from main_controller import errors
from main_controller.domain.orders import ORDERS, Proof
from main_controller.rules.interlock_terms import CAUSES
from main_controller.store.schedule_results import ScheduleResult
from main_controller.web.kinds import TIME
from main_controller.web.routes import BESIDE, ROUTES
from tests.docs.api_tables import with_tables
from tests.docs.console_blocks import examples
from tests.docs.pages import page, section

SPECIFIED = [
    *("/", "/get/logInfo", "/get/unit/<>", "/get/dcdc/<>", "/get/meter/<>", "/get/oesunit/<>", "/get/globalmode"),
    *("/get/dealsInfo", "/schedules", "/set/dcdc/<>", "/set/budo/<>", "/setOperationMode", "/setSchedule"),
    *("/flushCache", "/stopAll", "/shutDown", "/ipv4", "/js/<>", "/img/<>", "/css/images/<>", "/css/<>"),
    *("/get/emu/<>", "/upsMode/<>"),
]


def api(root: Path, title: str) -> str:
    """What stands under one heading of docs/api.md."""
    return section(page(root, "api.md"), title)


def served() -> set[str]:
    """The declared routes, their parameters left out."""
    return {re.sub(r"{[^}]+}", "<>", route.path) for route in ROUTES}


def test_every_specified_route_is_served() -> None:
    """R1-R23: the 23 user routes."""
    assert set(SPECIFIED) <= served()
    assert len(SPECIFIED) == 23


def test_the_tables_of_routes_are_the_declarations(root: Path) -> None:
    """Paths, parameters and what they mean; `python -m tests.docs.api_tables` writes them."""
    text = page(root, "api.md")
    assert with_tables(text) == text


def test_a_table_that_says_something_else_is_seen(root: Path) -> None:
    """The comparison itself can fail."""
    text = page(root, "api.md").replace("| `/stopAll` |", "| `/stopEverything` |")
    assert with_tables(text) != text


def test_what_every_order_takes_is_documented(root: Path) -> None:
    """The list before the table of orders names what stands beside their own parameters, and no other."""
    text = api(root, "### Parameters of every order")
    named = {word for line in text.splitlines() if line.startswith("- `") for word in re.findall(r"`(\w+)", line)}
    assert {one.name for one in BESIDE} <= named


def test_the_examples_of_parameters_are_those_of_the_documented_lines(root: Path) -> None:
    """What `/openapi.json` shows as an example stands in a curl line, wherever a line has that parameter."""
    written: dict[str, set[str]] = {}
    lines = [*examples(root / "docs" / "api.md"), *examples(root / "docs" / "accounts.md")]
    for asked in (example.request() for example in lines):
        for name, value in parse_qsl(f"{asked.target.partition('?')[2]}&{asked.form or ''}"):
            written.setdefault(name, set()).add(value)
    shown = {one.name: one.example for route in ROUTES for one in route.taken if one.kind is not TIME}
    assert len(written.keys() & shown.keys()) > 15
    for route in ROUTES:
        for one in route.taken:
            if one.name in written and one.kind is not TIME:  # times in the lines are those of the day
                assert one.example in written[one.name], (route.path, one.name)


@pytest.mark.parametrize("number", range(1, 28))
def test_every_route_requirement_is_named(root: Path, number: int) -> None:
    """R1-R27 stand beside their route, in words or as a range; R24, R26 and R27 concern all of them."""
    text = page(root, "api.md")
    numbers = {int(one) for one in re.findall(r"\bR(\d+)\b", text)}
    for first, last in re.findall(r"\bR(\d+)-R(\d+)\b", text):
        numbers |= set(range(int(first), int(last) + 1))
    assert number in numbers


def statuses() -> set[int]:
    """Every HTTP status that `errors.py` knows."""
    found = {errors.ControllerError.status}
    waiting = [errors.ControllerError]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        found |= {kind.status for kind in subclasses}
        waiting += subclasses
    return found


def test_every_error_status_is_documented() -> None:
    """Z1: the table of docs/api.md and `errors.py` name the same statuses."""
    root = Path(__file__).resolve().parents[2]
    rows = [line for line in api(root, "## When it fails").splitlines() if re.match(r"\| \d", line)]
    written = {int(status) for line in rows for status in re.findall(r"\d{3}", line.split("|")[1])}
    assert written == statuses()


def test_every_cause_is_documented_with_its_meaning(root: Path) -> None:
    """The list is closed: a cause that a program may receive stands in docs/api.md, in the code's own words."""
    rows = [line for line in api(root, "## Why an order is refused").splitlines() if line.startswith("| `")]
    assert rows == [f"| `{cause}` | {meaning} |" for cause, meaning in CAUSES.items()]


def done_rows(root: Path) -> list[tuple[set[str], str]]:
    """Of each line of the table of proofs: the orders it is about, and where they are seen."""
    rows = [line for line in api(root, "## When it is done").splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]
    return [(set(re.findall(r"`(\w+)`", names)), seen) for _, names, _, seen in cells]


def test_the_table_of_proofs_names_every_order(root: Path) -> None:
    """What counts as verified is one table; every order stands in it, and no other."""
    assert set().union(*(orders for orders, _ in done_rows(root))) == {kind.name for kind in ORDERS}


def test_the_table_of_proofs_says_where_each_order_is_seen(root: Path) -> None:
    """In the readings, or by whoever carries it out: as the order's type says."""
    for orders, seen in done_rows(root):
        proofs = {kind.proof is Proof.OWN_END for kind in ORDERS if kind.name in orders}
        assert proofs <= {seen == "its own end"}, orders


def test_every_outcome_of_a_schedule_is_documented(root: Path) -> None:
    """Z12: the outcomes that a schedule's result knows, in the code's own order."""
    said = re.search(r"`outcome` is ([\w, ]+);", ScheduleResult.__doc__ or "")
    assert said is not None
    table = api(root, "## Schedules").split("| outcome |", 1)[1]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == re.split(r", | or ", said[1])
