"""Asks the running program by HTTP, as anybody could: for `--healthy` and for the support bundle."""

import http.client
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from main_controller.concurrency.side_by_side import begun
from main_controller.pid_file import addresses
from main_controller.settings import Settings

PATIENCE = 5.0
"""How long (s) a connection and each part of an answer may take."""

WITHIN = 10.0
"""How long (s) several answers together may take, which are asked for at once."""

LARGEST = 2**24
"""How much (bytes) of an answer is read."""


class Answer(NamedTuple):
    """The status of an answer, and its body."""

    status: int
    body: bytes


def running_at(settings: Settings) -> str:
    """Where the program with these data answers: by what it wrote of itself, else by its settings."""
    found = addresses(settings.data, simulated=settings.simulate is not None)
    if found:
        return found[0]
    host = settings.b_host
    if host in ("0.0.0.0", "::"):
        host = "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.b_port}/"


def asked(address: str, path: str) -> Answer:
    """What a GET is answered there. Raises OSError where it is not answered within bounds."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"User-Agent": "apis-main-controller", "Connection": "close"})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(LARGEST))
    except http.client.HTTPException as fault:
        raise ConnectionError(f"what answers is no web server: {type(fault).__name__}") from fault
    finally:
        connection.close()


def asked_at_once(address: str, paths: Sequence[str], within: float = WITHIN) -> Mapping[str, Answer | OSError]:
    """What a GET of each path is answered there, or why it is not; `within` s, however slowly they come."""
    answers = begun([partial(asked, address, path) for path in paths])
    wait(answers, within)
    return {path: _came(answer, within) for path, answer in zip(paths, answers, strict=True)}


def _came(answer: Future[Answer], within: float) -> Answer | OSError:
    try:
        return answer.result(0) if answer.done() else TimeoutError(f"no whole answer within {within:g} s")
    except OSError as fault:
        return fault


def healthy(settings: Settings) -> int:
    """Say whether the running program lives; 0 where its server answers for it, else 1. For a container's check."""
    address = running_at(settings)
    try:
        answer = asked(address, "/healthz")
    except OSError as fault:
        sys.stderr.write(f"{address} does not answer: {fault}\n")
        return 1
    if answer.status != 200:
        sys.stderr.write(f"{address}healthz answers {answer.status}\n")
        return 1
    sys.stdout.write(f"{address} answers\n")
    return 0
