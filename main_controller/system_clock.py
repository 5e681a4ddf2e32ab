"""Whether this machine's clock follows a time server, as Linux itself has it. Used by the self-check."""

import ctypes
import logging

log = logging.getLogger(__name__)

ERROR_STATE = 5
"""TIME_ERROR of <sys/timex.h>: the clock is not synchronised."""

_LARGE_ENOUGH = 1024
"""Bytes for a `struct timex`, all 0: so it asks, and sets nothing. It has 208."""


def synchronised() -> bool | None:
    """Whether it is; None where the system does not say. Sets nothing, and needs no right."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_LARGE_ENOUGH))
    except (OSError, AttributeError):
        log.debug("this system has no adjtimex")
        return None
    return None if state < 0 else state != ERROR_STATE
