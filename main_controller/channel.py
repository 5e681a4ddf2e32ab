"""A channel by which people are told of alarms: what it is told, when, and in which language.

Pure. Read from the settings, and used by everything that makes or sends messages.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from types import MappingProxyType

Option = str | int | bool | tuple[str, ...]


class Sort(StrEnum):
    """By what a channel sends."""

    MAIL = "mail"
    SYSLOG = "syslog"
    WEBHOOK = "webhook"
    MQTT = "mqtt"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True)
class Hours:
    """From one time of day to another by the site's clock; over midnight where the end lies before the begin."""

    begin: time
    end: time

    def hold(self, at: time) -> bool:
        """Whether it is within them at this time of day."""
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel.

    `priority` is the least grave one that it is told (1 to 4), `kinds` the codes of the kinds (none: all), `hours` when
    (None: always). `after` (s) is how long an alarm must have gone unread before this channel hears of it: so one
    escalates to another. `repeat` (s) is how often one of priority 1 is told again until somebody has read it; 0:
    never. `digest`: it gets the daily digest too. `link` is the address of the console for people, or "". `options` are
    what its sort needs: addresses, names, and files or variables of secrets, but no secret.
    """

    name: str
    sort: Sort
    priority: int = 3
    kinds: Collection[str] = ()
    hours: Hours | None = None
    after: float = 0.0
    repeat: float = 900.0
    digest: bool = False
    language: str = "en"
    link: str = ""
    options: Mapping[str, Option] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, option: str) -> str:
        """An option that is a text; "" where it is not given."""
        return str(self.options.get(option, ""))

    def __str__(self) -> str:
        return f"{self.name} ({self.sort})"
