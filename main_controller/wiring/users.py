"""Does what `user add`, `user list` and so on ask for instead of a start, also beside the running program.

The program sees the change within seconds, and journals it. Whoever may write the database may do this: it asks for no
password but the new one.
"""

import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from main_controller.access.directory import Directory
from main_controller.accounts.account import Account
from main_controller.accounts.roles import Role, role_of
from main_controller.clock import utc_now
from main_controller.credentials.passwords import Passwords
from main_controller.errors import BadRequest, ControllerError, NotFound
from main_controller.sentence import say
from main_controller.settings import Settings
from main_controller.store.accounts import AccountStore
from main_controller.store.database import Database

USES = (
    "user add NAME [ROLE]", "user list", "user passwd NAME", "user role NAME ROLE", "user disable NAME",
    "user enable NAME", "user codes NAME", "user remove NAME",
)  # fmt: skip
"""What there is; `codes` ends the one-time codes of somebody who lost the phone."""


def manage(words: Sequence[str], settings: Settings) -> int:
    """Do it; 0 where it was done, else 2. Says what was done, or why not."""
    try:
        sys.stdout.write(_Users(settings.database).do(*words) + "\n")
    except ControllerError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    except (EOFError, KeyboardInterrupt):
        sys.stderr.write("\nNothing was changed.\n")
        return 2
    return 0


class _Users:
    """The accounts in this database's file; raises ControllerError."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def do(self, deed: str = "", *words: str) -> str:
        """What was done, in words."""
        deeds: dict[str, tuple[Callable[..., str], int, int]] = {
            "add": (self._add, 1, 2), "list": (self._list, 0, 0), "passwd": (self._passwd, 1, 1),
            "role": (self._role, 2, 2), "disable": (self._disable, 1, 1), "enable": (self._enable, 1, 1),
            "codes": (self._codes, 1, 1), "remove": (self._remove, 1, 1),
        }  # fmt: skip
        if deed not in deeds or not deeds[deed][1] <= len(words) <= deeds[deed][2]:
            raise BadRequest(say("program.userUses", "Use one of: {uses}.", uses="; ".join(USES)))
        database = Database(self._file)
        try:
            self._store = AccountStore(database)
            self._directory = Directory(self._store, wall=utc_now)
            done = deeds[deed][0](*words)
            if deed != "list":
                self._store.changed_beside()
            return done
        finally:
            database.close()

    def _add(self, name: str, role: str = "") -> str:
        if self._directory.named(name) is not None:
            raise BadRequest(say("program.nameTaken", "There is an account {name} already.", name=name))
        known = role_of(role or _asked(f"Role ({', '.join(Role)}): "))
        account = self._directory.create(name, name, known, _new_password(name))
        return f"{account.name} may log in as {account.role}."

    def _list(self) -> str:
        rows = [("name", "role", "may log in", "codes", "sessions", "tokens")]
        for one in self._directory.accounts():
            sessions, tokens = self._directory.sessions.of(one.number), self._directory.tokens.of(one.number)
            words = ("yes" if one.enabled else "no", "yes" if one.code_secret else "no")
            rows.append((one.name, str(one.role), *words, str(len(sessions)), str(len(tokens))))
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join(lines) if len(rows) > 1 else "There are no accounts: make the first one by user add NAME."

    def _passwd(self, name: str) -> str:
        account = self._named(name)
        self._directory.set_password(account.number, _new_password(account.name, account.display_name))
        return f"{account.name} has another password, and all its sessions have ended."

    def _role(self, name: str, role: str) -> str:
        account = self._directory.change(self._named(name).number, role=role_of(role))
        return f"{account.name} is {account.role}."

    def _disable(self, name: str) -> str:
        account = self._directory.change(self._named(name).number, enabled=False)
        return f"{account.name} may not log in any more, and all its sessions have ended."

    def _enable(self, name: str) -> str:
        account = self._directory.change(self._named(name).number, enabled=True)
        return f"{account.name} may log in again."

    def _codes(self, name: str) -> str:
        account = self._directory.set_code_secret(self._named(name).number, None)
        return f"{account.name} logs in without one-time codes."

    def _remove(self, name: str) -> str:
        account = self._directory.remove(self._named(name).number)
        return f"The account {account.name} is removed."

    def _named(self, name: str) -> Account:
        account = self._directory.named(name)
        if account is None:
            raise NotFound(say("program.noAccount", "There is no such account."))
        return account


def _new_password(*names: str) -> str:
    """The hash of a new password; raises BadRequest where it is not good enough, or was typed differently."""
    password = _asked("New password: ", hidden=True)
    if sys.stdin.isatty() and _asked("Once more: ", hidden=True) != password:
        raise BadRequest(say("program.passwordsDiffer", "The two are not the same; nothing was changed."))
    return Passwords().hashed(password, *names)


def _asked(question: str, *, hidden: bool = False) -> str:
    """What a person answers; what is not a terminal gives a line for each question."""
    if sys.stdin.isatty():
        return getpass.getpass(question) if hidden else input(question).strip()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")
