"""An outage is logged when it starts and when it ends, and told with its times (Z5a)."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from main_controller.errors import UpstreamTimeout, UpstreamUnreachable
from main_controller.sentence import encoded, foreign, messages, say
from main_controller.workers.health import Health, HealthKeeper


class Wall:
    def __init__(self) -> None:
        self.now = datetime(2020, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def at(second: int) -> str:
    return f"2020-01-01T00:00:{second:02d}.000+00:00"


def test_a_run_of_good_and_bad_is_told_with_its_times() -> None:
    keeper = HealthKeeper("it", wall=Wall())
    assert keeper.health == Health(up=False, since=at(1))
    keeper.succeeded()
    keeper.succeeded()
    assert keeper.health == Health(last_run=at(3), last_success=at(3), up=True, since=at(2))
    keeper.failed(UpstreamUnreachable(foreign("nobody is there")))
    keeper.failed(UpstreamTimeout(foreign("it hangs")))
    assert keeper.health == Health(
        last_run=at(5), last_success=at(3), last_error=foreign("it hangs"), up=False, since=at(4), since_start=False
    )
    keeper.succeeded()
    assert keeper.health == Health(
        last_run=at(6), last_success=at(6), last_error=foreign("it hangs"), up=True, since=at(6), since_start=False
    )


def test_what_was_so_at_every_run_since_the_start_tells_no_beginning() -> None:
    """After our own restart apis-web is not up for 4 s, nor away for 4 s: nobody knows for how long."""
    good, bad = HealthKeeper("good", wall=Wall()), HealthKeeper("bad", wall=Wall())
    for _ in range(2):
        good.succeeded()
        bad.failed(OSError("gone"))
        assert (good.health.up, good.health.since_start) == (True, True)
        assert (bad.health.up, bad.health.since_start) == (False, True)
    bad.succeeded()
    good.failed(OSError("gone"))
    assert (bad.health.up, bad.health.since_start) == (True, False), "its coming was seen"
    assert (good.health.up, good.health.since_start) == (False, False)
    good.succeeded()
    assert good.health.since_start is False


def test_an_error_of_ours_keeps_its_code_and_another_s_words_have_none() -> None:
    keeper = HealthKeeper("it", wall=Wall())
    keeper.failed(UpstreamTimeout(say("upstream.hangs", "{unit} hangs.", unit="E001")))
    codes = [one["code"] for one in messages(encoded(keeper.health.last_error)[1])]
    assert (keeper.health.last_error, codes) == ("E001 hangs.", ["upstream.hangs"])
    keeper.failed(OSError("no disk"))
    assert keeper.health.last_error == "no disk"
    assert messages(encoded(keeper.health.last_error)[1]) == []


def test_an_outage_is_one_error_line_and_one_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    keeper = HealthKeeper("it", wall=Wall())
    keeper.succeeded()
    hangs = UpstreamTimeout(foreign("it hangs"))
    for error in (hangs, hangs, OSError("gone"), hangs):
        keeper.failed(error)
    keeper.succeeded()
    keeper.succeeded()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "it fails: it hangs"),
        ("INFO", f"it works again, after failing since {at(3)}"),
    ]


def test_a_bug_of_ours_is_logged_with_its_traceback_once_per_cause(caplog: pytest.LogCaptureFixture) -> None:
    keeper = HealthKeeper("it", wall=Wall())
    for cause in ("a", "a", "b"):
        keeper.failed(KeyError(cause))
    assert [record.exc_info is not None for record in caplog.records] == [True, True]
    assert keeper.health.last_error == "KeyError: 'b'"


def test_a_bug_amid_an_outage_still_shows_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    keeper = HealthKeeper("it", wall=Wall())
    keeper.failed(OSError("gone"))
    keeper.failed(ValueError("odd"))
    assert [record.exc_info is not None for record in caplog.records] == [False, True]


def test_an_error_without_words_is_told_by_its_name() -> None:
    keeper = HealthKeeper("it", wall=Wall())
    keeper.failed(OSError())
    assert keeper.health.last_error == "OSError: "
