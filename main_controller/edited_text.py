"""Reads a file that a person edited, however his editor saved it: a byte order mark and CRLF do no harm (M23).

Used for the settings file and logging.conf.
"""

import codecs
from pathlib import Path

_OTHERS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def edited_text(path: Path) -> str:
    """The file's text. Raises OSError, and ValueError with a sentence that says how to save it."""
    raw = path.read_bytes()
    if raw.startswith(_OTHERS) or b"\x00" in raw[:64]:
        raise ValueError("it is saved as UTF-16; save it as UTF-8")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise ValueError(f"line {line} holds a byte that is not UTF-8; save it as UTF-8") from None
