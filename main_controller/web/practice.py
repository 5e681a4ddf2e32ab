"""Owns the routes by which faults of a simulated cluster are pressed, each to show a kind of alarm."""

from collections.abc import Sequence
from typing import Any, Protocol

from main_controller.errors import NotFound
from main_controller.sentence import say
from main_controller.web import routes
from main_controller.web.ordering import Asked, Ordering
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.practice import PracticeShown


class Practised(Protocol):
    """What is practised."""

    @property
    def pressed(self) -> str | None:
        """The kind that was pressed last."""
        ...

    def kinds(self) -> Sequence[str]:
        """All kinds."""
        ...

    def press(self, kind: str) -> None:
        """Have this one come; raises ControllerError."""
        ...

    def release(self) -> None:
        """End it."""
        ...


class PracticePages:
    """`/practice` and what is below it; `practice` is None on a real cluster, where there is none."""

    def __init__(self, practice: Practised | None, ordering: Ordering) -> None:
        self._practice = practice
        self._ordering = ordering

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.PRACTICE: self.shown,
            routes.PRACTICE_PRESS: lambda **in_path: self.press(self._asked(routes.PRACTICE_PRESS, in_path)),
            routes.PRACTICE_RELEASE: lambda **in_path: self.release(self._asked(routes.PRACTICE_RELEASE, in_path)),
        }

    def _asked(self, route: Any, in_path: dict[str, str]) -> Asked:
        return self._ordering.asked(route, in_path)

    def shown(self, given: Given) -> PracticeShown:
        """`/practice`: what can be pressed."""
        practice = self._there()
        return {"kinds": list(practice.kinds()), "pressed": practice.pressed}

    def press(self, asked: Asked) -> PracticeShown:
        """`POST /practice/press?kind=`: has this kind of alarm come."""
        self._there().press(asked.given["kind"])
        return self.shown(asked.given)

    def release(self, asked: Asked) -> PracticeShown:
        """`POST /practice/release`: ends it."""
        self._there().release()
        return self.shown(asked.given)

    def _there(self) -> Practised:
        if self._practice is None:
            raise NotFound(say("web.noPractice", "This is a real cluster: there is nothing to practise on."))
        return self._practice
