"""Who is calling, and the accounts, sessions and tokens as they are shown; no secret but the one that is made."""

from typing import TypedDict

from main_controller.access.tokens import Made
from main_controller.accounts.account import Account
from main_controller.accounts.roles import Role
from main_controller.accounts.session import Session
from main_controller.accounts.token import Token
from main_controller.domain.orders import Permission
from main_controller.domain.timestamps import iso_utc


class SessionShown(TypedDict):
    """Who is asking: `name` and what else of an account is null where nobody is logged in.

    `accounts`: whether this console has any; without them everybody may everything that `permissions` says. `ends` is
    when the session ends (ISO 8601), `why` why what the browser or script showed does not hold. `codes`: whether it
    logs in with one-time codes; `codesWanted`: whether it needs them before it may do what its role may.
    """

    accounts: bool
    name: str | None
    displayName: str | None
    role: Role | None
    permissions: list[Permission]
    token: str | None
    ends: str | None
    codes: bool
    codesWanted: bool
    why: str | None


class OwnSession(TypedDict):
    """A session that holds. `handle` names it, `here` says that it is the one that asks."""

    handle: str
    began: str
    used: str
    ends: str
    address: str
    browser: str
    here: bool


class SessionsShown(TypedDict):
    """One's sessions, the one used last first."""

    sessions: list[OwnSession]


class TokenShown(TypedDict):
    """A token, without its secret; `used` is when it was last sent."""

    number: int
    name: str
    role: Role
    began: str
    ends: str
    networks: list[str]
    used: str | None
    holds: bool


class TokensShown(TypedDict):
    """One's tokens, the oldest first."""

    tokens: list[TokenShown]


class MadeToken(TypedDict):
    """A token that was made, and its secret, which nobody can show again."""

    secret: str
    token: TokenShown


class CodeSecret(TypedDict):
    """A secret for one-time codes: as text, as the address that a phone reads, and that as a picture (SVG)."""

    secret: str
    uri: str
    qr: str


class AccountShown(TypedDict):
    """An account; `sessions` and `tokens` are how many hold."""

    number: int
    name: str
    displayName: str
    role: Role
    enabled: bool
    codes: bool
    sessions: int
    tokens: int


class AccountsShown(TypedDict):
    """All accounts, by name."""

    accounts: list[AccountShown]


def own_session_of(session: Session, *, here: bool) -> OwnSession:
    """A session as its owner is shown it."""
    return {
        "handle": session.handle, "began": iso_utc(session.began), "used": iso_utc(session.used),
        "ends": iso_utc(session.end), "address": session.address, "browser": session.browser, "here": here,
    }  # fmt: skip


def token_of(token: Token, *, holds: bool) -> TokenShown:
    """A token as its owner is shown it."""
    return {
        "number": token.number, "name": token.name, "role": token.role, "began": iso_utc(token.began),
        "ends": iso_utc(token.ends), "networks": list(token.networks),
        "used": None if token.used is None else iso_utc(token.used), "holds": holds,
    }  # fmt: skip


def made_of(made: Made) -> MadeToken:
    """A token that was just made."""
    return {"secret": made.secret, "token": token_of(made.token, holds=True)}


def account_of(account: Account, *, sessions: int, tokens: int) -> AccountShown:
    """An account as administrators are shown it."""
    return {
        "number": account.number, "name": account.name, "displayName": account.display_name,
        "role": account.role, "enabled": account.enabled, "codes": account.code_secret is not None,
        "sessions": sessions, "tokens": tokens,
    }  # fmt: skip
