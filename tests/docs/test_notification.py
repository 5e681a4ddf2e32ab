"""docs/notification.md shows channels that can be read as they stand, and states the delays and limits of the code."""

import re
import tomllib
from pathlib import Path

import pytest

from main_controller.channel import Sort
from main_controller.notification import delivery
from main_controller.notifiers.webhook import signature
from main_controller.settings.channels import channels, hidden_url
from main_controller.workers.sender import PAUSES
from tests.docs.pages import page

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", page(ROOT, "notification.md"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_can_be_read(example: str) -> None:
    given = tomllib.loads(example)
    if "channels" in given:
        assert channels(given["channels"])
    else:
        assert hidden_url(given["heartbeat"])


def test_all_of_them_together_are_one_settings_file() -> None:
    together = tomllib.loads("\n".join(sorted(EXAMPLES, key=lambda one: "[[" in one)))
    assert {one.sort for one in channels(together["channels"])} == set(Sort)


def test_it_states_what_the_code_does(root: Path) -> None:
    text = page(root, "notification.md")
    assert f"within {delivery.GATHERS:.0f} s (priority 1: {delivery.HURRIES:.0f} s)" in text
    assert f"{delivery.AN_HOUR} messages an hour of each priority, {delivery.HEARSAY_AN_HOUR} of what rests on" in text
    assert PAUSES == (5, 10, 30, 60, 120, 300, 600)
    assert "after 5, 10, 30 s, 1, 2, 5 and then every 10 minutes" in text


def test_its_check_of_a_signature_accepts_ours(root: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", page(root, "notification.md"), re.MULTILINE | re.DOTALL)
    signed = signature("s3cret", "1778641388", b"{}")
    exec(code, {"secret": b"s3cret", "signed_at": "1778641388", "body": b"{}", "signature": signed})
    with pytest.raises(AssertionError):
        exec(code, {"secret": b"other", "signed_at": "1778641388", "body": b"{}", "signature": signed})
