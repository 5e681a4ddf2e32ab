"""What holds now of each kind of alarm, and what cannot be told: pure rules on one situation (Z6, Z6a, S9).

That something cannot be told never counts as well: while apis-web is silent the errors that it told stand as they were.
"""

from collections.abc import Iterable, Iterator

from main_controller.alarms.alarm import AlarmKey, Sign
from main_controller.alarms.book import Seen
from main_controller.alarms.situation import Situation
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.freshness import UnitState
from main_controller.domain.unit_clocks import odd_clocks
from main_controller.sentence import Sentence, say

CLUSTER = ""
"""What an alarm is of that is of the whole cluster."""

Found = tuple[AlarmKey, Sign]


def seen(situation: Situation, out_of_service: Iterable[str] = ()) -> Seen:
    """All signs of this moment, and of what nobody can tell whether it holds."""
    grid = situation.grid
    found = dict((*_grid(situation), *_units(situation), *_conditions(situation), *_troubles(situation)))
    untold_kinds = set(situation.untold)
    if grid.grid_master_known is None:
        untold_kinds.add("noGridMaster")
    if grid.error is None:
        untold_kinds.add("gridError")
    untold = set(situation.doubtful)
    untold |= {("unitClock", unit.id) for unit in grid.units.values() if not unit.live}
    looked_at = {("unwatchedHardware", unit.id) for unit in grid.units.values() if unit.unwatched and unit.acknowledged}
    return Seen(found, untold, untold_kinds, frozenset(out_of_service), looked_at)


def _grid(situation: Situation) -> Iterator[Found]:
    grid = situation.grid
    if grid.error:
        yield ("gridError", CLUSTER), Sign(say("alarms.gridError", "The grid reports an error."))
    if grid.grid_master_known is False:
        yield ("noGridMaster", CLUSTER), Sign(say("alarms.noGridMaster", "No Grid Master is known."))


def _units(situation: Situation) -> Iterator[Found]:
    for unit in situation.grid.units.values():
        if unit.unwatched:
            if not unit.acknowledged:
                yield ("unwatchedHardware", unit.id), Sign(_unwatched(unit), hardware=(unit.id,))
        elif unit.id not in situation.explained:
            if unit.state is UnitState.SILENT:
                yield ("unitSilent", unit.id), Sign(say("alarms.unitSilent", "{unit} is silent.", unit=unit.id))
            elif unit.state is UnitState.STALE:
                yield ("unitStale", unit.id), Sign(say("alarms.unitStale", "{unit}'s data are stale.", unit=unit.id))
        if unit.conflict is not None:
            yield ("identityConflict", unit.id), Sign(say("alarms.identityConflict", "{why}", why=unit.conflict))
    for unit_id, shows in odd_clocks(
        {unit.id: unit.time for unit in situation.grid.live}, situation.grid.clock
    ).items():
        text = say("alarms.unitClock", "{unit}'s clock is far from the others': {shows}.", unit=unit_id, shows=shows)
        yield ("unitClock", unit_id), Sign(text)


def _unwatched(unit: UnitAssessment) -> Sentence:
    status = unit.last_status.label if unit.last_status is not None else say("alarms.anyStatus", "an unknown status")
    if unit.state is UnitState.SILENT:
        return say(
            "alarms.silentHardware", "{unit} is silent and was last seen in {status}.", unit=unit.id, status=status
        )
    return say(
        "alarms.staleHardware", "{unit}'s data are stale; it was last seen in {status}.", unit=unit.id, status=status
    )


def _conditions(situation: Situation) -> Iterator[Found]:
    for one in situation.conditions:
        text = say("alarms.condition", "{condition}.", condition=one.text)
        yield (str(one.kind), one.unit_id or CLUSTER), Sign(text, one.numbers)


def _troubles(situation: Situation) -> Iterator[Found]:
    for one in situation.troubles:
        yield (one.code, one.subject), Sign(one.text)
