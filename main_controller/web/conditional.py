"""Owns how a reading is sent only when it is wanted and new: ETag, 304, gzip (Z5).

Used by the readings, the assets and the page.
"""

import gzip
import hashlib
from collections.abc import Mapping
from typing import Any

import bottle

from main_controller.web.replies import CODES_HEADER, JSON, answer_json, reply

WORTH_ZIPPING = 1024
"""Below this many bytes compression saves no packet."""


def accepts_gzip(environ: Mapping[str, Any]) -> bool:
    """Whether the caller's `Accept-Encoding` takes gzip; a weight of 0 refuses it."""
    accepted: str = environ.get("HTTP_ACCEPT_ENCODING", "").lower()
    if "gzip" not in accepted and "*" not in accepted:
        return False
    weights: dict[str, bool] = {}
    for coding in accepted.split(","):
        name, _, parameter = coding.strip().partition(";")
        weights[name.strip()] = not _is_zero(parameter)
    return weights.get("gzip", weights.get("*", False))


def _is_zero(parameter: str) -> bool:
    name, _, weight = parameter.strip().partition("=")
    try:
        return name.strip() == "q" and float(weight) == 0
    except ValueError:
        return False


def matches(environ: Mapping[str, Any], etag: str) -> bool:
    """Whether the caller holds this already (`If-None-Match`, compared weakly)."""
    held: str | None = environ.get("HTTP_IF_NONE_MATCH")
    if held is None:
        return False
    opaque = etag.removeprefix("W/")
    return held.strip() == "*" or any(one.strip().removeprefix("W/") == opaque for one in held.split(","))


def etag_of(body: bytes) -> str:
    """The entity tag of these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def tagged(body: bytes, content_type: str, *, headers: Mapping[str, str] | None = None) -> bottle.HTTPResponse:
    """A reply with an ETag, gzipped where that is taken and worth it, 304 where the caller holds it."""
    environ = bottle.request.environ
    etag = etag_of(body)
    zipped = len(body) >= WORTH_ZIPPING and accepts_gzip(environ)
    common = {**(headers or {}), "ETag": f"W/{etag}" if zipped else etag, "Vary": f"Accept-Encoding, {CODES_HEADER}"}
    if matches(environ, etag):
        return reply(b"", content_type, status=304, cache="no-cache", headers=common)
    if zipped:
        body = gzip.compress(body, 1, mtime=0)
        common["Content-Encoding"] = "gzip"
    return reply(body, content_type, cache="no-cache", headers=common)


def tagged_json(value: Any, *, headers: Mapping[str, str] | None = None) -> bottle.HTTPResponse:
    """A value as a JSON reply with an ETag."""
    return tagged(answer_json(value), JSON, headers=headers)
