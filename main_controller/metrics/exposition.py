"""Makes the bytes that Prometheus takes, in both its formats, of one situation.

Used by `/metrics`, whose loop has them made once after each poll.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prometheus_client import generate_latest
from prometheus_client.core import Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from main_controller.metrics import cluster_families, unit_lines
from main_controller.metrics.instruments import Instruments
from main_controller.metrics.situation import Situation

END = b"# EOF\n"


class Rendered(NamedTuple):
    """The same series as Prometheus' text format 0.0.4 and as OpenMetrics 1.0.0."""

    text: bytes
    openmetrics: bytes


class _Standing(Collector):
    """What registry and prometheus-client ask; `situation` is replaced before each rendering."""

    situation: Situation | None = None

    def collect(self) -> Iterator[Metric]:
        """The families that have any series: a name without one says nothing."""
        if self.situation is not None:
            yield from (family for family in cluster_families.families(self.situation) if family.samples)

    def describe(self) -> Iterator[Metric]:
        """Nothing before there is a situation."""
        return iter(())


class Exposition:
    """`instruments` are told beside the situation; `of_units`: single units too. For one thread."""

    def __init__(self, instruments: Instruments, *, of_units: bool = True) -> None:
        self._registry = instruments.registry
        self._standing = _Standing()
        self._registry.register(self._standing)
        self._of_units = of_units
        self._escaped: dict[str, str] = {}

    def render(self, situation: Situation) -> Rendered:
        """The bytes of this moment."""
        self._standing.situation = situation
        units: list[unit_lines.Family] = []
        if self._of_units:
            found = unit_lines.families(situation.grid, situation.totals, self._escape)
            units = [family for family in found if family.lines]
        text: bytes = generate_latest(self._registry)
        text += _joined(units, openmetrics=False)
        other: bytes = openmetrics.generate_latest(self._registry)  # type: ignore[no-untyped-call]
        other = other.removesuffix(END)
        other += _joined(units, openmetrics=True)
        return Rendered(text, other + END)

    def _escape(self, unit_id: str) -> str:
        """A unit's id, which may be made of nearly anything, as a label's value."""
        found = self._escaped.get(unit_id)
        if found is None:
            if len(self._escaped) > 20_000:
                self._escaped.clear()
            printable = unit_id.encode("utf-8", "replace").decode()
            found = printable.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
            self._escaped[unit_id] = found
        return found


def _joined(families: Iterable[unit_lines.Family], *, openmetrics: bool) -> bytes:
    parts: list[str] = []
    for family in families:
        name = f"{family.name}_total" if family.counter and not openmetrics else family.name
        kind = "counter" if family.counter else "gauge"
        parts += [f"# HELP {name} {family.text}\n# TYPE {name} {kind}\n", *family.lines]
    return "".join(parts).encode()
