"""Makes the pools of threads, which end with the program."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

from main_controller.workers.crew import Crew

READERS = 16
DIRECT_READERS = 16
"""How many converters may be read at once before orders; a read that hangs holds one for its time-out."""

STOPPERS = 64
"""Threads for Stop all's own order to the cluster, and for Stop alls that are answered at once."""

WAITERS = 2048
"""Threads for Wait: one for each unit that hangs, made when needed and gone when done (Z8)."""

ORDERERS = 16
TESTERS = 32
"""Threads for a test of the channels, one for each."""

STOPS_ASKED = 2048
"""How many stops may go on at once after their answer; a thread each, made when it is needed."""


class Threads:
    """Pools that `stack` shuts down."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack

    def executor(self, threads: int, name: str) -> ThreadPoolExecutor:
        """So many threads, kept."""
        executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._stack.callback(executor.shutdown, wait=False, cancel_futures=True)
        return executor

    def crew(self, most: int, name: str) -> Crew:
        """At most so many threads, each made when it is needed and gone when it is done."""
        crew = Crew(most, name)
        self._stack.callback(crew.shutdown, wait=False, cancel_futures=True)
        return crew
