"""Webhooks against real servers that take, refuse, redirect, hang, lie and trickle."""

import hashlib
import hmac
import json
import socket
import threading
import time
from pathlib import Path

import pytest

from main_controller.channel import Channel, Sort
from main_controller.notifiers import http
from main_controller.notifiers.fault import NotDelivered
from main_controller.notifiers.webhook import Webhook
from tests.notifiers.conftest import Certificates
from tests.notifiers.servers import MESSAGE, hang, tcp, trickle, web


def hook(monkeypatch: pytest.MonkeyPatch, url: str, **options: str) -> Webhook:
    monkeypatch.setenv("HOOK", url)
    return Webhook(Channel("hook", Sort.WEBHOOK, options={"url_env": "HOOK", **options}))


def refusal(one: Webhook) -> str:
    with pytest.raises(NotDelivered) as refused:
        one.send(MESSAGE)
    return refused.value.sentence


def test_it_posts_json_that_is_signed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("s3cret\n", "utf-8")
    with web() as server:
        hook(monkeypatch, f"http://127.0.0.1:{server.port}/in?x=1", secret_file=str(key)).send(MESSAGE)
    (got,) = server.got
    assert (got.method, got.path) == ("POST", "/in?x=1")
    told = json.loads(got.body)
    assert (told["site"], told["priority"], told["number"]) == ("lab", 1, 7)
    assert told["alarms"][0]["kind"] == "gridError"
    signed = hmac.new(b"s3cret", got.headers["APIS-Signed-At"].encode() + b"." + got.body, hashlib.sha256)
    assert got.headers["APIS-Signature"] == f"sha256={signed.hexdigest()}"
    assert abs(int(got.headers["APIS-Signed-At"]) - time.time()) < 60


@pytest.mark.parametrize(("shape", "bold"), [("slack", "*"), ("mattermost", "**")])
def test_a_chat_gets_text_in_which_nothing_acts(monkeypatch: pytest.MonkeyPatch, shape: str, bold: str) -> None:
    with web() as server:
        hook(monkeypatch, f"http://127.0.0.1:{server.port}/", shape=shape).send(MESSAGE)
    text = json.loads(server.got[0].body)["text"]
    assert text.startswith(f"{bold}[lab] Priority 1: The grid reports an error.{bold}\n")
    assert set(json.loads(server.got[0].body)) == {"text"}


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 500, 503, 199])
def test_only_a_2xx_has_taken_it(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """A redirect is not followed: a message goes where the settings say."""
    with web() as other, web() as server:
        server.status, server.headers = status, {"Location": f"http://127.0.0.1:{other.port}/"}
        assert refusal(hook(monkeypatch, f"http://127.0.0.1:{server.port}/"))
    assert other.got == []


def test_no_sentence_names_the_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with web() as server:
        server.status = 403
        sentence = refusal(hook(monkeypatch, f"http://127.0.0.1:{server.port}/T0K3N"))
    assert sentence == "127.0.0.1 answers with 403."


def test_by_tls_only_who_is_trusted(monkeypatch: pytest.MonkeyPatch, certificates: Certificates) -> None:
    with web(certificates.server) as server:
        url = f"https://localhost:{server.port}/"
        assert "certificate is not trusted" in refusal(hook(monkeypatch, url))
        hook(monkeypatch, url, ca_file=certificates.authority).send(MESSAGE)
    assert len(server.got) == 1


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_one_that_trickles_or_hangs_is_left(monkeypatch: pytest.MonkeyPatch, greeting: bytes) -> None:
    """A byte every 50 ms outlives each single read; the whole exchange has an end of its own."""
    began = time.monotonic()
    with tcp(lambda connection, ended: trickle(connection, ended, greeting)) as port:
        assert refusal(hook(monkeypatch, f"http://127.0.0.1:{port}/")) == "127.0.0.1 did not answer in time."
    with tcp(hang) as port:
        assert refusal(hook(monkeypatch, f"http://127.0.0.1:{port}/")) == "127.0.0.1 did not answer in time."
    assert time.monotonic() - began < 10


@pytest.mark.usefixtures("hurried")
def test_a_handshake_that_trickles_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with tcp(lambda connection, ended: trickle(connection, ended, b"\x16\x03\x03\x40\x00")) as port:
        assert refusal(hook(monkeypatch, f"https://127.0.0.1:{port}/")) == "127.0.0.1 did not answer in time."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"SSH-2.0-x\r\n", "speaks no HTTP"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "speaks no HTTP"),
        (b"", "speaks no HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 70_000, "speaks no HTTP"),
    ],
)
def test_one_that_lies_has_not_taken_it(monkeypatch: pytest.MonkeyPatch, answer: bytes, said: str) -> None:
    def lie(connection: socket.socket, ended: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    with tcp(lie) as port:
        assert said in refusal(hook(monkeypatch, f"http://127.0.0.1:{port}/"))


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(hook(monkeypatch, "http://127.0.0.1:9/")) == "127.0.0.1 refuses connections."
    assert "cannot be resolved" in refusal(hook(monkeypatch, "http://nowhere.invalid/"))


@pytest.mark.parametrize("value", ["", "   ", "ftp://x/", "two\nlines"])
def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    sentence = refusal(hook(monkeypatch, value))
    assert "HOOK holds no url" in sentence or "none of http or https" in sentence
    assert "ftp" not in sentence


def test_a_secret_is_read_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = tmp_path / "key"
    with web() as server:
        one = hook(monkeypatch, f"http://127.0.0.1:{server.port}/", secret_file=str(key))
        assert refusal(one) == "The file of secret cannot be read: No such file or directory."
        key.write_text("a", "utf-8")
        one.send(MESSAGE)
    assert len(server.got) == 1


def test_reaching_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with web() as server:
        hook(monkeypatch, f"http://127.0.0.1:{server.port}/").reach()
        http.reach(f"http://127.0.0.1:{server.port}/")
    assert server.got == []


def test_the_dead_mans_switch_is_called_by_get() -> None:
    with web() as server:
        http.ask("GET", f"http://127.0.0.1:{server.port}/ping/uuid")
    assert (server.got[0].method, server.got[0].path) == ("GET", "/ping/uuid")
