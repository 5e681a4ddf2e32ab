"""One finding of the self-check. Made by the rows of `reach.py` and `keeping.py`, shown by the page and the check."""

from dataclasses import dataclass
from enum import StrEnum

from main_controller.sentence import Sentence


class Level(StrEnum):
    """How much a finding matters, the gravest first. What nobody can tell is no "all is well"."""

    BAD = "bad"
    WARNING = "warning"
    CANNOT_TELL = "cannotTell"
    NOTICE = "notice"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was `seen` of a `subject`, and what to do about it: None where there is nothing to do.

    `code` names the row that found it.
    """

    code: str
    subject: Sentence
    level: Level
    seen: Sentence
    remedy: Sentence | None = None
