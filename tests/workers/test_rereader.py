"""What is told to be read again is read in a thread of its own, once for however many told, and no fault ends that."""

import threading
from queue import SimpleQueue

import pytest

from main_controller.workers.rereader import Rereader
from main_controller.workers.stopper import Stopper


def test_a_fault_is_told_and_the_next_time_it_reads_again(caplog: pytest.LogCaptureFixture) -> None:
    told: SimpleQueue[None] = SimpleQueue()
    read: SimpleQueue[int] = SimpleQueue()
    count = iter(range(10))

    def reread() -> None:
        number = next(count)
        read.put(number)
        if number == 0:
            raise ValueError("a file of nonsense")

    Rereader(reread, told.get, rest=0.0).start()
    for number in range(2):
        told.put(None)
        assert read.get(timeout=10) == number
    assert "could not be, and all stays as it was" in caplog.text


def test_who_is_told_to_end_amid_being_told_so_ends_once() -> None:
    """A signal may interrupt the handler of another; a lock that the first holds would be waited for for ever."""
    ended: SimpleQueue[None] = SimpleQueue()
    stopper = Stopper(lambda: ended.put(None))
    assert not stopper.told
    for _ in range(3):
        stopper.tell()
    assert stopper.told
    stopper.start()
    ended.get(timeout=10)
    assert not any(isinstance(one, type(threading.Lock())) for one in vars(stopper).values())
    assert not any(isinstance(one, threading.Event) for one in vars(stopper).values())
