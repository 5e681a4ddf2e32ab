"""A script or style sheet as a browser needs it: without the lines that are comments alone, a fifth of its weight, and
without what stands behind code after `//`.

Used by the assets. Each line keeps its number, by which browsers report faults.
"""

import re

_COMMENT = re.compile(rb"^[ \t]*(?://[^\n]*|/\*(?!!)(?:(?!\*/).)*\*/[ \t]*)$", re.MULTILINE | re.DOTALL)
"""A line of `//`, or lines from `/*` to `*/`; not `/*!`, by which licences begin."""


_BEHIND = re.compile(rb"^([^\"'`/\n]*[^\"'`/\s])[ \t]+//[^\n]*$", re.MULTILINE)
"""A comment behind code in which no text, pattern or other comment can have begun."""


def without_comments(text: bytes) -> bytes:
    """The text with such lines left empty, and such comments left out."""
    return _BEHIND.sub(rb"\1", _COMMENT.sub(lambda found: b"\n" * found[0].count(b"\n"), text))
