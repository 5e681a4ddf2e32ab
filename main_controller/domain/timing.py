"""All times that orders and procedures reckon with, s: the one table (Z5, Z6c, Z8, Z9, Z9b).

Pure. The first rows are settings; the others are decisions of this program, each with its reason. Built by the wiring,
used by the assessment, the orders and the web.
"""

from dataclasses import dataclass

UNIT_BEAT = 5.0
"""How often (s) a node reads its unit (K4)."""

SKEW = 12.0
"""How far (s) the readings of two units may lie apart, and how long a contradiction between them must last (K4)."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the real system takes to show things, and how long the program waits for what; all in s.

    Settings: `stale_after` without a change of its own clock makes a unit stale; readings count `lag` after an order
    (`stop_lag`: a Wait after a stop, K9); a mode has `mode_time` to be seen; Stop all gives apis-main `grace`; `fresh`
    is how old a reading may be that lets something start; `order_age` is how long ago an order may have been pressed
    that is no stop (H1).
    """

    stale_after: float = 30.0
    lag: float = 12.0
    stop_lag: float = 30.0
    mode_time: float = 30.0
    grace: float = 45.0
    fresh: float = 15.0
    order_age: float = 10.0

    # Every order
    turn: float = 30.0
    """How long an order waits for earlier ones of the same unit before it is given up unsent."""
    judged: float = 0.4
    """How long `wait=no` waits at most for the rules to judge an order."""
    verified: float = 75.0
    """How long `wait=verified` waits at most: longer than any order may take to be seen or given up."""
    ahead: float = 1.0
    """How far a page's own count of its status' age may run ahead of our clock."""
    stop_key: float = 30.0
    """How long after a stop its key is its second arrival; later it stops anew, for scripts whose key never changes."""
    second_person: float = 60.0
    """How long an override waits for a second person where it needs one."""
    shut_down_explains: float = 120.0
    """How long after a Shut Down a unit's silence needs no other explanation."""

    # Wait and Force Stop
    followers_first: float = 3.0
    """How long a reference's Wait leaves after its followers' at most."""
    wait_again: float = 1.0
    """How soon a follower's Wait that failed is sent again."""
    force_stop_again: float = 5.0
    """How often Wait is repeated to a converter that works on after a Force Stop."""
    force_stop_follows: float = 600.0
    """How long after a Force Stop, a Stop all that failed or a safe end that did, Waits are sent because of it."""

    # Stop all
    stop_unheard: float = 3.0
    """How long after a Stop all the answer of apis-web to its stop is waited for before Wait goes to all."""
    stop_again: float = 5.0
    """How often stop and Wait are repeated while they are not seen."""
    stop_reads: float = 2.0
    """How often converters are read directly."""
    after_grace: float = 25.0
    """How long a Stop all goes on after its grace time at most."""
    listeners_hear: float = 1.0
    """How long a Stop all that has ended waits for those whom it tells what it overtook."""
    waits_first: float = 3.0
    """How long converters are not read directly, so that the Waits leave first."""

    # Guided transfer and work by hand
    reference_at_latest: float = 29.0
    """Longest time the reference stays up after the follower was sent Wait; one polling step below 30 s."""
    end_again: float = 5.0
    """How often a Wait of the safe end is repeated until it is seen."""
    end_failed_again: float = 1.0
    """How soon a Wait of the safe end that failed is sent again."""
    page_gone: float = 300.0
    """How long the page that began a transfer may be unheard before it is asked for."""
    page_asked_for: float = 60.0
    """How long it is asked for before the transfer ends."""
    hand_again: float = 30.0
    """How long a Wait at the end of work by hand has to be seen before it is repeated."""

    lease_warned: float = 30.0
    """How long before its Waits it is warned that the lease of work by hand has ended."""

    # The mode that follows a Soft Stop
    then_lasts: float = 900.0
    """How long a promise stands at most."""
    then_heard: float = 30.0
    """How long ago a page of the one who asked was heard at most, for the mode to be sent by itself."""

    # E-stop
    estop_again: float = 60.0
    """How long after an E-stop's Stop all that was not seen to be done the next is given, while the latch holds."""

    # The disk
    intent: float = 1.0
    """How long an order waits for its intent to be on the disk."""
    latch_kept: float = 1.0
    """How long after its Stop all an E-stop waits for its file, to tell whether it is there."""
    latch_disk: float = 2.0
    """How long a reset of the E-stop waits for whoever else is at the file."""


@dataclass(frozen=True, slots=True)
class Beats:
    """How often the program's own loops look, s."""

    watch: float = 5.0
    """apis-web is asked for members, status and deals (Z5)."""
    look: float = 0.5
    """Orders are looked at and procedures moved on."""
    events: float = 1.0
    """It is looked for what the grid did by itself."""
    frame: float = 1.0
    """What the page shows is made anew at the latest, and apis-web is asked for deals while somebody looks."""
    keep: float = 60.0
    """It is looked whether the journal's day has ended."""
