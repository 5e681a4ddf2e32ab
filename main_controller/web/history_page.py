"""Owns `/history.html`: the page that shows what has been (V8).

Used by the application. The page's script asks for all that it shows (`js/history.js`).
"""

from collections.abc import Callable
from pathlib import Path

import bottle
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.latch import HeldLatch
from main_controller.web import routes
from main_controller.web.conditional import tagged
from main_controller.web.latch_text import latch_text
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.holds import latch_of
from main_controller.web.wire_text import visible


class HistoryPage:
    """`/history.html`, from `<views>/history.tpl`, which gets `zone`, `version`, `title` (may be empty) and `latch` as
    the journal's page does; `estop` tells the E-stop's latch."""

    def __init__(
        self, views: Path, *, title: Callable[[], str], zone: BaseTzInfo, version: str,
        estop: Callable[[], HeldLatch | None],
    ) -> None:  # fmt: skip
        self._template = bottle.SimpleTemplate(name="history.tpl", lookup=[str(views)], encoding="utf-8")
        self._title = title
        self._zone = zone
        self._version = version
        self._estop = estop

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.HISTORY_PAGE: self.page}

    def page(self, given: Given) -> bottle.HTTPResponse:
        """The page; what its address asks for is its script's to read."""
        html: str = self._template.render(
            title=visible(self._title()), zone=self._zone.zone, version=self._version,
            latch=latch_text(latch_of(self._estop()), self._zone),
        )  # fmt: skip
        return tagged(html.encode(), "text/html; charset=utf-8")
