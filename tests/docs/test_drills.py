"""docs/drills.md tells every drill in its own words, and every setting that keeps one from beginning."""

import re
from pathlib import Path

from main_controller.drills import measure, scripts
from main_controller.drills.report import figures
from main_controller.wiring import drill_permit, drilling
from tests.docs.pages import page, section


def test_each_drill_has_its_row(root: Path) -> None:
    told = re.findall(
        r"^\| `([\w-]+)` \| (.+?) \|$", page(root, "drills.md").partition("## The course")[0], re.MULTILINE
    )
    assert dict(told) == {name: drill.says for name, drill in scripts.DRILLS.items()}


def test_each_drill_has_its_figures(root: Path) -> None:
    told = section(page(root, "drills.md"), "## What was measured")
    head = next(line for line in told.splitlines() if line.startswith("| "))
    assert re.findall(r"`([\w-]+)`", head) == list(scripts.DRILLS)
    rows = re.findall(r"^\| ([a-zS][\w ,]+) \|", told, re.MULTILINE)
    assert rows == [what for what, _ in figures(measure.Course())]


def test_each_setting_that_names_something_real_is_listed(root: Path) -> None:
    told = section(page(root, "drills.md"), "## Only on a simulated cluster").partition("be it the default")[0]
    assert set(re.findall(r"`(\w+)`", told)) == set(drill_permit.REAL)


def test_the_times_are_those_of_the_program(root: Path) -> None:
    told = section(page(root, "drills.md"), "## The course")
    assert f"at most {drilling.TRADES / 60:g} min." in told
    assert f"has held for {drilling.HOLDS:g} s" in told
    assert f"at most {drilling.AFTER / 60:g} min after" in told
    assert f"of priority 1 or {measure.GRAVE}" in told
