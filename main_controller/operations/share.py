"""The guided procedure: "share 2 A from E001 to E003", step by step, with a safe end (N13).

Used by `/share` and `/share/end`; a worker calls `run_once` to move it on. Every step goes through the interlocks like
an order by hand. How it stands is kept by `ShareRecord`; how it is ended safely is `SafeEnd`'s.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from main_controller.domain.commands import Command
from main_controller.domain.interlock_terms import Limits, Wanted
from main_controller.domain.modes import Mode, Word
from main_controller.domain.picture import Fact, Picture
from main_controller.domain.sharing import ENDING, ShareState, Sharing, Step
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.errors import BadRequest, ControllerError, NotFound, UpstreamError
from main_controller.operations.desk import Desk
from main_controller.operations.safe_end import SafeEnd
from main_controller.operations.set_converter import SetConverter
from main_controller.operations.share_record import Kept, ShareRecord
from main_controller.operations.waits import Waits

log = logging.getLogger(__name__)


class Share:
    """One guided procedure at a time."""

    def __init__(
        self,
        desk: Desk,
        set_converter: SetConverter,
        waits: Waits,
        kept: Kept,
        *,
        limits: Limits,
        step_time: float,
    ) -> None:
        self._desk = desk
        self._set_converter = set_converter
        self._record = ShareRecord(desk, kept)
        self._limits = limits
        self._step_time = step_time
        self._safe_end = SafeEnd(waits, step_time=step_time)
        self._wish: str | None = None
        self._stops_seen = 0

    @property
    def running(self) -> bool:
        """Whether a procedure is under way, its end included."""
        return self._record.running

    def as_json(self) -> dict[str, Any] | None:
        """The procedure that runs or ran last, with what is known of its converters; None if there was none."""
        sharing = self._record.now
        if sharing is None:
            return None
        facts = self._desk.picture().facts
        return {**sharing.as_json(), "units": {one: _known(facts.get(one)) for one in (sharing.giver, sharing.taker)}}

    # Orders

    def start(
        self, giver: str, taker: str, current: float, voltage: float, by: str, *, stamp: Stamp = UNSTAMPED
    ) -> Command:
        """Begin to share `current` A at `voltage` V; raises Refused with the rules that refuse the first step."""
        desk = self._desk
        if giver == taker:
            raise BadRequest("A unit cannot share with itself.")
        for unit_id in (giver, taker):
            desk.known(unit_id)
        if not 0 < current <= self._limits.current_max:
            raise BadRequest(f"The current must be above 0 and at most {self._limits.current_max:g} A.")
        wanted = {"from": giver, "to": taker, "current": current, "voltage": voltage}
        command = desk.begin("share", giver, wanted, by, stamp=stamp)
        desk.timely(command, stamp, taker)
        if self._record.now is not None and self._record.now.state is ShareState.INTERRUPTED:
            raise desk.refuse(command, "A procedure from before the restart has not been ended yet; end it first.")
        running, first = self._record.claim(command)
        if not first:
            raise desk.refuse(command, f"The procedure {running.id} is still running.")
        try:
            stops_seen = self._stops(giver, taker)
            self._check(command, Wanted(giver, Word.VOLTAGE_REFERENCE, voltage, self._limits.current_max), taker)
            sharing = Sharing(
                command.id,
                giver,
                taker,
                current,
                voltage,
                self._limits.current_max,
                by,
                Step.REFERENCE_UP,
                desk.clock(),
            )
            self._record.keep(sharing)
        except ControllerError as error:
            self._record.release()
            raise error if error.details.get("command") else desk.fault(command, error) from error
        except BaseException:
            self._record.release()
            raise
        self._wish = None
        self._safe_end.forget()
        self._stops_seen = stops_seen
        command = desk.accept(command)
        self._record.show(sharing)
        return command

    def _check(self, command: Command, wanted: Wanted, taker: str) -> None:
        desk = self._desk
        with desk.commands.deciding():
            desk.not_while_stopping(command)
            desk.not_locked(command, wanted.unit_id)
            desk.not_locked(command, taker)
            refusing = [answer for answer in self._set_converter.dry_run(wanted) if answer.refuses]
            if refusing:
                sentence = " ".join(answer.sentence for answer in refusing)
                raise desk.refuse(command, sentence, rules=[answer.as_json() for answer in refusing])
            fact = desk.picture().facts[taker]
            if fact.obeys is not Mode.MANUAL or not fact.confirmed_wait() or fact.conflict:
                raise desk.refuse(command, fact.conflict or f"{taker} is not in Manual and surely in Wait.")

    def end(self, by: str, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Begin the safe end of the procedure that runs, or of one that a kill interrupted."""
        desk = self._desk
        sharing = self._record.now
        if sharing is None or (sharing.over and sharing.state is not ShareState.INTERRUPTED):
            raise NotFound("No guided procedure is running.")
        command = desk.begin("endShare", sharing.giver, {"command": sharing.id}, by, stamp=stamp, judged=True)
        if sharing.state is ShareState.INTERRUPTED:
            self._record.claim(command)  # no other procedure begins while this one ends
            self._safe_end.forget()
            ending = replace(sharing, state=ShareState.RUNNING, failed=True)
            ending = ending.to(Step.CURRENT_OFF, desk.clock(), f"{by} ended it.")  # the whole end, whatever ran
            self._record.show(ending)
        self._wish = f"{by} ended it."
        return desk.accept(command)

    def abort(self, reason: str) -> None:
        """Begin the safe end, because `reason`; does nothing when none runs."""
        if self.running:
            self._wish = reason

    def overtaken(self) -> None:
        """A Stop all has begun: nothing more is sent from here, Stop all ends what runs (Z9)."""
        sharing = self._record.now
        if sharing is not None and not sharing.over:
            self._record.finish(replace(sharing, reason="Stop all took over.", state=ShareState.CANCELLED))

    # Moving on

    def run_once(self) -> None:
        """One look at the procedure; called again and again by a worker."""
        sharing = self._record.now
        if sharing is None or sharing.over:
            return
        if self._desk.commands.held_by is not None:
            self.overtaken()
            return
        picture = self._desk.picture()
        if sharing.step not in ENDING:
            why = self._wish or self._why_end(sharing, picture)
            if why is not None:
                self._begin_end(sharing, why, picture.now, failed=self._wish is None)
                return
        steps: dict[Step, Callable[[Sharing, Picture], None]] = {
            Step.REFERENCE_UP: self._reference_up,
            Step.BUS_STABLE: self._bus_stable,
            Step.CURRENT_ON: self._current_on,
            Step.SHARING: self._watch,
            Step.CURRENT_OFF: self._current_off,
            Step.REFERENCE_DOWN: self._reference_down,
        }
        steps[sharing.step](sharing, picture)

    def _why_end(self, sharing: Sharing, picture: Picture) -> str | None:
        """What makes a safe end due by itself, or None."""
        for unit_id in (sharing.giver, sharing.taker):
            fact = picture.facts.get(unit_id)
            if fact is None or not fact.live:
                return f"{unit_id}'s data are no longer live."
            if fact.obeys is not Mode.MANUAL:
                return f"Manual is no longer in force at {unit_id}."
        if self._stops(sharing.giver, sharing.taker) != self._stops_seen:
            return "A stop or Wait by hand came to one of the units."
        if sharing.step is not Step.SHARING and picture.now - sharing.since > self._step_time:
            return f"The step {sharing.step} took longer than {self._step_time:g} s."
        return None

    def _reference_up(self, sharing: Sharing, picture: Picture) -> None:
        wanted = Wanted(sharing.giver, Word.VOLTAGE_REFERENCE, sharing.voltage, sharing.limit)
        if self._order(sharing, wanted):
            sharing = replace(sharing, touched=True)
            note = f"{sharing.giver} is the voltage reference at {sharing.voltage:g} V."
            self._record.show(sharing.to(Step.BUS_STABLE, self._desk.clock(), note))

    def _bus_stable(self, sharing: Sharing, picture: Picture) -> None:
        """The rules of the next order are the measure; what only time can mend is waited for."""
        answers = self._set_converter.dry_run(self._charge(sharing))
        open_rules = [answer for answer in answers if answer.refuses]
        if not open_rules:
            note = f"The bus is at {sharing.voltage:g} V at both units."
            self._record.show(sharing.to(Step.CURRENT_ON, picture.now, note))
            return
        self._record.tell(sharing, open_rules[0].sentence)

    def _current_on(self, sharing: Sharing, picture: Picture) -> None:
        if self._order(sharing, self._charge(sharing)):
            note = f"{sharing.taker} takes {sharing.current:g} A."
            self._record.show(sharing.to(Step.SHARING, self._desk.clock(), note))

    def _watch(self, sharing: Sharing, picture: Picture) -> None:
        giver, taker = picture.facts[sharing.giver], picture.facts[sharing.taker]
        if not giver.belief.possibly(Word.VOLTAGE_REFERENCE):
            self._begin_end(sharing, f"{giver.id} is no longer the voltage reference.", picture.now, failed=True)
        elif not taker.belief.possibly(Word.CHARGE):
            self._begin_end(sharing, f"{taker.id} is no longer charging.", picture.now, failed=True)

    def _charge(self, sharing: Sharing) -> Wanted:
        return Wanted(sharing.taker, Word.CHARGE, sharing.voltage, sharing.current)

    def _order(self, sharing: Sharing, wanted: Wanted) -> bool:
        """Give one converter order as part of the procedure; False begins the safe end, or leaves it to a Stop all."""
        try:
            self._set_converter.order(wanted, f"share {sharing.id}")
        except ControllerError as error:
            if self._record.now is not sharing:
                return False
            sent = error.details.get("sent", error.sent if isinstance(error, UpstreamError) else False)
            touched = sharing.touched or sent is not False
            self._begin_end(replace(sharing, touched=touched), error.sentence, self._desk.clock(), failed=True)
            return False
        except BaseException:
            self._record.now = replace(sharing, touched=True)  # nobody knows whether it left
            raise
        return self._record.now is sharing

    # The safe end

    def _begin_end(self, sharing: Sharing, why: str, now: float, *, failed: bool) -> None:
        log.warning("%s: safe end begins: %s", sharing.id, why)
        ending = replace(sharing, reason=why, failed=failed or sharing.failed, began_end=now)
        if not ending.touched:
            state = ShareState.FAILED if ending.failed else ShareState.ENDED
            self._record.finish(replace(ending, state=state, safe=True))
            return
        self._record.show(ending.to(Step.CURRENT_OFF, now, why))

    def _current_off(self, sharing: Sharing, picture: Picture) -> None:
        down = self._safe_end.current_off(sharing, picture)
        if down is not None:
            self._record.show(down)
            self._reference_down(down, picture)

    def _reference_down(self, sharing: Sharing, picture: Picture) -> None:
        ended = self._safe_end.reference_down(sharing, picture)
        if ended is not None:
            self._record.finish(ended)

    def _stops(self, giver: str, taker: str) -> int:
        return self._desk.commands.stops("wait", f"wait:{giver}", f"wait:{taker}")


def _known(fact: Fact | None) -> dict[str, Any]:
    """What is known of a converter, for the page."""
    if fact is None:
        return {"state": "silent", "words": []}
    words = sorted("unknown" if word is None else str(word) for word in fact.belief.words)
    return {"state": str(fact.state), "words": words, "source": fact.belief.source}
