"""What persons write, their names and reasons, as it is kept and compared (M14, M15). Ids of units are never touched.

Pure. Used where parameters are read and by the locks.
"""

import re
import unicodedata

_OVERRIDES = "\u202a-\u202e\u2066-\u2069"
_REFUSED = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_OVERRIDES}]")
"""Control characters, line breaks, halves of characters, and what turns the direction of the text around it."""

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"
    "\U000e0000-\U000e00ff]"
)
"""What shows nothing and joins nothing."""

_BLANKS = re.compile(r"[\s\u2800]+")
_JOINERS = re.compile("[\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What only chooses the form of the letter beside it: kept, and not compared."""


def refused_in(text: str) -> str | None:
    """The first character of a person's text that steers a terminal, a line or the direction of the text around it."""
    found = _REFUSED.search(text)
    return None if found is None else found[0]


def tidy(text: str) -> str:
    """A person's text as it is kept: NFKC, without what is not seen, trimmed, each run of blanks as one blank."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", text))).strip()


def read_alike(one: str, other: str) -> bool:
    """Whether two names read the same; a name of before may be kept as it was typed."""
    return _as_read(one) == _as_read(other)


def caseless(text: str) -> str:
    """What all names share that read the same but for upper and lower case."""
    return unicodedata.normalize("NFKC", _as_read(text).casefold())


def _as_read(text: str) -> str:
    return _JOINERS.sub("", tidy(text))
