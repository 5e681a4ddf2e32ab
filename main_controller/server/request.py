"""Owns a request while it is being received: its bounds, and what of it is asked before it is served (AV2, AV6, AV20).

Made by the channel, one at a time.
"""

from typing import Any, NamedTuple

import waitress.parser
import waitress.receiver
import waitress.utilities

from main_controller.server.head import fault_of

LONGEST_LINE = 1024
"""Of a chunk's size with its extensions, bytes."""

LONGEST_TRAILER = 4096
"""Of what follows the last chunk, bytes."""

LARGEST_FORM = 8192
"""How much of a body is looked at to find whether the request stops something, bytes."""

UNREAD = "main_controller.unread_body"
"""What the environment of a request without its body has: why it was given up, as `Unread`."""

FORM = "application/x-www-form-urlencoded"
END = b"\r\n\r\n"


class Unread(NamedTuple):
    """A body that was given up: with which status it would have been refused, and the part of it that had come."""

    status: int
    came: bytes


class RequestCut(waitress.utilities.Error):  # type: ignore[misc]  # waitress has no types
    """The caller went before the request was whole."""

    code = 400
    reason = "Bad Request"


class RequestTimeout(waitress.utilities.Error):  # type: ignore[misc]  # waitress has no types
    """The request was not whole in time."""

    code = 408
    reason = "Request Timeout"


class Request(waitress.parser.HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """One request; a growing head is kept here and searched once, then handed to waitress whole."""

    body_rcv: Any
    error: Any

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self._head = bytearray()
        self.head_read = False
        self.unread: Unread | None = None

    @property
    def begun(self) -> bool:
        """Whether more came than the blank lines that may stand between requests."""
        return bool(self.headers_finished or self._head.strip())

    def received(self, data: bytes) -> int:
        """Take in what came; how much of it is this request's."""
        if self.headers_finished or self.completed:
            return int(super().received(data))
        before = len(self._head)
        self._head += data
        ended = self._head.find(END, max(0, before - len(END) + 1)) >= 0
        if not ended and len(self._head) < self.adj.max_request_header_size:
            return len(data)
        whole = bytes(self._head)
        self._head.clear()
        consumed = int(super().received(whole)) - before
        if self.completed:  # nobody waits for leave to send what does not come, or is refused already
            self.expect_continue = False
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head; ParsingError (400) where it is refused."""
        fault = fault_of(header_plus)
        if fault is not None:
            raise waitress.parser.ParsingError(fault)
        try:
            super().parse_header(_escaped(header_plus))
        except ValueError:
            raise waitress.parser.ParsingError("the address or the length is malformed") from None
        if self.chunked:
            self.body_rcv = _Chunks(self.body_rcv.getbuf())
        self.head_read = True

    def leave_body(self, rest: bytes = b"") -> None:
        """Have it served without its body, of which no end is known: nothing more is read of the connection.

        `rest` is what came of the connection and was read by nobody.
        """
        came = b"" if self.body_rcv is None else bytes(self.body_rcv.getbuf().get())
        self.unread, self.error = Unread(self.error.code, came + rest), None
        self.close()
        self.body_rcv = None
        self.headers.pop("CONTENT_LENGTH", None)
        self.headers["CONNECTION"] = "close"

    def form(self) -> bytes:
        """The beginning of an urlencoded body, which stays to be read; nothing of any other."""
        kind = self.headers.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if self.body_rcv is None or kind != FORM:
            return b""
        return bytes(self.body_rcv.getbuf().get(LARGEST_FORM)[:LARGEST_FORM])


def _escaped(head: bytes) -> bytes:
    """The head with each byte of the address that is no ASCII escaped, as it should have been: it is UTF-8 (M14)."""
    start, line_end, rest = head.partition(b"\r\n")
    if start.isascii():
        return head
    return b"".join(b"%%%02X" % byte if byte > 0x7F else bytes((byte,)) for byte in start) + line_end + rest


class _Chunks(waitress.receiver.ChunkedReceiver):  # type: ignore[misc]  # waitress has no types
    """A body in chunks whose lines are bounded, since each is searched anew with every piece that comes."""

    def received(self, s: bytes) -> int:
        consumed = int(super().received(s))
        if len(self.control_line) > LONGEST_LINE or len(self.trailer) > LONGEST_TRAILER:
            self.error = waitress.utilities.BadRequest("a line of the body's chunks is too long")
            self.all_chunks_received = True
        return consumed
