"""A known secret is taken out of a text in whatever form a peer writes it, and nothing else is."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from main_controller.known_secrets import REMOVED, KnownSecrets

SECRET = 'pä/ss wörd+"1"~?'
WHOLE = base64.b64encode(SECRET.encode()).decode()

FORMS = {
    "as it is": SECRET,
    "JSON": json.dumps(SECRET)[1:-1],
    "JSON with other letters": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "Python": repr(SECRET)[1:-1],
    "an address": quote(SECRET, safe=""),
    "an address in small letters": quote(SECRET, safe="").replace("%C3", "%c3").replace("%B6", "%b6").replace(
        "%A4", "%a4").replace("%2F", "%2f").replace("%2B", "%2b").replace("%3F", "%3f"),
    "a form": quote_plus(SECRET),
    "base64": WHOLE,
    "base64 without its end": WHOLE.rstrip("="),
    "base64 for addresses": base64.urlsafe_b64encode(SECRET.encode()).decode(),
    "base64 in an address": quote(WHOLE, safe=""),
    "base64 in JSON with its slashes escaped": WHOLE.replace("/", "\\/"),
}  # fmt: skip


@pytest.mark.parametrize("written", FORMS.values(), ids=FORMS)
def test_it_is_taken_out_however_it_is_written(written: str) -> None:
    left = KnownSecrets(["another", SECRET]).out_of(f"before {written} after")
    assert left.rstrip("=") in (f"before {REMOVED} after", f"before {REMOVED}== after", f"before {REMOVED}= after")


def test_all_else_stays_and_nothing_shows_them() -> None:
    text = "nothing of it: p/ss word"
    assert KnownSecrets([SECRET]).out_of(text) == text
    assert KnownSecrets().out_of(text) == text
    assert KnownSecrets(["", "not"]).out_of(text) == text, "so short a one would take out half of every text"
    assert SECRET not in repr(KnownSecrets([SECRET]))
