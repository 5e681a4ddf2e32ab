"""Builds accounts where the setting `accounts` asks for them: who there is, the log-in, and who a request is by."""

import logging
import shlex
import time

from main_controller.access.directory import Directory
from main_controller.access.sign_in import SignIn
from main_controller.accounts.visitor import Anonymous, Visitor
from main_controller.clock import utc_now
from main_controller.credentials.passwords import Passwords
from main_controller.domain.actor import Actor
from main_controller.sentence import Sentence, say
from main_controller.settings import Settings
from main_controller.store.accounts import AccountStore
from main_controller.web.by_browser import Access
from main_controller.web.session_cookie import SessionCookie
from main_controller.web.visitors import Visitors
from main_controller.wiring.stores import Stores

log = logging.getLogger(__name__)

LOOKS_EVERY = 2.0
"""How often (s) it is looked whether the command line has changed accounts."""


class Accounts:
    """`access` is what the routes of accounts use, None without accounts; `visitors` what the guard asks.

    `cookie` is the cookie of this instance, by a name that its database keeps.
    """

    def __init__(self, settings: Settings, stores: Stores) -> None:
        self._store = AccountStore(stores.database)
        self._journaling = stores.journaling
        self.access: Access | None = None
        self.sign_in: SignIn | None = None
        self.visitors = Visitors()
        self._cookie = SessionCookie(None)
        if not settings.accounts:
            return
        self._cookie = SessionCookie(self._store.instance())
        directory, passwords = Directory(self._store, wall=utc_now), Passwords()
        self.sign_in = SignIn(directory, passwords, wall=utc_now, clock=time.monotonic)
        self.access = Access(directory, self.sign_in, passwords, utc_now, self.note)
        if not directory.has_administrator():
            log.warning(
                "nobody can log in yet: make the first account by the words user add NAME administrator --database %s",
                shlex.quote(str(settings.database)),
            )
        self.visitors = Visitors(
            directory, anonymous=Anonymous(settings.anonymous), cookie=self.cookie, codes_wanted=settings.onetimecodes
        )

    def cookie(self) -> SessionCookie:
        """The cookie of this instance."""
        return self._cookie

    def look_beside(self) -> None:
        """Take over, and journal, what `user ...` has changed on this machine; read what could not be read before."""
        if self.access is None:
            return
        self.access.directory.look()
        if self._cookie.instance is None:
            self._cookie = SessionCookie(self._store.instance())
        made, noted = self._store.changes_beside()
        if made == noted:
            return
        self.access.directory.read_again()
        self._store.note_beside(made)
        what = say(
            "program.accountsChanged", "accounts were changed on this machine by `user ...`, {count} times",
            count=made - noted,
        )  # fmt: skip
        self._journaling.access("the command line", what)

    def end(self, visitor: Visitor) -> None:
        """Somebody logged out."""
        if self.access is not None and visitor.session is not None:
            self.access.directory.sessions.end(visitor.session)

    def note(self, by: Actor, what: Sentence) -> None:
        """Keep in the journal what somebody did with accounts, or who came and went."""
        self._journaling.access(str(by), what)
