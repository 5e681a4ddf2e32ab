"""Makes the folders that everybody may enter, whatever the umask: that of the data, and of the pid file (AV18, M13).

What lies in them is for the user and his group all the same.
"""

from pathlib import Path


def make_open(folder: Path) -> None:
    """Make the folder and what is missing above it; those that are there stay as they are. Raises OSError."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        each.chmod(0o755)
