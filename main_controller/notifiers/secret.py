"""Reads a channel's secrets, each time anew, so that a changed one counts at once; none is kept or told."""

import os
from pathlib import Path

from main_controller.channel import Channel
from main_controller.notifiers.fault import NotDelivered
from main_controller.sentence import say

LARGEST = 8192
"""How much (bytes) of a file is read."""


def secret(channel: Channel, name: str) -> str:
    """The secret of this name, from the file or the variable that the channel names; "" where it names neither.

    Blanks at both ends are not part of it. Raises NotDelivered where it cannot be read, or is empty.
    """
    file, variable = channel.text(f"{name}_file"), channel.text(f"{name}_env")
    if file:
        try:
            with Path(file).open(encoding="utf-8") as opened:
                found = opened.read(LARGEST).strip()
        except (OSError, ValueError) as fault:
            why = getattr(fault, "strerror", None) or "it is no text"
            raise NotDelivered(
                say("notifiers.secretUnread", "The file of {what} cannot be read: {why}.", what=name, why=why)
            ) from None
    elif variable:
        found = os.environ.get(variable, "").strip()
    else:
        return ""
    if not found or not found.isprintable():
        raise NotDelivered(
            say("notifiers.noSecret", "{where} holds no {what} of one line.", where=variable or file, what=name)
        )
    return found
