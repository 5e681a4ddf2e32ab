"""Who is calling, and what that caller may: the one question that the guard asks of accounts.

A `Visitor` is made by `access/` of what a request bears; `decides` says whether it may do what it asks.
"""

from dataclasses import dataclass
from enum import StrEnum

from main_controller.accounts.account import Account
from main_controller.accounts.roles import Role, needed_for
from main_controller.accounts.session import Session
from main_controller.accounts.token import Token
from main_controller.domain.orders import Permission
from main_controller.errors import Forbidden, Unauthorized
from main_controller.sentence import Sentence, joined, say


class Anonymous(StrEnum):
    """What a caller may whom nobody knows: see, see and stop, or nothing."""

    VIEW = "view"
    STOP = "stop"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Nobody, an account by its session, or an account by a token, with the role that holds for this request.

    `stops`: a browser whose session has ended and that may still stop. `why` is why what the request bore does not
    hold.
    """

    account: Account | None = None
    role: Role | None = None
    session: Session | None = None
    token: Token | None = None
    stops: bool = False
    why: Sentence | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that it may, beside what anybody may."""
        own = frozenset[Permission]() if self.role is None else self.role.permissions
        return own | {Permission.STOP} if self.stops else own


NOBODY = Visitor()
"""A request that bears neither a session nor a token."""

_OF_ANYBODY = {
    Anonymous.VIEW: frozenset({Permission.VIEW}),
    Anonymous.STOP: frozenset({Permission.VIEW, Permission.STOP}),
    Anonymous.NONE: frozenset[Permission](),
}


def decides(
    visitor: Visitor, permission: Permission, stops: bool, anonymous: Anonymous
) -> Unauthorized | Forbidden | None:
    """Why this visitor may not do what needs `permission`; None where it may.

    `stops`: this very request is a stop, and then it needs no more than a stop does, whatever its route needs.
    """
    needed = Permission.STOP if stops else permission
    if needed in visitor.permissions | _OF_ANYBODY[anonymous]:
        return None
    if visitor.role is not None:
        sentence = say(
            "accounts.needsRole", "This needs the role {needed}; yours is {role}.",
            needed=needed_for(needed).said, role=visitor.role.said,
        )  # fmt: skip
        return Forbidden(sentence if visitor.why is None else joined([visitor.why, sentence]))
    log_in = say("accounts.logIn", "Log in first: this needs the role {needed}.", needed=needed_for(needed).said)
    return Unauthorized(log_in if visitor.why is None else joined([visitor.why, log_in]))
