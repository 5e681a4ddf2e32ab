"""Owns who a request is by, and whether that caller may what it asks (Z3). Used by the guard for every route.

Of a hot reading it costs a hash of 43 characters and a look into memory: no disk, no argon2.
"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Protocol

from main_controller.accounts.roles import Role
from main_controller.accounts.visitor import NOBODY, Anonymous, Visitor, decides
from main_controller.domain.actor import Actor, person
from main_controller.domain.orders import Permission
from main_controller.sentence import say
from main_controller.web.caller import caller_of
from main_controller.web.session_cookie import SessionCookie

VISITOR = "main_controller.visitor"
"""Where a request's environment has who it is by, once somebody asked."""


class Known(Protocol):
    """Who there is."""

    def by_session(self, session_id: str, *, by_hand: bool) -> Visitor:
        """Who shows this id."""
        ...

    def by_token(self, secret: str, address: str) -> Visitor:
        """Who sends this token from this address."""
        ...


class Visitors:
    """Who requests are by; without `known` there are no accounts, and everybody may everything.

    `cookie` tells the cookie in use; `codes_wanted`: an account without one-time codes may only see and stop.
    """

    def __init__(
        self,
        known: Known | None = None,
        *,
        anonymous: Anonymous = Anonymous.NONE,
        cookie: Callable[[], SessionCookie] = lambda: SessionCookie(None),
        codes_wanted: bool = False,
    ) -> None:
        self._known = known
        self._anonymous = anonymous
        self._cookie = cookie
        self._codes_wanted = codes_wanted

    @property
    def accounts(self) -> bool:
        """Whether there are any."""
        return self._known is not None

    def of(self, environ: MutableMapping[str, Any], *, by_hand: bool = False, by_link: bool = False) -> Visitor:
        """Who this request is by, for which that is looked up once.

        `by_hand`: a person asks, and not a page by itself. `by_link`: it is a GET that would order something; a link on
        any page sends the cookie with it, so none counts.
        """
        found: Visitor | None = environ.get(VISITOR)
        if found is None:
            found = environ[VISITOR] = self._found(environ, by_hand, by_link)
        return found

    def again(self, environ: MutableMapping[str, Any]) -> Visitor:
        """Who this request is by now, after something has changed."""
        environ.pop(VISITOR, None)
        return self.of(environ)

    def by_session(self, session_id: str) -> Visitor:
        """Who has this session, which just began."""
        return NOBODY if self._known is None else self._lowered(self._known.by_session(session_id, by_hand=True))

    def require(
        self, environ: MutableMapping[str, Any], permission: Permission | None, *, stops: bool,
        by_hand: bool = False, by_link: bool = False,
    ) -> None:  # fmt: skip
        """Let this caller do what needs `permission`, None for nothing at all; raises Unauthorized, Forbidden."""
        if self._known is None or (permission is None and not stops):
            return
        refusal = decides(
            self.of(environ, by_hand=by_hand, by_link=by_link), permission or Permission.VIEW, stops, self._anonymous
        )
        if refusal is not None:
            raise refusal

    def permissions(self, visitor: Visitor) -> frozenset[Permission]:
        """All that this visitor may."""
        if self._known is None:
            return frozenset(Permission)
        asked = (one for one in Permission if decides(visitor, one, one is Permission.STOP, self._anonymous) is None)
        return frozenset(asked)

    def wants_codes(self, visitor: Visitor) -> bool:
        """Whether this person must set up one-time codes before it may what its role may."""
        account = visitor.account
        return bool(
            self._codes_wanted and account and visitor.session and account.role is not Role.VIEWER
            and account.code_secret is None
        )  # fmt: skip

    def _found(self, environ: Mapping[str, Any], by_hand: bool, by_link: bool) -> Visitor:
        if self._known is None:
            return NOBODY
        scheme, _, secret = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._known.by_token(secret.strip(), address_of(environ))
        if by_link:
            return NOBODY
        return self._lowered(self._by_cookie(environ, self._known, by_hand))

    def _by_cookie(self, environ: Mapping[str, Any], known: Known, by_hand: bool) -> Visitor:
        """By the first cookie that holds; of several that do not, by one that may stop."""
        best = NOBODY
        cookies = environ.get("HTTP_COOKIE", "")
        for session_id in self._cookie().found(cookies, secure=is_secure(environ)) if cookies else ():
            found = known.by_session(session_id, by_hand=by_hand)
            if found.role is not None:
                return found
            if best is NOBODY or found.stops:
                best = found
        return best

    def _lowered(self, visitor: Visitor) -> Visitor:
        if visitor.role is None or not self.wants_codes(visitor):
            return visitor
        why = say("web.codesWanted", "Set up one-time codes first: without them your account may only see and stop.")
        return Visitor(visitor.account, Role.VIEWER, visitor.session, visitor.token, why=why)


def address_of(environ: Mapping[str, Any]) -> str:
    """Where a request comes from, behind the proxies that are trusted."""
    return caller_of(environ).address


def is_secure(environ: Mapping[str, Any]) -> bool:
    """Whether the browser's own connection is by TLS."""
    return caller_of(environ).scheme == "https"


def path_of(environ: Mapping[str, Any]) -> str:
    """Below which path the browser has this console: "/" for none of its own."""
    return caller_of(environ).path + "/"


def visitor_of(environ: Mapping[str, Any]) -> Visitor:
    """Who the guard found that a request is by; nobody where it did not look."""
    found: Visitor = environ.get(VISITOR, NOBODY)
    return found


def asking(environ: Mapping[str, Any]) -> Actor:
    """Who asks: where the request comes from, and whose log-in or token it is."""
    return actor_of(visitor_of(environ), environ)


def actor_of(visitor: Visitor, environ: Mapping[str, Any]) -> Actor:
    """This visitor as who gives an order."""
    if visitor.account is None:
        return person(address_of(environ))
    token = "" if visitor.token is None else visitor.token.name
    return person(address_of(environ), visitor.account.name, token)
