"""`/metrics`: rendered once a poll and only while somebody scrapes; what is not of now is refused."""

import gzip
import threading
from collections.abc import Callable

import pytest

from main_controller.metrics.exposition import Rendered
from main_controller.web.metrics import ASKED, BEAT, OPENMETRICS, SOONEST, TEXT, TOO_OLD, Metrics, prefers_openmetrics
from tests.web.client import Client, Clock


class Served:
    """The route, with a loop that the test turns; `made` is how often it was rendered."""

    def __init__(self) -> None:
        self.clock, self.made = Clock(), 0
        self.metrics = Metrics(self._render, clock=self.clock, patience=0.0)
        self.client = Client(self.metrics)

    def _render(self) -> Rendered:
        self.made += 1
        return Rendered(b"text %d\n" % self.made * 500, b"open %d\n" % self.made * 500)

    def waking(self) -> None:
        """Its loop runs as soon as it is woken."""
        self.metrics.wakes(self.metrics.make)


@pytest.fixture
def served() -> Served:
    return Served()


def test_the_first_scrape_has_them_made_and_later_ones_get_the_same(served: Served) -> None:
    served.waking()
    one, other = (served.client.call("/metrics") for _ in range(2))
    assert (one.status, one.body[:7], one.headers["content-type"]) == (200, b"text 1\n", TEXT)
    assert other.body == one.body
    assert served.made == 1


def test_they_are_made_once_a_poll_and_on_a_beat_where_polls_are_rare(served: Served) -> None:
    served.waking()
    served.client.call("/metrics")
    for _ in range(3):
        served.metrics.make()
    assert served.made == 1
    served.metrics.polled(None, None)
    served.metrics.make()
    assert served.made == 1, "polls that come faster than once a second share one"
    served.clock.now += SOONEST + 0.1
    served.metrics.make()
    assert served.made == 2
    served.clock.now += BEAT
    served.metrics.make()
    assert served.made == 3


def test_nothing_is_made_while_nobody_scrapes(served: Served) -> None:
    served.metrics.polled(None, None)
    served.metrics.make()
    assert served.made == 0
    served.waking()
    served.client.call("/metrics")
    served.clock.now += ASKED + 1
    served.metrics.polled(None, None)
    served.metrics.make()
    assert served.made == 1
    assert served.client.call("/metrics").body[:7] == b"text 2\n"


def test_what_is_too_old_is_refused(served: Served) -> None:
    """Its loop hangs: Prometheus sees a target that is down, not figures that stand still."""
    served.waking()
    assert served.client.call("/metrics").status == 200
    served.metrics.wakes(lambda: None)
    served.clock.now += TOO_OLD
    assert served.client.call("/metrics").status == 200
    served.clock.now += 0.1
    refused = served.client.call("/metrics")
    assert refused.status == 503
    assert refused.headers["retry-after"] == "1"
    assert b"text" not in refused.body


def test_a_scrape_waits_for_the_loop() -> None:
    woken = threading.Event()
    metrics = Metrics(lambda: Rendered(b"text", b"open"), patience=20.0)
    metrics.wakes(woken.set)

    def loop() -> None:
        woken.wait(20.0)
        metrics.make()

    thread = threading.Thread(target=loop)
    thread.start()
    assert Client(metrics).call("/metrics").body == b"text"
    thread.join()


def test_it_is_compressed_where_that_is_taken(served: Served) -> None:
    served.waking()
    zipped = served.client.call("/metrics", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == served.client.call("/metrics").body
    assert zipped.headers["vary"] == "Accept, Accept-Encoding"
    assert zipped.headers["cache-control"] == "no-store"


PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)


@pytest.mark.parametrize(
    ("accept", "other"),
    [
        (PROMETHEUS, True),
        ("application/openmetrics-text", True),
        ("application/openmetrics-text; version=1.0.0; q=0.3, text/plain; q=0.9", False),
        ("application/openmetrics-text;version=0.0.1", False),
        ("application/openmetrics-text;q=0", False),
        ("application/openmetrics-text;q=x", False),
        ("*/*", False),
        ("text/plain", False),
        ("", False),
        (";;;,,q", False),
    ],
)
def test_the_format_is_the_one_that_is_preferred(accept: str, other: bool, served: Served) -> None:
    assert prefers_openmetrics(accept) is other
    served.waking()
    answer = served.client.call("/metrics", headers={"Accept": accept})
    assert answer.headers["content-type"] == (OPENMETRICS if other else TEXT)
    assert answer.body[:5] == (b"open " if other else b"text ")


@pytest.mark.parametrize("fails", [ValueError, OSError])
def test_a_rendering_that_fails_leaves_the_last_one_to_age(fails: type[Exception], served: Served) -> None:
    served.waking()
    served.client.call("/metrics")

    def broken() -> Rendered:
        raise fails("broken")

    hold: Callable[[], Rendered] = broken
    served.metrics._render = hold
    served.metrics._polls += 1
    served.clock.now += SOONEST + 0.1
    with pytest.raises(fails):
        served.metrics.make()
    assert served.client.call("/metrics").body[:7] == b"text 1\n"
