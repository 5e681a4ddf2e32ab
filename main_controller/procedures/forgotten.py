"""Whom Stop all tries although a person said that they have left: their hardware may still hang on the bus.

Used by Stop all, and only where orders go to the units' own drivers: the emulator would hang for everybody at an id
that it lacks (K11).
"""

from collections.abc import Mapping
from concurrent.futures import Future

from main_controller.domain.identity import same_address
from main_controller.domain.progress import ForgottenWait
from main_controller.domain.snapshot import Snapshot
from main_controller.orders.waits import WaitResult
from main_controller.sentence import say


def reachable(snapshot: Snapshot) -> dict[str, str]:
    """The forgotten units' last addresses, by id; none that is a member's now, for there another unit would hear it."""
    members = [sighting.unit.ip for sighting in snapshot.sightings.values()]
    members += [kept.ip for unit_id, kept in snapshot.remembered.items() if unit_id not in snapshot.sightings]
    taken = {same_address(address) for address in members if address is not None}
    left = {unit_id: kept.ip for unit_id, kept in snapshot.forgotten.items() if kept.ip is not None}
    return {unit_id: address for unit_id, address in left.items() if same_address(address) not in taken}


def of_forgotten(tries: Mapping[str, Future[WaitResult]]) -> dict[str, ForgottenWait]:
    """What came of each Wait so far, by id."""
    return {unit_id: _outcome(one.result() if one.done() else None) for unit_id, one in tries.items()}


def _outcome(result: WaitResult | None) -> ForgottenWait:
    if result is None:
        return ForgottenWait("unknown", None, say("procedures.noAnswerYet", "No answer has come yet."))
    shows = None if result.status is None else str(result.status)
    return ForgottenWait(result.sent, shows, result.error.sentence if result.error is not None else None)
