"""The channels that tell people of alarms, and what became of a test."""

from typing import TypedDict

from main_controller.channel import Channel, Sort
from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence
from main_controller.web.shapes.common import Minutes, Time
from main_controller.workers.sender import Outcome


class NotifyChannel(TypedDict):
    """A channel: what it is told (`kinds` [] is all, `hours` null is always, by the site's clock), how many messages
    wait, when it last took one (null: not since the start), and since when and why it takes none (null: it does, as far
    as is known)."""

    name: str
    sort: Sort
    priority: int
    kinds: list[str]
    hours: str | None
    after: Minutes
    repeat: Minutes
    digest: bool
    language: str
    waiting: int
    taken: Time | None
    failingSince: Time | None
    error: str | None


class NotifyChannels(TypedDict):
    """All channels, in the order of the settings."""

    channels: list[NotifyChannel]


class Tested(TypedDict):
    """Whether a channel took the test message, and why not."""

    name: str
    sort: Sort
    taken: bool
    error: str | None


class NotifyTest(TypedDict):
    """What became of the test of each channel that was asked for."""

    tests: list[Tested]


def channel_of(channel: Channel, outcome: Outcome, waiting: int) -> NotifyChannel:
    """How a channel stands."""
    return {
        "name": channel.name,
        "sort": channel.sort,
        "priority": channel.priority,
        "kinds": list(channel.kinds),
        "hours": None if channel.hours is None else str(channel.hours),
        "after": channel.after / 60,
        "repeat": channel.repeat / 60,
        "digest": channel.digest,
        "language": channel.language,
        "waiting": waiting,
        "taken": None if outcome.taken is None else iso_utc(outcome.taken),
        "failingSince": None if outcome.failing_since is None else iso_utc(outcome.failing_since),
        "error": outcome.error,
    }


def tested_of(channel: Channel, error: Sentence | None) -> Tested:
    """What became of a test."""
    return {"name": channel.name, "sort": channel.sort, "taken": error is None, "error": error}
