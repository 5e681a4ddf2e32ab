"""How Python and the C library keep this process's memory, and who may read its files; set once at start.

Before any thread; see benchmarks/README.md for the figures.

Every poll makes hundreds of thousands of small dicts and drops as many. They hold no cycles and are freed at once
when dropped, but the usual thresholds make the garbage collector walk all of them at almost every poll of a large grid.
And by default glibc keeps a malloc arena for each thread, with the largest replies that it ever copied: 40 MB more at
1,000 units.
"""

import ctypes
import gc
import logging
import os

log = logging.getLogger(__name__)

NEW_OBJECTS = 200_000
YOUNG_ROUNDS = 20
OLD_ROUNDS = 50

ARENAS = 2
_M_ARENA_MAX = -8  # glibc's malloc.h


NOT_FOR_OTHERS = 0o027
"""Nobody but the user and his group reads what is written, and nobody but the user writes it (AV18)."""


def keep_files_private() -> None:
    """Have new files and folders be for the user and his group; a stricter umask stays."""
    os.umask(os.umask(0o777) | NOT_FOR_OTHERS)


def tune_garbage_collector() -> None:
    """Look for cycles among the newest objects after 200,000 of them, among all some minutes apart."""
    gc.set_threshold(NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)
    gc.freeze()


def limit_malloc_arenas() -> None:
    """Let all threads share two of the C library's arenas; only glibc knows the option, elsewhere nothing changes."""
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        log.debug("this C library knows no number of arenas")
        return
    set_option(_M_ARENA_MAX, ARENAS)
