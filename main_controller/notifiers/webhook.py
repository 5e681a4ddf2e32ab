"""Sends a message to a web address: as JSON, signed where there is a secret, or as Slack and Mattermost take it."""

import hashlib
import hmac
import json
import time

from main_controller.channel import Channel
from main_controller.notifiers.fault import NotDelivered
from main_controller.notifiers.http import ask, reach
from main_controller.notifiers.secret import secret
from main_controller.notifiers.worded import Worded
from main_controller.sentence import say

SIGNATURE, SIGNED_AT = "APIS-Signature", "APIS-Signed-At"


class Webhook:
    """A channel of the sort webhook."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._shape = channel.text("shape") or "json"

    def send(self, message: Worded) -> None:
        """POST it. Raises NotDelivered."""
        key = secret(self._channel, "secret")
        body = json.dumps(self._shaped(message), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if key:
            at = str(int(time.time()))
            headers |= {SIGNED_AT: at, SIGNATURE: signature(key, at, body)}
        ask("POST", self._url(), body=body, headers=headers, ca_file=self._channel.text("ca_file"))

    def reach(self) -> None:
        """Connect, but send nothing. Raises NotDelivered."""
        reach(self._url(), self._channel.text("ca_file"))

    def close(self) -> None:
        """Nothing is kept open."""

    def _url(self) -> str:
        url = secret(self._channel, "url")
        if not url.startswith(("http://", "https://")):
            raise NotDelivered(say("notifiers.noUrl", "What is to be its address is none of http or https."))
        return url

    def _shaped(self, message: Worded) -> object:
        if self._shape == "json":
            return message.as_json()
        text = f"*{_plain(message.heading)}*\n{_plain(message.body)}"  # Slack's bold, which Mattermost shows as slanted
        return {"text": text.replace("*", "**") if self._shape == "mattermost" else text}


def signature(key: str, at: str, body: bytes) -> str:
    """`sha256=` and the HMAC-SHA256 in hex of the moment (s since 1970), a dot and the body."""
    return "sha256=" + hmac.new(key.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def _plain(text: str) -> str:
    """Nothing that the chat would take for a command, a mention or a link."""
    for mark, shown in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("*", "∗"), ("_", "＿"), ("`", "'"), ("@", "＠")):
        text = text.replace(mark, shown)
    return text
