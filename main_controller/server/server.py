"""Owns waitress: listens, serves, and answers what never becomes a request in our own form (Z1).

Made by the controller.
"""

import errno
import logging
import socket
import time
from collections.abc import Callable, Iterable
from threading import Event
from typing import Any

import waitress.adjustments
import waitress.server
import waitress.wasyncore

from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, say
from main_controller.server.crowd import Crowd
from main_controller.server.descriptors import connections_within, raise_limit
from main_controller.server.lanes import (
    AtOnce,
    LaneOf,
    StopsAlone,
    all_ordinary,
    nothing_at_once,
    nothing_stops_alone,
)
from main_controller.server.listener import Listener
from main_controller.server.pools import Pools

log = logging.getLogger(__name__)

LARGEST_HEADER = 1 << 14
"""What is read of one request's head at most, bytes; longer ones get 431."""

LARGEST_REQUEST = 1 << 18
"""What is read of one request's body at most, bytes; the application refuses far smaller ones by itself."""

MOST_OUTSTANDING = 1 << 18
"""How much of its replies a connection may have outstanding before the next part of one waits, bytes."""

KEPT_IN_MEMORY = 1 << 24
"""Replies larger than this go through a file, bytes: which would take a descriptor, and a disk that can be written."""


TRY_EVERY = 1.0
"""How often (s) an address is tried that is not there yet."""


class Server:
    """Serves one WSGI application; `lane_of` tells whose threads serve a request, `at_once` which need none,
    `stops_alone` which are served whatever their body is.

    `connection_limit` is lowered to what the process may open. An address that is not on this machine yet is tried for
    `patience` s. Raises ControllerError when it cannot be listened on.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        *,
        host: str,
        port: int,
        threads: int,
        connection_limit: int,
        lane_of: LaneOf = all_ordinary,
        at_once: AtOnce = nothing_at_once,
        stops_alone: StopsAlone = nothing_stops_alone,
        patience: float = 0.0,
    ) -> None:
        _resolve(host, port)
        self._turned_at = time.monotonic()
        descriptors = raise_limit()
        places = connections_within(connection_limit, descriptors)
        log.info("%d connections at most, of %d descriptors that may be open", places, descriptors)
        try:
            adjustments = waitress.adjustments.Adjustments(
                host=host,
                port=port,
                threads=threads,
                ident=None,
                asyncore_use_poll=True,
                max_request_header_size=LARGEST_HEADER,
                max_request_body_size=LARGEST_REQUEST,
                inbuf_overflow=LARGEST_REQUEST,
                outbuf_high_watermark=MOST_OUTSTANDING,
                outbuf_overflow=KEPT_IN_MEMORY,
                clear_untrusted_proxy_headers=False,  # web/caller.py judges them
            )
            crowd = Crowd(places, time.monotonic)
            self._server = _once_there(
                host, patience, lambda: _listening(app, adjustments, crowd, lane_of, at_once, stops_alone, self._turn)
            )
        except (OSError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or str(fault)
            if getattr(fault, "errno", None) == errno.EADDRNOTAVAIL:
                raise ControllerError(_not_ours(host, patience)) from fault
            sentence = say(
                "program.cannotListen",
                "{host} port {port} cannot be listened on ({reason}); the setting b_port chooses another.",
                host=host, port=port, reason=reason,
            )  # fmt: skip
            raise ControllerError(sentence) from fault

    @property
    def address(self) -> str:
        """Where the page is, for a browser on this machine or, where one address was given, at that."""
        host, port = self._bound()
        shown = "localhost" if host in ("0.0.0.0", "::", "::1", "127.0.0.1") else host
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"

    def _bound(self) -> tuple[str, int]:
        listening = getattr(self._server, "effective_listen", None)
        if listening:
            return str(listening[0][0]), int(listening[0][1])
        return str(self._server.effective_host), int(self._server.effective_port)

    def _turn(self, now: float) -> None:
        self._turned_at = now

    @property
    def idle(self) -> float:
        """How long ago (s) its loop came round last: once a second at least, also when nobody asks."""
        return time.monotonic() - self._turned_at

    def waiting(self) -> dict[str, int]:
        """How many requests wait for a thread, by their lane."""
        pools: Pools = self._server.task_dispatcher
        return pools.waiting()

    def run(self) -> None:
        """Answer requests in this thread until SystemExit or KeyboardInterrupt is raised in it."""
        self._server.run()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()


def _resolve(host: str, port: int) -> None:
    """Raise ControllerError for a name that nobody knows."""
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as fault:
        sentence = say(
            "program.unknownName", "The name {host} cannot be resolved ({reason}); the setting b_host names another.",
            host=host, reason=fault.strerror,
        )  # fmt: skip
        raise ControllerError(sentence) from fault


def _once_there(host: str, patience: float, listen: Callable[[], Any]) -> Any:
    """What `listen` makes; while the address is not on this machine it is tried again, `patience` s long (M23)."""
    deadline, told, pause = time.monotonic() + patience, False, Event()
    while True:
        try:
            return listen()
        except OSError as fault:
            if fault.errno != errno.EADDRNOTAVAIL or time.monotonic() + TRY_EVERY > deadline:
                raise
        if not told:
            told = True
            log.warning("%s (setting b_host) is no address of this machine yet; it is tried for %g s", host, patience)
        pause.wait(TRY_EVERY)


def _not_ours(host: str, patience: float) -> Sentence:
    waited = say("program.waitedFor", "it was tried for {seconds:g} s", seconds=patience)
    return say(
        "program.addressElsewhere",
        "{host} is no address of this machine ({waited}); the setting b_host names another.",
        host=host, waited=waited,
    )  # fmt: skip


def _listening(
    app: Callable[..., Iterable[bytes]],
    adjustments: Any,
    crowd: Crowd,
    lane_of: LaneOf,
    at_once: AtOnce,
    stops_alone: StopsAlone,
    turned: Callable[[float], None],
) -> Any:
    """A listener or, where a name has several addresses, waitress' bundle of one for each."""
    sockets: dict[int, Any] = {}
    pools = Pools(adjustments.threads, lane_of)
    listeners: list[Listener] = []
    try:
        for place in adjustments.listen:
            listener = Listener(
                app, sockets, crowd, at_once=at_once, stops_alone=stops_alone, turned=turned, dispatcher=pools,
                adj=adjustments, sockinfo=place,
            )  # fmt: skip
            listeners.append(listener)
    except OSError:
        waitress.wasyncore.close_all(sockets, ignore_all=True)
        pools.shutdown(timeout=0)
        raise
    if len(listeners) == 1:
        return listeners[0]
    bound = [(listener.effective_host, listener.effective_port) for listener in listeners]
    return waitress.server.MultiSocketServer(sockets, adjustments, bound, pools, listeners[0].log_info)
