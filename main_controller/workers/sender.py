"""Sends by one channel what waits for it, with growing pauses while it fails; what waited for a day is given up.

Each channel has a loop of its own, so that one that hangs holds up no other.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from main_controller.alarms.situation import Trouble
from main_controller.channel import Channel
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.notification.message import About, Message
from main_controller.notifiers.worded import Worded, worded
from main_controller.sentence import Sentence, foreign, say
from main_controller.store.notification_queue import NotificationQueue, Waiting

log = logging.getLogger(__name__)

PAUSES = (5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""How long (s) it rests after the first, second ... failure in a row; the last one from then on."""

GIVEN_UP = timedelta(days=1)
"""After how long what was not taken is dropped."""

LOST_SHOWN = 60.0
"""For how long (s) that something was dropped shows itself; its alarm stands until somebody has read it."""

HANGS = 60.0
"""After how long (s) a send that has not ended counts as a failure."""

LOOKS_EVERY = 3600.0
"""How often (s) it is looked whether a channel by which nothing was sent could be reached."""


class Notifier(Protocol):
    """What sends; every call raises ControllerError."""

    def send(self, message: Worded) -> None:
        """Hand the message over."""
        ...

    def reach(self) -> None:
        """Look whether it could be reached."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a channel is doing: when it last took something (aware UTC), and since when and why it does not."""

    taken: datetime | None = None
    failing_since: datetime | None = None
    error: Sentence | None = None


class Sender:
    """The channel's sender; `title` gives the site's name, `wording` says a sentence in the channel's language.

    `standing` gives what is to stand at the other end, where the sort has a `publish`. `wall` gives aware UTC, `clock`
    monotonic s.
    """

    def __init__(
        self,
        channel: Channel,
        notifier: Notifier,
        queue: NotificationQueue,
        *,
        title: Callable[[], str],
        wording: Callable[[Sentence], str],
        wall: Callable[[], datetime],
        standing: Callable[[], Mapping[str, Any]] = dict,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.channel = channel
        self._notifier = notifier
        self._publish: Callable[[Mapping[str, Any]], None] | None = getattr(notifier, "publish", None)
        self._queue = queue
        self._title = title
        self._wording = wording
        self._standing = standing
        self._wall = wall
        self._clock = clock
        self._tests = threading.Lock()  # one test at a time
        self._tries = 0
        self._rests_until = 0.0
        self._looked_at: float | None = None
        self._began: float | None = None
        self._lost: tuple[float, int] | None = None
        self.outcome = Outcome()

    def run_once(self) -> None:
        """Send one message, or look whether one could be sent; called again and again by the channel's own loop."""
        lost = self._queue.give_up(self.channel.name, GIVEN_UP)
        if lost:
            log.error("the channel %s took %d messages not within a day, and they are dropped", self.channel.name, lost)
            self._lost = (self._clock(), lost)
        now = self._clock()
        if now < self._rests_until:
            return
        waiting = self._queue.waiting(self.channel.name)
        if waiting:
            one = waiting[self._tries % len(waiting)]  # one that is never taken keeps no other back
            if self._try(lambda: self._notifier.send(self._worded(one))):
                self._queue.done(one)
        elif self._publish is not None:
            publish = self._publish
            self._try(lambda: publish(self._standing()))
        elif self.outcome.error is not None or self._looked_at is None or now - self._looked_at >= LOOKS_EVERY:
            self._try(self._notifier.reach)

    def hurry(self) -> None:
        """Try again at once, since what kept it from sending may be mended."""
        self._rests_until = 0.0

    def test(self) -> Sentence | None:
        """Send a test message now, past the queue; why it was not taken, None where it was."""
        text = say("workers.testSubject", "Test: this channel works")
        line = say("workers.testLine", "Somebody asked for this message. Nothing is wrong.")
        message = Message(About.TEST, 4, text, (line,))
        with self._tests:
            try:
                self._notifier.send(self._worded(Waiting(0, self.channel.name, self._wall(), message)))
            except Exception as fault:  # noqa: BLE001 - whatever a library raises is why it was not taken
                return self._words(fault)
        self._took()
        return None

    def troubles(self) -> list[Trouble]:
        """That it fails, hangs, or dropped something a moment ago."""
        name, now, found = self.channel.name, self._clock(), []
        began = self._began
        error = self.outcome.error
        if began is not None and now - began > HANGS:
            error = say("workers.sendHangs", "a send has not ended for {seconds:.0f} s.", seconds=now - began)
        if error is not None:
            text = say("workers.notDelivered", "The channel {channel} takes nothing: {why}", channel=name, why=error)
            found.append(Trouble("notificationFailed", name, text))
        if self._lost is not None and now - self._lost[0] < LOST_SHOWN:
            text = say(
                "workers.notificationsLost",
                "The channel {channel} took {count} messages not within a day, and they are dropped.",
                channel=name,
                count=self._lost[1],
            )
            found.append(Trouble("notificationLost", name, text))
        return found

    def _try(self, call: Callable[[], None]) -> bool:
        """Do it; whether it went well. What went wrong is remembered, and the next one waits longer."""
        self._began = self._looked_at = self._clock()
        try:
            call()
        except Exception as fault:  # noqa: BLE001 - whatever a library raises is why it was not taken
            pause = PAUSES[min(self._tries, len(PAUSES) - 1)]
            self._tries += 1
            self._rests_until = self._clock() + pause
            self._failed(self._words(fault))
            return False
        finally:
            self._began = None
        self._tries = 0
        self._took()
        return True

    def _took(self) -> None:
        if self.outcome.error is not None:
            log.info("the channel %s works again", self.channel.name)
        self.outcome = Outcome(taken=self._wall())

    def _failed(self, why: Sentence) -> None:
        if self.outcome.error != why:
            log.error("the channel %s takes nothing: %s", self.channel.name, why)
        since = self.outcome.failing_since or self._wall()
        self.outcome = replace(self.outcome, failing_since=since, error=why)

    def _words(self, fault: Exception) -> Sentence:
        if isinstance(fault, ControllerError):
            return fault.sentence
        log.error("the channel %s failed unexpectedly: %s", self.channel.name, type(fault).__name__)
        return foreign(f"{type(fault).__name__}.")  # its text may hold a secret

    def _worded(self, one: Waiting) -> Worded:
        return worded(one.message, one.number, self._title(), iso_utc(one.made), self._wording)
