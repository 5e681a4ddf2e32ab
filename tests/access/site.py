"""A directory over a file, with clocks that are set by hand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from main_controller.access.directory import Directory
from main_controller.access.sessions import Begun
from main_controller.accounts.account import Account
from main_controller.accounts.roles import Role
from main_controller.store.accounts import AccountStore
from main_controller.store.database import Database

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
ADDRESS = "10.0.0.1"


class Site:
    """One program over the file at `path`."""

    def __init__(self, path: Path) -> None:
        self.now = 0.0
        self.database = Database(path)
        self.directory = Directory(AccountStore(self.database), wall=self.wall)

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now)

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time).total_seconds()

    def again(self) -> "Site":
        """The program as it is after a restart, at the same moment."""
        self.database.write_once()
        self.database.close()
        site = Site(self.database.path)
        site.now = self.now
        return site

    def account(self, name: str = "anna", role: Role = Role.OPERATOR, password_hash: str = "hash") -> Account:
        return self.directory.create(name, name.title(), role, password_hash)

    def begin(self, account: Account, replaces: str | None = None) -> Begun:
        """A session of this account, which must begin."""
        begun = self.directory.sessions.begin(account, ADDRESS, "Firefox", replaces=replaces)
        assert begun is not None
        return begun

    def role(self, begun: Begun, *, by_hand: bool = False) -> Role | None:
        """What a request in this session may."""
        return self.directory.by_session(begun.session_id, by_hand=by_hand).role

    def stops(self, begun: Begun) -> bool:
        """Whether the browser of this session may stop."""
        visitor = self.directory.by_session(begun.session_id, by_hand=False)
        return visitor.stops or visitor.role is not None
