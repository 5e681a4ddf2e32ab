"""Sends a message to a syslog server as RFC 5424 has it: UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425).

A line for each alarm. By UDP nobody can tell whether it arrived.
"""

import os
import socket
from collections.abc import Mapping
from typing import Any

from main_controller.channel import Channel
from main_controller.notifiers.connected import CONNECTS, connected, deadline, trust
from main_controller.notifiers.fault import NotDelivered, words_of
from main_controller.notifiers.worded import Worded

PORTS = {"udp": 514, "tcp": 514, "tls": 6514}

LOCAL0 = 16
SEVERITIES = {1: 1, 2: 3, 3: 4, 4: 5}
"""Alert, error, warning and notice (RFC 5424) by priority."""

INFORMATIONAL = 6

LARGEST = 2048
"""How long (bytes) one may be: every receiver should take as much."""

ENTERPRISE = 32473
"""The number that RFC 5612 sets aside for documentation: this program has none of its own."""


class Syslog:
    """A channel of the sort syslog."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._transport = channel.text("transport") or "udp"
        self._host = channel.text("host")
        self._port = int(channel.options.get("port", PORTS[self._transport]))  # type: ignore[arg-type]  # a number

    def send(self, message: Worded) -> None:
        """Write the lines. Raises NotDelivered."""
        self._write([*lines_of(message, socket.gethostname(), os.getpid())])

    def reach(self) -> None:
        """Connect, or by UDP find the address. Raises NotDelivered."""
        self._write([])

    def close(self) -> None:
        """Nothing is kept open."""

    def _write(self, lines: list[bytes]) -> None:
        where = f"{self._host}:{self._port}"
        try:
            if self._transport == "udp":
                family, kind, protocol, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)[
                    0
                ]
                with socket.socket(family, kind, protocol) as sender:
                    sender.settimeout(CONNECTS)
                    for line in lines:
                        sender.sendto(line, address)
                return
            tls = trust(self._channel.text("ca_file")) if self._transport == "tls" else None
            with deadline() as by, connected(self._host, self._port, by, tls) as connection:
                connection.sendall(b"".join(b"%d %s" % (len(line), line) for line in lines))
        except OSError as fault:
            raise NotDelivered(words_of(fault, where)) from None


def lines_of(message: Worded, host: str, process: int) -> list[bytes]:
    """The lines: of each alarm one, with its facts as structured data; of what is of no alarm one."""

    def line(severity: int, name: str, facts: Mapping[str, str], text: str) -> bytes:
        data = "".join(f' {key}="{_escaped(value)}"' for key, value in facts.items())
        data = f"[apis@{ENTERPRISE}{data}]" if facts else "-"
        head = (
            f"<{LOCAL0 * 8 + severity}>1 {message.at} {_name(host, 255)} apis-main-controller {process} {name} {data} "
        )
        whole = head.encode() + b"\xef\xbb\xbf" + text.encode()  # the mark says that it is UTF-8
        return whole[:LARGEST].decode("utf-8", "ignore").encode()

    if not message.alarms:
        text = " ".join([f"{message.subject}:", *(one.strip() for one in message.lines)])
        return [line(INFORMATIONAL, message.about, {}, f"[{message.title}] {text}")]
    return [
        line(
            SEVERITIES.get(alarm["priority"], INFORMATIONAL) if alarm["active"] else INFORMATIONAL,
            _name(str(alarm["kind"]), 32), _facts(alarm), f"[{message.title}] {_said(alarm)}",
        )
        for alarm in message.alarms
    ]  # fmt: skip


def _facts(alarm: Mapping[str, Any]) -> dict[str, str]:
    facts = {
        "id": str(alarm["id"]), "news": str(alarm["news"]), "kind": str(alarm["kind"]),
        "priority": str(alarm["priority"]), "state": str(alarm["state"]), "of": " ".join(alarm["of"][:8]),
    }  # fmt: skip
    if alarm["hardware"]:
        facts["hardware"] = " ".join(alarm["hardware"][:20])
    return facts


def _said(alarm: Mapping[str, Any]) -> str:
    if alarm["active"]:
        return f"{alarm['cause']} What to do: {alarm['action']}"
    return f"Over: {alarm['cause']}"


def _escaped(value: str) -> str:
    printable = "".join(one if one.isprintable() else " " for one in value)
    return printable.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def _name(text: str, longest: int) -> str:
    """A name as RFC 5424 has it: printable ASCII without blanks, never empty."""
    return "".join(one for one in text if "!" <= one <= "~")[:longest] or "-"
