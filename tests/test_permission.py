"""Whether a file could be written, and what to do where it is another user's."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from main_controller.permission import name_of, nearest, other_owner, what_to_do, why_unwritable
from tests.system.test_disk import POWERLESS

MAY_GIVE = os.geteuid() == 0 and shutil.which(POWERLESS[0]) is not None

REFUSED = """
import logging, sys
from pathlib import Path
from main_controller.logs import end_logs, log_fault, set_up_logs
set_up_logs(Path(sys.argv[1]))
logging.getLogger("main_controller.early").error("a line")
end_logs()
print(log_fault())
"""

NO_PID = """
import logging, sys
from pathlib import Path
from main_controller.settings.table import Settings
from main_controller.wiring.own_files import OwnFiles
logging.basicConfig()
files = OwnFiles(Settings(data=Path(sys.argv[1])))
files.write("http://localhost:4382/")
print(*files.not_kept())
"""


def test_the_nearest_that_is_there_decides(tmp_path: Path) -> None:
    assert nearest(tmp_path / "a" / "b") == tmp_path
    assert why_unwritable(tmp_path / "a" / "b") is None
    (tmp_path / "a").write_text("a file")
    assert why_unwritable(tmp_path / "a") is None
    assert why_unwritable(tmp_path / "a" / "b") == f"{tmp_path / 'a'} is not a folder"


def test_what_is_ones_own_has_no_other_owner(tmp_path: Path) -> None:
    assert other_owner(tmp_path) is None
    assert other_owner(tmp_path / "nothing") is None
    assert what_to_do(tmp_path / "log", PermissionError(errno.EACCES, "Permission denied")) is None
    assert name_of(65533) == "65533"


@pytest.mark.skipif(not MAY_GIVE, reason="only root can give a file to another user, and setpriv has it obey modes")
def test_a_log_of_another_user_is_told_with_the_way_out(tmp_path: Path, root: Path) -> None:
    """It said "Permission denied", and nobody learned whose file it was."""
    (tmp_path / "logging.conf").write_bytes((root / "logging.conf").read_bytes())
    file = tmp_path / "log" / "main_controller.log"
    file.parent.mkdir()
    file.touch()
    os.chown(file, 65533, -1)
    done = subprocess.run(
        [*POWERLESS, sys.executable, "-c", REFUSED, str(tmp_path)],
        cwd=root, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    way_out = f"{file} is of the user 65533, but this one runs as root: chown root {file}, or start it as 65533."
    assert done.stdout == f"The log cannot be written to {file}: Permission denied. {way_out}\n", done.stderr
    assert f"it goes on without. {way_out}" in done.stderr


@pytest.mark.skipif(not MAY_GIVE, reason="only root can give a folder to another user, and setpriv has it obey modes")
def test_a_pid_file_in_a_folder_of_another_user_is_told_with_the_way_out(tmp_path: Path, root: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    os.chown(folder, 65533, -1)
    done = subprocess.run(
        [*POWERLESS, sys.executable, "-c", NO_PID, str(tmp_path)],
        cwd=root, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    way_out = f"{folder} is of the user 65533, but this one runs as root: chown root {folder}, or start it as 65533."
    assert done.stdout.endswith(f"so stop.sh does not find this program: Permission denied. {way_out}\n"), done.stderr
    assert f"its pid file cannot be written: Permission denied. {way_out}" in done.stderr
