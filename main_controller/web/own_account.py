"""Owns the routes by which somebody who is logged in looks after its own account: password, codes, sessions, tokens."""

from collections.abc import Callable
from datetime import datetime, timedelta

import bottle

from main_controller.accounts.account import Account
from main_controller.credentials.one_time import new_code_secret, provisioning_uri, qr_code, right_step
from main_controller.errors import BadRequest, Forbidden, Refused
from main_controller.sentence import say
from main_controller.web import routes_of_accounts as routes
from main_controller.web.by_browser import Access, ByBrowser
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.accounts import (
    CodeSecret,
    MadeToken,
    SessionShown,
    SessionsShown,
    TokensShown,
    made_of,
    own_session_of,
    token_of,
)

CONFIRMED_WITHIN = timedelta(minutes=10)
"""How long a secret for codes waits for the first code of it."""

MOST_BEGUN = 200
"""How many such secrets wait at most, one for each account."""


class OwnAccount:
    """`/account/…`; `shown` tells who asks, after a change of it, `issuer` names this console to a phone."""

    def __init__(self, by: ByBrowser, *, shown: Callable[[], SessionShown], issuer: Callable[[], str]) -> None:
        self._by = by
        self._shown = shown
        self._issuer = issuer
        self._begun: dict[int, tuple[str, datetime]] = {}  # secrets of codes that wait for the first code, by account

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.SESSIONS: self.sessions,
            routes.END_SESSION: self.end_session,
            routes.SET_OWN_PASSWORD: self.set_password,
            routes.BEGIN_CODES: self.begin_codes,
            routes.CONFIRM_CODES: self.confirm_codes,
            routes.END_CODES: self.end_codes,
            routes.TOKENS: self.tokens,
            routes.MAKE_TOKEN: self.make_token,
            routes.END_TOKEN: self.end_token,
        }

    def sessions(self, given: Given) -> SessionsShown:
        """`/account/sessions`: one's own that hold."""
        access, asking = self._by.asking()
        found = access.directory.sessions.of(asking.account.number)
        return {"sessions": [own_session_of(one, here=one.digest == asking.session.digest) for one in found]}

    def end_session(self, given: Given) -> SessionsShown:
        """`POST /account/sessions/end`: its browser may not even stop any more."""
        access, asking = self._by.asking()
        if given.get("others"):
            access.directory.sessions.revoke_others(asking.account.number, asking.session)
        elif "handle" in given:
            access.directory.sessions.revoke(asking.account.number, given["handle"])
        else:
            raise BadRequest(say("web.whichSession", "Say which session by handle, or others=true."))
        self._by.note(say("web.endedSessions", "ended sessions of its own from elsewhere"))
        return self.sessions(given)

    def set_password(self, given: Given) -> SessionShown:
        """`POST /account/password`: another password; all other sessions end for good."""
        access, asking = self._by.proven(given)
        account = asking.account
        hashed = access.passwords.hashed(given["password"], account.name, account.display_name)
        access.directory.set_password(account.number, hashed, but=asking.session, by=asking)
        self._by.note(say("web.ownPassword", "gave itself another password"))
        return self._shown()

    def begin_codes(self, given: Given) -> CodeSecret:
        """`POST /account/code/begin`: a secret for a phone, which counts once a code of it came."""
        access, asking = self._by.proven(given)
        account, now = asking.account, access.wall()
        self._begun = {
            number: (secret, at) for number, (secret, at) in self._begun.items() if now - at < CONFIRMED_WITHIN
        }
        if len(self._begun) >= MOST_BEGUN:
            raise Refused(say("web.manyCodesBegun", "Too many set up one-time codes at this moment."))
        secret = new_code_secret()
        self._begun[account.number] = (secret, now)
        uri = provisioning_uri(secret, account.name, self._issuer())
        return {"secret": secret, "uri": uri, "qr": qr_code(uri)}

    def confirm_codes(self, given: Given) -> SessionShown:
        """`POST /account/code/confirm`: from now on codes are asked for at the log-in."""
        access, asking = self._by.asking()
        secret, at = self._begun.get(asking.account.number, ("", None))
        if at is None or access.wall() - at >= CONFIRMED_WITHIN:
            raise Refused(say("web.noCodesBegun", "There is no secret that waits for a code: begin anew."))
        step = right_step(secret, given["code"], access.wall(), None)
        if step is None:
            raise Forbidden(say("web.wrongCode", "The code is wrong: look whether the phone's clock is right."))
        access.directory.set_code_secret(asking.account.number, secret, step=step, by=asking)
        access.sign_in.coded(asking.session)
        self._begun.pop(asking.account.number, None)
        self._by.note(say("web.codesBegun", "logs in with one-time codes from now on"))
        return self._shown()

    def end_codes(self, given: Given) -> SessionShown:
        """`POST /account/code/end`: no code is asked for any more."""
        access, asking = self._by.proven(given)
        account = asking.account
        access.directory.set_code_secret(account.number, None, by=asking)
        self._by.note(say("web.codesEnded", "logs in without one-time codes again"))
        return self._shown()

    def tokens(self, given: Given) -> TokensShown:
        """`/account/tokens`: one's own."""
        access, asking = self._by.asking()
        return _tokens(access, asking.account)

    def make_token(self, given: Given) -> MadeToken:
        """`POST /account/tokens/make`: its secret is shown this once."""
        access, asking = self._by.proven(given)
        account = asking.account
        role = given["role"]
        visitor = self._by.visitors.of(bottle.request.environ)
        if visitor.role is None or not role.within(visitor.role):
            raise Forbidden(say("web.tokenAboveOne", "A token may no more than you may yourself at this moment."))
        networks = [one for one in given.get("networks", "").split(",") if one.strip()]
        made = access.directory.tokens.make(
            account.number, given["name"], role, access.wall() + timedelta(days=given["days"]), networks,
            by=asking,
        )  # fmt: skip
        self._by.note(
            say("web.tokenMade", "made the token {name} of the role {role}", name=made.token.name, role=role.said),
        )
        return made_of(made)

    def end_token(self, given: Given) -> TokensShown:
        """`POST /account/tokens/end`: it holds no more."""
        access, asking = self._by.asking()
        token = access.directory.tokens.take_back(asking.account.number, given["number"])
        self._by.note(say("web.tokenEnded", "took back the token {name}", name=token.name))
        return _tokens(access, asking.account)


def _tokens(access: Access, account: Account) -> TokensShown:
    now = access.wall()
    return {"tokens": [token_of(one, holds=now < one.ends) for one in access.directory.tokens.of(account.number)]}
