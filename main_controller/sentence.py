"""What the program says to people: a sentence that also knows its code and its parameters.

A `Sentence` reads as its English text wherever a text is wanted; its code and its parameters are for who wants to say
it in another language, or to tell one refusal from another. Nothing in the program decides by the text. Used by every
room that says something. `js/i18n/said/` holds the same codes in Japanese, and a test holds the two together.
"""

from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import Any, Self

import msgspec

SHOWN_OF_A_LIST = 8
"""How many entries of a list a sentence names before it counts the rest."""


class Sentence(str):
    """One English text with the `code` it was made by and the `parameters` in it.

    A parameter is a text, a number, a bool, None, another sentence, or a list of these.
    """

    __slots__ = ("code", "parameters")

    code: str
    parameters: Mapping[str, Any]

    @classmethod
    def made(cls, code: str, text: str, parameters: Mapping[str, Any]) -> Self:
        """The sentence of this text, whatever its code would make of the parameters."""
        made = cls(text)
        made.code, made.parameters = code, parameters
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (Sentence.made, (self.code, str(self), self.parameters))


def say(code: str, template: str, **parameters: Any) -> Sentence:
    """The sentence of this code: `template` with each `{name}` or `{name:.1f}` filled in; a list is counted out.

    A code has one template in the whole program. Raises KeyError, IndexError or ValueError where they do not fit.
    """
    return Sentence.made(code, _FORMATTER.vformat(template, (), parameters), parameters)


def joined(sentences: Iterable[str], between: str = " ") -> Sentence:
    """Several sentences as one, in order; `between` is a blank, or "; "."""
    parts = list(sentences)
    return Sentence.made("joined", between.join(parts), {"parts": parts, "between": between})


def foreign(text: str) -> Sentence:
    """What somebody else wrote, a person or another program: it has no code of ours, and is shown as it stands."""
    return Sentence.made("foreign", text, {"text": text})


def encoded(value: Any) -> tuple[bytes, list[Sentence]]:
    """The JSON bytes of a value, sentences as their texts, and each sentence in it once.

    NaN and Infinity become null. Raises TypeError, ValueError or RecursionError for what JSON cannot hold.
    """
    found: dict[str, Sentence] = {}

    def text_of(unknown: Any) -> str:
        if isinstance(unknown, Sentence):
            found.setdefault(str(unknown), unknown)
            return str(unknown)
        raise NotImplementedError(f"{type(unknown).__name__} has no form in JSON")

    return msgspec.json.encode(value, enc_hook=text_of), list(found.values())


def messages(sentences: Iterable[Sentence]) -> list[dict[str, Any]]:
    """The sentences by code: `text`, `code` and `parameters`, in which a sentence has the same form."""
    return [_message(sentence) for sentence in sentences if sentence.code != "foreign"]


def said_again(text: str, kept: Any) -> Sentence:
    """The sentence that a text was which has been kept beside its messages (JSON as `messages` lists it).

    `foreign` where it has none there, as what an older version kept, or where what is kept is none.
    """
    try:
        found = [one for one in kept if one["text"] == text] if isinstance(kept, list) else []
        return _read(found[0]) if found else foreign(text)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):  # somebody put something else there
        return foreign(text)


def _read(message: Any) -> Sentence:
    """The sentence of a message. Raises KeyError, TypeError or ValueError for what is none."""
    text, code, parameters = message["text"], message["code"], message["parameters"]
    if not (isinstance(text, str) and isinstance(code, str)):
        raise TypeError("a message's text and code are texts")
    values = {name: _value(value) for name, value in dict(parameters).items()}
    if code == "joined":
        joined(values["parts"], values["between"])
    return Sentence.made(code, text, values)


def _value(kept: Any) -> Any:
    if isinstance(kept, list):
        return [_value(one) for one in kept]
    return _read(kept) if isinstance(kept, dict) else kept


def _message(sentence: Sentence) -> dict[str, Any]:
    parameters = {name: _plain(value) for name, value in sentence.parameters.items()}
    return {"text": str(sentence), "code": sentence.code, "parameters": parameters}


def _plain(value: Any) -> Any:
    if isinstance(value, Sentence):
        return str(value) if value.code == "foreign" else _message(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def counted_out(entries: Sequence[Any]) -> str:
    """A list for an English sentence: "E001, E002", and from the ninth entry on how many more there are."""
    names = ", ".join(str(entry) for entry in entries[:SHOWN_OF_A_LIST])
    more = len(entries) - SHOWN_OF_A_LIST
    return names if more <= 0 else f"{names} and {more} more"


class _Template(Formatter):
    """Python's own templates, in which a list is counted out and None is "unknown"."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, list | tuple):
            return counted_out(value)
        if value is None:
            return "unknown"
        return str(format(value, format_spec))


_FORMATTER = _Template()
