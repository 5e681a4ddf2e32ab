"""Owns the routes by which somebody logs in and out, and asks who it is.

A browser's plain form is answered by a page, so that the log-in needs no script; a script by JSON.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import bottle

from main_controller.access.sign_in import SignIn
from main_controller.accounts.visitor import Visitor
from main_controller.domain.actor import Actor
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError, NotFound
from main_controller.sentence import Sentence, messages, say
from main_controller.web import routes_of_accounts as routes
from main_controller.web.replies import json_reply, redirect, reply, to_json
from main_controller.web.route import Given, Handlers
from main_controller.web.session_cookie import SessionCookie
from main_controller.web.shapes.accounts import SessionShown
from main_controller.web.visitors import Visitors, actor_of, address_of, is_secure, path_of

NO_ACCOUNTS = say("web.noAccounts", "This console has no accounts (setting accounts).")

Note = Callable[[Actor, Sentence], None]
"""Keeps in the journal what somebody did with accounts."""


class LogIn:
    """`/login.html`, `/login`, `/logout` and `/session`; `sign_in` is None where there are no accounts.

    `ends` ends the session of a visitor, `note` journals who came and went, `cookie` is that of this instance. The
    page, `<views>/login.tpl`, gets `title`, `version`, `sentence` and `messages` (what was wrong, or empty), `name` and
    `to` (the page to go on to).
    """

    def __init__(
        self, views: Path, visitors: Visitors, sign_in: SignIn | None, *, ends: Callable[[Visitor], None], note: Note,
        cookie: Callable[[], SessionCookie], title: Callable[[], str], version: str,
    ) -> None:  # fmt: skip
        self._template = bottle.SimpleTemplate(name="login.tpl", lookup=[str(views)], encoding="utf-8")
        self._visitors = visitors
        self._sign_in = sign_in
        self._ends = ends
        self._note = note
        self._cookie = cookie
        self._title = title
        self._version = version

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.LOG_IN_PAGE: self.page,
            routes.LOG_IN: self.log_in,
            routes.LOG_OUT: self.log_out,
            routes.SESSION: self.session,
        }

    def page(self, given: Given) -> bottle.HTTPResponse:
        """`/login.html`: the form."""
        if self._sign_in is None:
            raise NotFound(NO_ACCOUNTS)
        return self._page(to=given.get("next", ""))

    def log_in(self, given: Given) -> bottle.HTTPResponse:
        """`POST /login`: begins a session in place of the one that this browser had."""
        if self._sign_in is None:
            raise NotFound(NO_ACCOUNTS)
        environ = bottle.request.environ
        former = next(self._cookie().found(environ.get("HTTP_COOKIE", ""), secure=is_secure(environ)), None)
        to = _below(given.get("next", ""))
        try:
            begun = self._sign_in.begin(
                given["name"], given["password"], given.get("code", ""),
                address=address_of(environ), browser=environ.get("HTTP_USER_AGENT", ""), replaces=former,
            )  # fmt: skip
        except ControllerError as error:
            if not _is_form(environ):
                raise
            return self._page(to=to, name=given["name"], error=error)
        secure, path = is_secure(environ), path_of(environ)
        headers = {"Set-Cookie": self._cookie().set(begun.session_id, secure=secure, path=path)}
        visitor = self._visitors.by_session(begun.session_id)
        self._note(actor_of(visitor, environ), say("web.loggedIn", "logged in"))
        if _is_form(environ):
            return redirect(f"./{to}" if to else ".", headers=headers)
        return json_reply(self._shown(visitor), headers=headers)

    def log_out(self, given: Given) -> bottle.HTTPResponse:
        """`POST /logout`: ends this browser's session; its cookie stays, as it may stop for a while."""
        environ = bottle.request.environ
        visitor = self._visitors.of(environ)
        if visitor.session is not None and visitor.role is not None:
            self._ends(visitor)
            self._note(actor_of(visitor, environ), say("web.loggedOut", "logged out"))
        if _is_form(environ):
            return redirect("login.html" if self._visitors.accounts else ".")
        return json_reply(self.again())

    def session(self, given: Given) -> SessionShown:
        """`/session`: who asks."""
        return self._shown(self._visitors.of(bottle.request.environ))

    def again(self) -> SessionShown:
        """Who asks, after something of its account has changed."""
        return self._shown(self._visitors.again(bottle.request.environ))

    def _shown(self, visitor: Visitor) -> SessionShown:
        account = None if visitor.role is None else visitor.account
        session = visitor.session if account else None
        return {
            "accounts": self._visitors.accounts,
            "name": None if account is None else account.name,
            "displayName": None if account is None else account.display_name,
            "role": None if account is None else visitor.role,
            "permissions": sorted(self._visitors.permissions(visitor)),
            "token": visitor.token.name if account and visitor.token else None,
            "ends": None if session is None else iso_utc(session.end),
            "codes": bool(account and account.code_secret),
            "codesWanted": self._visitors.wants_codes(visitor),
            "why": visitor.why,
        }

    def _page(self, *, to: str, name: str = "", error: ControllerError | None = None) -> bottle.HTTPResponse:
        html: str = self._template.render(
            title=self._title(), version=self._version, to=to, name=name,
            sentence="" if error is None else error.sentence,
            messages="[]" if error is None else to_json(messages([error.sentence])).decode(),
        )  # fmt: skip
        headers = {} if error is None else {key: text for key, text in error.headers.items() if key == "Retry-After"}
        return reply(
            html.encode(), "text/html; charset=utf-8", status=200 if error is None else error.status, headers=headers
        )


def _is_form(environ: Mapping[str, Any]) -> bool:
    """Whether a browser sent its own form, and shows what it is answered."""
    return "text/html" in environ.get("HTTP_ACCEPT", "")


def _below(to: str) -> str:
    """A page of ours that somebody goes on to; "" for an address that leads anywhere else."""
    path = to.partition("?")[0]  # a query leads nowhere, and times in it have colons
    strange = path.startswith("/") or any(sign in path for sign in ("//", ":", ".."))
    return "" if strange or "\\" in to or not to.isprintable() or not to.isascii() else to
