"""Writing a small file so that it is there whole or not at all, whenever the process or the power dies (Z11).

Used by every store that keeps a file. Raises OSError as the file system gives it.
"""

import os
import secrets
from pathlib import Path

TEMPORARY = ".tmp-"
"""How the names of unfinished files begin; readers skip hidden names."""


def write_whole(path: Path, content: bytes, *, date_ns: int | None = None) -> None:
    """Replace `path` by a file that holds `content`, on the disk when this returns; the old one stands on any error.

    `date_ns` sets the file's date (ns since 1970); without it the date is now.
    """
    temporary = path.with_name(f"{TEMPORARY}{path.name}.{secrets.token_hex(4)}")
    try:
        _write_new(temporary, content, date_ns)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def remove_whole(path: Path) -> None:
    """Remove `path` so that a power cut does not bring it back. Raises FileNotFoundError when it is not there."""
    path.unlink()
    flush_folder(path.parent)


def remove_unfinished(folder: Path) -> int:
    """Remove what a killed process left half written; how many there were. To be called at start only. What is no file
    is none of ours, and stays."""
    leftovers = [path for path in folder.iterdir() if path.name.startswith(TEMPORARY) and not path.is_dir()]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)


def flush_folder(folder: Path) -> None:
    """Put the folder's own list of names on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_new(path: Path, content: bytes, date_ns: int | None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if date_ns is not None:
            os.utime(descriptor, ns=(date_ns, date_ns))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
