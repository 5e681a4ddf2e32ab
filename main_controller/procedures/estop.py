"""The E-stop's latch: it does what Stop all does, and until it is reset by name nothing but stopping passes (I17).

Used by `/estop`, `/estopReset`, the status and, through the desk, by every order. A worker calls `run_once`, which sees
a file that a contact's script made. It is no safety-rated emergency stop.
"""

import logging
import threading
from concurrent.futures import Executor, wait

from main_controller.domain.actor import Actor, latch_actor, signed
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.latch import HeldLatch
from main_controller.domain.modes import SHARING_MODES
from main_controller.domain.orders import ResetEStopOrder
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import NotFound
from main_controller.orders.desk import Desk
from main_controller.orders.register import KeyTaken
from main_controller.procedures.stop_all import StopAll
from main_controller.sentence import Sentence, joined, say
from main_controller.store.chronicle import Chronicle
from main_controller.store.latch_file import Latch, LatchFile, plain

log = logging.getLogger(__name__)

NO_REASON = say("procedures.noReason", "no reason was given")


class EStop:
    """One latch, in memory and in `file`; `executor` writes the file and stops what the file stops.

    Stopping waits for no disk: the latch holds in memory first. A latch that was there before the program started stops
    everything once more, since nobody knows whether that had ended. A Stop all of which nothing is known to have
    arrived, as while apis-web is away, is given again once a unit is heard; one that was not seen to be done, while
    some apis-main is in Run or Soft Stop still.
    """

    def __init__(
        self, desk: Desk, stop_all: StopAll, file: LatchFile, *, executor: Executor, chronicle: Chronicle
    ) -> None:
        self._desk = desk
        self._stop_all = stop_all
        self._file = file
        self._executor = executor
        self._chronicle = chronicle
        self._changing = threading.Lock()  # protects the next six; held for moments only
        self._held: Latch | None = None
        self._by: Actor = latch_actor("")  # who latched it
        self._presses = 0
        self._due = False
        self._missed: Command | None = None
        self._told = False
        self._at_file = threading.Lock()  # one at a time at the file; who stops never waits for it
        self._on_file = False
        self._fault: str | None = None
        found = file.read()
        if found is not None:
            self._latch(found, self._whose(found), due=True)
            self._on_file = True
        desk.estop = self.standing

    def standing(self) -> HeldLatch | None:
        """The latch, None where none is latched."""
        held = self._held
        if held is None:
            return None
        by_file = self._file.name if held.by_file else None
        return HeldLatch(held.by, by_file, held.reason, held.since, self._on_file)

    def press(self, name: str, reason: str, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Latch, and stop everything: the ended command of Stop all. `name` and `reason` may be empty."""
        since, name = iso_utc(self._desk.wall()), plain(name)
        latch, by = Latch(name or str(by), plain(reason), since), signed(by, name)
        self._latch(latch, by, due=False)
        try:
            kept = [self._executor.submit(self._keep)]
        except RuntimeError:
            kept = []
            log.exception("the E-stop is latched in memory only")
        try:
            command = self._stop_all.order(by, stamp=stamp)
        except KeyTaken:
            raise
        except Exception:
            self._stop_again()
            raise
        self._note(command)
        wait(kept, self._desk.timing.latch_kept)
        return command

    def reset(self, name: str, reason: str, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Let orders pass again; NotFound where none is latched, Refused while the file cannot be removed."""
        desk, by = self._desk, signed(by, plain(name))
        command = desk.begin(ResetEStopOrder(None, name, reason), by, stamp=stamp)
        with desk.seen_through(command):
            desk.timely(command, stamp)
            held, presses = self._held, self._presses
            if held is None:
                raise desk.fault(command, NotFound(say("procedures.notLatched", "No E-stop is latched.")))
            if desk.turns.held_by is not None:
                running = say("procedures.stopAllRuns", "Stop all is running; the E-stop is reset once it has ended.")
                raise desk.refuse(command, running)
            if not self._at_file.acquire(timeout=self._desk.timing.latch_disk):
                hangs = say(
                    "procedures.latchFileHangs",
                    "The file {file} does not answer; the E-stop stays latched.",
                    file=self._file.name,
                )
                raise desk.refuse(command, hangs)
            try:
                self._remove(command)
                with self._changing:
                    if self._presses != presses:
                        again = say(
                            "procedures.pressedAgain", "The E-stop was pressed again meanwhile; it stays latched."
                        )
                        raise desk.refuse(command, again)
                    self._held, self._told, self._on_file, self._missed = None, False, False, None
            finally:
                self._at_file.release()
            text = say(
                "procedures.latchReset",
                "The E-stop that {by} latched was reset by {name}: {reason}.",
                by=held.by,
                name=name,
                reason=reason,
            )
            self._chronicle.tell("estop", None, text, _stored(held), None, by=str(by))
            return desk.verify(desk.accept(command))

    def run_once(self) -> None:
        """See whether the file is there; stop everything where it appeared, or where that was not seen to be done."""
        self._compare()
        missed = self._missed
        again = missed is not None and self._again(missed)
        with self._changing:
            due = self._due or (again and self._missed is missed)
            self._due, self._missed = False, None if due else self._missed
        if due:
            self._executor.submit(self._stop)
        self._tell()

    def _keep(self) -> None:
        self._compare()
        self._tell()

    def _compare(self) -> None:
        """Latch what the file says, or write the file where the latch is in memory only."""
        with self._at_file:
            found = self._file.read()
            if found is not None:
                self._on_file = True
                if self._held is None:
                    self._latch(found, self._whose(found), due=True)
            elif self._held is not None:
                self._on_file = self._write(self._held)

    def _tell(self) -> None:
        """Tell and journal a new latch, once."""
        with self._changing:
            held, by, news = self._held, self._by, self._held is not None and not self._told
            self._told = held is not None
        if news and held is not None:
            self._chronicle.tell("estop", None, self._latched(held), None, _stored(held), by=str(by))

    def _latched(self, held: Latch) -> Sentence:
        text = say(
            "procedures.latched",
            "The E-stop is latched by {by}: {reason}.",
            by=held.by,
            reason=held.reason or NO_REASON,
        )
        if self._on_file:
            return text
        unwritten = say(
            "procedures.latchInMemory",
            "Its file cannot be written ({fault}): a restart forgets it.",
            fault=self._fault,
        )
        return joined([text, unwritten])

    def _whose(self, found: Latch) -> Actor:
        return latch_actor(self._file.name if found.by_file else found.by)

    def _latch(self, latch: Latch, by: Actor, *, due: bool) -> None:
        with self._changing:
            self._presses += 1
            self._due = self._due or due
            if self._held is None:
                self._held, self._by = latch, by
        log.warning("E-stop by %s: %s", by, latch.reason or NO_REASON)

    def _stop(self) -> None:
        try:
            held = self._held
            self._note(self._stop_all.order(self._by if held is None else self._whose(held)))
        except Exception:  # nobody asks the future
            log.exception("the E-stop's Stop all broke off")
            self._stop_again()

    def _stop_again(self) -> None:
        """Its Stop all broke off: the next look gives it again, while the latch holds."""
        with self._changing:
            self._due = self._held is not None

    def _note(self, command: Command) -> None:
        """Keep in mind that this Stop all has ended and was not seen to be done."""
        with self._changing:
            if self._held is not None and not command.state.open:
                self._missed = None if command.state is CommandState.VERIFIED else command

    def _again(self, missed: Command) -> bool:
        """Whether a Stop all that was not seen to be done is to be given again."""
        live = self._desk.grid().live
        if missed.sent is not True:
            return bool(live)
        paused = self._desk.clock() - missed.last_given >= self._desk.timing.estop_again
        sharing = any(unit.obeys in SHARING_MODES for unit in live)
        return sharing and paused and self._desk.turns.held_by is None

    def _write(self, latch: Latch) -> bool:
        try:
            self._file.write(latch)
        except OSError as error:
            fault = error.strerror or str(error)
            if fault != self._fault:
                log.error("the E-stop's latch holds in memory only, %s cannot be written: %s", self._file.name, fault)
            self._fault = fault
            return False
        self._fault = None
        return True

    def _remove(self, command: Command) -> None:
        try:
            self._file.remove()
        except OSError as error:
            stays = say(
                "procedures.latchFileStays",
                "The file {file} cannot be removed ({fault}); the E-stop stays latched.",
                file=self._file.name,
                fault=error.strerror,
            )
            raise self._desk.refuse(command, stays) from error
        if self._file.read() is not None:
            back = say(
                "procedures.latchFileBack",
                "The file {file} is there again; the E-stop stays latched.",
                file=self._file.name,
            )
            raise self._desk.refuse(command, back)


def _stored(latch: Latch) -> dict[str, str]:
    """The latch as the journal keeps it."""
    return {"by": latch.by, "reason": latch.reason, "since": latch.since}
