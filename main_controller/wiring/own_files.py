"""The files that the program keeps of itself, log and pid file: whatever the disk does, it starts and says so (M10).

Used by the controller, which tells what is not kept in the status.
"""

import logging

from main_controller.clock import utc_now
from main_controller.logs import log_fault, log_folder
from main_controller.permission import what_to_do
from main_controller.pid_file import remove_pid_file, write_pid_file
from main_controller.sentence import Sentence, joined, say
from main_controller.settings import Settings

log = logging.getLogger(__name__)

AGAIN_EVERY = 5.0
"""How often (s) a pid file that could not be written is tried again."""


class OwnFiles:
    """Log and pid file below `data`, or of a simulation."""

    def __init__(self, settings: Settings) -> None:
        self._data = settings.data
        self._simulated = settings.simulate is not None
        self._address = ""
        self._since = utc_now().isoformat(timespec="seconds")
        self._fault: Sentence | None = None

    def write(self, address: str) -> None:
        """Write the pid file; where the disk refuses, say so once."""
        self._address = address
        try:
            write_pid_file(self._data, simulated=self._simulated, address=address, since=self._since)
        except OSError as error:
            told = say(
                "program.pidNotWritten",
                "The pid file cannot be written, so stop.sh does not find this program: {why}.",
                why=error.strerror or type(error).__name__,
            )
            folder = log_folder(self._data, simulated=self._simulated)
            advice = what_to_do(folder, error)
            if self._fault is None:
                log.error(
                    "stop.sh will not find this program, as its pid file cannot be written: %s%s",
                    error.strerror, "" if advice is None else f". {advice}",
                )  # fmt: skip
            self._fault = told if advice is None else joined([told, advice])
        else:
            if self._fault is not None:
                log.warning("the pid file is written again: stop.sh finds this program")
            self._fault = None

    def try_again(self) -> None:
        """Write the pid file where it could not be written before."""
        if self._fault is not None:
            self.write(self._address)

    def remove(self) -> None:
        """Take this program out of the pid file; a disk that refuses is no fault."""
        try:
            remove_pid_file(self._data, simulated=self._simulated)
        except OSError as error:
            log.info("the pid file still names this program: %s", error)

    def not_kept(self) -> list[Sentence]:
        """What of the two cannot be written now, one sentence each."""
        return [fault for fault in (log_fault(), self._fault) if fault is not None]
