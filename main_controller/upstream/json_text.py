"""JSON from the wire into Python values, fast when it is sound and forgiving where one field is not (Z4).

Used by `call.py` alone. A field that no number can hold becomes None and is named; only what is not JSON at all
is an error.
"""

import json
import math
import re
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec

from main_controller.sentence import Sentence, say


class NotJson(ValueError):
    """The bytes are not JSON; `reason` says why in a few words."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded value; `nulled` are the paths that became None, `duplicates` the keys doubled at the top level."""

    value: Any
    nulled: tuple[str, ...] = ()
    duplicates: frozenset[str] = frozenset()


def decode(raw: bytes) -> Decoded:
    """The value that `raw` holds. Of a key given twice the last value counts. Raises `NotJson`."""
    try:
        value, duplicates = _strictly(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value, duplicates = _patiently(raw)
        return Decoded(*_without_oversized(value), duplicates)
    except RecursionError:
        raise _nested_too_deeply() from None
    if _may_hold_a_huge_integer(raw):
        return Decoded(*_without_oversized(value), duplicates)
    return Decoded(value, (), duplicates)


class _Key:
    """A key of the top-level object that equals no other, so that the decoder keeps doubled keys apart."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def _key(_: type, text: Any) -> _Key:
    return _Key(text)


_OBJECT = msgspec.json.Decoder(dict[_Key, Any], dec_hook=_key)
_ANYTHING = msgspec.json.Decoder()


def _strictly(raw: bytes) -> tuple[Any, frozenset[str]]:
    if raw[:64].lstrip()[:1] != b"{":
        return _ANYTHING.decode(raw), frozenset()
    members = _OBJECT.decode(raw)
    value = {key.text: item for key, item in members.items()}
    return value, frozenset() if len(value) == len(members) else _doubled([key.text for key in members])


def _patiently(raw: bytes) -> tuple[Any, frozenset[str]]:
    """Decode what the strict decoder refused: NaN, Infinity, numbers too large, lone surrogates, a byte order mark."""
    doubled: list[frozenset[str]] = [frozenset()]

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        doubled[0] = frozenset() if len(value) == len(pairs) else _doubled([key for key, _ in pairs])
        return value

    try:
        text = _ESCAPE.sub(_without_lone_surrogate, raw.decode("utf-8-sig"))
        value = json.loads(text, parse_int=_integer, object_pairs_hook=members)
    except UnicodeDecodeError:
        raise NotJson(say("upstream.notUtf8", "it is not UTF-8")) from None
    except RecursionError:
        raise _nested_too_deeply() from None
    except ValueError as error:
        if not raw.strip():
            raise NotJson(say("upstream.empty", "it is empty")) from None
        raise NotJson(say("upstream.notJson", "it is not JSON: {reason}", reason=str(error))) from None
    return value, doubled[0] if isinstance(value, dict) else frozenset()


def _nested_too_deeply() -> NotJson:
    return NotJson(say("upstream.nestedTooDeeply", "it is nested too deeply"))


def _doubled(keys: list[str]) -> frozenset[str]:
    return frozenset(key for key, times in Counter(keys).items() if times > 1)


_ESCAPE = re.compile(r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""An escaped backslash, a surrogate pair, or a surrogate alone, which no UTF-8 can carry on."""


def _without_lone_surrogate(escape: re.Match[str]) -> str:
    return r"\ufffd" if len(escape[0]) == 6 else escape[0]


_LARGEST = sys.float_info.max
_LONGEST = 309  # digits of the largest finite number
_DIGITS_AS_ZERO = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
_STRIDE = 20


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST + 1 else math.inf


def _may_hold_a_huge_integer(raw: bytes) -> bool:
    """Whether there is a run of digits so long that it may exceed every float; cheap, as it looks at samples first."""
    samples = raw[::_STRIDE].translate(_DIGITS_AS_ZERO)
    if b"0" * (_LONGEST // _STRIDE) not in samples:
        return False
    return b"0" * _LONGEST in raw.translate(_DIGITS_AS_ZERO)


def _without_oversized(value: Any) -> tuple[Any, tuple[str, ...]]:
    """The value with each NaN, Infinity and number too large replaced by None, in place, and their paths."""
    nulled: list[str] = []
    root = [value]
    open_containers: list[tuple[Any, str]] = [(root, "")]
    while open_containers:
        container, path = open_containers.pop()
        for key, item in list(container.items() if isinstance(container, dict) else enumerate(container)):
            here = "" if container is root else f"{path}.{key}" if path else str(key)
            if isinstance(item, dict | list):
                open_containers.append((item, here))
            elif isinstance(item, int | float) and not -_LARGEST <= item <= _LARGEST:
                container[key] = None
                nulled.append(here)
    return root[0], tuple(nulled)
