"""Tells the versions of what the program rests on. Used for the support bundle and the incidents."""

import contextlib
import importlib.metadata
import re
from collections.abc import Mapping


def packages() -> Mapping[str, str]:
    """The versions of what the program needs, as far as they are known."""
    found = {}
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        for one in importlib.metadata.requires("apis-main-controller") or ():
            name = re.split(r"[^\w.-]", one, maxsplit=1)[0]
            with contextlib.suppress(importlib.metadata.PackageNotFoundError):
                found[name] = importlib.metadata.version(name)
    return found
