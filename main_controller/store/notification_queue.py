"""Owns the messages that wait to be sent, and what each channel was told, in memory and behind that on the disk.

A full disk must reach a person too, so nothing here waits for it or fails with it: the database's writer takes what
changed there as soon as it can, and until then it is kept in memory.
"""

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.notification.message import Message, message_of
from main_controller.notification.message import record_of as message_record
from main_controller.notification.told import ChannelState, state_of
from main_controller.notification.told import record_of as state_record
from main_controller.store.database import Database

log = logging.getLogger(__name__)

MOST_WAITING = 200
"""How many messages of one channel wait at most; what comes then is told together once there is room."""

_PUT = "INSERT OR REPLACE INTO notifications (id, channel, made_at, record) VALUES (?, ?, ?, ?)"
_DROP = "DELETE FROM notifications WHERE id = ?"
_STATE = "INSERT OR REPLACE INTO channels (name, record) VALUES (?, ?)"
_COUNTED = "INSERT OR REPLACE INTO counters (name, value) VALUES ('notifications', ?)"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that a channel is to send; `number` is its own, `made` aware UTC."""

    number: int
    channel: str
    made: datetime
    message: Message


class NotificationQueue:
    """The queue in `database` of `channels`, by name; `wall` gives aware UTC."""

    def __init__(self, database: Database, channels: Collection[str], *, wall: Callable[[], datetime]) -> None:
        self._database = database
        self._wall = wall
        self._changing = threading.Lock()  # protects the three below; held for work in memory only
        self._waiting: dict[int, Waiting] = {}
        self._states = {name: ChannelState() for name in channels}
        self._number = 0
        try:
            self._load()
        except ControllerError as error:
            log.error("what waited to be told before is lost: %s", error.sentence)
        database.restored_by(self._restore)

    def serve(self, channels: Collection[str]) -> None:
        """Keep the queue of these channels from now on; what waits for one that is no more is dropped."""
        with self._changing:
            for name in [name for name in self._states if name not in channels]:
                del self._states[name]
                self._database.latest.put(("channel", name), "DELETE FROM channels WHERE name = ?", (name,))
            for one in [one for one in self._waiting.values() if one.channel not in channels]:
                log.warning(
                    "message %s was for the channel %s, which is no more, and is dropped", one.number, one.channel
                )
                del self._waiting[one.number]
                self._database.latest.put(("notification", one.number), _DROP, (one.number,))
            for name in channels:
                self._states.setdefault(name, ChannelState())
        self._database.rouse()

    def state(self, channel: str) -> ChannelState:
        """What this channel was told."""
        return self._states[channel]

    def waiting(self, channel: str) -> list[Waiting]:
        """What waits for this channel: the gravest first, of these the oldest first."""
        with self._changing:
            found = [one for one in self._waiting.values() if one.channel == channel]
        return sorted(found, key=lambda one: (one.message.priority, one.number))

    def full(self, channel: str) -> bool:
        """Whether there is no room for another message."""
        return len(self.waiting(channel)) >= MOST_WAITING

    def keep(self, channel: str, state: ChannelState, message: Message | None) -> None:
        """The channel was told this, and is to send the message."""
        with self._changing:
            self._states[channel] = state
            self._database.latest.put(("channel", channel), _STATE, self._state_row(channel))
            if message is not None:
                self._number += 1
                one = Waiting(self._number, channel, self._wall(), message)
                self._waiting[one.number] = one
                self._database.latest.put(("notification", one.number), _PUT, _row(one))
                self._database.latest.put(("counter", "notifications"), _COUNTED, (self._number,))
        self._database.rouse()

    def remember(self, channel: str, state: ChannelState) -> None:
        """What needs no disk, such as since when something waits for what comes with it."""
        with self._changing:
            self._states[channel] = state

    def done(self, one: Waiting) -> None:
        """It was sent, or given up."""
        with self._changing:
            self._waiting.pop(one.number, None)
            self._database.latest.put(("notification", one.number), _DROP, (one.number,))
        self._database.rouse()

    def give_up(self, channel: str, age: timedelta) -> int:
        """Drop what has waited for so long; how many."""
        oldest = self._wall() - age
        late = [one for one in self.waiting(channel) if one.made < oldest]
        for one in late:
            self.done(one)
        return len(late)

    def _load(self) -> None:
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, channel, made_at, record FROM notifications ORDER BY id").fetchall()
            states = connection.execute("SELECT name, record FROM channels").fetchall()
            counted = connection.execute("SELECT value FROM counters WHERE name = 'notifications'").fetchone()
        self._number = max([0 if counted is None else int(counted[0]), *(row[0] for row in rows)])
        for number, channel, made, record in rows:
            try:
                one = Waiting(number, channel, datetime.fromisoformat(made), message_of(json.loads(record)))
            except (KeyError, TypeError, ValueError) as fault:
                log.error("message %s cannot be read and is left out: %r", number, fault)
                continue
            if channel in self._states:
                self._waiting[number] = one
            else:
                log.warning("message %s was for the channel %s, which is no more, and is dropped", number, channel)
                self._database.latest.put(("notification", number), _DROP, (number,))
        for name, record in states:
            if name not in self._states:
                self._database.latest.put(("channel", name), "DELETE FROM channels WHERE name = ?", (name,))
                continue
            try:
                self._states[name] = state_of(json.loads(record))
            except (KeyError, TypeError, ValueError) as fault:
                log.error("what the channel %s was told cannot be read, so it is told all anew: %r", name, fault)

    def _restore(self, connection: sqlite3.Connection) -> None:
        with self._changing:
            connection.executemany(_PUT, [_row(one) for one in self._waiting.values()])
            connection.executemany(_STATE, [self._state_row(name) for name in self._states])
            connection.execute(_COUNTED, (self._number,))

    def _state_row(self, channel: str) -> tuple[str, str]:
        return channel, json.dumps(state_record(self._states[channel]), ensure_ascii=False)


def _row(one: Waiting) -> tuple[int, str, str, str]:
    return one.number, one.channel, iso_utc(one.made), json.dumps(message_record(one.message), ensure_ascii=False)
