"""Puts together what the self-check rests on: of the settings and files for `--check-config`, and of what runs."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from main_controller.clock import utc_now
from main_controller.logs import log_folder
from main_controller.selfcheck.facts import Chosen, Facts, Kind, Running
from main_controller.selfcheck.finding import Level
from main_controller.selfcheck.findings import findings
from main_controller.sentence import Sentence
from main_controller.settings import Settings, insecure
from main_controller.store.condition import backed_up, kept_files, look_closely, modes_of, rooms_of, schema_of
from main_controller.system_clock import synchronised
from main_controller.wiring.alarms import Alarms
from main_controller.wiring.stores import Stores
from main_controller.workers.periodic import Periodic
from main_controller.workers.self_check import SelfCheck

LOOKS = 1.0
"""How often (s) it is seen whether somebody asked for the costly checks."""

SECRETS = ("password_file", "secret_file", "url_file")
"""The options of a channel that name a file with a secret in it."""

OF_WHAT_IS_KEPT = ("files", "schema", "backup")
"""Findings on what a simulation does not touch: what it keeps goes with its end."""


class SelfChecking:
    """The facts of the running program, and the loop of its costly checks."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        alarms: Alarms,
        *,
        recording: Callable[[], Sentence | None],
        not_kept: Callable[[], Sequence[Sentence]],
    ) -> None:
        database, history = settings.database, _history(settings)
        logs = log_folder(settings.data, simulated=settings.simulate is not None)
        self._settings = settings
        self._stores = stores
        self._alarms = alarms
        self._recording = recording
        self._not_kept = not_kept
        self._check = SelfCheck(lambda: look_closely(database, history, logs, wall=utc_now))
        self.loop = Periodic("self-check", LOOKS, self._check.run_once)

    def facts(self) -> Facts:
        """What can be told at rest, now."""
        return facts_of(self._settings, now=utc_now())

    def running(self) -> Running:
        """What only the running program can tell, now; has the costly checks made where they are old."""
        faults = (*self._not_kept(), self._stores.journal.fault, self._recording())
        return Running(self._alarms.clock.jump, [one for one in faults if one is not None], self._check.found())


def facts_of(settings: Settings, *, now: datetime) -> Facts:
    """What can be told at rest; makes and writes nothing. `now` is aware UTC."""
    database = settings.database
    files = [*kept_files(database, _history(settings), settings.schedules, settings.estopfile), *_secrets(settings)]
    return Facts(
        now=now,
        chosen=Chosen(
            host=settings.b_host,
            networks=[str(one) for one in settings.allowed_networks],
            accounts=settings.accounts,
            anonymous=settings.anonymous,
            one_time_codes=settings.onetimecodes,
            read_only=settings.read_only,
            get_orders=settings.get_orders,
            real_devices=not settings.emulator,
            unit_networks=[str(one) for one in settings.unit_networks],
            channels=settings.channels,
            simulated=settings.simulate is not None,
            root=os.geteuid() == 0,
            insecure=insecure(settings),
            proxies=[str(one) for one in settings.trusted_proxies],
            public_names=settings.allowed_hosts,
            command=settings.command,
        ),
        synchronised=synchronised(),
        files=modes_of(files),
        rooms=rooms_of([settings.data, database.parent, settings.schedules]),
        schema=schema_of(database),
        backup=backed_up(database),
    )


def checked_at_rest(settings: Settings) -> str:
    """What `--check-config` says of it, one line per finding, the gravest first; makes and writes nothing."""
    lines = []
    nothing_kept = OF_WHAT_IS_KEPT if settings.simulate is not None else ()
    for one in findings(facts_of(settings, now=utc_now())):
        if one.code in nothing_kept:
            continue
        level = "cannot tell" if one.level is Level.CANNOT_TELL else one.level
        remedy = "" if one.remedy is None else f" {one.remedy}"
        lines.append(f"{level}: {one.subject}: {one.seen}{remedy}\n")
    return "".join(lines)


def _history(settings: Settings) -> Path:
    return settings.database.with_name("history.sqlite3")


def _secrets(settings: Settings) -> list[tuple[Path, Kind]]:
    named = [one.text(option) for one in settings.channels for option in SECRETS]
    files = [Path(one) for one in named if one]
    return [(one, Kind.SECRET) for one in (*files, settings.credentialsfile) if one is not None]
