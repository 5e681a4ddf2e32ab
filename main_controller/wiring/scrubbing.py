"""Takes out of a text what nobody else may know: every secret of this site, and whatever looks like one.

Used for the support bundle. The first is by what the files, variables and addresses of the settings hold now, the
second by names such as password and token, for what a library or a stranger may have logged.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from main_controller.known_secrets import REMOVED, KnownSecrets
from main_controller.notifiers.by_sort import SECRETS
from main_controller.notifiers.fault import NotDelivered
from main_controller.notifiers.secret import secret
from main_controller.settings import Settings
from main_controller.upstream.secrets_file import LARGEST

SHORTEST_PART = 8
"""Characters of a part of an address: what is shorter would take out half of every text."""

_NAME = r"[\w.-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|authorization|cookie)s?"
_NAMED = re.compile(
    rf"(?i)(?P<name>\b{_NAME}\\?[\"']?\s*[=:]\s*)(?:(?:bearer|basic)\s+)?"
    r"(?P<quote>\\?\"|')?(?(quote)(?:[^\"'\\]|\\[^\"'])*|[^\s,;&\"'}\]\\]+)"
)
_BEARER = re.compile(r"(?i)\b(?P<name>bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}")
_USERINFO = re.compile(r"://[^\s/@\"']+@")
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_VARIABLE = re.compile(r"(?i)pass|secret|token|key|credential|auth")


class Scrubber:
    """Takes `secrets` out of a text, however they are written there, and what looks like others."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known = KnownSecrets(secrets)

    def clean(self, text: str) -> str:
        """The text without them."""
        text = _KEY.sub(REMOVED, self._known.out_of(text))
        text = _USERINFO.sub(f"://{REMOVED}@", text)
        text = _NAMED.sub(lambda found: f"{found['name']}{found['quote'] or ''}{REMOVED}", text)
        return _BEARER.sub(lambda found: f"{found['name']} {REMOVED}", text)


def secrets_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> set[str]:
    """Every secret that the settings name and that can be read now, and what the environment seems to hold."""
    found: set[str] = {
        value for name, value in environ.items() if _VARIABLE.search(name) and len(value) >= SHORTEST_PART
    }
    for channel in settings.channels:
        for name in SECRETS:
            try:
                found.add(secret(channel, name))
            except NotDelivered:  # it is no secret of one line; what its file holds is taken out all the same
                found.update(_text(Path(channel.text(f"{name}_file"))).split())
    if settings.credentialsfile is not None:
        found.update(_of_a_line(_text(settings.credentialsfile).splitlines()))
    if settings.heartbeat is not None:
        found.add(settings.heartbeat.url)
    for url in (settings.apis_emul_url, settings.apis_budo_url, settings.emul_url, settings.budo_url):
        found.add(urlsplit(url).password or "")
    return found | {part for one in found for part in _parts(one)}


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(LARGEST)
    except OSError:
        return ""


def _of_a_line(lines: Iterable[str]) -> Iterator[str]:
    """Of lines of the setting `credentialsfile`, which may be faulty, all that can be a password or a token."""
    for line in lines:
        secret = line.strip().partition(" ")[2].strip()
        yield from (secret, secret.partition(":")[2], secret.partition(" ")[2].strip())


def _parts(text: str) -> Iterator[str]:
    """Of an address what lets somebody in: password, path and query."""
    if "://" not in text:
        return
    try:
        parts = urlsplit(text)
    except ValueError:
        return
    yield parts.password or ""
    values = [pair.partition("=")[2] for pair in parts.query.split("&")]
    for part in (parts.path.strip("/"), parts.query, *parts.path.split("/"), *values):
        if len(part) >= SHORTEST_PART:
            yield part
