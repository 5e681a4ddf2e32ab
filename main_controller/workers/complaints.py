"""Says of each thing that is wrong with the data once that it is, and once that it is well again (Z4, M27).

Used by the collector, whose polls would otherwise repeat the same line every second.
"""

import logging
from collections.abc import Iterable

from main_controller.sentence import counted_out

log = logging.getLogger(__name__)

ONE_BY_ONE = 3
"""How many things of one poll get a line each; of more there is one line with some of them and their number."""


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
        if len(names) > ONE_BY_ONE:
            some = counted_out([repr(name[:200]) for name in sorted(names)])
            log.log(level, "%d times: %s", len(names), sentence.replace("%r", "%s") % some)
            return
        for name in sorted(names):
            log.log(level, sentence, name[:200])
