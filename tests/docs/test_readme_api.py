"""The README's API section is the program's: every route, every error status, every cause of a refusal."""

import ast
import re
from pathlib import Path

import pytest

from main_controller import errors
from main_controller.domain.interlocks import CAUSES

SPECIFIED = [
    *("/", "/get/logInfo", "/get/unit/<>", "/get/dcdc/<>", "/get/meter/<>", "/get/oesunit/<>", "/get/globalmode"),
    *("/get/dealsInfo", "/schedules", "/set/dcdc/<>", "/set/budo/<>", "/setOperationMode", "/setSchedule"),
    *("/flushCache", "/stopAll", "/shutDown", "/ipv4", "/js/<>", "/img/<>", "/css/images/<>", "/css/<>"),
    *("/get/emu/<>", "/upsMode/<>"),
]


def section(root: Path, title: str) -> str:
    """What stands under one heading of the README."""
    text = (root / "README.md").read_text("utf-8")
    level = title.split(" ")[0]
    return re.split(rf"\n#{{1,{len(level)}}} ", text.split(f"\n{title}\n", 1)[1])[0]


def documented(root: Path) -> set[str]:
    """The routes in the first column of the API's tables, and the aliases, their parameters left out."""
    rows = [line for line in section(root, "## API").splitlines() if line.startswith("| `/")]
    written = [route for line in rows for route in re.findall(r"`(/[^` ]*)`", line)]
    return {re.sub(r"<[^>]+>", "<>", route) for route in written}


def served(root: Path) -> set[str]:
    """The routes that the files of web/ mount, their parameters left out."""
    routes = set()
    for file in (root / "main_controller" / "web").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.lstrip("_").startswith("mount"):
                constants = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                routes |= {text for text in constants if isinstance(text, str) and text.startswith("/")}
    return {re.sub(r"<[^>]+>", "<>", route) for route in routes}


def test_every_specified_route_is_served(root: Path) -> None:
    """R1-R23: the 23 user routes."""
    assert set(SPECIFIED) <= served(root)
    assert len(SPECIFIED) == 23


def test_every_route_is_documented_and_no_other(root: Path) -> None:
    """A route that is not in the README is missing there; one that is only there is a promise not kept."""
    assert documented(root) == served(root)


@pytest.mark.parametrize("number", range(1, 28))
def test_every_route_requirement_is_named(root: Path, number: int) -> None:
    """R1-R27 stand beside their route, in words or as a range; R24, R26 and R27 concern all of them."""
    text = section(root, "## API")
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
    """Z1: the table of the README and `errors.py` name the same statuses; 401 stands for a proxy's answer."""
    root = Path(__file__).resolve().parents[2]
    rows = [line for line in section(root, "### When it fails").splitlines() if re.match(r"\| \d", line)]
    written = {int(status) for line in rows for status in re.findall(r"\d{3}", line.split("|")[1])}
    assert written == statuses() | {401}


def test_every_cause_is_documented_with_its_meaning(root: Path) -> None:
    """The list is closed: a cause that a program may receive stands in the README, in the code's own words."""
    rows = [line for line in section(root, "### Why an order is refused").splitlines() if line.startswith("| `")]
    assert rows == [f"| `{cause}` | {meaning} |" for cause, meaning in CAUSES.items()]
