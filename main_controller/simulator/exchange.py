"""What goes over HTTP, as the simulated programs see it: a request, a reply, and the wish to say nothing at all."""

from dataclasses import dataclass, field


class Silence(Exception):
    """Raised by an answering program that ends before it has answered."""


@dataclass(frozen=True)
class Request:
    """`query` holds the first value of each name, empty ones too."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """`drip_s` > 0: one byte each so many seconds; `cut`: the connection breaks after half of the body."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    drip_s: float = 0.0
    cut: bool = False
