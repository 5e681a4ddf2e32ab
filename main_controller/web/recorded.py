"""What the readings of recorded things share: how many search at once, and which times may be asked for.

Used by the history, the ledger, the journal and apis-main's log. A search may take a second, and many at once would
take the memory and the processor that a stop needs.
"""

from datetime import UTC, datetime

from pytz.tzinfo import BaseTzInfo

from main_controller.concurrency.limit import Limit
from main_controller.domain.timestamps import parse_schedule_value
from main_controller.errors import BadRequest
from main_controller.sentence import say
from main_controller.web.route import Given

AT_ONCE = 2
"""How many search one kind of record at the same time."""
WAITING = 6
"""How many more wait for a place: a page asks for several charts at once."""
PATIENCE = 2.0
"""How long (s) they wait."""

_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def searches() -> Limit:
    """The places for searches of one kind; the others get 503."""
    return Limit(
        AT_ONCE,
        say("web.searchesBusy", "Others search these records already; try again in a moment."),
        retry_after=2,
        waiting=WAITING,
        patience=PATIENCE,
    )


def time_given(given: Given, name: str, zone: BaseTzInfo) -> datetime | None:
    """A time that was asked for, in UTC, without an offset by the clock of `zone`; None: it was not given. Raises
    BadRequest for what is none, or lies out of 1900 to 2200."""
    text = given.get(name)
    if text is None:
        return None
    at = parse_schedule_value(text, zone)
    if not _EARLIEST <= at < _LATEST:
        raise BadRequest(say("web.timeTooFar", "The parameter {name} must lie in the years 1900 to 2199.", name=name))
    return at


def times_given(given: Given, zone: BaseTzInfo) -> tuple[datetime | None, datetime | None]:
    """`from` and `to`, as `time_given`; raises BadRequest where they are not in this order."""
    start, end = time_given(given, "from", zone), time_given(given, "to", zone)
    if start is not None and end is not None and start >= end:
        raise BadRequest(say("web.fromNotBeforeTo", "The parameter from must lie before to."))
    return start, end
