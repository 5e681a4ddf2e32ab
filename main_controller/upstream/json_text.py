"""JSON from the wire into Python values, fast when it is sound and forgiving where one field is not (Z4).

Used by `call.py` alone. A field that no number can hold becomes None and is named; only what is not JSON at all
is an error. Of an object whose members belong to different units, a bad token in one costs that one alone.
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
    """A decoded value; `nulled` are the paths that became None, `duplicates` the keys doubled at the top level.

    `salvaged`: the whole was no JSON and was read member by member; `replaced` are those whose bytes are not all UTF-8.
    """

    value: Any
    nulled: tuple[str, ...] = ()
    duplicates: frozenset[str] = frozenset()
    salvaged: bool = False
    replaced: tuple[str, ...] = ()


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


def decode_members(raw: bytes) -> Decoded:
    """As `decode`; where an object is not JSON as a whole, each of its members by itself.

    A word that is no JSON counts as a number that none can hold, a byte that is no UTF-8 becomes U+FFFD, and the value
    of a member that still cannot be read is None. Raises `NotJson` where the members cannot be told apart, as in an
    answer that was cut, or none of them can be read.
    """
    try:
        return decode(raw)
    except NotJson:
        pairs = _pairs(raw.removeprefix(b"\xef\xbb\xbf"))
        members = [(_loosely(key)[0], *_loosely(value)) for key, value in pairs or ()]
        if not any(value is not None for _, value, *_ in members):
            raise
    names = [str(name) for name, *_ in members]
    return Decoded(
        dict(zip(names, (value for _, value, *_ in members), strict=True)),
        tuple(f"{name}.{path}" for name, (*_, nulled, _) in zip(names, members, strict=True) for path in nulled),
        _doubled(names),
        salvaged=True,
        replaced=tuple(name for name, (*_, replaced) in zip(names, members, strict=True) if replaced),
    )


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[][{},:"]', re.DOTALL)
_OPEN, _CLOSE = b"[{", b"]}"


def _pairs(raw: bytes) -> list[tuple[bytes, bytes]] | None:
    """The keys and values of an object as they are written; None where they cannot be told apart."""
    found: list[tuple[bytes, bytes]] = []
    depth, begin, key = 0, 0, None
    for token in _TOKEN.finditer(raw):
        sign = token[0]
        if sign == b'"' or (depth == 0 and (sign != b"{" or raw[begin : token.start()].strip())):
            return None  # a string without an end, or something beside the object
        if sign in _OPEN:
            depth += 1
            begin = token.end() if depth == 1 else begin
        elif depth == 1 and sign == b":" and key is None:
            key, begin = raw[begin : token.start()].strip(), token.end()
        elif depth == 1 and sign in b",}":
            if key is None or key[:1] != b'"':
                return None
            found.append((key, raw[begin : token.start()]))
            key, begin = None, token.end()
        if sign in _CLOSE:
            depth -= 1
            if depth == 0:
                return found if sign == b"}" and not raw[token.end() :].strip() else None
    return None


_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^][{},:"\s]+', re.DOTALL)
_RIGHT = re.compile(r'".*|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null|NaN|-?Infinity', re.DOTALL)


def _loosely(raw: bytes) -> tuple[Any, tuple[str, ...], bool]:
    """A value whatever words stand in it: what became None, and whether bytes were replaced; None for what is none."""
    try:
        sound = decode(raw)
        return sound.value, sound.nulled, False
    except NotJson:
        pass
    text = raw.decode(errors="replace")
    replaced = "\ufffd" in text and b"\xef\xbf\xbd" not in raw
    text = _WORD.sub(lambda word: word[0] if _RIGHT.fullmatch(word[0]) else "NaN", text)
    try:
        value = json.loads(_ESCAPE.sub(_without_lone_surrogate, text), parse_int=_integer, strict=False)
    except (ValueError, RecursionError):
        return None, (), False
    return *_without_oversized(value), replaced


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
