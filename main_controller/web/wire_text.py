"""Owns how an id or a name from the wire is written in a page made here: what cannot be seen shows as signs (H9).

Used by the page and the journal's page, which isolate what this gives with `<bdi>`; `js/lib/wire.js` does the same.
"""

import re
import unicodedata

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_CONTROLS = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_UNSEEN = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")


def visible(text: str) -> str:
    """The text with control signs, unseen letters, and blanks at an end or beside another as signs: `E1⟨U+202E⟩`."""
    if _PLAIN.fullmatch(text):
        return text
    last = len(text) - 1
    return "".join(
        _sign(sign) if _hidden(sign) or (_blank(sign) and (at in (0, last) or _blank(text[at - 1]))) else sign
        for at, sign in enumerate(text)
    )


def isolated(text: str) -> str:
    """An id or a name for a sentence: `visible`, and where it is not plain ASCII in isolates (U+2068 ... U+2069)."""
    return text if not text or _PLAIN.fullmatch(text) else f"\u2068{visible(text)}\u2069"


def _hidden(sign: str) -> bool:
    return unicodedata.category(sign) in _CONTROLS or _UNSEEN.match(sign) is not None


def _blank(sign: str) -> bool:
    return unicodedata.category(sign) == "Zs"


def _sign(sign: str) -> str:
    code = ord(sign)
    if sign == " ":
        return "␣"
    return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"
