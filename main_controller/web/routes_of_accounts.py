"""The routes of accounts: the log-in, one's own account, and everybody's for an administrator.

Declared here and listed in `routes.py`. What changes anything takes POST with a form alone, from our own page or a
script, and is no order: it moves nothing of the grid.
"""

from typing import Any

from main_controller.accounts.roles import Role, role_of
from main_controller.domain.orders import Permission
from main_controller.web.kinds import ANYTHING, FLAG, SECRET, TEXT, WRITTEN, Kind, whole
from main_controller.web.route import Parameter, Reply, Route, json_of
from main_controller.web.shapes.accounts import (
    AccountShown,
    AccountsShown,
    CodeSecret,
    MadeToken,
    SessionShown,
    SessionsShown,
    TokensShown,
)

HTML = "text/html"
WHO = "Who is calling"
ACCOUNT_LIST = "Accounts"
LARGEST = 10**9
LONGEST_TOKEN = 366
"""For how many days a token may be made."""

OWN = Parameter(
    name="own", kind=SECRET, says="one's own password, once more", example="another horse battery", required=True
)
OWN_CODE = Parameter(
    name="ownCode", kind=ANYTHING, says="a one-time code of one's own, where one has them and gave none for 5 minutes",
    example="123456", may_be_empty=True,
)  # fmt: skip
PASSWORD = Parameter(
    name="password", kind=SECRET, says="the new one", example="another horse battery", required=True
)  # fmt: skip
CODE = Parameter(name="code", kind=ANYTHING, says="the one-time code, where one is asked for", example="123456")
NUMBER = Parameter(name="number", kind=whole(1, LARGEST), says="its number", example="2", required=True)
ROLE = Parameter(
    name="role", kind=Kind(lambda text, name: role_of(text), {"type": "string", "enum": [*map(str, Role)]}),
    says=", ".join(Role), example="operator", required=True,
)  # fmt: skip
HANDLE = Parameter(name="handle", kind=TEXT, says="as the list names it", example="5f2b7c315f2b7c31", required=True)


def _optional(parameter: Parameter) -> Parameter:
    return Parameter(name=parameter.name, kind=parameter.kind, says=parameter.says, example=parameter.example)


def _change(name: str, path: str, says: str, *parameters: Parameter, **more: Any) -> Route:
    rest: dict[str, Any] = {"title": WHO, "reply": json_of(SessionShown), "permission": Permission.VIEW, **more}
    return Route(name=name, path=path, says=says, changes=True, parameters=parameters, **rest)


# The log-in, for whoever has not logged in yet

NEXT = Parameter(name="next", kind=ANYTHING, says="the page to go on to, below this one", example="journal.html")
LOG_IN_PAGE = Route(
    name="getLogInPage", path="/login.html", title=WHO, says="the log-in, for a person", permission=None,
    ignores_unknown=True, parameters=(NEXT,), reply=Reply(HTML),
)  # fmt: skip
LOG_IN = _change(
    "logIn", "/login",
    "logs in by name and password: gives a cookie, and who that is; a browser's form is sent on to `next`",
    Parameter(name="name", kind=ANYTHING, says="the account's name", example="anna", required=True),
    Parameter(name="password", kind=SECRET, says="its password", example="correct horse battery", required=True),
    Parameter(name="code", kind=ANYTHING, says=CODE.says, example=CODE.example, may_be_empty=True),
    Parameter(name="next", kind=ANYTHING, says=NEXT.says, example=NEXT.example, may_be_empty=True),
    permission=None, sends_on=True,
)  # fmt: skip
LOG_OUT = _change(
    "logOut", "/logout", "ends one's session; its browser may stop for 24 h more",
    permission=None, sends_on=True,
)  # fmt: skip
SESSION = Route(
    name="getSession", path="/session", title=WHO, says="who is asking, and what that caller may", permission=None,
    polled=True, ignores_unknown=True, reply=json_of(SessionShown),
)  # fmt: skip

# One's own account, for whoever is logged in

