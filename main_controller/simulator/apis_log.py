"""The log of all apis-main and of apis-web, line by line as the real ones write it (K16-K20).

Held to `tests/recordings/log.jsonl.gz` by a test: every line has a class, a level and a form that stand there.
"""

from collections.abc import Callable
from datetime import UTC, datetime

PACKAGE = "jp.co.sony.csl.dcoes.apis."

LOCAL_PLACE = "main.evaluation.safety.LocalSafetyEvaluation.checkDynamic_(LocalSafetyEvaluation.java:406)"
GLOBAL_PLACE = (
    "main.evaluation.safety.GlobalSafetyEvaluation.lambda$checkSumOfUnitAndDealCurrent_$3"
    "(GlobalSafetyEvaluation.java:172)"
)
MEMBERS_PLACE = "main.evaluation.safety.GlobalSafetyEvaluation.checkMemberUnitIds_(GlobalSafetyEvaluation.java:128)"
BUS_PLACE = (
    "main.app.gridmaster.deal_execution.AbstractDealExecution.lambda$unitData_$4(AbstractDealExecution.java:451)"
)
DRIVER_PLACE = "main.app.controller.DataAcquisition$Sender_.lambda$executeWithRetry_$1(DataAcquisition.java:719)"

Send = Callable[[bytes], None]


class ApisLog:
    """Writes lines to `send`; without it nothing is said, and saying costs next to nothing."""

    def __init__(self, send: Send | None = None) -> None:
        self._send = send

    @property
    def heard(self) -> bool:
        """Whether anything is sent."""
        return self._send is not None

    def main(self, unit_id: str | None, level: str, source: str, message: str) -> None:
        """A line of the apis-main of a unit; of none where nobody serves."""
        if unit_id is not None:
            self._say(f"apis-main:{unit_id}", level, source, message)

    def web(self, level: str, source: str, message: str) -> None:
        """A line of apis-web."""
        self._say("apis-web", level, f"tools.web.{source}", message)

    def error(self, unit_id: str | None, kind: str, text: str, place: str = LOCAL_PLACE, *, by: str = "user") -> str:
        """An error (K17), collected by the unit (`by` "user") or by the Grid Master ("gridmaster"); how reasons name
        it. `kind` is such as HARDWARE:LOCAL:ERROR."""
        level = "WARNING" if kind.endswith(":WARN") else "SEVERE"
        told = f"({kind}:{unit_id}) {text} [{PACKAGE}{place}]"
        self.main(unit_id, level, f"main.app.{by}.ErrorCollection", told)
        return told

    def _say(self, program: str, level: str, source: str, message: str) -> None:
        if self._send is None:
            return
        at = java_time(datetime.now(UTC).astimezone())
        line = f"[[[{program}]]] [vert.x-eventloop-thread-0] {at} {level} [{PACKAGE}{source}]  {message}\n"
        self._send(line.encode())


def java_time(at: datetime) -> str:
    """As Java writes it: no zeros at the end of the seconds, and Z for UTC."""
    whole, parts = f"{at:%Y-%m-%dT%H:%M:%S}", f"{at.microsecond // 1000:03d}".rstrip("0")
    offset = at.isoformat()[-6:]
    return f"{whole}{'.' if parts else ''}{parts}{'Z' if offset == '+00:00' else offset}"
