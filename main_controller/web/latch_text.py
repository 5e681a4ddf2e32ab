"""Owns how the E-stop's latch is told where no script runs (I17); `js/lib/estop.js` does the same where one does.

Used by the page and the journal's page.
"""

from pytz.tzinfo import BaseTzInfo

from main_controller.domain.timestamps import site_time
from main_controller.procedures.estop import NO_REASON
from main_controller.web.shapes.holds import Latch
from main_controller.web.wire_text import isolated


def latch_text(latch: Latch | None, zone: BaseTzInfo) -> dict[str, str] | None:
    """`head` by whom and why, `rest` since when and what it does, `memory` "" where its file holds it; None for none.

    `latch` as in `/get/status`; since when is told by the site's clock, in `zone`.
    """
    if latch is None:
        return None
    since = site_time(latch["since"], zone)
    return {
        "head": f"E-stop latched by {isolated(latch['by'])}: {isolated(latch['reason']) or NO_REASON}",
        "rest": f"Since {since}. Until it is reset only what stops is sent; all else is refused.",
        "memory": "" if latch["file"] else "In memory only, not in its file: a restart of this controller forgets it.",
    }
