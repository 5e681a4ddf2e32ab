"""What this machine is called."""

import ipaddress
import socket

import pytest

from main_controller.upstream import this_host


def test_ipv4_is_an_address_of_this_machine() -> None:
    """R17: one can bind to it."""
    address = this_host.ipv4()
    assert ipaddress.ip_address(address).version == 4
    with socket.socket() as own:
        own.bind((address, 0))


def test_ipv4_without_a_network_is_the_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on no network still answers."""
    monkeypatch.setattr(this_host, "_ELSEWHERE", ("255.255.255.255", 9))  # refused without SO_BROADCAST
    assert this_host.ipv4() == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("Pi.example.org.", {"pi.example.org", "pi", "pi.local"}),
        ("pi", {"pi", "pi.local"}),
        ("", set()),
    ],
)
def test_host_names_are_lower_case_with_and_without_domain(
    monkeypatch: pytest.MonkeyPatch, name: str, names: set[str]
) -> None:
    """Z3: the guard takes these in a Host header."""
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    assert this_host.host_names() == names
