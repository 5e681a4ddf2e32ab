"""Does what SIGUSR1 asks for: opens the log's files anew, and reads again what may change while it runs.

Accounts, channels, thresholds, and the files of secrets that channels name.
"""

import logging
from collections.abc import Callable

from main_controller.errors import ControllerError, SettingError
from main_controller.logs import reopen_logs
from main_controller.settings import Settings, setting_fields, value_text
from main_controller.wiring.alarms import Alarms
from main_controller.wiring.choices import limits_of
from main_controller.wiring.loops import Loops
from main_controller.wiring.notification import Notification, check_channels, check_files
from main_controller.wiring.operations import Operations
from main_controller.wiring.thresholds import alarm_kinds, check_thresholds, watched_limits

log = logging.getLogger(__name__)

TAKEN = ("channels", "thresholds")
"""The settings that are read again; every other one counts from the next start on."""


class Reread:
    """`again` reads the settings as the start did, and raises SettingError; `settings` are those of the start.

    `accounts` reads these again, and raises ControllerError.
    """

    def __init__(
        self,
        settings: Settings,
        again: Callable[[], Settings],
        accounts: Callable[[], None],
        *,
        does: Operations,
        loops: Loops,
        alarms: Alarms,
        notification: Notification,
    ) -> None:
        self._started = settings
        self._again = again
        self._accounts = accounts
        self._does = does
        self._loops = loops
        self._alarms = alarms
        self._notification = notification

    def run(self) -> None:
        """Do it; what is faulty leaves all channels and thresholds as they were, and is told in the log."""
        reopen_logs()
        log.info("told to read again: the files of the log are opened anew")
        try:
            self._accounts()
        except ControllerError as fault:
            log.error("the accounts cannot be read again, so they stay as they were: %s", fault)
        try:
            settings = self._again()
            check_channels(settings)
            check_thresholds(settings)
            check_files(settings)
        except SettingError as fault:
            log.error("what was read again is faulty, so channels and thresholds stay as they were: %s", fault)
            return
        limits = limits_of(self._started)
        self._does.bus_events.use(*watched_limits(settings, limits))
        self._alarms.watch.use(alarm_kinds(settings))
        self._notification.use(settings.channels, self._loops)
        log.info(
            "channels and thresholds were read again: %d channels, %d thresholds",
            len(settings.channels), len(settings.thresholds),
        )  # fmt: skip
        others = changed(self._started, settings)
        if others:
            log.warning("these settings are others now and count from the next start on: %s", ", ".join(others))


def changed(before: Settings, after: Settings) -> list[str]:
    """The settings that are others now and are not taken before the next start."""
    return [
        row.name
        for row in setting_fields()
        if row.name not in TAKEN and value_text(getattr(before, row.name)) != value_text(getattr(after, row.name))
    ]
