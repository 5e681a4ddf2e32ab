"""A password's field hides what is typed, and a password manager may fill it in or paste into it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["login.tpl", "account.tpl"]
FIELD = re.compile(r'<input id="[\w-]*(?:-own|password)(?:-new)?"[^>]*>')


@pytest.mark.parametrize("name", PAGES)
def test_each_hides_what_is_typed_and_is_named_to_password_managers(name: str) -> None:
    fields = FIELD.findall((ROOT / "views" / name).read_text("utf-8"))
    assert fields
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field), field


@pytest.mark.parametrize("script", ["login.js", "account.js"])
def test_no_script_keeps_anybody_from_pasting(script: str) -> None:
    text = (ROOT / "js" / script).read_text("utf-8")
    assert "paste" not in text
    assert "beforeinput" not in text
