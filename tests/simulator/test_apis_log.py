"""The simulated cluster sends apis-main's log as the recorded one did (K16-K20)."""

import gzip
import json
import logging
import re
import socket
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest

from main_controller.domain.apis_log import LogLine, error_in, parse_line
from main_controller.domain.deal_lines import Breaks, Counts, Reaches, Stage, WholeDeal, told_of_deals
from main_controller.simulator import LogSender, SimulatedCluster
from main_controller.simulator.apis_log import java_time
from tests.simulator.traces import RECORDINGS, budo

Form = tuple[str, str, str, str]
"""Program, level, class and message, without what differs each time."""

ASSUMED = ("global error", "operationMode ; but deal exists")
"""The errors that no recording has, as the package says."""


def form_of(line: LogLine) -> Form:
    message = re.sub(r"\[\{.*\}\]", "[DEALS]", line.message, flags=re.DOTALL)
    message = re.sub(r"other deal : \{.*\}", "other deal : DEAL", message, flags=re.DOTALL)
    message = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "ID", message)
    message = re.sub(r"(\"?E\d{3}\"?(,|, )?)+", "UNITS", message)
    return line.program, line.level, line.source, re.sub(r"-?\d+(\.\d+)?(E-?\d+)?", "N", message)


def recorded() -> list[LogLine]:
    with gzip.open(RECORDINGS / "log.jsonl.gz", "rt", encoding="utf-8") as entries:
        texts = [entry["udp"] for entry in map(json.loads, entries) if "udp" in entry]
    found = [parse_line(text.encode()) for text in texts]
    return [line for line in found if line is not None]


class Site:
    """A simulated cluster, and every line of its log."""

    def __init__(self, units: int = 4, seed: int = 1) -> None:
        self.datagrams: list[bytes] = []
        self.cluster = SimulatedCluster(units, seed=seed, log=self.datagrams.append)

    @property
    def lines(self) -> list[LogLine]:
        found = [parse_line(datagram) for datagram in self.datagrams]
        assert None not in found
        return [line for line in found if line is not None]

    def messages(self, source: str) -> list[str]:
        return [line.message for line in self.lines if line.source.endswith(f".{source}")]


@pytest.fixture(scope="module")
def eventful() -> Site:
    """Deals, a node that dies amid one and comes back, devices that hang, a global error, nobody who serves."""
    site = Site()
    cluster = site.cluster
    cluster.advance(200)
    for name, on, off in (("node-dies", 60, 60), ("devices-hang", 25, 120), ("grid-error", 60, 0)):
        cluster.fault(name)
        cluster.advance(on)
        if off:
            cluster.clear(name)
            cluster.advance(off)
    cluster.apis.master.resign()
    budo(cluster, "/unitIds")
    budo(cluster, "/setOperationMode", value="autonomous")
    cluster.advance(60)
    return site


def test_every_line_has_a_form_that_the_recording_has(eventful: Site) -> None:
    """Program, level, class and words; but for the errors that are assumed."""
    real = {form_of(line) for line in recorded()}
    strange = {form_of(line) for line in eventful.lines} - real
    assert all(any(words in form[3] for words in ASSUMED) for form in strange), strange
    assert len({form_of(line) for line in eventful.lines} & real) >= 35


def test_every_kind_of_line_that_tells_of_deals_or_errors_is_sent(eventful: Site) -> None:
    """What the program reads of the real log the simulated one has: lives, counts, lists and errors (K17-K19)."""
    told = [one for line in eventful.lines for one in told_of_deals(line)]
    kinds = {type(one) for one in told}
    assert kinds == {type(one) for line in recorded() for one in told_of_deals(line)}
    assert {one.stage for one in told if isinstance(one, Reaches)} == set(Stage)
    assert {one.how for one in told if isinstance(one, Breaks)} == {"aborted", "scrammed"}
    errors = {(one.extent, one.level) for line in eventful.lines if (one := error_in(line)) is not None}
    assert errors == {("LOCAL", "WARN"), ("LOCAL", "ERROR"), ("GLOBAL", "WARN"), ("GLOBAL", "ERROR")}


def test_a_deal_in_the_grid_masters_list_has_the_recorded_keys(eventful: Site) -> None:
    """K19: what has not happened yet is missing, in both."""

    def keys(lines: list[LogLine]) -> set[frozenset[str]]:
        texts = [line.message for line in lines if line.source.endswith(".DealExecution")]
        lists = [json.loads(text.removeprefix("deals : ")) for text in texts if text.startswith("deals : ")]
        return {frozenset(deal) for deals in lists for deal in deals}

    real, ours = keys(recorded()), keys(eventful.lines)
    assert {key for one in ours for key in one} <= {key for one in real for key in one}
    whole = max(real, key=len)
    assert len(max(ours, key=len)) >= len(whole) - 3


def test_a_deals_life_comes_in_the_recorded_order_and_its_count_ends_beyond_what_was_agreed() -> None:
    site = Site()
    site.cluster.advance(300)
    told = [one for line in site.lines for one in told_of_deals(line)]
    counts = [one for one in told if isinstance(one, Counts)]
    assert any(one.wh >= one.agreed for one in counts)
    assert all(one.wh < 1.2 * one.agreed for one in counts)
    whole = {one.deal_id: one for one in told if isinstance(one, WholeDeal)}
    assert len(whole) >= 4
    order = list(Stage)
    for deal in whole.values():
        assert list(deal.stages) == sorted(deal.stages, key=order.index)


def test_a_site_of_four_says_as_much_as_the_recorded_one() -> None:
    """K16: some 18 datagrams a second there, most of them of no use to anybody; here those that tell something."""
    site = Site()
    site.cluster.advance(300)
    assert 2 < len(site.datagrams) / 300 < 18
    assert max(map(len, site.datagrams)) < 65_000


def test_without_anybody_to_send_to_nothing_is_said() -> None:
    """And the simulated day is the same."""
    silent, heard = SimulatedCluster(4), Site().cluster
    for cluster in (silent, heard):
        cluster.advance(120)
    assert budo(silent, "/deals") == budo(heard, "/deals") != []


@pytest.mark.parametrize(
    ("microsecond", "offset", "written"),
    [
        (952_000, 9, "2026-11-26T20:43:34.952+09:00"),
        (950_000, 9, "2026-11-26T20:43:34.95+09:00"),
        (0, 0, "2026-11-26T20:43:34Z"),
    ],
)
def test_times_are_written_as_java_writes_them(microsecond: int, offset: int, written: str) -> None:
    zone = timezone(timedelta(hours=offset)) if offset else UTC
    assert java_time(datetime(2026, 11, 26, 20, 43, 34, microsecond, tzinfo=zone)) == written


def test_a_sender_that_reaches_nobody_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    """The simulation goes on. 192.0.2.1 is an interface that this machine has not."""
    with pytest.raises(OSError, match="address"):
        LogSender("239.1.2.3", 8888, interface="192.0.2.1")
    sender = LogSender("239.1.2.3", 8888)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            sender(b"x" * 70_000)  # more than a datagram carries
    assert Counter(record.levelname for record in caplog.records) == {"WARNING": 1}
    sender.close()


def test_nothing_leaves_this_machine() -> None:
    sender = LogSender("239.1.2.3", 8888)
    assert sender._socket.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL) == 0
    assert sender._socket.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF) == int.from_bytes(
        socket.inet_aton("127.0.0.1"), "little"
    )
    sender.close()
    with pytest.raises(ValueError, match="for this machine"):
        LogSender("192.0.2.7", 8888)
