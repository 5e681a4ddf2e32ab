"""Certificates of an authority that only these tests know, and short times."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from main_controller.notifiers import connected


@dataclass(frozen=True)
class Certificates:
    """`server` is a server's context for localhost and 127.0.0.1; `authority` the file of who signed for it."""

    server: ssl.SSLContext
    authority: str


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(server)
    path: Path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return Certificates(server, str(path))


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole exchange may take half a second."""
    monkeypatch.setattr(connected, "WHOLE", 0.5)
    monkeypatch.setattr(connected, "CONNECTS", 0.4)
