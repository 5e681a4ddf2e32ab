"""H9: an id or a name from the wire stands in a page so that it is seen whole and moves nothing beside it."""

import pytest

from main_controller.web.wire_text import isolated, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("E001", "E001"),
        ("house 201", "house 201"),
        ("東棟 1", "東棟 1"),
        ("佐藤\u3000一郎", "佐藤\u3000一郎"),
        ("E1\u202e\u2069\u200b", "E1⟨U+202E⟩⟨U+2069⟩⟨U+200B⟩"),
        ("a\nb\x7f\u2028", "a␊b⟨U+007F⟩⟨U+2028⟩"),
        (" E1  x ", "␣E1 ␣x␣"),
        ("\ud800\u3164", "⟨U+D800⟩⟨U+3164⟩"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_shows_as_signs(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_in_a_sentence_what_is_not_plain_is_isolated() -> None:
    assert isolated("E001") == "E001"
    assert isolated("") == ""
    assert isolated("E1\u202e") == "\u2068E1⟨U+202E⟩\u2069"
    assert isolated("אב1") == "\u2068אב1\u2069"
