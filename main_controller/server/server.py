"""Owns waitress: listens, serves, and answers what never becomes a request in our own form (Z1).

Made by the controller.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

import waitress.adjustments
import waitress.server
import waitress.wasyncore

from main_controller.errors import ControllerError
from main_controller.sentence import say
from main_controller.server.crowd import Crowd
from main_controller.server.descriptors import connections_within, raise_limit
from main_controller.server.lanes import AtOnce, LaneOf, all_ordinary, nothing_at_once
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


class Server:
    """Serves one WSGI application; `lane_of` tells whose threads serve a request, `at_once` which need none.

    `connection_limit` is lowered to what the process may open. Raises ControllerError when the address cannot be
    listened on.
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
    ) -> None:
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
                clear_untrusted_proxy_headers=True,
            )
            self._server = _listening(app, adjustments, Crowd(places, time.monotonic), lane_of, at_once)
        except (OSError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or str(fault)
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

    def run(self) -> None:
        """Answer requests in this thread until SystemExit or KeyboardInterrupt is raised in it."""
        self._server.run()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()


def _listening(
    app: Callable[..., Iterable[bytes]], adjustments: Any, crowd: Crowd, lane_of: LaneOf, at_once: AtOnce
) -> Any:
    """A listener or, where a name has several addresses, waitress' bundle of one for each."""
    sockets: dict[int, Any] = {}
    pools = Pools(adjustments.threads, lane_of)
    listeners: list[Listener] = []
    try:
        for place in adjustments.listen:
            listener = Listener(app, sockets, crowd, at_once=at_once, dispatcher=pools, adj=adjustments, sockinfo=place)
            listeners.append(listener)
    except OSError:
        waitress.wasyncore.close_all(sockets, ignore_all=True)
        pools.shutdown(timeout=0)
        raise
    if len(listeners) == 1:
        return listeners[0]
    bound = [(listener.effective_host, listener.effective_port) for listener in listeners]
    return waitress.server.MultiSocketServer(sockets, adjustments, bound, pools, listeners[0].log_info)
