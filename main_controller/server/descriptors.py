"""Owns how many descriptors the process may open, and how many of them connections may take (AV7).

Used by the server at its start.
"""

import logging
import resource

log = logging.getLogger(__name__)

RESERVE = 200
"""Descriptors kept from callers: the connections by which a stop leaves (up to 130), files, and what starts them."""

LEAST = 8
"""Connections that are let in however low the limit is."""


def raise_limit() -> int:
    """Raise the soft limit of open descriptors to the hard one; the limit that then holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return _bounded(soft)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError) as fault:
        log.info("the limit of open descriptors stays at %d: %s", soft, fault)
        return _bounded(soft)
    log.info("the limit of open descriptors is raised from %d to %d", soft, hard)
    return _bounded(hard)


def connections_within(wanted: int, limit: int) -> int:
    """How many of `wanted` connections fit into `limit` descriptors beside the reserve; a low limit is shared."""
    return max(LEAST, min(wanted, limit - min(RESERVE, limit * 3 // 4)))


def _bounded(limit: int) -> int:
    return 1 << 30 if limit == resource.RLIM_INFINITY else limit
