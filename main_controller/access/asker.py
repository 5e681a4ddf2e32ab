"""Somebody who is logged in and asks for a change of accounts: what was looked at before must still hold at the change.

Between the question and the change passwords are hashed, one at a time, and the disk is waited for.
"""

from dataclasses import dataclass

from main_controller.access.memory import Memory
from main_controller.accounts.account import Account
from main_controller.accounts.session import Session
from main_controller.errors import Forbidden
from main_controller.sentence import say


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks by a browser: its account and its session as they were when the request came."""

    account: Account
    session: Session


def require_still(memory: Memory, asker: Asker | None) -> None:
    """Raise Forbidden where this asker's session has ended since, or its account is disabled, removed, of a lower role
    or of another password or secret of codes; None is the command line. Called while `changing` is held."""
    if asker is None:
        return
    now, session = memory.accounts.get(asker.account.number), memory.sessions.get(asker.session.digest)
    if (
        now is None
        or not now.enabled
        or now.password_hash != asker.account.password_hash
        or now.code_secret != asker.account.code_secret
        or not asker.account.role.within(now.role)
        or session is None
        or session.ended is not None
    ):
        raise Forbidden(
            say("access.changedMeanwhile", "Your account has changed, or your session has ended: nothing was done.")
        )
