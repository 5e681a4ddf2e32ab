"""Owns the pages beside the main one: of history (V8), alarms, incidents, account and self-check.

Used by the application. Each page's script asks for all that it shows (`js/history.js` and so on).
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import bottle
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.latch import HeldLatch
from main_controller.web import routes
from main_controller.web.conditional import tagged
from main_controller.web.latch_text import latch_text
from main_controller.web.route import Given, Handler, Handlers
from main_controller.web.routes_of_accounts import ACCOUNT_PAGE
from main_controller.web.shapes.holds import latch_of
from main_controller.web.wire_text import visible


class BesidePages:
    """Each page is made of `<views>/<its name>.tpl`, which gets `zone`, `version`, `title` (may be empty) and `latch`
    as the journal's page does, `simulated`, `insecure` and `recording`; `estop` tells the E-stop's latch."""

    def __init__(
        self, views: Path, *, title: Callable[[], str], zone: BaseTzInfo, version: str,
        estop: Callable[[], HeldLatch | None], simulated: bool, insecure: bool = False,
        recording: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self._templates = {
            route: bottle.SimpleTemplate(name=name, lookup=[str(views)], encoding="utf-8")
            for route, name in (
                (routes.HISTORY_PAGE, "history.tpl"),
                (routes.ALARM_PAGE, "alarms.tpl"),
                (routes.INCIDENT_PAGE, "incidents.tpl"),
                (ACCOUNT_PAGE, "account.tpl"),
                (routes.SELF_CHECK_PAGE, "selfcheck.tpl"),
            )
        }
        self._title = title
        self._zone = zone
        self._version = version
        self._estop = estop
        self._simulated = simulated
        self._insecure = insecure
        self._recording = recording

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {route: self._page(template) for route, template in self._templates.items()}

    def _page(self, template: bottle.SimpleTemplate) -> Handler:
        """The page; what its address asks for is its script's to read."""

        def page(given: Given) -> bottle.HTTPResponse:
            html: str = template.render(
                title=visible(self._title()), zone=self._zone.zone, version=self._version,
                latch=latch_text(latch_of(self._estop()), self._zone), simulated=self._simulated,
                insecure=self._insecure, recording=self._recording,
            )  # fmt: skip
            return tagged(html.encode(), "text/html; charset=utf-8")

        return page
