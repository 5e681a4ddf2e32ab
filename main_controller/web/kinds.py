"""How the text of a parameter becomes a value, strictly, and the JSON Schema that says the same (Z3, Z7).

Pure. Used by the routes' declarations. Every reader raises BadRequest with the parameter's name.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from main_controller.domain.written import tidy
from main_controller.errors import BadRequest
from main_controller.sentence import Sentence, say
from main_controller.web.replies import shown

MAX_CHARACTERS = 256
"""The longest value of a parameter."""

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a key, a start and a page are named by."""

DIGITS = 18
"""The most digits of a whole number."""

Read = Callable[[str, str], Any]
"""Makes the value of a text and the parameter's name."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """What a parameter's value is: how it is `read`, and its `schema` (JSON Schema 2020-12)."""

    read: Read
    schema: Mapping[str, Any] = field(default_factory=dict)


def plain(text: str, name: str) -> str:
    """The text as it is."""
    return text


TEXT = Kind(plain, {"type": "string", "pattern": r"\S", "maxLength": MAX_CHARACTERS})
"""What only the grid's state tells to be right."""


def empty(name: str) -> BadRequest:
    """What is wrong where a value must not be empty."""
    return BadRequest(say("web.parameterEmpty", "The parameter {name} is empty.", name=shown(name)))


def too_long(name: str) -> BadRequest:
    """What is wrong with a value of too many characters."""
    sentence = say(
        "web.parameterTooLong", "The parameter {name} is longer than {limit} characters.",
        name=shown(name), limit=MAX_CHARACTERS,
    )  # fmt: skip
    return BadRequest(sentence)


def _written(text: str, name: str) -> str:
    kept = tidy(text)
    if not kept:
        raise empty(name)
    if len(kept) > MAX_CHARACTERS:  # one sign may stand for many letters
        raise too_long(name)
    return kept


WRITTEN = Kind(_written, TEXT.schema)
"""A person's name or reason, in any script; as it reads, so that who reads it can write it (M14, M15)."""

SECRET = Kind(plain, {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS})
"""A password, as it is typed."""

ANYTHING = Kind(plain, {"type": "string", "maxLength": MAX_CHARACTERS})
"""A text of which only some are known, and no other is a fault."""

UNIT_ID = Kind(plain, {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS})
"""A unit's id as apis-web tells it: nearly any text."""

FILE = Kind(plain, {"type": "string", "minLength": 1})
"""The name of a file of the page."""

TIME = Kind(plain, {"type": "string", "format": "date-time"})
"""A time in ISO 8601; without an offset in the setting `timezone`, which its route knows."""


def _figure(text: str, name: str) -> float:
    digits = text.removeprefix("-")
    whole_part, point, part = digits.partition(".")
    if not (_is_digits(whole_part) and (not point or _is_digits(part))):
        sentence = say(
            "web.notANumber", "The parameter {name} must be a plain number, not {given}.",
            name=name, given=shown(text),
        )  # fmt: skip
        raise BadRequest(sentence)
    return float(text)


FIGURE = Kind(_figure, {"type": "string", "maxLength": MAX_CHARACTERS, "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
"""A plain decimal number: no sign but minus, no exponent, no NaN."""


def up_to(most: float) -> Kind:
    """A plain decimal number above 0 and at most `most`."""

    def read(text: str, name: str) -> float:
        figure = _figure(text, name)
        if not 0 < figure <= most:
            sentence = say(
                "web.notUpTo", "The parameter {name} must be above 0 and at most {most:g}, not {given}.",
                name=name, most=most, given=shown(text),
            )  # fmt: skip
            raise BadRequest(sentence)
        return figure

    return Kind(read, FIGURE.schema)


def _flag(text: str, name: str) -> bool:
    if text not in ("true", "false"):
        sentence = say(
            "web.notTrueOrFalse", "The parameter {name} must be true or false, not {given}.",
            name=name, given=shown(text),
        )  # fmt: skip
        raise BadRequest(sentence)
    return text == "true"


FLAG = Kind(_flag, {"type": "boolean"})


def _named(text: str, name: str) -> str:
    if not NAME.fullmatch(text):
        sentence = say(
            "web.wrongName", "The parameter {name} has 1 to 64 letters, digits, - or _, not {given}.",
            name=name, given=shown(text),
        )  # fmt: skip
        raise BadRequest(sentence)
    return text


NAMED = Kind(_named, {"type": "string", "pattern": f"^{NAME.pattern}$"})
"""A name that a program made up: a key, a start, a page."""


def whole(least: int, most: int) -> Kind:
    """A whole number from `least` to `most`."""

    def read(text: str, name: str) -> int:
        if not (_is_digits(text) and len(text) <= DIGITS and least <= int(text) <= most):
            sentence = say(
                "web.notAWholeNumber",
                "The parameter {name} must be a whole number from {least} to {most}, not {given}.",
                name=name, least=least, most=most, given=shown(text),
            )  # fmt: skip
            raise BadRequest(sentence)
        return int(text)

    return Kind(read, {"type": "integer", "minimum": least, "maximum": most})


def one_of(values: Collection[str], wrong: Callable[[str], Sentence]) -> Kind:
    """One of these words, as the value that stands in `values`; `wrong` says what is wrong with a text."""

    def read(text: str, name: str) -> str:
        for value in values:
            if value == text:
                return value
        raise BadRequest(wrong(text))

    return Kind(read, {"type": "string", "enum": [str(value) for value in values]})


def word(*values: str) -> Kind:
    """One of these words, of which the order itself tells which are right here."""
    return Kind(plain, {"type": "string", "enum": list(values)})


def some_of(values: Collection[str], wrong: Callable[[str], Sentence]) -> Kind:
    """Some of these words, with commas between them."""

    def read(text: str, name: str) -> frozenset[str]:
        named = frozenset(text.split(","))
        for unknown in sorted(named.difference(values)):
            raise BadRequest(wrong(unknown))
        return named

    one = "|".join(map(re.escape, values))
    return Kind(read, {"type": "string", "pattern": f"^({one})(,({one}))*$"})


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
