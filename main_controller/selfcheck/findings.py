"""The table of the self-check: one row, one finding. Another finding is another function, and a line here."""

from collections.abc import Callable

from main_controller.selfcheck import keeping, reach
from main_controller.selfcheck.facts import Facts, Running
from main_controller.selfcheck.finding import Finding, Level

AT_REST: tuple[Callable[[Facts], Finding], ...] = (
    reach.address,
    reach.tls,
    reach.accounts,
    reach.anonymous,
    reach.one_time_codes,
    reach.read_only,
    reach.get_orders,
    reach.unit_networks,
    reach.user,
    reach.channels,
    keeping.file_modes,
    keeping.clock,
    keeping.disk,
    keeping.schema,
    keeping.backup,
)
"""What can be told without running."""

WHILE_RUNNING: tuple[Callable[[Facts, Running], Finding], ...] = (
    keeping.clock_jumps,
    keeping.kept,
    keeping.integrity,
    keeping.chain,
    keeping.witness,
)

GRAVEST_FIRST = tuple(Level)


def findings(facts: Facts, running: Running | None = None) -> list[Finding]:
    """Every finding, the gravest first; without `running` those that can be told at rest."""
    found = [row(facts) for row in AT_REST]
    if running is not None:
        found += [row(facts, running) for row in WHILE_RUNNING]
    return sorted(found, key=lambda one: GRAVEST_FIRST.index(one.level))
