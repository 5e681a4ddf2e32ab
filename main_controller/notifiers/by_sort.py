"""Who sends for which channel."""

from collections.abc import Mapping
from typing import Protocol

from main_controller.channel import Channel, Sort
from main_controller.notifiers.apprise import Apprise
from main_controller.notifiers.connected import trust
from main_controller.notifiers.mail import Mail
from main_controller.notifiers.mqtt import Mqtt
from main_controller.notifiers.secret import secret
from main_controller.notifiers.syslog import Syslog
from main_controller.notifiers.webhook import Webhook
from main_controller.notifiers.worded import Worded


class Notifier(Protocol):
    """Sends by one channel; every call is bounded in time and raises NotDelivered."""

    def send(self, message: Worded) -> None:
        """Hand the message over."""
        ...

    def reach(self) -> None:
        """Look whether it could be reached, and send nothing."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


_BY_SORT: Mapping[Sort, type[Mail] | type[Syslog] | type[Webhook] | type[Mqtt] | type[Apprise]] = {
    Sort.MAIL: Mail,
    Sort.SYSLOG: Syslog,
    Sort.WEBHOOK: Webhook,
    Sort.MQTT: Mqtt,
    Sort.APPRISE: Apprise,
}


def notifier_of(channel: Channel) -> Notifier:
    """Who sends by this channel."""
    return _BY_SORT[channel.sort](channel)


SECRETS = ("password", "secret", "url")
"""The names of what a channel has in files or variables."""


def read_files(channel: Channel) -> None:
    """See whether all that the channel has in files and variables can be read; raises NotDelivered where not."""
    for name in SECRETS:
        secret(channel, name)
    if channel.text("ca_file"):
        trust(channel.text("ca_file"))
