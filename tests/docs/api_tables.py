"""Makes the tables of routes in docs/api.md from the routes' declarations; run as a program, it writes them there.

venv/bin/python -m tests.docs.api_tables
"""

import re
from itertools import groupby
from pathlib import Path

from main_controller.accounts.roles import Role, needed_for
from main_controller.web.route import Parameter, Route
from main_controller.web.routes import ROUTES

HEAD = ["| route | parameters | gives or does | role | |", "|---|---|---|---|---|"]


def table(title: str) -> list[str]:
    """The lines of the table of one part of docs/api.md."""
    explained: set[tuple[str, str]] = set()
    return [*HEAD, *(_row(route, explained) for route in ROUTES if route.title == title)]


def titles() -> list[str]:
    """The parts that have a table, in their order."""
    return [title for title, _ in groupby(ROUTES, key=lambda route: route.title)]


def shown(path: str) -> str:
    """A path as the documentation writes it."""
    return path.replace("{", "<").replace("}", ">")


def with_tables(page: str) -> str:
    """The page with each table as it should be; ValueError where a part has none."""
    for title in titles():
        begin = page.index(f"\n## {title}\n")
        found = re.compile(r"^\| route \|.*\n(?:\|.*\n)*", re.MULTILINE).search(page, begin)
        if found is None:
            raise ValueError(title)
        page = page[: found.start()] + "\n".join(table(title)) + "\n" + page[found.end() :]
    return page


def _row(route: Route, explained: set[tuple[str, str]]) -> str:
    own = [(f"`<{one.name}>`", one) for one in route.in_path]
    own += [(f"`{one.name}`" if one.required else f"[`{one.name}`]", one) for one in route.parameters]
    parameters = "; ".join(_said(name, one, explained) for name, one in own)
    return f"| `{shown(route.path)}` | {parameters} | {route.says} | {_role(route)} | {route.requirement} |"


def _role(route: Route) -> str:
    """The least role that may call it where accounts are on; what stops needs no more than to see the page."""
    if route.permission is None:
        return "none"
    role = needed_for(route.permission)
    return f"{role}; to stop {Role.VIEWER}" if route.stops is not None and role is not Role.VIEWER else str(role)


def _said(name: str, one: Parameter, explained: set[tuple[str, str]]) -> str:
    """A parameter with its meaning, where that does not stand in the table yet."""
    known = (one.name, one.says) in explained
    explained.add((one.name, one.says))
    return name if known else f"{name} {one.says}"


if __name__ == "__main__":
    api = Path(__file__).resolve().parents[2] / "docs" / "api.md"
    api.write_text(with_tables(api.read_text("utf-8")), "utf-8")
