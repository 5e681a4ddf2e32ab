"""Publishes messages, the alarms and the state of the cluster to an MQTT broker; nothing is ever taken from it.

What stands is retained, so that who comes later has it at once; the last will says that this program is gone.
"""

import contextlib
import json
import threading
from collections.abc import Mapping
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from main_controller.channel import Channel
from main_controller.notifiers.connected import CONNECTS, connected, deadline, trust
from main_controller.notifiers.fault import NotDelivered, words_of
from main_controller.notifiers.secret import secret
from main_controller.notifiers.worded import Worded
from main_controller.sentence import Sentence, foreign, say

PLAIN, TLS = 1883, 8883

KEEPS = 30
"""How often (s) broker and program make sure of each other: after half as much again the last will goes out."""


class Mqtt:
    """A channel of the sort mqtt. It keeps one connection, which mends itself."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._tls = channel.options.get("tls") is True
        self._host = channel.text("host")
        self._port = int(channel.options.get("port", TLS if self._tls else PLAIN))  # type: ignore[arg-type]  # a number
        self._topic = channel.text("topic") or "apis"
        self._changing = threading.Lock()  # protects what follows: the channel's own thread and a test use it
        self._client: paho.Client | None = None
        self._up = threading.Event()
        self._refused: Sentence | None = None
        self._published: dict[str, bytes] = {}

    def send(self, message: Worded) -> None:
        """Publish it under `message`. Raises NotDelivered where the broker does not say that it has it."""
        self._publish("message", json.dumps(message.as_json(), ensure_ascii=False).encode(), retain=False)

    def publish(self, standing: Mapping[str, Any]) -> None:
        """Have these values stand at the broker, each under its name; only what changed is sent. Raises
        NotDelivered."""
        for name, value in standing.items():
            payload = json.dumps(value, ensure_ascii=False).encode()
            if self._published.get(name) != payload or not self._up.is_set():
                self._publish(name, payload, retain=True)
                self._published[name] = payload

    def reach(self) -> None:
        """Connect to the broker's port; whether it lets us in tells a test message. Raises NotDelivered."""
        tls = trust(self._channel.text("ca_file")) if self._tls else None
        secret(self._channel, "password")
        try:
            with deadline() as by:
                connected(self._host, self._port, by, tls).close()
        except OSError as fault:
            raise NotDelivered(words_of(fault, self._where())) from None

    def close(self) -> None:
        """Say that this program is gone, and go."""
        with self._changing:
            client, self._client = self._client, None
        if client is not None:
            if self._up.is_set():
                with contextlib.suppress(RuntimeError, ValueError):  # the connection is gone: the last will says it
                    client.publish(f"{self._topic}/online", b"false", qos=1, retain=True).wait_for_publish(1.0)
            client.disconnect()
            client.loop_stop()

    def _publish(self, name: str, payload: bytes, *, retain: bool) -> None:
        client = self._connected()
        sent = client.publish(f"{self._topic}/{name}", payload, qos=1, retain=retain)
        try:
            sent.wait_for_publish(CONNECTS)
        except (RuntimeError, ValueError) as fault:
            raise NotDelivered(words_of(fault, self._where())) from None
        if not sent.is_published():
            raise NotDelivered(words_of(TimeoutError(), self._where()))

    def _connected(self) -> paho.Client:
        """The client, once the broker has let it in."""
        with self._changing:
            client = self._client
            if client is None:
                client = self._client = self._began()
        if not self._up.wait(CONNECTS):
            self.close()  # with a changed password or certificate it is tried anew
            refused, self._refused = self._refused, None
            raise NotDelivered(refused or words_of(TimeoutError(), self._where()))
        return client

    def _began(self) -> paho.Client:
        self._up.clear()
        self._published = {}
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id="", clean_session=True)
        client.connect_timeout = CONNECTS
        client.reconnect_delay_set(1, 60)
        client.will_set(f"{self._topic}/online", b"false", qos=1, retain=True)
        if self._channel.text("user"):
            client.username_pw_set(self._channel.text("user"), secret(self._channel, "password"))
        if self._tls:
            client.tls_set_context(trust(self._channel.text("ca_file")))
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        try:
            client.connect(self._host, self._port, keepalive=KEEPS)
        except (OSError, ValueError) as fault:
            self._client = None
            raise NotDelivered(words_of(fault, self._where())) from None
        client.loop_start()
        return client

    def _on_connect(self, client: paho.Client, data: object, flags: object, code: Any, properties: object) -> None:
        if code.is_failure:
            self._refused = say(
                "notifiers.brokerRefuses", "{where} refuses: {why}.", where=self._where(), why=foreign(str(code))
            )
            return
        self._published = {}
        self._up.set()
        client.publish(f"{self._topic}/online", b"true", qos=1, retain=True)

    def _on_disconnect(self, client: paho.Client, data: object, flags: object, code: Any, properties: object) -> None:
        self._up.clear()

    def _where(self) -> str:
        return f"{self._host}:{self._port}"
