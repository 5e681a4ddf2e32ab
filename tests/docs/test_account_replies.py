"""Every curl line of docs/accounts.md, run in its order against the program with accounts and one administrator."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from main_controller.accounts.roles import Role
from tests.docs.console_blocks import Example, difference, examples, reply_value
from tests.system.console import Console

ROOT = Path(__file__).resolve().parents[2]
LINES = examples(ROOT / "docs" / "accounts.md")
PASSWORD = "correct horse battery"


class Caller:
    """Asks with the cookie that it was given last, and knows the token that was made."""

    def __init__(self, console: Console) -> None:
        access = console.controller.accounts.access
        assert access is not None
        access.directory.create("anna", "anna", Role.ADMINISTRATOR, access.passwords.hashed(PASSWORD))
        self.console = console
        self.cookie = ""
        self.token = ""

    def ask(self, example: Example) -> None:
        asked = example.request()
        headers = {}
        if asked.jar and self.cookie:
            headers["Cookie"] = self.cookie
        if asked.header is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = self.console.call(asked.target, asked.method, form=asked.form, headers=headers)
        assert answer.status == example.status, (example.line, answer.body[:300])
        if asked.jar and "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        first = example.reply.splitlines()[0]
        if first.startswith("HTTP/"):
            for name, value in re.findall(r"^([\w-]+): (.*)$", example.reply, re.MULTILINE):
                assert answer.headers[name.lower()] == value
            return
        assert difference(reply_value(example.reply), answer.json) is None, answer.body[:600]
        self.token = answer.json.get("secret", self.token)


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    with Console(tmp_path_factory.mktemp("accounts"), simulate=1, accounts=True) as console:
        yield Caller(console)


@pytest.mark.parametrize("example", LINES, ids=lambda example: example.name)
def test_the_reply_is_the_documented_one(caller: Caller, example: Example) -> None:
    """Status, and keys and kinds all the way down."""
    caller.ask(example)
