"""Where the program's own files stand, and where it writes unless a setting says so (M11).

In a checkout both are the checkout. Installed as a package, its files stand inside the package, which may be read-only,
and it writes where the user's programs keep their state. Used by the table of settings and by the controller.
"""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from main_controller.errors import SettingError
from main_controller.open_folder import make_open
from main_controller.permission import why_unwritable

PAGE = Path(__file__).resolve().parents[1] / "page"
"""Where an installation has views/, js/, css/, img/ and logging.conf (setup.py); a checkout has no such folder."""

ROOT = PAGE if PAGE.is_dir() else PAGE.parents[1]
"""The folder of the program's own files: the checkout, or `PAGE`."""

STATE = "apis-main-controller"
"""An installation's folder among those in which the user's programs keep their state."""


def command_of(root: Path, options: Mapping[str, object], started_as: str | None = None) -> str:
    """How this very program is called on this machine, as a shell takes it: in a checkout its startMain.py, else the
    installed command; with what of the command line's `options` says where its settings and its data are."""
    words = ["./startMain.py"]
    if root == PAGE:
        path = Path(sys.argv[0] if started_as is None else started_as)
        words = [str(path.absolute()) if path.name == STATE else STATE]
    for name in ("config", "data", "database"):
        words += [f"--{name}", str(Path(str(options[name])).absolute())] if options.get(name) else []
    return shlex.join(words)


def base_of(root: Path) -> Path:
    """From where relative paths count: the checkout, and for an installation the folder in which it was started."""
    return Path.cwd() if root == PAGE else root


def default_data(root: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of what is written: the checkout, and for an installation the user's state, as XDG has it."""
    if root != PAGE:
        return root
    given = environ.get("XDG_STATE_HOME", "")
    if given.startswith("/"):  # XDG: a relative one is to be ignored
        return Path(given) / STATE
    try:
        return Path.home() / ".local" / "state" / STATE
    except RuntimeError:
        raise SettingError("data", "this user has no home folder, so say where to write: --data DIR") from None


def make_data_folder(data: Path) -> None:
    """Make the folder where it is missing; raises SettingError where it cannot be made or is none."""
    try:
        make_open(data)
    except OSError as fault:
        if data.is_dir():
            return
        why = "it is not a folder" if data.exists() else f"it cannot be made ({fault.strerror})"
        raise SettingError("data", f"{data} is to hold all that is written, but {why}") from None


def require_data_folder(data: Path) -> None:
    """The folder is there or could be made, as `make_data_folder` would. Makes nothing; raises SettingError."""
    if data.is_dir():
        return
    why = "it is not a folder" if data.exists() else why_unwritable(data)
    if why is not None:
        made = why if data.exists() else f"it cannot be made ({why})"
        raise SettingError("data", f"{data} is to hold all that is written, but {made}")
