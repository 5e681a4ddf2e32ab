"""Mail against a real SMTP server: TLS, STARTTLS, logins, refusals, and servers that hang, lie and trickle."""

import base64
import contextlib
import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from main_controller.channel import Channel, Sort
from main_controller.notifiers.fault import NotDelivered
from main_controller.notifiers.mail import Mail
from tests.notifiers.conftest import Certificates
from tests.notifiers.servers import MESSAGE, hang, tcp, trickle


@dataclass
class Box:
    """What arrived; `refuses` are recipients that the server does not take, `says` what it answers to a message."""

    got: list[EmailMessage] = field(default_factory=list)
    refuses: tuple[str, ...] = ()
    says: str = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuses:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        self.got.append(found)
        return self.says


@contextlib.contextmanager
def smtp(box: Box, **more: Any) -> Iterator[int]:
    """A mail server; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def mail(port: int, **options: Any) -> Mail:
    given: dict[str, Any] = {
        "host": "localhost",
        "port": port,
        "from": "apis@example.org",
        "to": ("a@example.org",),
        "security": "none",
    }
    return Mail(Channel("mail", Sort.MAIL, options=given | options))


def refusal(one: Mail) -> str:
    with pytest.raises(NotDelivered) as refused:
        one.send(MESSAGE)
    return refused.value.sentence


def test_a_mail_arrives_as_it_was_written() -> None:
    box = Box()
    text = replace(MESSAGE, lines=["優先度 1: DC Grid がエラーを報告しています。"])
    with smtp(box) as port:
        mail(port, to=("a@example.org", "b@example.org")).send(text)
    (got,) = box.got
    assert got["Subject"] == "[lab] Priority 1: The grid reports an error."
    assert got["To"] == "a@example.org, b@example.org"
    assert (got["Auto-Submitted"], got["Importance"]) == ("auto-generated", "high")
    assert got.get_content().splitlines() == ["優先度 1: DC Grid がエラーを報告しています。"]


def test_what_came_from_the_grid_adds_no_header() -> None:
    box = Box()
    with smtp(box) as port:
        mail(port).send(replace(MESSAGE, subject="x Bcc: evil@example.org", title="l" * 500))
    assert box.got[0]["Bcc"] is None
    assert len(box.got[0]["Subject"]) <= 200


def test_starttls_with_a_login(certificates: Certificates, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("pass word\n", "utf-8")
    seen = []

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"pass word", handled=False)

    box = Box()
    with smtp(
        box, tls_context=certificates.server, require_starttls=True, authenticator=authenticate, auth_required=True
    ) as port:
        options = {
            "security": "starttls", "user": "apis", "password_file": str(password), "ca_file": certificates.authority,
        }  # fmt: skip
        mail(port, **options).send(MESSAGE)
        assert "certificate is not trusted" in refusal(mail(port, **{**options, "ca_file": ""}))
        password.write_text("wrong", "utf-8")
        sentence = refusal(mail(port, **options))
    assert len(box.got) == 1
    assert sentence == f"localhost:{port} refuses the login."
    assert seen[0] == (b"apis", b"pass word")


@pytest.mark.parametrize("echo", ["hunter 22", "aHVudGVyIDIy", base64.b64encode(b"\0apis\0hunter 22").decode()])
def test_a_server_that_repeats_the_password_is_quoted_without_it(tmp_path: Path, echo: str) -> None:
    password = tmp_path / "password"
    password.write_text("hunter 22\n", "utf-8")
    box = Box(says=f"554 not with {echo}")
    authenticator = lambda *_: AuthResult(success=True)  # noqa: E731
    with smtp(box, authenticator=authenticator, auth_require_tls=False) as port:
        sentence = refusal(mail(port, user="apis", password_file=str(password)))
    assert sentence == f"localhost:{port} refuses the mail: 554 not with [removed]"


def test_tls_from_the_first_byte(certificates: Certificates) -> None:
    box = Box()
    with _tls_smtp(box, certificates) as port:
        mail(port, security="tls", ca_file=certificates.authority).send(MESSAGE)
        assert "certificate is not trusted" in refusal(mail(port, security="tls"))
    assert len(box.got) == 1


@contextlib.contextmanager
def _tls_smtp(box: Box, certificates: Certificates) -> Iterator[int]:
    """A bare SMTP server behind TLS, which answers QUIT as no server should: what it took, it took."""

    def serve(plain: Any, ended: Any) -> None:
        with certificates.server.wrap_socket(plain, server_side=True) as connection:
            lines = connection.makefile("rb")
            connection.sendall(b"220 lab\r\n")
            for line in lines:
                word = line.strip().upper()
                if word == b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    content = b"".join(iter(lines.readline, b".\r\n"))
                    found = email.message_from_bytes(content, policy=email.policy.default)
                    assert isinstance(found, EmailMessage)
                    box.got.append(found)
                connection.sendall(b"250 OK\r\n")

    with tcp(serve) as port:
        yield port


def test_no_starttls_is_no_plain_mail() -> None:
    """Where TLS is wanted, a server without it gets nothing."""
    box = Box()
    with smtp(box) as port:
        assert refusal(mail(port, security="starttls")) == f"localhost:{port} does not offer STARTTLS."
    assert box.got == []


def test_recipients_that_are_refused_are_named() -> None:
    box = Box(refuses=("b@example.org",))
    with smtp(box) as port:
        sentence = refusal(mail(port, to=("a@example.org", "b@example.org")))
        assert sentence == "The mail server refuses b@example.org."
        assert "refuses the mail: 550" in refusal(mail(port, to=("b@example.org",)))


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("greeting", [b"", b"220-"])
def test_one_that_trickles_or_hangs_is_left(greeting: bytes) -> None:
    with tcp(lambda connection, ended: trickle(connection, ended, greeting)) as port:
        assert refusal(mail(port)) == f"localhost:{port} did not answer in time."
    with tcp(hang) as port:
        assert refusal(mail(port)) == f"localhost:{port} did not answer in time."


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad\r\n\r\n", b"\xff\xfe\r\n", b"554 go away\r\n"])
def test_one_that_is_no_mail_server(greeting: bytes) -> None:
    with tcp(lambda connection, ended: connection.sendall(greeting)) as port:
        assert f"localhost:{port}" in refusal(mail(port))


def test_reaching_sends_nothing() -> None:
    box = Box()
    with smtp(box) as port:
        mail(port).reach()
    assert box.got == []
    with pytest.raises(NotDelivered, match="refuses connections"):
        mail(9).reach()
