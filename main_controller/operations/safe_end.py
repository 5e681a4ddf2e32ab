"""The safe end of a guided procedure: current off, then reference down, whatever fails (N13).

Used by `Share`, which keeps and tells what comes of it. The reference gets Wait at the latest 30 s after its follower
was sent it.
"""

from dataclasses import replace

from main_controller.domain.picture import Picture
from main_controller.domain.sharing import ShareState, Sharing, Step
from main_controller.operations.waits import Waits, WaitWave

REFERENCE_AT_LATEST = 29.0
"""How long (s) the reference is kept after the follower was sent Wait, whatever that shows: with the time between two
looks it gets its own within 30 s."""

WAIT_AGAIN = 5.0
"""How often (s) a Wait of the safe end is repeated until it is seen."""


class SafeEnd:
    """Sends both converters of a procedure to Wait in their order; `step_time` (s) bounds the last step."""

    def __init__(self, waits: Waits, *, step_time: float) -> None:
        self._waits = waits
        self._step_time = step_time
        self._waves: dict[str, WaitWave] = {}
        self._sent_at: dict[str, float] = {}

    def forget(self) -> None:
        """Forget what was sent: another procedure begins, or the end of an interrupted one."""
        self._waves, self._sent_at = {}, {}

    def current_off(self, sharing: Sharing, picture: Picture) -> Sharing | None:
        """Send the follower's Wait; the procedure in its next step once that is seen or had its time, else None."""
        seen = self._send_wait(sharing, sharing.taker, picture)
        first = self._sent_at.get(sharing.taker, picture.now)
        if not seen and picture.now - first < REFERENCE_AT_LATEST:
            return None
        note = f"{sharing.taker} is in Wait." if seen else f"{sharing.taker} was not seen in Wait."
        return sharing.to(Step.REFERENCE_DOWN, picture.now, note)

    def reference_down(self, sharing: Sharing, picture: Picture) -> Sharing | None:
        """Send the reference's Wait, and the follower's until it is seen; the ended procedure once it is, else None."""
        seen = self._send_wait(sharing, sharing.giver, picture)
        both = self._send_wait(sharing, sharing.taker, picture) and seen
        if not both and picture.now - sharing.since <= self._step_time:
            return None
        note = f"{sharing.giver} is in Wait." if seen else f"{sharing.giver} was not seen in Wait."
        reason = sharing.reason or ""
        if not both:
            reason = f"{reason} Not both converters were seen in Wait: look at them."
        state = ShareState.ENDED if both and not sharing.failed else ShareState.FAILED
        notes = {**sharing.notes, str(sharing.step): note}
        return replace(sharing, notes=notes, reason=reason, state=state, safe=both)

    def _send_wait(self, sharing: Sharing, unit_id: str, picture: Picture) -> bool:
        """Send Wait, again every few seconds, until it is seen; whether it is."""
        fact, wave = picture.facts.get(unit_id), self._waves.get(unit_id)
        first = self._sent_at.setdefault(unit_id, picture.now)
        if fact is None:  # not even a member: nothing can be sent to it
            return False
        if wave is not None and fact.confirmed_wait(first):
            return True
        if wave is None or (wave.finished() and picture.now - self._sent_at[f"{unit_id} last"] >= WAIT_AGAIN):
            self._sent_at[f"{unit_id} last"] = picture.now
            wave = self._waves[unit_id] = self._waits.start(sharing.id, [fact])
            wave.finished()  # a reference's Wait leaves with this look
        return False
