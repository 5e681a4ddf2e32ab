"""Whether a file or folder could be written, and whose it is where it cannot. Looks only: makes and opens nothing.

Used by `--check-config`, the log and the pid file.
"""

import errno
import os
import pwd
from pathlib import Path

from main_controller.sentence import Sentence, say


def nearest(place: Path) -> Path:
    """`place` itself, or the nearest folder above it that is there."""
    while not os.access(place, os.F_OK) and place != place.parent:
        place = place.parent
    return place


def why_unwritable(place: Path) -> str | None:
    """Why this user can neither write nor make the file or folder; None where nothing stands against it."""
    there = nearest(place)
    if there != place and not there.is_dir():
        return f"{there} is not a folder"
    if not os.access(there, os.W_OK | (os.X_OK if there.is_dir() else 0)):
        return f"{there} cannot be written"
    return None


def other_owner(place: Path) -> str | None:
    """The user whose `place` is where that is another than this program's; None for its own, or what cannot be seen."""
    try:
        owner = place.stat().st_uid
    except OSError:
        return None
    return None if owner == os.geteuid() else name_of(owner)


def name_of(user: int) -> str:
    """The name of the user of this number; the number where it has none."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def what_to_do(place: Path, error: OSError) -> Sentence | None:
    """What lets this program write the file `place`, which the system refused; None where its owner is not the cause.

    What keeps it off is the file or, where that is not there or can be written, the folder above.
    """
    there = nearest(place)
    if os.access(there, os.W_OK) and there == place:
        there = place.parent
    owner = other_owner(there)
    if error.errno not in (errno.EACCES, errno.EPERM) or owner is None:
        return None
    return say(
        "program.notThisUsers",
        "{place} is of the user {owner}, but this one runs as {user}: chown {user} {place}, or start it as {owner}.",
        place=there,
        owner=owner,
        user=name_of(os.geteuid()),
    )
