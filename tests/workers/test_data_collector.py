"""The collector keeps the last good data through every fault, says each once, and shares a poll under way (Z4-Z6)."""

import contextlib
import dataclasses
import gzip
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
import pytest

from main_controller.concurrency.side_by_side import side_by_side
from main_controller.domain.snapshot import GridWatch, Snapshot
from main_controller.errors import (
    UpstreamError,
    UpstreamGarbled,
    UpstreamRefused,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from main_controller.sentence import foreign
from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.apis_web import GridStatus, LogReply
from main_controller.upstream.json_text import decode
from main_controller.workers.data_collector import DataCollector, GridWatcher

START = datetime(2026, 1, 1, tzinfo=UTC)
FAULTS = [
    UpstreamUnreachable(foreign("refused")),
    UpstreamTimeout(foreign("hangs")),
    UpstreamGarbled(foreign("half")),
    UpstreamRefused(foreign("500")),
]
LONG = 10.0


def reply(units: dict[str, Any], nulled: tuple[str, ...] = (), duplicates: frozenset[str] = frozenset()) -> LogReply:
    return LogReply(units, msgspec.json.encode(units), nulled, duplicates)


def unit(time: str = "t0", **more: Any) -> dict[str, Any]:
    return {"time": time, **more}


class ApisWeb:
    """Answers what it is given, one after the other, the last one for ever; counts the calls."""

    def __init__(self, *answers: LogReply | Exception) -> None:
        self.answers: list[LogReply | Exception] = list(answers)
        self.calls = 0

    def log(self) -> LogReply:
        self.calls += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Bench:
    """A collector over given answers, on a clock that moves one second with each poll."""

    def __init__(self, *answers: LogReply | Exception, listeners: tuple[Callable[..., None], ...] = ()) -> None:
        self.now = -1.0
        self.apis_web = ApisWeb(*answers)
        self.cache = UnitCache()
        self.collector = DataCollector(
            self.apis_web,
            self.cache,
            listeners=listeners,
            clock=lambda: self.now,
            wall=lambda: START + timedelta(seconds=self.now),
        )

    def poll(self) -> Snapshot:
        self.now += 1.0
        with contextlib.suppress(UpstreamError):
            self.collector.poll_once()
        return self.cache.snapshot()


def test_a_good_answer_becomes_the_snapshot() -> None:
    snapshot = Bench(reply({"E002": unit(), "E001": unit()})).poll()
    assert (list(snapshot.units), snapshot.members) == (["E002", "E001"], ("E001", "E002"))
    assert (snapshot.answered_at, snapshot.answered_wall) == (0.0, START)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_is_raised_and_leaves_the_last_data_in_place_ageing(fault: UpstreamError) -> None:
    bench = Bench(reply({"E001": unit()}), fault)
    before = bench.poll()
    with pytest.raises(type(fault)):
        bench.collector.poll_once()
    bench.now = 50.0
    assert bench.cache.snapshot() is before
    assert before.age(bench.now) == 50.0


def test_the_first_answer_after_a_fault_is_taken_at_once() -> None:
    bench = Bench(reply({"E001": unit("a")}), *FAULTS, reply({"E001": unit("b")}))
    for _ in range(1 + len(FAULTS)):
        bench.poll()
    after = bench.poll()
    assert (after.answered_at, after.age(bench.now)) == (5.0, 0.0)


@pytest.mark.parametrize("empty", [{}, {"E001": None}, {"error": "NO_HANDLERS"}], ids=["empty", "null", "error"])
def test_an_answer_without_units_is_a_fault_while_units_are_known_however_long(empty: dict[str, Any]) -> None:
    bench = Bench(reply({"E001": unit()}), reply(empty))
    before = bench.poll()
    for _ in range(100):
        with pytest.raises(UpstreamGarbled, match="holds no unit's data, while 1 units are known"):
            bench.collector.poll_once()
    assert bench.cache.snapshot() is before


def test_an_empty_answer_before_any_unit_is_known_is_an_answer() -> None:
    """K8: a fresh apis-web without a Grid Master answers {}."""
    bench = Bench(reply({}), reply({}), reply({"E001": unit()}))
    first, second, third = bench.poll(), bench.poll(), bench.poll()
    assert (first.answered_at, first.units, first.age(0.0)) == (0.0, {}, None)
    assert second.answered_at == 1.0
    assert list(third.units) == ["E001"]


def test_an_empty_answer_is_a_fault_when_only_unit_ids_named_units() -> None:
    bench = Bench(reply({}))
    bench.cache.take_grid(_with_ids)
    with pytest.raises(UpstreamGarbled):
        bench.collector.poll_once()


@pytest.mark.parametrize("odd", [None, "E001", 5, True, [], [{"time": "t"}]])
def test_a_unit_that_is_no_object_is_left_out_said_once_and_the_rest_is_used(
    odd: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    rounds = [reply({"E001": odd, "E002": unit(str(index))}) for index in range(3)]
    bench = Bench(reply({"E001": unit("x"), "E002": unit("x")}), *rounds, reply({"E001": unit("y"), "E002": unit("z")}))
    bench.poll()
    for index in range(3):
        snapshot = bench.poll()
        assert snapshot.units == {"E002": unit(str(index))}
        assert not snapshot.sightings["E001"].present
    assert list(bench.poll().units) == ["E001", "E002"]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "the data of unit 'E001' are no object that can be read, and are left out"),
        ("INFO", "well again: the data of unit 'E001' are no object that can be read, and are left out"),
    ]


