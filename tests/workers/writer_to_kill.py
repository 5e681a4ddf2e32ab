"""Writes minutes and deals to the history's file named first, for ever: to be killed at any instant."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from main_controller.history.slot import CLUSTER
from main_controller.store.history import History
from tests.store.history.test_history import NOON, minute, settled

history = History(Path(sys.argv[1]), wall=lambda: datetime.now(UTC), megabytes=100)
start, units = int(sys.argv[2]), [CLUSTER, *(f"E{number:03d}" for number in range(40))]
while True:
    history.keep_deals([settled(start_time=str(start))])
    history.write([minute(unit_id, NOON + start) for unit_id in units])
    sys.stdout.write(f"{start}\n")
    sys.stdout.flush()
    start += 60
