"""Writes a support bundle: texts in a zip file, for its owner alone, whole or not at all."""

import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from main_controller.store.atomic_file import flush_folder
from main_controller.store.zip_entry import private_entry


class BundleFault(Exception):
    """The bundle cannot be written; its text is one sentence for a person."""


def write_bundle(file: Path, texts: Mapping[str, str], *, now: datetime) -> None:
    """Write the texts by their names into `file`, which must not be there yet. Raises BundleFault."""
    if os.path.lexists(file):
        raise BundleFault(f"{file} is there already, and nothing is written over.")
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in texts.items():
                archive.writestr(private_entry(name, now), text.encode("utf-8", errors="backslashreplace"))
        part.rename(file)
        flush_folder(file.absolute().parent)
    except OSError as fault:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise BundleFault(f"The bundle could not be written: {fault.strerror or fault}.") from fault
