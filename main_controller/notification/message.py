"""What is sent: a subject and lines for a person, and the alarms for a program. As JSON too, for the queue on the disk.

Pure. Sentences keep their codes, so that each channel has them in its own language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from main_controller.sentence import Sentence, messages, said_again


class About(StrEnum):
    """What a message is about."""

    ALARMS = "alarms"
    DIGEST = "digest"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `priority` is that of the gravest alarm in it; `alarms` are those alarms as JSON."""

    about: About
    priority: int
    subject: Sentence
    lines: tuple[Sentence, ...]
    alarms: tuple[Mapping[str, Any], ...] = ()


def record_of(message: Message) -> dict[str, Any]:
    """The message as a JSON object."""
    return {
        "about": str(message.about),
        "priority": message.priority,
        "subject": _kept(message.subject),
        "lines": [_kept(line) for line in message.lines],
        "alarms": list(message.alarms),
    }


def message_of(record: Mapping[str, Any]) -> Message:
    """The message of a record. Raises KeyError, TypeError or ValueError for what is none."""
    return Message(
        About(record["about"]),
        int(record["priority"]),
        _read(record["subject"]),
        tuple(_read(line) for line in record["lines"]),
        tuple(dict(alarm) for alarm in record["alarms"]),
    )


def _kept(sentence: Sentence) -> dict[str, Any]:
    return {"text": str(sentence), "messages": messages([sentence])}


def _read(kept: Mapping[str, Any]) -> Sentence:
    return said_again(str(kept["text"]), kept["messages"])
