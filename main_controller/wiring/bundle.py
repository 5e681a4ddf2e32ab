"""Does what `bundle FILE` asks for: gathers what helps whoever is to find a fault, without what nobody else may know.

Settings with their sources, versions, the machine, how the running program says that it does, and the end of the log.
No database, no file of settings, no schedule and no account is in it.
"""

import contextlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from main_controller import __version__
from main_controller.clock import utc_now
from main_controller.domain.timestamps import iso_utc
from main_controller.logs import log_folder
from main_controller.settings import Faults, Settings, setting_fields, value_text
from main_controller.store.database import sqlite_version, tables_version
from main_controller.store.support_bundle import BundleFault, write_bundle
from main_controller.wiring.asking import asked_at_once, running_at
from main_controller.wiring.packages import packages
from main_controller.wiring.scrubbing import Scrubber, secrets_of

ASKED = ("/healthz", "/readyz", "/get/status", "/alarms", "/notify/channels")
"""What the running program is asked."""

LOG_BYTES = 2_000_000
"""How much of the log's end is taken at most."""


def bundle(file: Path, settings: Settings, faults: Faults) -> int:
    """Write it; 0 where that was done, else 2. Says what is in it, or why there is none. Faulty settings are told."""
    now = utc_now()
    health = dict(_health(settings))
    bodies = {f"health{path}.json": str(told.pop("body")) for path, told in health.items() if "body" in told}
    about = json.dumps({"at": iso_utc(now), **_about(settings), "health": health}, indent=1)
    texts = {"about.json": about, "settings.txt": _settings(settings, faults), **bodies, **dict(_log(settings))}
    scrubber = Scrubber(secrets_of(settings))
    try:
        write_bundle(file, {name: scrubber.clean(text) for name, text in texts.items()}, now=now)
    except BundleFault as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    sys.stdout.write(f"{file} holds {', '.join(texts)}. Look through it before you hand it on.\n")
    return 0


def _settings(settings: Settings, faults: Faults) -> str:
    """Every setting and its source, as `--check-config` tells them, and what is wrong with them."""
    lines = [f"FAULT {fault}" for fault in faults.found]
    for row in setting_fields():
        told = value_text(getattr(settings, row.name)) or "none"
        lines.append(f"{row.name} = {told}  ({settings.sources.get(row.name, 'default')})")
    return "".join(f"{line}\n" for line in lines)


def _about(settings: Settings) -> dict[str, Any]:
    """The program, what it rests on, and the machine."""
    data = settings.data
    with contextlib.suppress(OSError):
        while not data.is_dir() and data != data.parent:
            data = data.parent
    databases = (settings.database, settings.database.with_name("history.sqlite3"))
    return {
        "program": __version__,
        "folder": str(settings.root),
        "user": os.geteuid(),
        "python": sys.version,
        "packages": packages(),
        "sqlite": sqlite_version(),
        "tables": {path.name: tables_version(path) for path in databases},
        "system": platform.platform(),
        "machine": {"cores": os.cpu_count(), "memory": _memory(), "disk": shutil.disk_usage(data)._asdict()},
    }


def _memory() -> dict[str, str]:
    """What the system says of its memory."""
    try:
        lines = Path("/proc/meminfo").read_text("utf-8").splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines[:3])}


def _health(settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the running program answers, or why it does not."""
    address = running_at(settings)
    for path, answer in asked_at_once(address, ASKED).items():
        if isinstance(answer, OSError):
            yield path, {"address": address, "fault": str(answer)}
            continue
        body = answer.body.decode("utf-8", errors="replace")
        yield path, {"address": address, "status": answer.status, "body": body}


def _log(settings: Settings) -> Iterator[tuple[str, str]]:
    """The end of the log: the newest files, whole but for the oldest of them."""
    folder = log_folder(settings.data, simulated=settings.simulate is not None)
    left = LOG_BYTES
    try:
        files = [path for path in folder.iterdir() if ".log" in path.name and path.is_file()]
        newest = sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError as fault:
        yield "log/missing.txt", f"The log cannot be read: {fault}\n"
        return
    for path in newest:
        if left <= 0:
            return
        try:
            with path.open("rb") as opened:
                size = opened.seek(0, os.SEEK_END)
                opened.seek(max(0, size - left))
                text = opened.read(left).decode("utf-8", errors="replace")
        except OSError as fault:
            text = f"It cannot be read: {fault}\n"
        left -= len(text)
        yield f"log/{path.name}", text
