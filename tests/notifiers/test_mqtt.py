"""MQTT against a real broker: what is retained, the last will, and a broker that goes and comes back."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from main_controller.channel import Channel, Sort
from main_controller.notifiers import mqtt as module
from main_controller.notifiers.fault import NotDelivered
from main_controller.notifiers.mqtt import Mqtt
from tests.notifiers.servers import MESSAGE, hang, tcp

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


class Broker:
    """A broker that can be ended and started anew."""

    def __init__(self, folder: Path, extra: str = "allow_anonymous true\n") -> None:
        found = shutil.which("mosquitto", path=PATH)
        if found is None:
            if os.environ.get("CI", "").lower() in ("1", "true"):
                pytest.fail("There is no mosquitto on this machine.")
            pytest.skip("There is no mosquitto on this machine: install the package mosquitto.")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._binary = found
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(f"listener {self.port} 127.0.0.1\n{extra}", "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Have it answer."""
        self._process = subprocess.Popen(
            [self._binary, "-c", str(self._settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers)

    def end(self) -> None:
        """Kill it, so that it says goodbye to nobody."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


class Listener:
    """Somebody who listens to everything; `got` is what stands by topic, `heard` all that came."""

    def __init__(self, port: int) -> None:
        self.got: dict[str, bytes] = {}
        self.heard: list[tuple[str, bytes]] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._take
        self._client.on_connect = lambda client, *rest: client.subscribe("#", 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _take(self, client: object, data: object, message: Any) -> None:
        self.got[message.topic] = message.payload
        self.heard.append((message.topic, message.payload))

    def close(self) -> None:
        """Go."""
        self._client.disconnect()
        self._client.loop_stop()


def until(look: Callable[[], Any], deadline: float = 20.0) -> Any:
    """Look until it is so."""
    pause, end = threading.Event(), time.monotonic() + deadline
    while not (found := look()):
        assert time.monotonic() < end, "it did not come to be"
        pause.wait(0.05)
    return found


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path)
    one.start()
    yield one
    one.end()


@contextlib.contextmanager
def mqtt(port: int, **options: Any) -> Iterator[Mqtt]:
    one = Mqtt(Channel("mqtt", Sort.MQTT, options={"host": "127.0.0.1", "port": port, "topic": "site/apis", **options}))
    try:
        yield one
    finally:
        one.close()


@contextlib.contextmanager
def listening(broker: Broker) -> Iterator[Listener]:
    one = Listener(broker.port)
    try:
        yield one
    finally:
        one.close()


def test_what_stands_is_retained_and_messages_are_not(broker: Broker) -> None:
    with mqtt(broker.port) as one:
        one.publish({"state": {"mode": "autonomous"}, "alarms": []})
        one.send(MESSAGE)
        with listening(broker) as late:
            until(lambda: len(late.got) >= 3)
            assert late.got == {
                "site/apis/online": b"true",
                "site/apis/state": b'{"mode": "autonomous"}',
                "site/apis/alarms": b"[]",
            }
            one.send(MESSAGE)
            until(lambda: "site/apis/message" in late.got)


def test_only_what_changed_is_published(broker: Broker) -> None:
    with mqtt(broker.port) as one, listening(broker) as ear:
        for _ in range(3):
            one.publish({"state": 1, "alarms": []})
        one.publish({"state": 2, "alarms": []})
        until(lambda: ear.got.get("site/apis/state") == b"2")
        assert [payload for topic, payload in ear.heard if topic == "site/apis/alarms"] == [b"[]"]


def test_who_goes_says_so(broker: Broker) -> None:
    with listening(broker) as ear:
        with mqtt(broker.port) as one:
            one.publish({"state": 1})
            until(lambda: ear.got.get("site/apis/online") == b"true")
        until(lambda: ear.got.get("site/apis/online") == b"false")


def test_the_last_will_speaks_for_who_was_cut_off(broker: Broker) -> None:
    with listening(broker) as ear, mqtt(broker.port) as one:
        one.publish({"state": 1})
        until(lambda: ear.got.get("site/apis/online") == b"true")
        client = one._client
        assert client is not None
        client.loop_stop()
        sock: Any = client.socket()
        sock.shutdown(socket.SHUT_RDWR)
        until(lambda: ear.got.get("site/apis/online") == b"false")


def test_a_broker_that_comes_back_is_told_all_anew(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """It kept nothing: what stands is published again."""
    monkeypatch.setattr(module, "CONNECTS", 1.0)
    with mqtt(broker.port) as one:
        one.publish({"state": 1})
        broker.end()

        def fails() -> bool:
            try:
                one.publish({"state": 2})
            except NotDelivered:
                return True
            return False

        until(fails)
        broker.start()

        def works() -> bool:
            return not fails()

        until(works)
        with listening(broker) as late:
            until(lambda: late.got.get("site/apis/state") == b"2")


def test_a_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = tmp_path / "passwords"
    tool = shutil.which("mosquitto_passwd", path=PATH)
    if tool is None:
        pytest.skip("There is no mosquitto_passwd on this machine.")
    subprocess.run([tool, "-b", "-c", str(passwords), "apis", "right"], check=True, capture_output=True, timeout=30)
    passwords.chmod(0o644)
    tmp_path.chmod(0o755)
    broker = Broker(tmp_path, f"allow_anonymous false\npassword_file {passwords}\nuser root\n")
    broker.start()
    try:
        monkeypatch.setenv("WORD", "right")
        with mqtt(broker.port, user="apis", password_env="WORD") as one:
            one.send(MESSAGE)
        monkeypatch.setenv("WORD", "wrong")
        monkeypatch.setattr(module, "CONNECTS", 1.0)
        with mqtt(broker.port, user="apis", password_env="WORD") as one, pytest.raises(NotDelivered, match="refuses: "):
            one.send(MESSAGE)
    finally:
        broker.end()


def test_nobody_and_nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECTS", 0.5)
    with mqtt(9) as one:
        with pytest.raises(NotDelivered, match="refuses connections"):
            one.send(MESSAGE)
        with pytest.raises(NotDelivered, match="refuses connections"):
            one.reach()
    with tcp(hang) as port, mqtt(port) as one, pytest.raises(NotDelivered, match="did not answer in time"):
        one.send(MESSAGE)
