"""Ids from the wire become units only where they can be shown, and not endlessly many (AV4)."""

import contextlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.domain.freshness import Remembered
from main_controller.domain.snapshot import Snapshot
from main_controller.errors import UpstreamError, UpstreamGarbled
from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.apis_web import GridStatus
from main_controller.workers.admission import Admission, within
from main_controller.workers.data_collector import DataCollector, GridWatcher
from tests.workers.test_data_collector import ApisWeb, reply, unit

WALL = datetime(2026, 1, 1, tzinfo=UTC)
LONG, TURNED, BROKEN = "x" * 20_000, "E\u202e1", "E1\n2026-01-01 00:00:00 CRITICAL forged: row"


class Bench:
    """Both askers over one cache that takes `most` units."""

    def __init__(self, most: int, *answers: dict[str, Any], remembered: dict[str, Remembered] | None = None) -> None:
        self.cache = UnitCache(remembered=remembered)
        self.admission = Admission(self.cache, most)
        self.ids: Sequence[str] = ()
        self._collector = DataCollector(
            ApisWeb(*(reply(answer) for answer in answers or ({},))), self.cache, admission=self.admission
        )
        self._watcher = GridWatcher(self, self.cache, admission=self.admission)

    def unit_ids(self) -> tuple[str, ...]:
        """As `GridSource`."""
        return tuple(self.ids)

    def status(self) -> GridStatus:
        """As `GridSource`."""
        return GridStatus(True, None)

    def deals(self) -> list[dict[str, Any]]:
        """As `GridSource`."""
        return []

    def poll(self) -> Snapshot:
        with contextlib.suppress(UpstreamError):
            self._collector.poll_once()
        return self.cache.snapshot()

    def watch(self, *ids: str) -> Snapshot:
        self.ids = ids
        self._watcher.poll_once()
        return self.cache.snapshot()


def units(*ids: str, time: str = "t") -> dict[str, Any]:
    return {unit_id: unit(time) for unit_id in ids}


@pytest.mark.parametrize("bad", [LONG, TURNED, BROKEN, "", "x" * 65, "E\x00", "E\u2028"], ids=range(7))
def test_an_id_that_cannot_be_shown_is_no_unit_and_the_others_are(bad: str) -> None:
    bench = Bench(10, units("E001", bad, "A/1"))
    snapshot = bench.poll()
    assert list(snapshot.units) == ["E001", "A/1"]
    assert snapshot.members == ("A/1", "E001")
    assert bad not in snapshot.sightings
    assert bytes(snapshot.body).count(b"time") == 2, "what is passed on holds only the units"
    assert bench.watch("E001", bad, "E002").members == ("A/1", "E001", "E002")
    assert bench.cache.snapshot().grid.unit_ids == ("E001", "E002")


def test_each_kind_is_told_once_with_its_number_and_once_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bad = [*("x" * (65 + n) for n in range(500)), TURNED]
    bench = Bench(10, units("E1", *bad), units("E1", *bad, time="u"), units("E1", time="v"))
    bench.poll()
    assert bench.admission.left_out == {"longer than 64 characters": 500, "not printable": 1}
    bench.poll()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", f"apis-web's /get/log names 500 ids that are longer than 64 characters, such as '{'x' * 40}': "
                  "they are left out"),
        ("ERROR", "apis-web's /get/log names 1 ids that are not printable, such as 'E\\u202e1': they are left out"),
    ]  # fmt: skip
    caplog.clear()
    bench.poll()
    assert sorted(record.getMessage() for record in caplog.records) == [
        "apis-web's /get/log names no ids any more that are longer than 64 characters",
        "apis-web's /get/log names no ids any more that are not printable",
    ]
    assert bench.admission.left_out == {}


def test_the_number_of_units_is_bounded_however_many_come_and_known_ones_are_always_taken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """AV4: 500 new ids at each poll."""
    floods = [units("E1", *(f"N{poll}-{n}" for n in range(500)), time=str(poll)) for poll in range(20)]
    bench = Bench(700, *floods)
    for _ in floods:
        snapshot = bench.poll()
        assert "E1" in snapshot.units
    assert len(snapshot.members) == 700
    assert list(snapshot.units) == ["E1"]
    assert bench.admission.left_out == {"too many": 500}
    assert len(bench.watch("E1", *(f"W{n}" for n in range(50))).members) == 700
    said = [record.getMessage() for record in caplog.records]
    assert said[0] == (
        "apis-web's /get/log names more units than 700 (setting maxunits): 301 are left out "
        "(N1-199, N1-200, N1-201, N1-202, N1-203, N1-204, N1-205, N1-206 and 293 more)"
    )
    assert len(said) == 2, "one for each answer, not one for each poll"


def test_an_answer_of_bad_ids_alone_is_a_fault_and_never_no_grid_master() -> None:
    bench = Bench(10, units("E1"), units(TURNED))
    bench.poll()
    with pytest.raises(UpstreamGarbled, match="holds no unit's data"):
        bench._collector.poll_once()
    bench.watch(TURNED)
    assert bench.cache.snapshot().grid.unit_ids is None


def kept(status: str, *ids: str) -> dict[str, Remembered]:
    return {unit_id: Remembered(unit_id, status) for unit_id in ids}


def test_of_too_many_remembered_units_those_in_wait_are_left_out_first(caplog: pytest.LogCaptureFixture) -> None:
    """A unit last seen in any other word is live hardware that somebody must stop (Z6a)."""
    many = kept("0x0000", *(f"A{n:04d}" for n in range(1000))) | kept("0x0014", *(f"Z{n}" for n in range(5)))
    taken = within({**many, **kept("0x0041", TURNED, LONG)}, 10)
    assert sorted(taken) == [*(f"A{n:04d}" for n in range(5)), *(f"Z{n}" for n in range(5))]
    assert taken["Z1"].status == "0x0014"
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 3


def test_a_file_within_the_bound_is_taken_whole_and_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    few = kept("0x0014", "E001", "蓄電池１", "A/1")
    assert within(few, 3) == few
    assert caplog.records == []
