"""How a reply of apis-web is spoilt by the fault `apis-web-garbage`, one function per kind."""

import re
from collections.abc import Callable
from dataclasses import replace

from main_controller.simulator.exchange import Reply

PAGE = b"<!DOCTYPE html><html><body><h1>It works!</h1></body></html>\n"


def _said(body: bytes) -> Callable[[Reply], Reply]:
    return lambda reply: replace(reply, body=body)


def _nan(reply: Reply) -> Reply:
    spoilt = re.sub(rb'"(tmp|ib)":[-0-9.]+', rb'"\1":NaN', reply.body)
    return replace(reply, body=spoilt if spoilt != reply.body else b"NaN\n")


def _bad_utf8(reply: Reply) -> Reply:
    spoilt = reply.body.replace(b"house", b"h\xff\xfese")
    return replace(reply, body=spoilt if spoilt != reply.body else b'"\xff\xfe"\n')


def _duplicate(reply: Reply) -> Reply:
    inside = reply.body.strip()[1:-1]
    first, last = reply.body.strip()[:1], reply.body.strip()[-1:]
    return replace(reply, body=first + inside + (b"," if inside else b"") + inside + last + b"\n")


def _hostile(reply: Reply) -> Reply:
    body = reply.body.replace(b'"display":"house', b'"display":"<script>alert(1)</script>')
    return replace(reply, body=body.replace(b'"E001"', b'"<b>E001</b>"'))


def _clock(reply: Reply) -> Reply:
    """The first unit's clock is 73 years ahead."""
    return replace(reply, body=re.sub(rb'"time":"\d{4}', b'"time":"2099', reply.body, count=1))


GARBAGE: dict[str, Callable[[Reply], Reply]] = {
    "html": lambda reply: replace(reply, body=PAGE, content_type="text/html"),
    "empty": _said(b""),
    "truncated": lambda reply: replace(reply, body=reply.body[: len(reply.body) // 2]),
    "cut": lambda reply: replace(reply, cut=True),
    "null": _said(b"null\n"),
    "string": _said(b'"hello"\n'),
    "list": _said(b"[1,2,3]\n"),
    "nan": _nan,
    "badutf8": _bad_utf8,
    "error500": lambda reply: replace(reply, status=500, body=PAGE, content_type="text/html"),
    "drip": lambda reply: replace(reply, drip_s=1.0),
    "redirect": lambda reply: replace(reply, status=302, body=b"", headers=(("location", "http://127.0.0.1:9/"),)),
    "duplicate": _duplicate,
    "sections": lambda reply: replace(reply, body=re.sub(rb'"dcdc":\{.*?\}\},', b"", reply.body)),
    "hostile": _hostile,
    "clock": _clock,
}
"""Kind of garbage -> what it makes of a good reply. `cut` breaks the connection amid it, `drip` is a byte a second."""
