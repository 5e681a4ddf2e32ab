"""Owns the routes by which an administrator looks after all accounts. Each change takes its own password again, and
a one-time code where it has them and gave none lately."""

from main_controller.accounts.account import Account
from main_controller.errors import BadRequest
from main_controller.sentence import Sentence, say
from main_controller.web import routes_of_accounts as routes
from main_controller.web.by_browser import Access, ByBrowser
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.accounts import AccountShown, AccountsShown, account_of


class AccountAdmin:
    """`/accounts…`."""

    def __init__(self, by: ByBrowser) -> None:
        self._by = by

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
        access = self._by.access
        return {"accounts": [_shown(access, one) for one in access.directory.accounts()]}

    def make(self, given: Given) -> AccountShown:
        """`POST /accounts/make`: a new one."""
        (access, by), name = self._by.proven(given), given["name"]
        display_name, role = given.get("displayName", name), given["role"]
        hashed = access.passwords.hashed(given["password"], name, display_name)
        account = access.directory.create(name, display_name, role, hashed, by=by)
        return self._done(
            account, say("web.accountMade", "made the account {name} as {role}", name=account.name, role=role.said)
        )

    def change(self, given: Given) -> AccountShown:
        """`POST /accounts/change`: what is given."""
        access, by = self._by.proven(given)
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
        access, by = self._by.proven(given)
        account = access.directory.account(given["number"])
        hashed = access.passwords.hashed(given["password"], account.name, account.display_name)
        account = access.directory.set_password(account.number, hashed, by=by)
        return self._done(account, say("web.passwordSet", "gave {name} another password", name=account.name))

    def drop_codes(self, given: Given) -> AccountShown:
        """`POST /accounts/code/end`: no code is asked for any more."""
        access, by = self._by.proven(given)
        account = access.directory.set_code_secret(given["number"], None, by=by)
        return self._done(account, say("web.codesDropped", "ended the one-time codes of {name}", name=account.name))

    def remove(self, given: Given) -> AccountShown:
        """`POST /accounts/remove`: its sessions and tokens go with it."""
        access, by = self._by.proven(given)
        account = access.directory.remove(given["number"], by=by)
        return self._done(account, say("web.accountRemoved", "removed the account {name}", name=account.name))

    def _done(self, account: Account, what: Sentence) -> AccountShown:
        self._by.note(what)
        return _shown(self._by.access, account)


def _shown(access: Access, account: Account) -> AccountShown:
    now, directory = access.wall(), access.directory
    tokens = [one for one in directory.tokens.of(account.number) if now < one.ends]
    return account_of(account, sessions=len(directory.sessions.of(account.number)), tokens=len(tokens))
