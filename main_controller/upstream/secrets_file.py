"""The names and passwords for apis-web and the devices, each for its own address alone (setting `credentialsfile`).

Read once at the start, so that no order waits for a disk. What is read is in no log, error or reply: nothing here has
it in its text.
"""

import base64
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from main_controller.errors import SettingError
from main_controller.known_secrets import KnownSecrets

LARGEST = 65536
"""How much (bytes) the file may hold."""

USUAL_PORTS: Mapping[str, int] = {"http": 80, "https": 443}

Place = tuple[str, str, int]
"""Scheme, host and port."""

HOW = "write `https://host:port name:password` or `https://host:port bearer token`"


class Credentials:
    """What is sent as `Authorization` to which address; nothing to any other. `secrets` are what a peer that it was
    sent to may repeat."""

    def __init__(self, values: Mapping[Place, str] | None = None) -> None:
        self._values = dict(values or {})
        self.secrets = KnownSecrets(one for value in self._values.values() for one in _within(value))

    def __repr__(self) -> str:
        return f"Credentials for {len(self._values)} addresses"

    def of(self, url: str) -> str | None:
        """The header's value for a request to this address; None where the file has none for it."""
        return self._values.get(_place(url)) if self._values else None


def _within(value: str) -> Iterator[str]:
    """What of a header's value lets somebody in: the token, or name with password, and the password alone."""
    kind, _, sent = value.partition(" ")
    yield sent
    if kind == "Basic":
        decoded = base64.b64decode(sent).decode(errors="surrogateescape")
        yield from (decoded, decoded.partition(":")[2])


def read_credentials(file: Path | None) -> Credentials:
    """What the file says, a line each; raises SettingError, which tells a line's number and never what it holds."""
    if file is None:
        return Credentials()
    values: dict[Place, str] = {}
    for number, line in enumerate(_text(file).splitlines(), 1):
        address, _, secret = line.strip().partition(" ")
        if not address or address.startswith("#"):
            continue
        try:
            place, value = _whole_place(address), _authorization(secret.strip())
        except ValueError as fault:
            raise SettingError("credentialsfile", f"line {number} of {file}: {fault}") from None
        if place in values:
            raise SettingError("credentialsfile", f"line {number} of {file}: its address stands there twice")
        values[place] = value
    return Credentials(values)


def _text(file: Path) -> str:
    """The whole file, which must be a plain one that nobody but its owner may read."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as opened:  # noqa: PTH123 - what was opened is what is looked at
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                raise SettingError("credentialsfile", f"{file} is no plain file")
            mode = stat.S_IMODE(about.st_mode)
            if mode & 0o077:
                raise SettingError(
                    "credentialsfile", f"{file} has the mode {mode:04o}, so that others may use it: chmod 600 {file}"
                )
            found = opened.read(LARGEST + 1)
    except OSError as fault:
        raise SettingError("credentialsfile", f"{file} cannot be read: {fault.strerror}") from None
    if len(found) > LARGEST:
        raise SettingError("credentialsfile", f"{file} is larger than {LARGEST} bytes")
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingError("credentialsfile", f"{file} is not UTF-8") from None


def _place(url: str) -> Place:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or USUAL_PORTS.get(parts.scheme, 0)


def _whole_place(address: str) -> Place:
    """The address of a line; ValueError, which does not quote it: a misplaced password may stand there."""
    try:
        parts, place = urlsplit(address), _place(address)
    except ValueError:
        raise ValueError(f"its address is none; {HOW}") from None
    if place[0] not in USUAL_PORTS or not place[1] or "@" in address or parts.path.strip("/") or parts.query:
        raise ValueError(f"its address is none; {HOW}")
    return place


def _authorization(secret: str) -> str:
    """The header's value; ValueError for what is neither a name and password nor a token."""
    kind, _, token = secret.partition(" ")
    token = token.strip()
    if kind.lower() == "bearer" and token and token.isascii() and token.isprintable() and " " not in token:
        return f"Bearer {token}"
    name, colon, password = secret.partition(":")
    if not colon or not name or not password or not secret.isprintable():
        raise ValueError(f"it holds neither a name with a password nor a token; {HOW}")
    return "Basic " + base64.b64encode(secret.encode()).decode("ascii")
