"""How long every outgoing call may take: the one table. Used by `apis_web.py` and the devices."""

from collections.abc import Mapping
from types import MappingProxyType

from main_controller.upstream.http_json import Timeout

_READING = Timeout(connect=2, total=5)
_MODE = Timeout(connect=2, total=15)  # apis-web's event bus may take 30 s when a node has just died (K7)
_DEVICE = Timeout(connect=2, total=10)

TIMEOUTS: Mapping[str, Timeout] = MappingProxyType(
    {
        "log": _READING,
        "unitIds": _READING,
        "deals": _READING,
        "status": _READING,
        "mode": _MODE,
        "budo": _MODE,
        "shutdown": _MODE,
        "deviceReading": _READING,
        "converter": _DEVICE,
        "ups": _DEVICE,
    }
)
"""Connecting and whole times in s, by call."""
