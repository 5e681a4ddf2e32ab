"""Reads a page's console blocks: a curl line, its status after `#`, and the reply; `...` is what was left out."""

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LEFT_OUT = "..."
"""In a documented reply: further keys of an object, further elements of an array, or the rest of a text."""

SHELL = "curl() { printf '%s\\n' \"$@\"; }\n"
"""Has the shell itself say what curl would be given, `$(date ...)` and quotes included."""


@dataclass(frozen=True)
class Example:
    """One curl line as it stands on a page, with the reply below it."""

    line: str
    status: int
    reply: str

    @property
    def name(self) -> str:
        """Its path and query, for the test's report."""
        return re.sub(r".*127\.0\.0\.1:\d+", "", self.line).rstrip("'\"")

    def request(self) -> "Asked":
        """What the line asks today."""
        done = subprocess.run(["sh", "-c", SHELL + self.line], capture_output=True, text=True, timeout=30, check=True)
        return read_arguments(done.stdout.splitlines())


@dataclass(frozen=True)
class Asked:
    """A request: `form` is the urlencoded body of a POST, `jar` says that it sends and keeps cookies."""

    method: str
    target: str
    form: str | None = None
    jar: bool = False
    header: str | None = None


def read_arguments(arguments: list[str]) -> Asked:
    """The request that curl makes of `-s`, `-I`, `-d`, `-b`, `-c`, `-H` and one address; ValueError for any other."""
    method, address, jar, header = "GET", "", False, None
    data: list[str] = []
    left = iter(arguments)
    for argument in left:
        if argument == "-s":
            continue
        if argument == "-sI":
            method = "HEAD"
        elif argument == "-d":
            method, data = "POST", [*data, next(left)]
        elif argument in ("-b", "-c"):
            jar = bool(next(left))
        elif argument == "-H":
            header = next(left)
        elif argument.startswith("http://127.0.0.1:4382/") and not address:
            address = argument
        else:
            raise ValueError(f"The documented curl lines know no {argument!r}.")
    parts = urlsplit(address)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return Asked(method, target, "&".join(data) if data else None, jar, header)


def examples(page: Path) -> list[Example]:
    """Every curl line of the console blocks, in their order."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, _, reply = part.partition("\n")
            line, _, status = first.partition("  # ")
            found.append(Example(line, int(status or 200), reply.strip()))
    return found


def reply_value(text: str) -> Any:
    """A documented JSON reply as a value: `...` is the key or the element LEFT_OUT."""
    inside: list[str] = []
    written = []
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|\.\.\.|[{}\[\]]|[^"{}\[\].]+|\.', text):
        if token in "{[":
            inside.append(token)
        elif token in "}]":
            inside.pop()
        written.append(token if token != LEFT_OUT else f'"{LEFT_OUT}": null' if inside[-1] == "{" else f'"{LEFT_OUT}"')
    return json.loads("".join(written))


def difference(shown: Any, real: Any, where: str = "the reply") -> str | None:
    """Where a real reply has another shape than the documented one, None where it has not.

    Keys and kinds must agree all the way down, but for what is left out; null, and a list with nothing in it, may
    stand for anything, since they do on some days.
    """
    if shown is None or real is None:
        return None
    if isinstance(shown, dict) and isinstance(real, dict):
        return _other_keys(shown, real, where) or _first(
            difference(value, real[key], f"{where}.{key}") for key, value in shown.items() if key in real
        )
    if isinstance(shown, list) and isinstance(real, list):
        told = [value for value in shown if value != LEFT_OUT]
        return difference(told[0], real[0], f"{where}[0]") if told and real else None
    alike = _kind(shown) == _kind(real)
    return None if alike else f"{where} is {_kind(real)}, but {_kind(shown)} in the document"


def _other_keys(shown: dict[str, Any], real: dict[str, Any], where: str) -> str | None:
    missing = sorted(set(shown) - set(real) - {LEFT_OUT})
    if missing:
        return f"{where} has no {', '.join(missing)}"
    more = sorted(set(real) - set(shown))
    return f"{where} also has {', '.join(more)}" if more and LEFT_OUT not in shown else None


def _first(differences: Iterable[str | None]) -> str | None:
    return next((one for one in differences if one is not None), None)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a text" if isinstance(value, str) else "an object" if isinstance(value, dict) else "an array"
