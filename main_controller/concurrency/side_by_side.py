"""Several calls at the same time, where each may hang for as long as it is allowed to. Used by the grid's watcher."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

Found = TypeVar("Found")


def one_by_one(calls: Sequence[Callable[[], Found]]) -> list[Found]:
    """What each call gives, one after another in this thread."""
    return [call() for call in calls]


def side_by_side(calls: Sequence[Callable[[], Found]]) -> list[Found]:
    """What each call gives, in their order: each in a thread of its own, which holds up no end of the program.

    Returns once all have ended; raises what the first of them raised.
    """
    futures: list[Future[Found]] = [Future() for _ in calls]
    threads = [
        threading.Thread(target=_run, args=one, name=f"{threading.current_thread().name} {number}", daemon=True)
        for number, one in enumerate(zip(calls, futures, strict=True), 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [future.result() for future in futures]


def _run(call: Callable[[], Found], future: Future[Found]) -> None:
    try:
        found = call()
    except Exception as error:  # noqa: BLE001 - it is raised where the results are asked for
        future.set_exception(error)
    else:
        future.set_result(found)
