"""The cookie of a session: its name by where it is used, and which of those that a browser shows is looked at."""

import pytest

from main_controller.web.session_cookie import SessionCookie

COOKIE = SessionCookie("00ff00ff00")


@pytest.mark.parametrize(
    ("secure", "path", "begin"),
    [
        (False, "/", "apis-mc-00ff00ff00=id; Max-Age=144000; Path=/; HttpOnly; SameSite=Lax"),
        (True, "/", "__Host-apis-mc-00ff00ff00=id; Max-Age=144000; Path=/; HttpOnly; SameSite=Lax; Secure"),
        (True, "/grid/", "__Secure-apis-mc-00ff00ff00=id; Max-Age=144000; Path=/grid/; HttpOnly; SameSite=Lax; Secure"),
    ],
)
def test_its_name_says_where_a_browser_may_send_it(secure: bool, path: str, begin: str) -> None:
    assert COOKIE.set("id", secure=secure, path=path) == begin


@pytest.mark.parametrize(
    ("header", "secure", "found"),
    [
        ("apis-mc-00ff00ff00=a", False, ["a"]),
        ("x=1; apis-mc-00ff00ff00=a ;y", False, ["a"]),
        ("apis-mc-1111111111=a", False, []),  # another console on the same host: cookies do not know ports
        ("apis-mc-00ff00ff00=a", True, []),  # set over a connection that anybody could read
        ("__Host-apis-mc-00ff00ff00=a; __Secure-apis-mc-00ff00ff00=b", True, ["a", "b"]),
        ("__Host-apis-mc-00ff00ff00=a", False, []),
        ("apis-mc-00ff00ff00", False, []),
        ("", False, []),
        ("; " * 100 + "apis-mc-00ff00ff00=a", False, ["a"]),
        ("apis-mc-00ff00ff00=a;" * 100, False, ["a"]),
        ("x=" + "y" * 8000 + "; apis-mc-00ff00ff00=a", False, ["a"]),
        ("".join(f"apis-mc-00ff00ff00={n};" for n in range(200)), False, [str(n) for n in range(200)]),
    ],
)
def test_only_its_own_are_looked_at_each_once_whatever_stands_before_them(
    header: str, secure: bool, found: list[str]
) -> None:
    assert list(COOKIE.found(header, secure=secure)) == found


def test_while_nobody_can_read_whose_it_is_any_consoles_cookie_is_looked_at() -> None:
    """Whoever shows one may stop then."""
    assert list(SessionCookie(None).found("apis-mc-00ff00ff00=a; apis-mc-1=b; c=d", secure=False)) == ["a", "b"]
