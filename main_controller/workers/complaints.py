"""Says of each thing that is wrong with the data once that it is, and once that it is well again (Z4).

Used by the collector, whose polls would otherwise repeat the same line every second.
"""

import logging
from collections.abc import Iterable

log = logging.getLogger(__name__)

LISTED = 20
"""How many things one poll names; a reply full of faults must not flood the log."""


class Complaints:
    """Remembers of what was complained; `sentence` is a format with one place for the thing's name."""

    def __init__(self, sentence: str, *, level: int) -> None:
        self._sentence = sentence
        self._level = level
        self._said: frozenset[str] = frozenset()

    def tell(self, found: Iterable[str]) -> None:
        """Log what is newly wrong and what no longer is."""
        now = frozenset(found)
        self._each(now - self._said, self._level, self._sentence)
        self._each(self._said - now, logging.INFO, "well again: " + self._sentence)
        self._said = now

    def _each(self, names: frozenset[str], level: int, sentence: str) -> None:
        for name in sorted(names)[:LISTED]:
            log.log(level, sentence, name[:200])
        if len(names) > LISTED:
            log.log(level, "and %s more of these", len(names) - LISTED)
