"""The four roles, each with all that the one below it may. Used wherever it is decided who may do what."""

from enum import StrEnum

from main_controller.domain.orders import Permission
from main_controller.errors import BadRequest
from main_controller.sentence import Sentence, say


class Role(StrEnum):
    """What an account or a token may do, from the least to the most."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    ADMINISTRATOR = "administrator"

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that it may."""
        return _PERMISSIONS[self]

    @property
    def said(self) -> Sentence:
        """What it is called, in a sentence for people."""
        return _SAID[self]

    def within(self, other: "Role") -> bool:
        """Whether it may nothing that `other` may not."""
        return self.permissions <= other.permissions


_SAID = {
    Role.VIEWER: say("accounts.viewer", "viewer"),
    Role.OPERATOR: say("accounts.operator", "operator"),
    Role.ENGINEER: say("accounts.engineer", "engineer"),
    Role.ADMINISTRATOR: say("accounts.administrator", "administrator"),
}

_FIRST = {
    Permission.VIEW: Role.VIEWER,
    Permission.STOP: Role.VIEWER,
    Permission.OPERATE: Role.OPERATOR,
    Permission.ENGINEER: Role.ENGINEER,
    Permission.ADMINISTER: Role.ADMINISTRATOR,
}
"""The lowest role that has each permission: whoever may see the page may stop."""

_PERMISSIONS = {
    role: frozenset(permission for permission, first in _FIRST.items() if list(Role).index(first) <= place)
    for place, role in enumerate(Role)
}


def needed_for(permission: Permission) -> Role:
    """The lowest role that has this permission."""
    return _FIRST[permission]


def lower(one: Role, other: Role) -> Role:
    """The one of the two that may less."""
    return one if one.within(other) else other


def role_of(text: str) -> Role:
    """The role of this name; raises BadRequest where it is none."""
    try:
        return Role(text)
    except ValueError:
        sentence = say(
            "accounts.noRole", "The role must be one of {roles}, not {given!r}.",
            roles=[str(role) for role in Role], given=text[:100],
        )  # fmt: skip
        raise BadRequest(sentence) from None
