"""What a log-in costs in CPU, and the check of a session with each request that a page polls.

    python -m benchmarks.accounts

CPU is the whole process's, ms. A log-in is right, its session on the disk. The check stands among as many sessions as
there may be, on the way that every poll takes: whose the id is, and whether that may see the page.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from main_controller.access.directory import MOST as MOST_ACCOUNTS
from main_controller.access.directory import Directory
from main_controller.access.sessions import MOST as MOST_SESSIONS
from main_controller.access.sign_in import SignIn
from main_controller.accounts.account import Account
from main_controller.accounts.roles import Role
from main_controller.accounts.visitor import Anonymous, decides
from main_controller.credentials.passwords import Passwords
from main_controller.domain.orders import Permission
from main_controller.errors import Unauthorized
from main_controller.process import tune_garbage_collector
from main_controller.store.accounts import AccountStore
from main_controller.store.database import Database

ADDRESS = "127.0.0.1"
PASSWORD = "correct horse battery"
LOG_INS = 40
CHECKS = 20_000
LOG_IN_BUDGET = 40.0
"""The most CPU (ms) of one log-in, in the middle."""

CHECK_BUDGET = 0.1
"""The most CPU (ms) of the check of a session, on average."""


def _filled(directory: Directory, password_hash: str) -> tuple[list[Account], list[str]]:
    """As many accounts as there may be, and the ids of as many sessions; of the first account none yet."""
    accounts = [
        directory.create(f"name {place}", f"Name {place}", Role.OPERATOR, password_hash)
        for place in range(MOST_ACCOUNTS)
    ]
    ids = []
    for account in accounts[1:]:
        for _ in range(MOST_SESSIONS):
            begun = directory.sessions.begin(account, ADDRESS, "a browser")
            if begun is not None:
                ids.append(begun.session_id)
    return accounts, ids


def _cpu(look: Callable[[], object]) -> float:
    start = time.process_time()
    look()
    return 1000 * (time.process_time() - start)


def main() -> int:
    """Measure, and say whether the budgets are kept."""
    tune_garbage_collector()
    now = datetime.now(UTC)
    directory = Directory(AccountStore(Database(None)), wall=lambda: now)
    passwords = Passwords()
    accounts, ids = _filled(directory, passwords.hashed(PASSWORD))
    sign_in = SignIn(directory, passwords, wall=lambda: now, clock=time.monotonic)

    def log_in(name: str) -> None:
        sign_in.begin(name, PASSWORD, "", address=ADDRESS, browser="a browser")

    def fail(place: int) -> None:
        try:
            sign_in.begin("nobody", PASSWORD, "", address=f"10.0.0.{place}", browser="a browser")
        except Unauthorized:
            return
        raise AssertionError("nobody has logged in")

    right = [_cpu(lambda: log_in(accounts[0].name)) for _ in range(LOG_INS)]
    unknown = [_cpu(lambda place=place: fail(place)) for place in range(5)]  # type: ignore[misc]
    now += timedelta(minutes=2)

    def check() -> None:
        for place in range(CHECKS):
            visitor = directory.by_session(ids[place % len(ids)], by_hand=False)
            if decides(visitor, Permission.VIEW, False, Anonymous.NONE) is not None:
                raise AssertionError("a session does not hold")

    each = _cpu(check) / CHECKS
    middle = statistics.median(right)
    sys.stdout.write(
        f"log-in: {middle:.1f} ms (worst {max(right):.1f}), "
        f"of a name that there is not {statistics.median(unknown):.1f} ms; limit {LOG_IN_BUDGET:g} ms\n"
        f"check of a session among {len(ids)}: {each:.4f} ms; limit {CHECK_BUDGET:g} ms\n"
    )
    return int(middle > LOG_IN_BUDGET or each > CHECK_BUDGET)


if __name__ == "__main__":
    sys.exit(main())