ACCOUNT_PAGE = Route(
    name="getAccountPage", path="/account.html", title=WHO, ignores_unknown=True,
    says="one's own account, and for an administrator everybody's, for a person", reply=Reply(HTML, tagged=True),
)  # fmt: skip
SESSIONS = Route(
    name="getSessions", path="/account/sessions", title=WHO, says="one's sessions that hold",
    reply=json_of(SessionsShown),
)  # fmt: skip
END_SESSION = _change(
    "endSession", "/account/sessions/end", "ends one of them from here, or with `others` all others",
    _optional(HANDLE),
    Parameter(name="others", kind=FLAG, says="`true`: all but this one", example="true"),
    reply=json_of(SessionsShown),
)  # fmt: skip
SET_OWN_PASSWORD = _change(
    "setOwnPassword",
    "/account/password",
    "gives oneself another password and ends all other sessions",
    OWN,
    OWN_CODE,
    PASSWORD,
)
BEGIN_CODES = _change(
    "beginCodes", "/account/code/begin", "a new secret for one-time codes; it counts once a code of it was sent",
    OWN, OWN_CODE,
    reply=json_of(CodeSecret),
)  # fmt: skip
CONFIRM_CODES = _change(
    "confirmCodes", "/account/code/confirm", "from now on one logs in with codes of the secret just begun",
    Parameter(name="code", kind=ANYTHING, says="a code of it", example="123456", required=True),
)  # fmt: skip
END_CODES = _change("endCodes", "/account/code/end", "one logs in without codes again", OWN, OWN_CODE)
TOKENS = Route(
    name="getTokens", path="/account/tokens", title=WHO, says="one's tokens", reply=json_of(TokensShown)
)  # fmt: skip
MAKE_TOKEN = _change(
    "makeToken", "/account/tokens/make", "a token for a script: shown this once",
    Parameter(name="name", kind=WRITTEN, says="what it is for", example="nightly export", required=True),
    ROLE,
    Parameter(
        name="days", kind=whole(1, LONGEST_TOKEN), says=f"for how long, 1..{LONGEST_TOKEN} days", example="90",
        required=True,
    ),
    Parameter(
        name="networks", kind=ANYTHING, says="whence it may be sent, with commas; none: everywhere",
        example="192.168.0.0/24", may_be_empty=True,
    ),
    OWN, OWN_CODE,
    reply=json_of(MadeToken),
)  # fmt: skip
END_TOKEN = _change(
    "endToken", "/account/tokens/end", "takes one back", NUMBER, reply=json_of(TokensShown)
)  # fmt: skip


# Everybody's, for an administrator


def _administers(name: str, path: str, says: str, *parameters: Parameter) -> Route:
    return _change(
        name, path, says, *parameters,
        title=ACCOUNT_LIST, reply=json_of(AccountShown), permission=Permission.ADMINISTER,
    )  # fmt: skip


ACCOUNTS = Route(
    name="getAccounts", path="/accounts", title=ACCOUNT_LIST, says="all accounts", permission=Permission.ADMINISTER,
    reply=json_of(AccountsShown),
)  # fmt: skip
DISPLAY_NAME = Parameter(name="displayName", kind=WRITTEN, says="what is shown", example="Anna B.")
MAKE_ACCOUNT = _administers(
    "makeAccount", "/accounts/make", "makes one",
    Parameter(name="name", kind=WRITTEN, says="by what it logs in", example="anna", required=True),
    DISPLAY_NAME, ROLE, PASSWORD, OWN, OWN_CODE,
)  # fmt: skip
CHANGE_ACCOUNT = _administers(
    "changeAccount", "/accounts/change", "changes what is given; disabling ends its sessions",
    NUMBER, DISPLAY_NAME, _optional(ROLE),
    Parameter(name="enabled", kind=FLAG, says="whether it may log in", example="false"),
    OWN, OWN_CODE,
)  # fmt: skip
SET_PASSWORD = _administers(
    "setPassword",
    "/accounts/password",
    "gives it another password and ends its sessions",
    NUMBER,
    PASSWORD,
    OWN,
    OWN_CODE,
)
DROP_CODES = _administers(
    "dropCodes",
    "/accounts/code/end",
    "it logs in without one-time codes: for a phone that was lost",
    NUMBER,
    OWN,
    OWN_CODE,
)
REMOVE_ACCOUNT = _administers(
    "removeAccount", "/accounts/remove", "removes it with all that it has", NUMBER, OWN, OWN_CODE
)

ROUTES: tuple[Route, ...] = (
    *(LOG_IN_PAGE, LOG_IN, LOG_OUT, SESSION),
    *(ACCOUNT_PAGE, SESSIONS, END_SESSION, SET_OWN_PASSWORD, BEGIN_CODES, CONFIRM_CODES, END_CODES),
    *(TOKENS, MAKE_TOKEN, END_TOKEN),
    *(ACCOUNTS, MAKE_ACCOUNT, CHANGE_ACCOUNT, SET_PASSWORD, DROP_CODES, REMOVE_ACCOUNT),
)
