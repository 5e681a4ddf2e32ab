"""How a parameter's value is read as a number or a yes and no, strictly (Z3, Z7).

Used by the commands and by what tells how they stand.
"""

from collections.abc import Mapping

from main_controller.errors import BadRequest
from main_controller.sentence import say
from main_controller.web.replies import shown


def figure(text: str, name: str) -> float:
    """A plain decimal number: no sign but minus, no exponent, no NaN; BadRequest with the parameter's name."""
    digits = text.removeprefix("-")
    whole, point, part = digits.partition(".")
    if not (whole.isascii() and whole.isdigit() and (not point or (part.isascii() and part.isdigit()))):
        sentence = say(
            "web.notANumber", "The parameter {name} must be a plain number, not {given}.",
            name=name, given=shown(text),
        )  # fmt: skip
        raise BadRequest(sentence)
    return float(text)


def whole(text: str, name: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`; BadRequest with the parameter's name for anything else."""
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most and len(text) <= 9):
        sentence = say(
            "web.notAWholeNumber",
            "The parameter {name} must be a whole number from {least} to {most}, not {given}.",
            name=name, least=least, most=most, given=shown(text),
        )  # fmt: skip
        raise BadRequest(sentence)
    return int(text)


def flag(given: Mapping[str, str], name: str) -> bool:
    """Whether this parameter is true, false where it is absent; BadRequest for any other word."""
    value = given.get(name, "false")
    if value not in ("true", "false"):
        sentence = say(
            "web.notTrueOrFalse", "The parameter {name} must be true or false, not {given}.",
            name=name, given=shown(value),
        )  # fmt: skip
        raise BadRequest(sentence)
    return value == "true"
