"""Calls by https to real TLS servers: what is believed, what a refused certificate is called, who gets credentials."""

import base64
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import trustme

from main_controller.domain.modes import ConverterStatus
from main_controller.errors import (
    SettingError,
    UpstreamError,
    UpstreamGarbled,
    UpstreamRefused,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from main_controller.sentence import foreign
from main_controller.upstream.devices import Target
from main_controller.upstream.http_json import HttpJson, Timeout
from main_controller.upstream.node_drivers import NodeDrivers
from main_controller.upstream.secrets_file import Credentials, read_credentials
from main_controller.upstream.trust import trust
from tests.faulty_server import FAULTS, UNITS, Answer, Exchange, FaultyServer, answering, message

TIMEOUT = Timeout(connect=2, total=4)
PEER = foreign("apis-web")
SECRET = "the password"
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def cafile(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


class TlsFront:
    """Takes TLS off before a `FaultyServer`; `url` by the name that the certificate is for."""

    def __init__(self, certificate: trustme.LeafCert, *answers: Answer, host: str = "localhost") -> None:
        self.plain = FaultyServer(default=answers[0] if answers else answering(UNITS))
        self.handshakes = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self._context)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"https://{host}:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.plain.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                came, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._hand_on, args=(came,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _hand_on(self, came: socket.socket) -> None:
        with suppress(OSError), came, self._context.wrap_socket(came, server_side=True) as outer:
            self.handshakes += 1
            with socket.create_connection(("127.0.0.1", self.plain.port)) as inner:
                back = threading.Thread(target=_pump, args=(inner, outer), daemon=True)
                back.start()
                _pump(outer, inner)
                back.join(5)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(certificate: trustme.LeafCert, *answers: Answer, host: str = "localhost") -> Iterator[TlsFront]:
    front = TlsFront(certificate, *answers, host=host)
    try:
        yield front
    finally:
        front.close()


def client(cafile: Path, *, reuse: bool = True, credentials: Credentials | None = None) -> HttpJson:
    return HttpJson(
        reuse_connections=reuse, user_agent="test", max_bytes=2**20, authorities=partial(trust, cafile),
        credentials=credentials,
    )  # fmt: skip


def fault(asking: HttpJson, url: str, timeout: Timeout = TIMEOUT) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        asking.get(f"{url}/get/log", timeout=timeout, peer=PEER)
    asking.close()
    assert caught.value.sentence.isprintable()
    return caught.value


@pytest.mark.parametrize("reuse", [True, False])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_reading_and_an_order_by_https(authority: trustme.CA, cafile: Path, host: str, reuse: bool) -> None:
    """A reading keeps its connection, an order never does."""
    with serving(authority.issue_cert(host), host=host) as server:
        asking = client(cafile, reuse=reuse)
        for _ in range(3):
            assert asking.get(f"{server.url}/get/log", timeout=TIMEOUT).value == UNITS
        assert asking.put(f"{server.url}/ups", {"operation_mode": 2}, timeout=TIMEOUT).value == UNITS
        assert server.handshakes == (1 if reuse else 4)
        assert server.plain.requests[-1].body == b'{"operation_mode": 2}'
        asking.close()


def test_a_reading_goes_out_anew_where_the_kept_connection_was_closed(authority: trustme.CA, cafile: Path) -> None:
    with serving(authority.issue_cert("localhost"), _closing) as server:
        asking = client(cafile)
        for _ in range(3):
            assert asking.get(f"{server.url}/get/log", timeout=TIMEOUT).value == UNITS
        asking.close()


def _closing(exchange: Exchange) -> None:
    answering(UNITS)(exchange)
    exchange.keep = False


@pytest.mark.parametrize(
    ("issued", "said"),
    [
        (lambda ours: trustme.CA().issue_cert("localhost"), "of no authority that is trusted here (setting cafile)"),
        (lambda ours: ours.issue_cert("localhost", not_after=LONG_AGO), "its certificate has expired"),
        (lambda ours: ours.issue_cert("other.example"), "its certificate is for another host name"),
        (
            lambda ours: ours.issue_cert("localhost", not_before=datetime.now(UTC) + timedelta(days=9)),
            "is not valid yet, by this machine's clock",
        ),
    ],
    ids=["another's", "expired", "another name", "early"],
)  # fmt: skip
@pytest.mark.parametrize("reuse", [True, False])
def test_a_wrong_certificate_is_one_sentence_and_nothing_is_sent(
    authority: trustme.CA, cafile: Path, issued: object, said: str, reuse: bool
) -> None:
    """Normal weather: the next server with a good one is read."""
    assert callable(issued)
    asking = client(cafile, reuse=reuse, credentials=Credentials({("https", "localhost", 1): "Basic eDp5"}))
    with serving(issued(authority)) as server:
        error = fault(asking, server.url)
        assert isinstance(error, UpstreamUnreachable)
        assert error.sent is False
        assert error.sentence.startswith(f"apis-web could not be reached for /get/log at {server.url}: ")
        assert error.sentence.endswith(said)
        assert server.plain.requests == []
    with serving(authority.issue_cert("localhost")) as server:
        assert asking.get(f"{server.url}/get/log", timeout=TIMEOUT).value == UNITS
        asking.close()


def test_a_certificate_for_a_name_is_not_for_an_address(authority: trustme.CA, cafile: Path) -> None:
    with serving(authority.issue_cert("localhost"), host="127.0.0.1") as server:
        assert fault(client(cafile), server.url).sentence.endswith("its certificate is not for this address")


def test_a_server_without_tls_is_told(cafile: Path) -> None:
    with FaultyServer(default=answering(UNITS)) as server:
        error = fault(client(cafile), f"https://localhost:{server.port}")
        assert isinstance(error, UpstreamUnreachable)
        assert error.sentence.endswith("it speaks no TLS that is accepted here")


def test_the_systems_authorities_believe_none_of_these(authority: trustme.CA) -> None:
    with serving(authority.issue_cert("localhost")) as server:
        asking = HttpJson(reuse_connections=False, user_agent="test")
        assert "of no authority that is trusted here" in fault(asking, server.url).sentence


@pytest.mark.parametrize("reuse", [True, False])
def test_who_never_ends_the_handshake_is_given_up_in_time(cafile: Path, reuse: bool) -> None:
    """Nothing was sent, and an order's error says so."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        url = f"https://localhost:{silent.getsockname()[1]}"
        error = fault(client(cafile, reuse=reuse), url, Timeout(connect=0.3, total=5))
        assert time.monotonic() - began < 3
        assert (type(error), error.sent) == (UpstreamUnreachable, False)
        assert error.sentence.endswith("it agrees on no TLS within 0.3 s")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("hang", UpstreamTimeout),
        ("drip body", UpstreamTimeout),
        ("endless body", UpstreamGarbled),
        ("cut amid body", UpstreamGarbled),
        ("closed", UpstreamGarbled),
        ("500", UpstreamRefused),
        ("redirect", UpstreamRefused),
    ],
)
def test_the_same_bounds_hold_within_tls(
    authority: trustme.CA, cafile: Path, name: str, kind: type[UpstreamError]
) -> None:
    with serving(authority.issue_cert("localhost"), FAULTS[name]) as server:
        began = time.monotonic()
        error = fault(client(cafile), server.url, Timeout(connect=2, total=2.5))
        assert type(error) is kind
        assert time.monotonic() - began < 5


def test_devices_by_https(authority: trustme.CA, cafile: Path) -> None:
    """`device_tls`: at the address that the unit told, for which the certificate must be."""
    dcdc = {"status": {"status": "0x0000"}}
    with serving(authority.issue_cert("127.0.0.1"), answering(dcdc), host="127.0.0.1") as server:
        place = ("https", "127.0.0.1", server.port)
        orders = client(cafile, reuse=False, credentials=Credentials({place: "Bearer t"}))
        drivers = NodeDrivers(
            f":{server.port}/remote/set?", {"dcdc": f":{server.port}/remote/get"}, f":{server.port}/ups",
            orders, orders, scheme="https",
        )  # fmt: skip
        target = Target("E001", "127.0.0.1")
        assert drivers.command(target, ConverterStatus.WAIT, 0, 0) == dcdc
        assert drivers.read(target, "dcdc") == dcdc
        assert drivers.ups_mode(target, 1) == dcdc
        assert [each.headers["authorization"] for each in server.plain.requests] == ["Bearer t"] * 3


# Credentials


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "credentials"
    file.write_text(text, "utf-8")
    file.chmod(mode)
    return file


def test_credentials_go_to_their_own_address_alone(tmp_path: Path, authority: trustme.CA, cafile: Path) -> None:
    with serving(authority.issue_cert("localhost")) as server, FaultyServer(default=answering(UNITS)) as other:
        text = (
            f"# a comment\n\nhttps://localhost:{server.port}/ console:{SECRET}\r\nhttps://b.example bearer to.ken==\n"
        )
        asking = client(cafile, credentials=read_credentials(written(tmp_path, text)))
        asking.get(f"{server.url}/get/log", timeout=TIMEOUT)
        asking.get(f"http://localhost:{other.port}/get/log", timeout=TIMEOUT)
        asking.get(f"http://127.0.0.1:{other.port}/https://localhost:{server.port}/", timeout=TIMEOUT)
        asking.close()
        sent = server.plain.requests[0].headers["authorization"]
        assert sent == "Basic " + base64.b64encode(f"console:{SECRET}".encode()).decode()
        assert ["authorization" in each.headers for each in other.requests] == [False, False]


ELSEWHERE = (
    "http://a.example/",
    "https://a.example:444/",
    "https://b.a.example/",
    "http://a.example:443/",
    "https://a.example.evil/",
    "https://a.example@evil/",
    "https://evil/https://a.example/",
)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://a.example/x", "Bearer t"),
        ("https://A.example:443/x?y", "Bearer t"),
        *((url, None) for url in ELSEWHERE),
    ],
)
def test_an_address_is_scheme_host_and_port(tmp_path: Path, url: str, found: str | None) -> None:
    assert read_credentials(written(tmp_path, "https://a.example bearer t")).of(url) == found


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604, 0o610, 0o601, 0o666])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    file = written(tmp_path, f"https://a.example console:{SECRET}", mode)
    with pytest.raises(SettingError) as caught:
        read_credentials(file)
    assert str(caught.value) == (
        f"credentialsfile: {file} has the mode {mode:04o}, so that others may use it: chmod 600 {file}"
    )


NO_LINES = (
    f"https://a.example {SECRET.replace(' ', '')}",
    "https://a.example",
    f"{SECRET}",
    f"a.example x:{SECRET}",
    f"ftp://a.example x:{SECRET}",
    f"https://x:{SECRET}@a.example",
    "https://x:thepassword@a.example y:z",
    f"https://a.example/path x:{SECRET}",
    f"https:// x:{SECRET}",
    f"https://a:x x:{SECRET}",
    f"https://[a x:{SECRET}",
    f"https://a.example :{SECRET}",
    "https://a.example x:",
    "https://a.example bearer ",
    "https://a.example bearer a b",
    "https://a.example bearer é",
    f"https://a.example x:{SECRET}\x07",
    f"https://a.example x:y\nhttps://A.example:443 x:{SECRET}",
)


@pytest.mark.parametrize("text", NO_LINES)
def test_a_line_that_is_none_is_refused_and_never_quoted(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingError, match=r"^credentialsfile: line \d of ") as caught:
        read_credentials(written(tmp_path, text))
    assert "password" not in str(caught.value).replace("name:password", "").replace("name with a password", "")


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    """Nobody waits for whoever may write into a pipe."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    big = written(tmp_path, "#" * 70_000)
    garbled = tmp_path / "garbled"
    garbled.write_bytes(b"\xff")
    garbled.chmod(0o600)
    for file, said in (
        (pipe, "no plain file"), (tmp_path, "cannot be read|no plain file"), (tmp_path / "none", "cannot be read"),
        (big, "larger than"), (garbled, "not UTF-8"),
    ):  # fmt: skip
        with pytest.raises(SettingError, match=said):
            read_credentials(file)
    assert read_credentials(None).of("https://a.example") is None


@pytest.mark.parametrize("text", [None, "", "no certificate"])
def test_authorities_that_cannot_be_read_are_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / f"{text}.pem"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(SettingError, match=r"^cafile: .* cannot be used: "):
        trust(file)


def test_401_is_one_sentence_without_anybody_elses_words(
    tmp_path: Path, authority: trustme.CA, cafile: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The other end may repeat what it was sent: no error and no log has it."""
    caplog.set_level(logging.DEBUG)
    told = message(b'{"error": "wrong: console:%s"}' % SECRET.encode(), status=401, WWW_Authenticate="Basic")
    with serving(authority.issue_cert("localhost"), lambda exchange: exchange.send(told)) as server:
        credentials = read_credentials(written(tmp_path, f"https://localhost:{server.port} console:{SECRET}"))
        error = fault(client(cafile, credentials=credentials), server.url)
        assert len(server.plain.requests) == 1, "nothing is asked again"
    assert isinstance(error, UpstreamRefused)
    assert "HTTP 401: it lets nobody in without the right name and password" in error.sentence
    for text in (error.sentence, caplog.text, repr(credentials), str(error.__cause__)):
        assert SECRET not in text
        assert base64.b64encode(f"console:{SECRET}".encode()).decode() not in text
