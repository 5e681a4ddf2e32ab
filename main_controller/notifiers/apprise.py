"""Sends a message by whatever apprise knows (an extra: `pip install apis-main-controller[apprise]`)."""

import importlib
import logging
import sys
from typing import Any

from main_controller.channel import Channel
from main_controller.notifiers.fault import NotDelivered
from main_controller.notifiers.secret import secret
from main_controller.notifiers.worded import Worded
from main_controller.sentence import say


class Apprise:
    """A channel of the sort apprise; its address names the service."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def send(self, message: Worded) -> None:
        """Have apprise send it. Raises NotDelivered."""
        if not self._client().notify(title=message.heading, body=message.body, body_format="text"):
            raise NotDelivered(say("notifiers.appriseFailed", "apprise could not send it."))

    def reach(self) -> None:
        """Whether apprise is installed and knows the service; it has no way to connect only. Raises NotDelivered."""
        self._client()

    def close(self) -> None:
        """Nothing is kept open."""

    def _client(self) -> Any:
        try:
            library = importlib.import_module("apprise")
        except ImportError:
            raise NotDelivered(
                say(
                    "notifiers.noApprise",
                    "apprise is not installed: run {python} -m pip install apprise.",
                    python=sys.executable,
                )
            ) from None
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it writes whole addresses, in which secrets are
        client = library.Apprise()
        if not client.add(secret(self._channel, "url")):
            raise NotDelivered(say("notifiers.appriseUnknown", "apprise does not know such an address."))
        return client
