"""How a file stands in a zip of ours: packed, and for its owner alone. Used for backups and support bundles."""

import zipfile
from datetime import datetime

_FIRST, _LAST = 1980, 2107
"""The years that a zip can name: a board without a clock of its own begins in 1970."""


def private_entry(name: str, at: datetime) -> zipfile.ZipInfo:
    """An entry of this name and date; of a year that a zip cannot name the nearest that it can."""
    year, *rest = at.timetuple()[:6]
    named = (year, *rest) if _FIRST <= year <= _LAST else (_FIRST if year < _FIRST else _LAST, 1, 1, 0, 0, 0)
    entry = zipfile.ZipInfo(name, (named[0], named[1], named[2], named[3], named[4], named[5]))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
