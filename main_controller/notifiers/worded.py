"""A message in one language, as text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from main_controller.notification.message import Message
from main_controller.sentence import Sentence

LONGEST_SUBJECT = 200
"""Characters of a subject."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A message as it is sent: texts for a person, and for a program the alarms; `number` is its own in the queue.

    `title` is the site's, `at` when the message was made (ISO 8601, UTC).
    """

    number: int
    about: str
    priority: int
    title: str
    subject: str
    lines: Sequence[str]
    alarms: Sequence[Mapping[str, Any]]
    at: str

    @property
    def heading(self) -> str:
        """The site and the subject on one line."""
        text = f"[{self.title}] {self.subject}"
        return text if len(text) <= LONGEST_SUBJECT else f"{text[: LONGEST_SUBJECT - 1]}…"

    @property
    def body(self) -> str:
        """The lines."""
        return "\n".join(self.lines) + "\n"

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "number": self.number,
            "about": self.about,
            "priority": self.priority,
            "site": self.title,
            "at": self.at,
            "subject": self.subject,
            "text": self.body,
            "alarms": list(self.alarms),
        }


def worded(message: Message, number: int, title: str, at: str, wording: Callable[[Sentence], str]) -> Worded:
    """The message as `wording` says it, each sentence on lines of its own."""
    return Worded(
        number,
        str(message.about),
        message.priority,
        _line(title),
        _line(wording(message.subject)),
        [_line(wording(one)) for one in message.lines],
        message.alarms,
        at,
    )


def _line(text: str) -> str:
    """One line: what came from the grid must not end a header or a line of its own."""
    return "".join(one if one.isprintable() else " " for one in text)
