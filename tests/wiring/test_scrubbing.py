"""What is a secret of the site, or looks like one, is taken out of a text, and nothing else is."""

import json
from pathlib import Path

import pytest

from main_controller.known_secrets import REMOVED
from main_controller.wiring.scrubbing import Scrubber, secrets_of
from tests.system.console import settings_for

PASSWORD = 'p4ß "wörd" \\ % & x'


@pytest.mark.parametrize(
    "written",
    [
        PASSWORD,
        json.dumps({"x": PASSWORD}),
        json.dumps({"x": PASSWORD}, ensure_ascii=False),
        "http://x/?q=p4%C3%9F%20%22w%C3%B6rd%22%20%5C%20%25%20%26%20x",
        "Basic cDTDnyAid8O2cmQiIFwgJSAmIHg=",
        repr(PASSWORD),
    ],
)
def test_a_known_secret_is_taken_out_however_it_is_written(written: str) -> None:
    left = Scrubber([PASSWORD]).clean(f"before {written} after")
    assert REMOVED in left
    assert "rd" not in left
    assert left.startswith("before ")
    assert left.endswith("after")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("http://user:hunter2@host/x", f"http://{REMOVED}@host/x"),
        ("GET /x?token=hunter2&unit=E001", f"GET /x?token={REMOVED}&unit=E001"),
        ('{"password": "hunter2", "user": "anna"}', f'{{"password": "{REMOVED}", "user": "anna"}}'),
        ("Authorization: Bearer hunter2hunter2", f"Authorization: {REMOVED}"),
        ("sent bearer hunter2hunter2", f"sent bearer {REMOVED}"),
        ("Cookie: apis=hunter2", f"Cookie: {REMOVED}"),
        ("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\nx", f"{REMOVED}\nx"),
        ("smtp_password = 'hunter2'", f"smtp_password = '{REMOVED}'"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, left: str) -> None:
    assert Scrubber([]).clean(text) == left


@pytest.mark.parametrize(
    "text",
    [
        '{"rule": "unit", "cause": "ok", "pass": true}',
        "journal head: row 3, hash " + "a" * 64,
        "password_file is not readable; basic facts of E001",
        "key=4f2a the order's own",
        "http://localhost:43900/get/log",
    ],
)
def test_all_else_stays(text: str) -> None:
    assert Scrubber(["", "abc"]).clean(text) == text


def test_the_secrets_of_a_site_are_those_that_its_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "https://hook.example.org/services/T0K3N/abc?sig=s1gn4ture")
    (tmp_path / "password").write_text("m41l\n")
    (tmp_path / "two").write_text("l1ne-one\nl1ne-two\n")
    credentials = "# ours\nhttps://apis.example:43900 console:w1th a blank\nhttps://apis.example:43830 bearer b34rer\n"
    (tmp_path / "credentials").write_text(credentials)
    given = [
        {
            "name": "mail", "kind": "mail", "host": "h", "from": "a@b.c", "to": ["a@b.c"],
            "user": "u", "password_file": str(tmp_path / "password"),
        },
        {"name": "hook", "kind": "webhook", "url_env": "HOOK", "secret_file": str(tmp_path / "two")},
    ]  # fmt: skip
    settings = settings_for(
        tmp_path,
        {
            "channels": json.dumps(given),
            "heartbeat": "https://hc.example.org/p1ng-me",
            "credentialsfile": str(tmp_path / "credentials"),
        },
    )
    found = secrets_of(settings, {"SMTP_PASSWORD": "0f-the-environment", "PATH": "/usr/bin/somewhere"})
    assert {"m41l", "l1ne-one", "l1ne-two", "s1gn4ture", "services/T0K3N/abc", "p1ng-me"} - found == {"p1ng-me"}
    assert {"https://hc.example.org/p1ng-me", "0f-the-environment"} < found
    assert {"w1th a blank", "console:w1th a blank", "b34rer"} < found
    assert "/usr/bin/somewhere" not in found
