"""How channels are read: what each sort needs, what is refused, and that no secret gets anywhere."""

import json
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from main_controller.channel import Channel, Hours, Sort
from main_controller.settings.channels import channels, hidden_url, time_of_day
from main_controller.settings.sources import build_settings
from main_controller.settings.table import Settings, settings_in_force

MAIL = {"name": "mail", "kind": "mail", "host": "mail.example", "from": "apis@example.org", "to": ["a@example.org"]}
HOOK = {"name": "hook", "kind": "webhook", "url_file": "/run/secrets/hook"}
LOG = {"name": "log", "kind": "syslog", "host": "log.example"}
MQTT = {"name": "mqtt", "kind": "mqtt", "host": "broker.example"}
CHAT = {"name": "chat", "kind": "apprise", "url_env": "CHAT"}


def refusal(*raw: Any) -> str:
    with pytest.raises(ValueError, match=r".+") as refused:
        channels(list(raw))
    return str(refused.value)


def test_each_sort_by_what_it_needs() -> None:
    found = channels([MAIL, HOOK, LOG, MQTT, CHAT])
    assert [one.sort for one in found] == [Sort.MAIL, Sort.WEBHOOK, Sort.SYSLOG, Sort.MQTT, Sort.APPRISE]
    assert found[0] == Channel(
        "mail", Sort.MAIL, options={"host": "mail.example", "from": "apis@example.org", "to": ("a@example.org",)}
    )


def test_everything_that_a_channel_may_have() -> None:
    (one,) = channels(
        [
            {
                **LOG, "priority": 2, "kinds": "gridError, noGridMaster", "hours": "22:00-06:30", "after": 15,
                "repeat": 0, "digest": True, "language": "ja", "link": "https://console.example/",
            }
        ]
    )  # fmt: skip
    assert (one.priority, one.kinds, one.hours) == (2, ("gridError", "noGridMaster"), Hours(time(22), time(6, 30)))
    assert (one.after, one.repeat, one.digest, one.language) == (900.0, 0.0, True, "ja")
    assert one.link == "https://console.example"


def test_as_json_text_for_environment_and_command_line() -> None:
    assert channels(json.dumps([LOG])) == channels([LOG])
    assert channels("") == ()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("x", "channel 1 is not a table"),
        ({}, "channel 1 needs a name"),
        ({**LOG, "name": "a b"}, "channel 1 needs a name"),
        ({**LOG, "kind": "pigeon"}, "channel log: its kind is none of mail, syslog, webhook, mqtt, apprise"),
        ({**LOG, "priority": 5}, "channel log: priority: 5 is not within 1..4"),
        ({**LOG, "hours": "9-5"}, "channel log: hours: '9-5' is not a span such as 08:00-18:00"),
        ({**LOG, "hours": "08:00-08:00"}, "begins where it ends"),
        ({**LOG, "kinds": []}, "channel log: kinds: it names none; leave it out for all"),
        ({**LOG, "language": "fr"}, "channel log: language: 'fr' is none of en, ja"),
        ({**LOG, "colour": "red"}, "channel log: 'colour' is not known; known are after, ca_file,"),
        ({**MAIL, "to": "nobody"}, "channel mail: to: 'nobody' is not an address such as apis@example.org"),
        ({**MAIL, "from": "a@b\nBcc: c@d"}, "channel mail: from:"),
        ({"name": "mail", "kind": "mail", "host": "h", "to": "a@b"}, "channel mail needs from"),
        ({**MAIL, "user": "apis"}, "channel mail has a user but neither password_file nor password_env"),
        ({**MAIL, "password_file": "a", "password_env": "B"}, "channel mail needs one of password_file, password_env"),
        ({"name": "hook", "kind": "webhook"}, "channel hook needs one of url_file, url_env"),
        ({**HOOK, "url_env": "X"}, "channel hook needs one of url_file, url_env"),
        ({**MQTT, "topic": "a/#"}, "channel mqtt: topic: 'a/#' is not a topic such as site/apis"),
        ({**LOG, "link": "javascript:x"}, "channel log: link: it is not an address"),
    ],
)
def test_what_is_wrong_is_said(raw: Any, said: str) -> None:
    assert said in refusal(raw)


@pytest.mark.parametrize(
    ("raw", "key"), [({**MAIL, "password": "T0K3N"}, "password"), ({**HOOK, "url": "https://x/T0K3N"}, "url"),
                     ({**HOOK, "secret": "T0K3N"}, "secret")],
)  # fmt: skip
def test_a_secret_does_not_stand_in_a_setting_and_is_not_said_again(raw: Any, key: str) -> None:
    sentence = refusal(raw)
    assert f"{key} does not stand in a setting: name a file of it in {key}_file, or a variable in {key}_env" in sentence
    assert "T0K3N" not in sentence


def test_two_of_one_name() -> None:
    assert refusal(LOG, LOG) == "two channels have the name log"


def test_the_heartbeats_address_is_shown_by_its_host_alone(root: Path) -> None:
    settings = Settings(root=root, heartbeat=hidden_url("https://hc.example/ping/T0K3N"))
    assert settings_in_force(settings)["heartbeat"] == "https://hc.example/..."
    with pytest.raises(ValueError, match="not an address") as refused:
        hidden_url("htps://hc.example/T0K3N")
    assert "T0K3N" not in str(refused.value)


def test_the_digests_time_of_day() -> None:
    assert time_of_day("07:30") == time(7, 30)
    assert time_of_day("") is None
    with pytest.raises(ValueError, match="not a time of day"):
        time_of_day("25:00")


def test_from_a_file(tmp_path: Path, root: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(
        'digest = "06:00"\n[[channels]]\nname = "log"\nkind = "syslog"\nhost = "log.example"\ndigest = true\n', "utf-8"
    )
    settings = build_settings({}, ["--config", str(file), "--data", str(tmp_path)], {}, root)
    assert settings.digest == time(6)
    assert settings_in_force(settings)["channels"] == "log (syslog)"
