"""How a file stands in a zip of ours: for its owner alone. Used for backups, support bundles and incidents."""

import zipfile
from datetime import datetime

_FIRST, _LAST = 1980, 2107
"""The years that a zip can name: a board without a clock of its own begins in 1970."""


def private_entry(name: str, at: datetime, packing: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """An entry of this name and date, to be packed that way; of a year that a zip cannot name the nearest it can."""
    year = min(max(at.year, _FIRST), _LAST)
    named = at if year == at.year else datetime(year, 1, 1, tzinfo=at.tzinfo)
    entry = zipfile.ZipInfo(name, named.timetuple()[:6])
    entry.compress_type = packing
    entry.external_attr = 0o600 << 16
    return entry
