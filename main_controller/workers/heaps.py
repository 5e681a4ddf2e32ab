"""How many heaps the C library keeps for this program's threads; set once by the controller, before any thread starts.

By default each thread keeps one of its own, with the largest replies that it ever copied: 40 MB more at 1,000 units
(benchmarks/README.md). Only glibc knows the option; elsewhere nothing is changed.
"""

import ctypes
import logging

log = logging.getLogger(__name__)

HEAPS = 2
_M_ARENA_MAX = -8  # glibc's malloc.h


def share_heaps() -> None:
    """Let all threads share two heaps."""
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        log.debug("this C library knows no number of heaps")
        return
    set_option(_M_ARENA_MAX, HEAPS)
