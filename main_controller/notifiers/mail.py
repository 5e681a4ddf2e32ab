"""Sends a message by mail: SMTP with STARTTLS or TLS, and a login where one is named."""

import contextlib
import smtplib
import socket
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

from main_controller.channel import Channel
from main_controller.known_secrets import KnownSecrets
from main_controller.notifiers.connected import CONNECTS, Deadline, connected, deadline, trust
from main_controller.notifiers.fault import NotDelivered, words_of
from main_controller.notifiers.secret import secret
from main_controller.notifiers.worded import Worded
from main_controller.sentence import foreign, say

PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Mail:
    """A channel of the sort mail."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._security = channel.text("security") or "starttls"
        self._host = channel.text("host")
        self._port = int(channel.options.get("port", PORTS[self._security]))  # type: ignore[arg-type]  # a number

    def send(self, message: Worded) -> None:
        """Have the server take it. Raises NotDelivered."""
        text = EmailMessage()
        sender = Address(addr_spec=self._channel.text("from"))
        text["Subject"] = message.heading
        text["From"] = sender
        text["To"] = [Address(addr_spec=one) for one in self._to()]
        text["Date"] = formatdate()
        text["Message-ID"] = make_msgid(domain=sender.domain or "localhost")
        text["Auto-Submitted"] = "auto-generated"  # RFC 3834: no robot is to answer
        if message.priority == 1 and message.about == "alarms":
            text["Importance"] = "high"
        text.set_content(message.body)
        with self._session() as smtp:
            refused = smtp.send_message(text)
        if refused:
            raise NotDelivered(
                say("notifiers.recipients", "The mail server refuses {to}.", to=sorted(map(foreign, refused)))
            )

    def reach(self) -> None:
        """Connect, and log in, but send nothing. Raises NotDelivered."""
        with self._session() as smtp:
            smtp.noop()

    def close(self) -> None:
        """Nothing is kept open."""

    def _to(self) -> tuple[str, ...]:
        to = self._channel.options["to"]
        return to if isinstance(to, tuple) else (str(to),)

    @contextlib.contextmanager
    def _session(self) -> Any:
        where = f"{self._host}:{self._port}"
        password = secret(self._channel, "password")
        tls = None if self._security == "none" else trust(self._channel.text("ca_file"))
        try:
            with (
                deadline() as by,
                contextlib.closing(_Smtp(by, self._host, self._port, tls if self._security == "tls" else None)) as smtp,
            ):
                if self._security == "starttls":
                    smtp.starttls(context=tls)
                if self._channel.text("user"):
                    smtp.login(self._channel.text("user"), password)
                yield smtp
                with contextlib.suppress(smtplib.SMTPException, OSError):  # what it took, it took, whatever follows
                    smtp.putcmd("QUIT")
        except smtplib.SMTPAuthenticationError:
            raise NotDelivered(say("notifiers.noLogin", "{where} refuses the login.", where=where)) from None
        except smtplib.SMTPNotSupportedError:
            raise NotDelivered(
                say("notifiers.notOffered", "{where} does not offer {what}.", where=where, what=self._wanted())
            ) from None
        except smtplib.SMTPServerDisconnected as fault:
            cause = fault.__context__ if isinstance(fault.__context__, OSError) else fault
            raise NotDelivered(words_of(cause, where)) from None
        except smtplib.SMTPException as fault:
            user = self._channel.text("user")
            sent = KnownSecrets([password, f"\0{user}\0{password}"] if password else [])  # as LOGIN and PLAIN send it
            why = foreign(_why(fault, sent))
            raise NotDelivered(
                say("notifiers.mailRefused", "{where} refuses the mail: {why}", where=where, why=why)
            ) from None
        except (OSError, ValueError) as fault:  # ValueError: a reply that is none
            raise NotDelivered(words_of(fault, where)) from None

    def _wanted(self) -> str:
        return "STARTTLS" if self._security == "starttls" else "AUTH"


class _Smtp(smtplib.SMTP):
    """An SMTP session on a connection that its deadline ends."""

    def __init__(self, by: Deadline, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._by = by
        self._tls = tls
        super().__init__(host, port, timeout=CONNECTS)
        self._host = host  # what STARTTLS verifies

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connected(host, port, self._by, self._tls)


def _why(fault: smtplib.SMTPException, secrets: KnownSecrets) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        text = fault.smtp_error
        shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return f"{fault.smtp_code} {secrets.out_of(shown)[:200]}"
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return ", ".join(str(code) for code, _ in fault.recipients.values())
    return type(fault).__name__
