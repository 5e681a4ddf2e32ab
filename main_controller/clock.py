"""The wall clock: what is told to people and kept over restarts. All that is reckoned with uses `time.monotonic`."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)
