"""Owns the routes by which an administrator looks after all accounts. Each change takes its own password again."""

import bottle

from main_controller.access.asker import Asker
from main_controller.accounts.account import Account
from main_controller.errors import BadRequest, Forbidden, NotFound
from main_controller.sentence import Sentence, say
from main_controller.web import routes_of_accounts as routes
from main_controller.web.log_in import NO_ACCOUNTS
from main_controller.web.own_account import Access
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.accounts import AccountShown, AccountsShown, account_of
from main_controller.web.visitors import Visitors, address_of, caller_of


class AccountAdmin:
    """`/accounts…`; `access` is None where there are no accounts."""

    def __init__(self, visitors: Visitors, access: Access | None) -> None:
        self._visitors = visitors
        self._access = access

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.ACCOUNTS: self.accounts,
            routes.MAKE_ACCOUNT: self.make,
            routes.CHANGE_ACCOUNT: self.change,
            routes.SET_PASSWORD: self.set_password,
            routes.DROP_CODES: self.drop_codes,
            routes.REMOVE_ACCOUNT: self.remove,
        }

    def accounts(self, given: Given) -> AccountsShown:
        """`/accounts`: all of them."""
        access = self._there()
        return {"accounts": [_shown(access, one) for one in access.directory.accounts()]}

    def make(self, given: Given) -> AccountShown:
        """`POST /accounts/make`: a new one."""
        (access, by), name = self._proven(given), given["name"]
        display_name, role = given.get("displayName", name), given["role"]
        hashed = access.passwords.hashed(given["password"], name, display_name)
        account = access.directory.create(name, display_name, role, hashed, by=by)
        return self._done(
            account, say("web.accountMade", "made the account {name} as {role}", name=account.name, role=role.said)
        )

    def change(self, given: Given) -> AccountShown:
        """`POST /accounts/change`: what is given."""
        access, by = self._proven(given)
        role, display_name, enabled = (given.get(name) for name in ("role", "displayName", "enabled"))
        if role is None and display_name is None and enabled is None:
            raise BadRequest(say("web.nothingToChange", "Say what is to change: displayName, role or enabled."))
        account = access.directory.change(given["number"], display_name=display_name, role=role, enabled=enabled, by=by)
        what = say(
            "web.accountChanged", "changed the account {name}: {role}, {enabled}",
            name=account.name, role=account.role.said,
            enabled=say("web.accountEnabled", "may log in") if account.enabled else say(
                "web.accountDisabled", "may not log in"
            ),
        )  # fmt: skip
        return self._done(account, what)

    def set_password(self, given: Given) -> AccountShown:
        """`POST /accounts/password`: another password; all its sessions end for good."""
        access, by = self._proven(given)
        account = access.directory.account(given["number"])
        hashed = access.passwords.hashed(given["password"], account.name, account.display_name)
        account = access.directory.set_password(account.number, hashed, by=by)
        return self._done(account, say("web.passwordSet", "gave {name} another password", name=account.name))

    def drop_codes(self, given: Given) -> AccountShown:
        """`POST /accounts/code/end`: no code is asked for any more."""
        access, by = self._proven(given)
        account = access.directory.set_code_secret(given["number"], None, by=by)
        return self._done(account, say("web.codesDropped", "ended the one-time codes of {name}", name=account.name))

    def remove(self, given: Given) -> AccountShown:
        """`POST /accounts/remove`: its sessions and tokens go with it."""
        access, by = self._proven(given)
        account = access.directory.remove(given["number"], by=by)
        return self._done(account, say("web.accountRemoved", "removed the account {name}", name=account.name))

    def _there(self) -> Access:
        if self._access is None:
            raise NotFound(NO_ACCOUNTS)
        return self._access

    def _proven(self, given: Given) -> tuple[Access, Asker]:
        """Who asks, once the administrator's own password was given again; raises NotFound, Forbidden, TooMany."""
        access, environ = self._there(), bottle.request.environ
        visitor = self._visitors.of(environ)
        if visitor.account is None or visitor.session is None:
            raise Forbidden(say("web.byBrowserAlone", "This is for somebody who is logged in, and no token does it."))
        access.sign_in.confirm(visitor.account, given["own"], address=address_of(environ))
        return access, Asker(visitor.account, visitor.session)

    def _done(self, account: Account, what: Sentence) -> AccountShown:
        access, environ = self._there(), bottle.request.environ
        access.note(caller_of(self._visitors.of(environ), environ), what)
        return _shown(access, account)


def _shown(access: Access, account: Account) -> AccountShown:
    now, directory = access.wall(), access.directory
    tokens = [one for one in directory.tokens.of(account.number) if now < one.ends]
    return account_of(account, sessions=len(directory.sessions.of(account.number)), tokens=len(tokens))