def test_a_number_that_became_null_is_said_once_until_it_is_clean(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    path = ("E001.battery.rsoc",)
    bench = Bench(
        *(reply({"E001": unit(str(index), battery={"rsoc": None})}, path) for index in range(3)),
        reply({"E001": unit("c", battery={"rsoc": 50})}),
    )
    for _ in range(4):
        bench.poll()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "'E001.battery.rsoc'" in caplog.text


def test_the_same_bytes_again_make_nothing_anew() -> None:
    same = reply({"E001": unit()})
    bench = Bench(same, same, UpstreamTimeout(foreign("hangs")), same)
    first = bench.poll()
    for _ in range(3):
        snapshot = bench.poll()
    assert snapshot.body is first.body
    assert snapshot.sightings is first.sightings
    assert (snapshot.answered_at, snapshot.age(bench.now)) == (3.0, 3.0)


SOUND = b' {"E001": {"time":"t0",  "big": 1e30, "name":"\xc3\xbc"} }\n'


def test_a_sound_answer_is_passed_on_as_it_came() -> None:
    """F41: to the byte, without the blanks around it."""
    snapshot = Bench(LogReply(msgspec.json.decode(SOUND), SOUND, (), frozenset())).poll()
    assert snapshot.body == SOUND.strip()
    assert gzip.decompress(snapshot.body_gzip) == snapshot.body


@pytest.mark.parametrize(
    ("raw", "units", "body"),
    [
        (b'{"E001":{"x":NaN}}', {"E001": {"x": None}}, b'{"E001":{"x":null}}'),
        (b'{"E001":{"x":1},"E001":{"x":2}}', {"E001": {"x": 2}}, b'{"E001":{"x":2}}'),
        (b'{"E001":{"x":"\\ud800"}}', {"E001": {"x": "\ufffd"}}, '{"E001":{"x":"\ufffd"}}'.encode()),
        (b'\xef\xbb\xbf{"E001":{"x":1}}', {"E001": {"x": 1}}, b'{"E001":{"x":1}}'),
        (b'{"E001":{"x":1},"E002":null}', {"E001": {"x": 1}, "E002": None}, b'{"E001":{"x":1}}'),
    ],
    ids=["NaN", "listed twice", "half a surrogate pair", "byte order mark", "no object"],
)
def test_an_answer_that_had_to_be_mended_is_made_anew(raw: bytes, units: dict[str, Any], body: bytes) -> None:
    """What the real decoder gives for it is what we serve: strict JSON of exactly the usable units."""
    decoded = decode(raw)
    assert decoded.value == units
    snapshot = Bench(LogReply(decoded.value, raw, decoded.nulled, decoded.duplicates)).poll()
    assert snapshot.body == body


def test_a_unit_listed_twice_is_marked() -> None:
    assert list(Bench(reply({"E001": unit()}, duplicates=frozenset({"E001"}))).poll().conflicts) == ["E001"]


def test_listeners_hear_of_every_poll_what_changed_since_they_were_told_last() -> None:
    heard: list[tuple[Snapshot, Snapshot]] = []
    bench = Bench(
        reply({"E001": unit("a")}),
        UpstreamTimeout(foreign("hangs")),
        reply({"E001": unit("b")}),
        listeners=(lambda before, after: heard.append((before, after)),),
    )
    start = bench.cache.snapshot()
    first = bench.poll()
    bench.poll()
    bench.cache.take_grid(_with_ids)
    last = bench.poll()
    assert [(before.serial, after.serial) for before, after in heard] == [
        (start.serial, first.serial), (first.serial, first.serial), (first.serial, last.serial),
    ]  # fmt: skip
    assert heard[2][1].grid.unit_ids == ("E001",)


def test_a_broken_listener_stops_neither_the_poll_nor_the_next_listener(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[int] = []

    def broken(_before: Snapshot, _after: Snapshot) -> None:
        raise KeyError("bug")

    bench = Bench(
        reply({"E001": unit("a")}),
        reply({"E001": unit("b")}),
        listeners=(broken, lambda _, after: heard.append(after.serial)),
    )
    bench.now = 0.0
    bench.collector.poll_once()
    bench.collector.poll_once()
    assert (heard, bench.cache.snapshot().units) == ([1, 2], {"E001": unit("b")})
    assert [record.exc_info is not None for record in caplog.records] == [True], "once, with its traceback"


class Slow(ApisWeb):
    """Answers only when it is let go."""

    def __init__(self, *answers: LogReply | Exception) -> None:
        super().__init__(*answers)
        self.entered = threading.Event()
        self.let_go = threading.Event()

    def log(self) -> LogReply:
        self.entered.set()
        assert self.let_go.wait(LONG)
        return super().log()


@pytest.mark.parametrize(
    "answer", [reply({"E001": unit("b")}), UpstreamTimeout(foreign("hangs"))], ids=["good", "fault"]
)
def test_a_flush_shares_the_poll_under_way_and_its_outcome(
    answer: LogReply | Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    sharing = threading.Semaphore(0)

    class Shared(Future[None]):
        def result(self, timeout: float | None = None) -> None:
            sharing.release()
            return super().result(timeout)

    monkeypatch.setattr("main_controller.workers.data_collector.Future", Shared)
    apis_web = Slow(answer)
    cache = UnitCache()
    collector = DataCollector(apis_web, cache)
    outcomes: list[str] = []

    def call(what: Callable[[], None]) -> None:
        try:
            what()
            outcomes.append("good")
        except UpstreamError as error:
            outcomes.append(error.sentence)

    polling = threading.Thread(target=call, args=(collector.poll_once,))
    polling.start()
    assert apis_web.entered.wait(LONG)
    flushing = [threading.Thread(target=call, args=(collector.flush,)) for _ in range(3)]
    for one in flushing:
        one.start()
    assert cache.snapshot().units == {}
    assert all(sharing.acquire(timeout=LONG) for _ in flushing)
    apis_web.let_go.set()
    for one in (polling, *flushing):
        one.join(LONG)
    assert outcomes == ["good" if isinstance(answer, LogReply) else "hangs"] * 4
    assert apis_web.calls == 1


def test_a_flush_polls_at_once_and_never_empties_first() -> None:
    bench = Bench(reply({"E001": unit("a")}), reply({"E001": unit("b")}), UpstreamTimeout(foreign("hangs")))
    bench.poll()
    bench.collector.flush()
    assert bench.cache.snapshot().units == {"E001": unit("b")}
    with pytest.raises(UpstreamTimeout):
        bench.collector.flush()
    assert bench.cache.snapshot().units == {"E001": unit("b")}


class Grid:
    """Answers the three calls of the watcher; each answer may be an exception."""

    def __init__(self) -> None:
        self.ids: tuple[str, ...] | Exception = ("E001",)
        self.state: GridStatus | Exception = GridStatus(True, None)
        self.list: list[dict[str, Any]] | Exception = []

    def unit_ids(self) -> tuple[str, ...]:
        return _or_raise(self.ids)

    def status(self) -> GridStatus:
        return _or_raise(self.state)

    def deals(self) -> list[dict[str, Any]]:
        return _or_raise(self.list)


T = TypeVar("T")


def _or_raise(answer: T | Exception) -> T:
    if isinstance(answer, Exception):
        raise answer
    return answer


class Watch:
    """A watcher over a `Grid`, on a clock that moves five seconds with each poll."""

    def __init__(self) -> None:
        self.now = -5.0
        self.grid = Grid()
        self.cache = UnitCache()
        self.watcher = GridWatcher(self.grid, self.cache, clock=lambda: self.now)

    def poll(self) -> GridWatch:
        self.now += 5.0
        with contextlib.suppress(UpstreamError):
            self.watcher.poll_once()
        return self.cache.snapshot().grid


def test_the_watcher_takes_in_all_three_answers() -> None:
    watch = Watch()
    watch.grid.list = [{"requester": "E001"}]
    grid = watch.poll()
    assert (grid.unit_ids, grid.status_active, grid.status_error, grid.deals) == (
        ("E001",), True, None, ({"requester": "E001"},),
    )  # fmt: skip
    assert (grid.unit_ids_at, grid.status_at, grid.deals_at) == (0.0, 0.0, 0.0)
    assert watch.cache.snapshot().members == ("E001",)


@pytest.mark.parametrize("failing", ["ids", "state", "list"])
@pytest.mark.parametrize("fault", [UpstreamTimeout(foreign("hangs")), KeyError("bug")], ids=["outage", "bug"])
def test_the_failure_of_one_call_hides_none_of_the_others(failing: str, fault: Exception) -> None:
    watch = Watch()
    watch.poll()
    setattr(watch.grid, failing, fault)
    watch.now += 5.0
    watch.watcher.poll_once()
    grid = watch.cache.snapshot().grid
    answered = {"ids": grid.unit_ids_at, "state": grid.status_at, "list": grid.deals_at}
    assert answered == {**dict.fromkeys(answered, 5.0), failing: 0.0}


def test_only_when_all_three_fail_the_watch_has_failed() -> None:
    watch = Watch()
    watch.grid.ids = UpstreamUnreachable(foreign("refused"))
    watch.grid.state = watch.grid.list = UpstreamTimeout(foreign("hangs"))
    with pytest.raises(UpstreamUnreachable):
        watch.watcher.poll_once()


def test_side_by_side_all_three_are_known_to_hang_after_one_time_out() -> None:
    """K7: with no Grid Master each hangs; one after another they would be known after three time-outs."""
    waiting = threading.Barrier(3, timeout=20)

    class Hanging(Grid):
        def unit_ids(self) -> tuple[str, ...]:
            raise self._times_out()

        def status(self) -> GridStatus:
            raise self._times_out()

        def deals(self) -> list[dict[str, Any]]:
            raise self._times_out()

        def _times_out(self) -> UpstreamTimeout:
            waiting.wait()
            return UpstreamTimeout(foreign("hangs"))

    cache = UnitCache()
    with pytest.raises(UpstreamTimeout):
        GridWatcher(Hanging(), cache, run=side_by_side).poll_once()
    grid = cache.snapshot().grid
    assert (grid.unit_ids, grid.status_error, grid.deals_error) == (None, "hangs", "hangs")


def test_a_failed_call_is_told_as_cannot_tell_and_never_as_none() -> None:
    """Z6: the last deals and the members stay."""
    watch = Watch()
    watch.grid.list = [{"requester": "E001"}]
    watch.poll()
    watch.grid.ids = watch.grid.state = watch.grid.list = UpstreamTimeout(foreign("hangs"))
    grid = watch.poll()
    assert (grid.unit_ids, grid.status_active, grid.status_error, grid.deals_error) == (None, None, "hangs", "hangs")
    assert (grid.deals, grid.deals_at) == (({"requester": "E001"},), 0.0)
    assert watch.cache.snapshot().members == ("E001",)
    watch.grid.list = []
    assert (watch.poll().deals, watch.cache.snapshot().grid.deals_error) == ((), None)


def test_no_grid_master_is_an_empty_answer_and_keeps_the_members() -> None:
    """K7."""
    watch = Watch()
    watch.poll()
    watch.grid.ids = ()
    assert (watch.poll().unit_ids, watch.cache.snapshot().members) == ((), ("E001",))


@pytest.mark.parametrize(
    ("answers", "counts"),
    [
        ("iii", [1, 2, 3]),
        ("iai", [1, 0, 1]),
        ("iei", [1, 0, 1]),
        ("ixi", [1, 0, 1]),
        ("nai", [0, 0, 1]),
    ],
)
def test_inactive_answers_count_only_in_a_row_and_only_without_an_error(answers: str, counts: list[int]) -> None:
    """Z6: i inactive, a active, e inactive with an error, x no answer, n not told."""
    kinds: dict[str, GridStatus | Exception] = {
        "i": GridStatus(False, None),
        "a": GridStatus(True, None),
        "e": GridStatus(False, "(NO_HANDLERS,-1)"),
        "x": UpstreamTimeout(foreign("hangs")),
        "n": GridStatus(None, None),
    }
    watch = Watch()
    found = []
    for kind in answers:
        watch.grid.state = kinds[kind]
        found.append(watch.poll().inactive_answers)
    assert found == counts


def test_each_calls_outage_is_logged_when_it_starts_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    watch = Watch()
    watch.poll()
    good, watch.grid.ids = watch.grid.ids, UpstreamTimeout(foreign("hangs"))
    watch.poll()
    watch.poll()
    watch.grid.ids = good
    watch.poll()
    lines = [record.getMessage() for record in caplog.records]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert lines[0] == "apis-web's /unitIds fails: hangs"
    assert lines[1].startswith("apis-web's /unitIds works again")


def _with_ids(grid: GridWatch) -> GridWatch:
    return dataclasses.replace(grid, unit_ids=("E001",))


def test_the_outcome_of_every_call_is_noted() -> None:
    """Also of one that failed, and of one without news."""
    noted: list[tuple[str, str | None]] = []

    def note(path: str, error: Exception | None) -> None:
        noted.append((path, None if error is None else str(error)))

    same = reply({"E001": unit()})
    collector = DataCollector(ApisWeb(same, FAULTS[0], same), UnitCache(), noted=note)
    for _ in range(3):
        with contextlib.suppress(UpstreamError):
            collector.poll_once()
    assert noted == [("/get/log", None), ("/get/log", "refused"), ("/get/log", None)]
