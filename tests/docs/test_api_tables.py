"""The tables of docs/api.md are the program's: routes, parameters, statuses, causes, proofs, outcomes of schedules."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import bottle
import pytest

from main_controller import errors, web
from main_controller.domain.orders import ORDERS, Proof
from main_controller.rules.interlock_terms import CAUSES
from main_controller.store.schedule_results import ScheduleResult
from main_controller.web import command_readings, commands, journal
from main_controller.web.application import Part
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


def documented(root: Path) -> set[str]:
    """The routes in the first column of the API's tables, and the aliases, their parameters left out."""
    rows = [line for line in page(root, "api.md").splitlines() if line.startswith("| `/")]
    written = [route for line in rows for route in re.findall(r"`(/[^` ?]*)`", line)]
    return {re.sub(r"<[^>]+>", "<>", route) for route in written}


def served() -> set[str]:
    """The routes that the parts of web/ mount, their parameters left out."""
    app = bottle.Bottle()
    for name in (module.name for module in pkgutil.iter_modules(web.__path__)):
        module = importlib.import_module(f"{web.__name__}.{name}")
        for part in vars(module).values():
            own = isinstance(part, type) and part.__module__ == module.__name__ and part is not Part
            if own and hasattr(part, "mount"):
                part.__new__(part).mount(app)
    return {re.sub(r"<[^>]+>", "<>", route.rule) for route in app.routes}


def test_every_specified_route_is_served() -> None:
    """R1-R23: the 23 user routes."""
    assert set(SPECIFIED) <= served()
    assert len(SPECIFIED) == 23


def test_every_route_is_documented_and_no_other(root: Path) -> None:
    """A route that is not in docs/api.md is missing there; one that is only there is a promise not kept."""
    assert documented(root) == served()


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
    """Z1: the table of docs/api.md and `errors.py` name the same statuses; 401 stands for a proxy's answer."""
    root = Path(__file__).resolve().parents[2]
    rows = [line for line in api(root, "## When it fails").splitlines() if re.match(r"\| \d", line)]
    written = {int(status) for line in rows for status in re.findall(r"\d{3}", line.split("|")[1])}
    assert written == statuses() | {401}


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


def parameters_read(root: Path, module: str) -> dict[str, set[str]]:
    """Of each function of one file of web/: the names of the parameters that it reads."""
    tree = ast.parse((root / "main_controller" / "web" / f"{module}.py").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        lists = [key.value for call in calls for key in call.keywords if key.arg in ("required", "optional")]
        names = [part.value for one in lists for part in ast.walk(one) if isinstance(part, ast.Constant)]
        found[function.name] = {str(name) for name in names}
    return found


def order_rows(root: Path) -> dict[str, str]:
    """Of each route of the tables with a column of parameters: what stands in it."""
    rows: dict[str, str] = {}
    for title in ("## Orders", "## Schedules", "## Locks", "## Guided sharing"):
        for line in api(root, title).splitlines():
            if line.startswith("| `/"):
                route, parameters = line.split("|")[1:3]
                rows[re.sub(r"<[^>]+>", "<>", route.strip().strip("`"))] = parameters
    return rows


def test_every_parameter_of_an_order_is_documented(root: Path) -> None:
    """The tables name the parameters that each order reads, and no other."""
    app = bottle.Bottle()
    commands.Commands.__new__(commands.Commands).mount(app)
    command_readings.CommandReadings.__new__(command_readings.CommandReadings).mount(app)
    read = {**parameters_read(root, "commands"), **parameters_read(root, "command_readings")}
    rows = order_rows(root)
    checked = 0
    for route in app.routes:
        path = re.sub(r"<[^>]+>", "<>", route.rule)
        if path in rows and route.method == "GET":
            assert set(re.findall(r"`(\w+)`", rows[path])) == read[route.callback.__name__], path
            checked += 1
    assert checked == len(rows) - 1  # `/schedules` is a reading of another file and has none


def test_every_parameter_of_the_journal_is_documented(root: Path) -> None:
    """And those of `/commands`, the other reading that is searched."""
    text = api(root, "## Journal") + api(root, "## How orders stand")
    rows = {line.split("|")[1].strip().strip("`"): line.split("|")[2] for line in text.splitlines() if "| `/" in line}
    assert {*journal.QUESTION, "next"} == set(re.findall(r"`(\w+)`", rows["/journal"]))
    assert set(journal.RANGE) == set(re.findall(r"`(\w+)`", rows["/journal.csv"]))
    assert parameters_read(root, "command_readings")["commands"] == set(re.findall(r"`(\w+)`", rows["/commands"]))
