"""Several calls at the same time, where each may hang for as long as it is allowed to.

Used by the grid's watcher and by the support bundle.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import TypeVar

Found = TypeVar("Found")


def one_by_one(calls: Sequence[Callable[[], Found]]) -> list[Found]:
    """What each call gives, one after another in this thread."""
    return [call() for call in calls]


def side_by_side(calls: Sequence[Callable[[], Found]]) -> list[Found]:
    """What each call gives, in their order, once all have ended; raises what the first of them raised."""
    futures = begun(calls)
    wait(futures)
    return [future.result() for future in futures]


def begun(calls: Sequence[Callable[[], Found]]) -> list[Future[Found]]:
    """What each call will give, in their order: each has a thread of its own, which holds up no end of the program."""
    futures: list[Future[Found]] = [Future() for _ in calls]
    name = threading.current_thread().name
    for number, one in enumerate(zip(calls, futures, strict=True), 1):
        threading.Thread(target=_run, args=one, name=f"{name} {number}", daemon=True).start()
    return futures


def _run(call: Callable[[], Found], future: Future[Found]) -> None:
    try:
        found = call()
    except Exception as error:  # noqa: BLE001 - it is raised where the results are asked for
        future.set_exception(error)
    else:
        future.set_result(found)
