"""Owns the routes of the channels that tell people of alarms: how they stand, and a test of them."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, wait

from main_controller.concurrency.limit import Limit
from main_controller.errors import NotFound, Refused
from main_controller.sentence import say
from main_controller.web import routes
from main_controller.web.ordering import Ordering
from main_controller.web.replies import shown
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.notify import NotifyChannels, NotifyTest, channel_of, tested_of
from main_controller.workers.sender import Sender

LONGEST = 45.0
"""How long (s) a test waits for all channels; each is bounded by itself."""


class NotifyPages:
    """`/notify/channels` and `/notify/test`; `waiting` gives how many messages wait for a channel."""

    def __init__(
        self, senders: Sequence[Sender], ordering: Ordering, *, waiting: Callable[[str], int], executor: Executor
    ) -> None:
        self._senders = senders
        self._ordering = ordering
        self._waiting = waiting
        self._executor = executor
        busy = say("web.testUnderWay", "A test of the channels is under way already; try again when it is over.")
        self._one = Limit(1, busy)

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.NOTIFY_CHANNELS: self.channels,
            routes.NOTIFY_TEST: lambda **in_path: self.test(self._ordering.asked(routes.NOTIFY_TEST, in_path).given),
        }

    def channels(self, given: Given) -> NotifyChannels:
        """`/notify/channels`: how each stands."""
        found = [channel_of(one.channel, one.outcome, self._waiting(one.channel.name)) for one in self._senders]
        return {"channels": found}

    def test(self, given: Given) -> NotifyTest:
        """`POST /notify/test[?channel=]`: a test message by one channel, or by all, and what became of it."""
        name = given.get("channel")
        senders = [one for one in self._senders if name in (None, one.channel.name)]
        if not senders and name is not None:
            raise NotFound(say("web.noChannel", "There is no channel {name}.", name=shown(name)))
        if not senders:
            raise Refused(say("web.noChannels", "There are no channels: the setting channels names none."))
        late = say("web.testLate", "It has not ended within {seconds:.0f} s.", seconds=LONGEST)
        with self._one.place():
            tests = [self._executor.submit(one.test) for one in senders]
            wait(tests, LONGEST)
        outcomes = [test.result() if test.done() else late for test in tests]
        return {"tests": [tested_of(one.channel, error) for one, error in zip(senders, outcomes, strict=True)]}
