"""Owns what a person reads where a page is asked for with a parameter that it does not take: why, and a way back.

Used by the application for the pages that have no place of their own for it.
"""

from pathlib import Path

import bottle

from main_controller.errors import ControllerError
from main_controller.sentence import messages
from main_controller.web.replies import reply, to_json


class RefusedPage:
    """`<views>/refused.tpl`; it gets `sentence`, `messages` (the sentence by its code, for the page's script) and
    `insecure`."""

    def __init__(self, views: Path, *, insecure: bool = False) -> None:
        self._insecure = insecure
        self._template = bottle.SimpleTemplate(name="refused.tpl", lookup=[str(views)], encoding="utf-8")

    def reply(self, error: ControllerError) -> bottle.HTTPResponse:
        """The page that says what is wrong, with the error's status."""
        html: str = self._template.render(sentence=error.sentence, messages=codes_of(error), insecure=self._insecure)
        return reply(html.encode(), "text/html; charset=utf-8", status=error.status)


def codes_of(error: ControllerError) -> str:
    """The error's sentence by its code, as the JSON that a page's script learns it from."""
    return to_json(messages([error.sentence])).decode()
