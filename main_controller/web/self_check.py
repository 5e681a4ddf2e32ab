"""Owns the route of the self-check; its page is one of `BesidePages`."""

from collections.abc import Callable

from main_controller.selfcheck.facts import Facts, Running
from main_controller.selfcheck.findings import findings
from main_controller.web import routes
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.self_check import SelfCheckShown, self_check_of


class SelfCheckPages:
    """`/selfcheck`; `facts` and `running` look at what costs little, and tell what was found last of the rest."""

    def __init__(self, facts: Callable[[], Facts], running: Callable[[], Running]) -> None:
        self._facts = facts
        self._running = running

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.SELF_CHECK: self.found}

    def found(self, given: Given) -> SelfCheckShown:
        """`/selfcheck`: every finding."""
        running = self._running()
        return self_check_of(findings(self._facts(), running), running.checked)
