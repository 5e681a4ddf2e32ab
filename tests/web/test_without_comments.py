"""What a browser gets of our scripts is what stands in them, but for comments on lines of their own or behind code."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from main_controller.web.without_comments import without_comments


@pytest.mark.parametrize(
    ("script", "served"),
    [
        (b"// head\nlet a; // beside\n", b"\nlet a;\n"),
        (b"let a = 'b // c'; // d\n", b"let a = 'b // c'; // d\n"),
        (b"let a = /b/; // c\n", b"let a = /b/; // c\n"),
        (b"let a = `b // c`;\n", b"let a = `b // c`;\n"),
        (b"a { b: url(//c) }\n", b"a { b: url(//c) }\n"),
        (b"/** one */\n  /**\n   * more\n   */\nlet a;\n", b"\n\n\n\nlet a;\n"),
        (b"/*! licence */\nlet a;\n", b"/*! licence */\nlet a;\n"),
        (b"/* plain */\nlet url = 'http://x';\n", b"\nlet url = 'http://x';\n"),
        (b"a { } /* beside */\n  /* a {\n   } */\nb { }\n", b"a { } /* beside */\n\n\nb { }\n"),
        (b"a();\n/** b */ c(); /** d */\n", b"a();\n/** b */ c(); /** d */\n"),
    ],
)
def test_lines_that_are_comments_alone_are_left_empty(script: bytes, served: bytes) -> None:
    assert without_comments(script) == served


STRINGS = re.compile(rb"`(?:\\.|[^`\\])*`", re.DOTALL)


def test_no_style_sheet_of_ours_loses_anything_but_comments(root: Path) -> None:
    """Everything outside of comments is served, in its order."""
    for sheet in sorted((root / "css").glob("*.css")):
        text = sheet.read_bytes()
        bare = [re.sub(rb"/\*.*?\*/", b"", one, flags=re.DOTALL).split() for one in (text, without_comments(text))]
        assert bare[0] == bare[1], sheet


def test_no_script_of_ours_loses_anything_but_comments(root: Path) -> None:
    """Every text of several lines is whole, and what is served is a script with as many lines."""
    scripts = sorted((root / "js").rglob("*.js"))
    assert len(scripts) > 100
    for script in scripts:
        text = script.read_bytes()
        served = without_comments(text)
        assert served.count(b"\n") == text.count(b"\n"), script
        for written, given in zip(text.split(b"\n"), served.split(b"\n"), strict=True):
            left = written[len(given) :]
            assert written.startswith(given), (script, written)
            assert re.match(rb"\s*(//|/\*|\*|$)", left), (script, written)
            assert not left or b"`" not in given, (script, written)
        many = [one for one in STRINGS.findall(text) if b"\n" in one]
        assert [one for one in many if one not in served] == [], script


def test_what_is_served_is_still_a_script(root: Path, tmp_path: Path) -> None:
    """By the engine of node, for the largest of them."""
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        pytest.skip("There is no node on this machine: install the package nodejs.")
    for name in ("main.js", "orders.js", "lib/placement.js", "scene/scene.js", "i18n/ja.js"):
        copy = tmp_path / "one.mjs"
        copy.write_bytes(without_comments((root / "js" / name).read_bytes()))
        done = subprocess.run([node, "--check", str(copy)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
