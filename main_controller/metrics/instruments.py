"""What is counted as it happens: requests, orders, polls and alarms, since this start of the program.

Used by whoever meets these things, from any thread. Every label is from a closed list: a route's name, never a path.
"""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics

from main_controller.alarms.book import Change, Transition
from main_controller.alarms.kinds import KINDS
from main_controller.domain.commands import Command, CommandState

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each of these, which Prometheus does not use

PREFIX = "apis_mc"
TOLD = (Change.RAISED, Change.RAISED_AGAIN, Change.GREW, Change.ANNOUNCED)
"""The changes by which an alarm is told to people."""


class Instruments:
    """The counters; `registry` holds them, for the rendering."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(namespace=PREFIX, registry=self.registry)
        self._routes = Histogram(
            f"{PREFIX}_route_duration_seconds", "How long requests took, by declared route; streamed replies to their "
            "first part.", ["route"], buckets=(0.005, 0.025, 0.1, 0.5, 2.5, 10.0), registry=self.registry,
        )  # fmt: skip
        self._replies = Counter(
            f"{PREFIX}_route_replies", "Replies by declared route and class of status.", ["route", "code"],
            registry=self.registry,
        )  # fmt: skip
        self._polls = Histogram(
            f"{PREFIX}_poll_duration_seconds", "How long polls of apis-web took, failed ones too.",
            buckets=(0.05, 0.2, 1.0, 5.0), registry=self.registry,
        )  # fmt: skip
        self._failed_polls = Counter(
            f"{PREFIX}_poll_failures", "Polls of apis-web that gave nothing.", registry=self.registry
        )
        self._orders = Counter(
            f"{PREFIX}_orders", "Orders that ended, by what was ordered and what came of it; one that is contradicted "
            "later counts twice.", ["order", "outcome"], registry=self.registry,
        )  # fmt: skip
        self._raised = Counter(
            f"{PREFIX}_alarms_raised", "How often an alarm of this kind was told.", ["kind", "priority"],
            registry=self.registry,
        )  # fmt: skip
        for kind in KINDS:
            self._raised.labels(kind.code, str(kind.priority))  # from 0 on, so that the first one shows as a rise

    def replied(self, route: str, status: int, seconds: float) -> None:
        """A request of a declared route was answered."""
        self._routes.labels(route).observe(seconds)
        self._replies.labels(route, f"{status // 100}xx").inc()

    def polled(self, seconds: float, good: bool) -> None:
        """apis-web was polled."""
        self._polls.observe(seconds)
        if not good:
            self._failed_polls.inc()

    def order_changed(self, before: Command | None, after: Command) -> None:
        """A listener of the register: counts what ends, but for quiet tries of one order again and again (M12)."""
        ends = after.state is not CommandState.PENDING and not after.state.open
        if ends and (before is None or before.state is not after.state) and not after.tried_quietly:
            self._orders.labels(after.order.name, str(after.state)).inc()

    def alarms_changed(self, changes: Sequence[Transition]) -> None:
        """A listener of the alarms: counts what is told to people."""
        for change, alarm, _ in changes:
            if change in TOLD and alarm.inhibited_by is None and alarm.shelf is None and not alarm.out_of_service:
                self._raised.labels(alarm.kind.code, str(alarm.kind.priority)).inc()
