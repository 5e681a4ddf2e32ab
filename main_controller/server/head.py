"""Judges a request's head before waitress reads it: what is ambiguous or slow to read is refused (AV2, AV20).

Pure; used by the request. waitress reads the first line and each field with patterns that take time by the square of
their length where they do not match (16 s for 16 KiB), in the thread that serves every socket; what passes here matches
at once. Where two readers may see two different requests, nobody gets to choose (RFC 9112, 5.2 and 6.3).
"""

import re

MOST_DIGITS = 18
"""Digits of a length; more are none."""

CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
START = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Z-]{1,32} [^ \t]+( HTTP/[0-9]\.[0-9])?")


def fault_of(head: bytes) -> str | None:
    """Why a head, from its first line to its last CRLF, is refused; None where it may be read."""
    if CONTROL.search(head):
        return "the header holds a control character"
    start, *lines = head.split(b"\r\n")
    if any(b"\r" in line or b"\n" in line for line in (start, *lines)):
        return "a line of the header does not end in CR LF"
    if START.fullmatch(start.rstrip(b" \t")) is None:
        return "the first line is no request"
    if any(line[:1] in (b" ", b"\t") for line in lines):
        return "a line of the header is folded"
    return _length_fault(start, [line for line in lines if line])


def _length_fault(start: bytes, lines: list[bytes]) -> str | None:
    """What leaves open where the body ends."""
    codings = _values(lines, b"transfer-encoding")
    lengths = _values(lines, b"content-length")
    statuses = [status.strip(b" \t").lower() for value in codings for status in value.split(b",")]
    if codings and not start.rstrip(b" \t").endswith(b" HTTP/1.1"):
        return "Transfer-Encoding is of HTTP/1.1 alone"
    if any(status not in (b"", b"chunked") for status in statuses):
        return None  # a coding that nobody knows here: waitress says so (501) and ends the connection
    if codings and lengths:
        return "both Transfer-Encoding and Content-Length are given"
    if codings and statuses.count(b"chunked") != 1:
        return "Transfer-Encoding names no coding, or one twice"
    if any(len(value) > MOST_DIGITS for value in lengths):
        return "Content-Length is too long"
    return None


def _values(lines: list[bytes], name: bytes) -> list[bytes]:
    fields = (line.partition(b":") for line in lines)
    return [value.strip(b" \t") for key, _, value in fields if key.lower() == name]
