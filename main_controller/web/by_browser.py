"""Owns who asks something of accounts by a browser, whether that was proven again, and what the journal says of it.

Used by the routes of one's own account and by those of all accounts. No token does what these do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import bottle

from main_controller.access.asker import Asker
from main_controller.access.directory import Directory
from main_controller.access.sign_in import SignIn
from main_controller.credentials.passwords import Passwords
from main_controller.errors import Forbidden, NotFound
from main_controller.sentence import Sentence, say
from main_controller.web.log_in import NO_ACCOUNTS, Note
from main_controller.web.route import Given
from main_controller.web.visitors import Visitors, actor_of, address_of


@dataclass(frozen=True, slots=True)
class Access:
    """All that the routes of accounts use; `note` journals what was done."""

    directory: Directory
    sign_in: SignIn
    passwords: Passwords
    wall: Callable[[], datetime]
    note: Note


class ByBrowser:
    """Who asks; `access` is None where there are no accounts."""

    def __init__(self, visitors: Visitors, access: Access | None) -> None:
        self.visitors = visitors
        self._access = access

    @property
    def access(self) -> Access:
        """What the routes use; raises NotFound where there are no accounts."""
        if self._access is None:
            raise NotFound(NO_ACCOUNTS)
        return self._access

    def asking(self) -> tuple[Access, Asker]:
        """Whoever asks; raises NotFound without accounts, Forbidden for whoever is not logged in by a browser."""
        access, visitor = self.access, self.visitors.of(bottle.request.environ)
        if visitor.account is None or visitor.session is None or visitor.role is None:
            raise Forbidden(say("web.byBrowserAlone", "This is for somebody who is logged in, and no token does it."))
        return access, Asker(visitor.account, visitor.session)

    def proven(self, given: Given) -> tuple[Access, Asker]:
        """Whoever asks, once its own password was given again, and a one-time code where it has them and gave none
        lately; raises as `asking`, and Forbidden, TooMany."""
        access, asker = self.asking()
        access.sign_in.confirm(
            asker, given["own"], given.get("ownCode", ""), address=address_of(bottle.request.environ)
        )  # fmt: skip
        return access, asker

    def note(self, what: Sentence) -> None:
        """Keep in the journal what was done."""
        environ = bottle.request.environ
        self.access.note(actor_of(self.visitors.of(environ), environ), what)
