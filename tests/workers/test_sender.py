"""One channel's sender: what it sends and when, how it rests while it fails, and what becomes of what is left."""

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from main_controller.channel import Channel, Sort
from main_controller.notification.message import About, Message
from main_controller.notification.told import ChannelState
from main_controller.notifiers.fault import NotDelivered
from main_controller.notifiers.worded import Worded
from main_controller.sentence import foreign, say
from main_controller.store.database import Database
from main_controller.store.notification_queue import NotificationQueue
from main_controller.workers.sender import HANGS, PAUSES, Sender
from tests.notification.alarms import NOON


class Fake:
    """A notifier that fails while it has a `fault`; `sent` are the subjects that it took."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.refuses: set[str] = set()
        self.sent: list[str] = []
        self.tried = 0
        self.reached = 0
        self.during: Callable[[], None] = lambda: None

    def send(self, message: Worded) -> None:
        self.tried += 1
        self.during()
        if self.fault is not None:
            raise self.fault
        if message.subject in self.refuses:
            raise NotDelivered(foreign("not this one."))
        self.sent.append(message.subject)

    def reach(self) -> None:
        self.reached += 1
        if self.fault is not None:
            raise self.fault


class Bench:
    """A sender of which the test turns the clock."""

    def __init__(self, folder: Path, notifier: Any) -> None:
        self.now = 0.0
        self.queue = NotificationQueue(Database(folder / "journal.sqlite3"), ["mail"], wall=self.wall)
        self.sender = Sender(
            Channel("mail", Sort.MAIL), notifier, self.queue,
            title=lambda: "lab", wording=str, wall=self.wall, clock=lambda: self.now,
            standing=lambda: {"state": int(self.now)},
        )  # fmt: skip

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now)

    def put(self, text: str, priority: int = 3) -> None:
        self.queue.keep("mail", ChannelState(), Message(About.ALARMS, priority, foreign(text), ()))

    def run(self, seconds: float = 1) -> None:
        for _ in range(int(seconds)):
            self.now += 1
            self.sender.run_once()

    @property
    def troubles(self) -> dict[str, str]:
        return {one.code: str(one.text) for one in self.sender.troubles()}


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def bench(tmp_path: Path, fake: Fake) -> Bench:
    return Bench(tmp_path, fake)


DOWN = NotDelivered(say("notifiers.refused", "{where} refuses connections.", where="mail:25"))


def test_it_sends_the_gravest_first_and_each_once(bench: Bench, fake: Fake) -> None:
    bench.put("a")
    bench.put("b", priority=1)
    bench.run(10)
    assert fake.sent == ["b", "a"]
    assert bench.queue.waiting("mail") == []
    assert bench.sender.outcome.taken is not None


def test_its_pauses_grow_and_nothing_is_lost(bench: Bench, fake: Fake) -> None:
    fake.fault = DOWN
    bench.put("a")
    tries: list[float] = []
    while len(tries) < len(PAUSES) + 2:
        before = fake.tried
        bench.run()
        if fake.tried > before:
            tries.append(bench.now)
    rests = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert rests == [*PAUSES, PAUSES[-1]]
    fake.fault = None
    bench.run(PAUSES[-1])
    assert fake.sent == ["a"]


def test_that_it_fails_is_told_until_it_works(bench: Bench, fake: Fake) -> None:
    fake.fault = DOWN
    bench.put("a")
    bench.run()
    assert bench.troubles == {"notificationFailed": "The channel mail takes nothing: mail:25 refuses connections."}
    since = bench.sender.outcome.failing_since
    bench.run(60)
    assert bench.sender.outcome.failing_since == since
    fake.fault = None
    bench.run(60)
    assert bench.troubles == {}


def test_one_that_is_never_taken_keeps_no_other_back(bench: Bench, fake: Fake) -> None:
    fake.refuses = {"poison"}
    bench.put("poison", priority=1)
    bench.put("a")
    bench.put("b")
    bench.run(300)
    assert sorted(fake.sent) == ["a", "b"]
    assert "notificationFailed" in bench.troubles


def test_what_nobody_took_within_a_day_is_dropped_and_told(bench: Bench, fake: Fake) -> None:
    fake.fault = DOWN
    bench.put("a")
    bench.run()
    bench.now += 86_400
    bench.run()
    assert bench.queue.waiting("mail") == []
    assert bench.troubles["notificationLost"] == (
        "The channel mail took 1 messages not within a day, and they are dropped."
    )
    bench.run(61)
    assert "notificationLost" not in bench.troubles


def test_one_that_hangs_is_told(bench: Bench, fake: Fake) -> None:
    found = []

    def hang() -> None:
        bench.now += HANGS + 1
        found.append(bench.troubles)

    fake.during = hang
    bench.put("a")
    bench.run()
    assert found == [{"notificationFailed": "The channel mail takes nothing: a send has not ended for 61 s."}]
    assert bench.troubles == {}


def test_a_bug_of_a_library_is_a_failure_and_tells_no_secret(
    bench: Bench, fake: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    fake.fault = RuntimeError("https://hook/T0K3N")
    bench.put("a")
    bench.run()
    assert bench.troubles == {"notificationFailed": "The channel mail takes nothing: RuntimeError."}
    assert "T0K3N" not in caplog.text


def test_a_channel_with_nothing_to_say_is_looked_at_now_and_then(bench: Bench, fake: Fake) -> None:
    """An address that nobody reaches is known before it matters."""
    fake.fault = DOWN
    bench.run()
    assert "notificationFailed" in bench.troubles
    fake.fault = None
    bench.run(10)
    assert fake.reached == 2
    bench.run(3590)
    assert fake.reached == 2
    bench.run(20)
    assert fake.reached == 3
    assert fake.tried == 0


def test_what_is_to_stand_at_the_other_end_is_published(tmp_path: Path) -> None:
    class Publishing(Fake):
        published: Mapping[str, Any] = {}

        def publish(self, standing: Mapping[str, Any]) -> None:
            if self.fault is not None:
                raise self.fault
            self.published = standing

    fake = Publishing()
    bench = Bench(tmp_path, fake)
    bench.run(3)
    assert fake.published == {"state": 3}
    fake.fault = DOWN
    bench.run()
    assert "notificationFailed" in bench.troubles


def test_a_test_goes_past_the_queue_and_says_what_became_of_it(bench: Bench, fake: Fake) -> None:
    assert bench.sender.test() is None
    assert fake.sent == ["Test: this channel works"]
    fake.fault = DOWN
    assert bench.sender.test() == "mail:25 refuses connections."
    assert bench.queue.waiting("mail") == []
