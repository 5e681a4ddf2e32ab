"""How often Python looks for cycles of dead objects; set once by the controller at start.

Every poll makes hundreds of thousands of small dicts and drops as many. They hold no cycles and are freed at once
when dropped, but the usual thresholds make the collector walk all of them at almost every poll of a large grid.
"""

import gc

NEW_OBJECTS = 200_000
YOUNG_ROUNDS = 20
OLD_ROUNDS = 50


def look_rarely() -> None:
    """Look for cycles among the newest objects after 200,000 of them, among all some minutes apart."""
    gc.set_threshold(NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)
    gc.freeze()
