"""The page's style sheet is one of layers, each a file of css/ (R21)."""

import re
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def order(root: Path) -> list[str]:
    """The layers as css/main.css orders them."""
    found = re.search(r"^@layer (.+);$", (root / "css" / "main.css").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found[1].split(", ")


OF_SOME = {
    "alarms": ("alarms",),
    "incidents": ("incidents",),
    "help": ("help", "refused"),
    "selfcheck": ("selfcheck",),
    "account": ("account", "login"),
    "past": ("head",),
}
"""Layers that only these pages ask for."""


def test_every_page_asks_for_the_order_first_and_then_for_its_files(root: Path, order: list[str]) -> None:
    """A file that no page asks for would be dead; a layer that comes before the order would stand in another place."""
    linked = re.findall(r'href="css/([\w.]+)"', (root / "views" / "styles.tpl").read_text("utf-8"))
    assert linked == ["main.css", *(f"{layer}.css" for layer in order if layer not in OF_SOME)]
    for layer, page in [(layer, page) for layer, pages in OF_SOME.items() for page in pages]:
        asked = f'% include(\'styles.tpl\')\n<link rel="stylesheet" href="css/{layer}.css">\n'
        assert asked in (root / "views" / f"{page}.tpl").read_text("utf-8")
    assert {*linked, *(f"{layer}.css" for layer in OF_SOME)} == {path.name for path in (root / "css").glob("*.css")}
    heads = [path.name for path in (root / "views").glob("*.tpl") if "include('styles.tpl')" in path.read_text("utf-8")]
    pages = ("account", "alarms", "head", "help", "history", "incidents", "journal", "login", "refused", "selfcheck")
    assert sorted(heads) == [f"{page}.tpl" for page in pages]


def test_every_file_is_one_layer_of_its_own_name(root: Path, order: list[str]) -> None:
    """What stood outside would win over all layers; an @import would keep the first paint waiting twice."""
    for layer in order:
        text = re.sub(r"/\*.*?\*/", "", (root / "css" / f"{layer}.css").read_text("utf-8"), flags=re.DOTALL).strip()
        assert re.findall(r"@layer [^{;]*|@import", text) == [f"@layer {layer} "], layer
        assert re.findall(r"^\S.*", text, re.MULTILINE) == [f"@layer {layer} {{", "}"], layer
