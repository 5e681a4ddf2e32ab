"""Where nobody has to log in, nobody else's machine may order, unless somebody wants that."""

import pytest

from main_controller.errors import SettingError
from main_controller.loopback import on_this_machine
from main_controller.settings import (
    Settings,
    build_settings,
    insecure,
    refuse_exposed,
    takes_stops_alone,
    unguarded,
)


def settings(*argv: str) -> Settings:
    return build_settings({}, argv, {})


HERE = ("127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST")
ELSEWHERE = ("0.0.0.0", "::", "192.168.0.7", "gridbox", "localhost.example", "fe80::1", "127.1", "::ffff:127.0.0.1")


@pytest.mark.parametrize(
    ("host", "here"),
    [
        *((host, True) for host in HERE),
        *((host, False) for host in ELSEWHERE),
    ],
)
def test_only_loopback_is_this_machine(host: str, here: bool) -> None:
    assert on_this_machine(host) is here


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "gridbox"])
def test_another_address_needs_accounts_or_the_word(host: str) -> None:
    with pytest.raises(SettingError, match=r"^b_host: .*--insecure"):
        refuse_exposed(settings("--b_host", host))
    refuse_exposed(settings("--b_host", host, "--insecure"))
    refuse_exposed(settings("--b_host", host, "--accounts", "on"))
    refuse_exposed(settings())


@pytest.mark.parametrize(
    ("argv", "alone"),
    [
        ([], False),
        (["--allowed_hosts", "grid.example"], True),
        (["--trusted_proxies", "127.0.0.1"], True),
        (["--allowed_networks", "10.0.0.0/8"], False),
        (["--allowed_hosts", "grid.example", "--insecure"], False),
        (["--trusted_proxies", "127.0.0.1", "--accounts", "on"], False),
    ],
)
def test_what_says_that_others_call_leaves_stops_alone(argv: list[str], alone: bool) -> None:
    assert takes_stops_alone(settings(*argv)) is alone


def test_the_word_means_nothing_where_people_log_in() -> None:
    assert (unguarded(settings()), insecure(settings())) == (True, False)
    assert (unguarded(settings("--insecure")), insecure(settings("--insecure"))) == (False, True)
    both = settings("--insecure", "--accounts", "on")
    assert (unguarded(both), insecure(both)) == (False, False)
