"""What goes through apprise: with a service of its own that posts to a server of ours."""

import logging
import sys

import pytest

from main_controller.channel import Channel, Sort
from main_controller.notifiers.apprise import Apprise
from main_controller.notifiers.fault import NotDelivered
from tests.notifiers.servers import MESSAGE, web

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # apprise's own


def channel(monkeypatch: pytest.MonkeyPatch, url: str) -> Apprise:
    monkeypatch.setenv("SERVICE", url)
    return Apprise(Channel("chat", Sort.APPRISE, options={"url_env": "SERVICE"}))


def test_it_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    with web() as server:
        server.status = 200
        channel(monkeypatch, f"json://127.0.0.1:{server.port}/in").send(MESSAGE)
    assert b"The grid reports an error." in server.got[0].body


def test_what_it_cannot_send_is_a_failure_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with web() as server, caplog.at_level(logging.DEBUG):
        server.status = 500
        with pytest.raises(NotDelivered, match="could not send"):
            channel(monkeypatch, f"json://user:T0K3N@127.0.0.1:{server.port}/in").send(MESSAGE)
    assert "T0K3N" not in caplog.text


def test_an_unknown_service(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotDelivered, match="does not know"):
        channel(monkeypatch, "nothing-like-this://T0K3N").reach()


def test_without_apprise_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(NotDelivered, match="pip install apprise"):
        channel(monkeypatch, "json://x").send(MESSAGE)
