"""What every test may use: the checkout's root and, for tests/browser, a Chromium that is really there."""

import gc
import logging
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first of these that is there drives the page; the shell takes half the processor time of the whole browser."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything under tests/browser carries the mark `browser`, so that `-m "not browser"` leaves it out."""
    for item in items:
        if ROOT / "tests" / "browser" in item.path.parents:
            item.add_marker(pytest.mark.browser)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not walk it again, and hold up what is timed."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Where there is none: a failure in CI, elsewhere a skip that says what to install."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is not None:
        return found
    sentence = "There is no Chromium here: install chromium-headless-shell or chromium to run the tests of the page."
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(autouse=True)
def left_as_it_was() -> Iterator[None]:
    """No test changes where this process logs to: the next ones would miss lines, or find others'."""
    before = logs()
    yield
    assert logs() == before, "this test changed the logging of the whole process"


def logs() -> tuple[int, list[logging.Handler]]:
    """The root logger's level and its destinations, but for those that pytest and the tests themselves put there."""
    top = logging.getLogger()
    return top.level, [each for each in top.handlers if not type(each).__module__.startswith(("_pytest.", "tests."))]


def heed_signals() -> None:
    """Let no signal be ignored, whoever started the tests (nohup, a shell's background): programs inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


heed_signals()
