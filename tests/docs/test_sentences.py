"""Every sentence of the program has one code, one template and a Japanese text with the same parameters."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "main_controller"
SAID = ROOT / "js" / "i18n" / "said"
ROOMS = (
    "alarms", "domain", "history", "notification", "notifiers", "rules", "orders", "procedures", "watching", "store",
    "workers", "web", "upstream", "accounts", "credentials", "access", "selfcheck",
)  # fmt: skip
"""The rooms with a file of their own; all others share `program.js`."""
CODE = re.compile(r"[a-z]+\.[a-z][A-Za-z0-9]*")


def said() -> Iterator[tuple[Path, int, str, str, set[str]]]:
    """Each `say(...)` of the program: file, line, code, template and the names of the parameters given."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "sentence.py" or "simulator" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                code, template = (ast.literal_eval(argument) for argument in node.args)
                spread = any(word.arg is None for word in node.keywords)
                names = parameters(template) if spread else {str(word.arg) for word in node.keywords}
                yield path, node.lineno, code, template, names


def parameters(template: str) -> set[str]:
    """The names between braces."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(template) if name is not None}


def room_of(path: Path) -> str:
    """The name of the room's file."""
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return room if room in ROOMS else "program"


def japanese(room: str) -> dict[str, str]:
    """The Japanese texts of a room, by code."""
    text = (SAID / f"{room}.js").read_text("utf-8")
    body = text.split("export default ", 1)[1].strip().removesuffix(";")
    found: dict[str, str] = json.loads(re.sub(r",\s*}\s*$", "\n}", body))
    return found


ALL = list(said())


def test_a_code_names_its_room_and_has_one_template() -> None:
    templates: dict[str, str] = {}
    for path, line, code, template, names in ALL:
        where = f"{path.relative_to(ROOT)}:{line}"
        assert CODE.fullmatch(code), f"{where}: {code} is no room.camelCase"
        assert code.split(".")[0] == room_of(path), f"{where}: {code} belongs to another room"
        assert templates.setdefault(code, template) == template, f"{where}: {code} has two templates"
        assert parameters(template) <= names, f"{where}: {code} lacks a parameter"


@pytest.mark.parametrize("room", [*ROOMS, "program"])
def test_every_code_has_a_japanese_text_with_the_same_parameters(room: str) -> None:
    english = {code: template for path, _, code, template, _ in ALL if room_of(path) == room}
    texts = japanese(room)
    assert sorted(texts) == sorted(english)
    different = {code for code, text in texts.items() if parameters(text) != parameters(english[code])}
    assert not different, "these say something else"
