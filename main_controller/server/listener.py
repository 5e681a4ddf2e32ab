"""Owns one listening socket: accepts callers whatever there is a lack of, and tends their connections (AV7).

Made by the server. It runs in the thread that serves every socket.
"""

import errno
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import waitress.server

from main_controller.server.channel import Channel
from main_controller.server.crowd import Crowd
from main_controller.server.lanes import AtOnce, Lane, StopsAlone, nothing_at_once, nothing_stops_alone
from main_controller.server.seldom import Seldom

log = logging.getLogger(__name__)

LACKS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
TEND_EVERY = 1.0
HERE_FOR = 0.02
"""How long (s) requests are answered in this thread before it looks again whom it must serve: what comes after goes to
the pools, so that no crowd of them keeps a stop waiting."""

REST = 0.5
"""How long (s) nobody is accepted when nothing can be closed for him; else the socket would wake us without end."""


class Listener(waitress.server.TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """One listening socket."""

    channel_class = Channel

    def __init__(
        self,
        app: Any,
        map: dict[int, Any],
        crowd: Crowd,
        *,
        clock: Callable[[], float] = time.monotonic,
        at_once: AtOnce = nothing_at_once,
        stops_alone: StopsAlone = nothing_stops_alone,
        turned: Callable[[float], None] = lambda now: None,
        **rest: Any,
    ) -> None:
        self.clock = clock
        self._turned = turned
        self._at_once = at_once
        self._stops_alone = stops_alone
        self._here_until = float("-inf")
        self._own_thread: int | None = None
        self.crowd = crowd
        self.doomed: deque[Channel] = deque()  # connections that a serving thread gave up
        self._tend_at = self._accept_at = clock()
        self._lack = Seldom(log, clock)
        super().__init__(app, map, **rest)
        os.set_blocking(self.trigger.trigger, False)  # its pipe; see `pull_trigger`

    def readable(self) -> bool:
        """Whether to wait for callers; called before each wait, and so the place for what is due."""
        while self.doomed:
            self.doomed.popleft().handle_close()
        now = self.clock()
        self._turned(now)
        self._here_until, self._own_thread = now + HERE_FOR, threading.get_ident()
        if now >= self._tend_at:
            self._tend_at = now + TEND_EVERY
            for channel in list(self.active_channels.values()):
                channel.tend(now)
        return self.accepting and now >= self._accept_at

    def answers_here(self, request: Any) -> bool:
        """Whether this thread answers the request itself: handing it over would cost more than answering it."""
        if request.error or self.clock() >= self._here_until:
            return False
        return self._at_once(request.command, request.path, request.query)

    def stops_alone(self, request: Any) -> bool:
        """Whether the request's head says all of a stop, so that nothing of its body may keep it back (S32)."""
        return self._stops_alone(request.command, request.path, request.query)

    def is_to_stop(self, request: Any) -> bool:
        """Whether the request asks for a stop by what has come of it."""
        return self.stops_alone(request) or self.task_dispatcher.lane_of(request) is not Lane.ORDINARY

    def pull_trigger(self) -> None:
        """Wake the thread that serves every socket, unless it is the one that asks: it is awake.

        Nor may this wait, where the pipe by which it is woken is full: it will wake by what is in there, and whoever
        waits here may hold what it needs, so that both would wait for ever.
        """
        if threading.get_ident() != self._own_thread:
            with suppress(BlockingIOError):
                super().pull_trigger()

    def handle_accept(self) -> None:
        """Take one caller; where there is no descriptor or no place for him, another connection makes room."""
        try:
            accepted = self.accept()
        except OSError as fault:
            self._make_do(fault)
            return
        if accepted is None:
            return
        connection, address = accepted
        try:
            self.set_socket_options(connection)
            if self.crowd.make_room(str(address[0])):
                self.crowd.enter(self.channel_class(self, connection, address, self.adj, map=self._map))
            else:
                connection.close()
        except OSError as fault:  # he left meanwhile
            log.debug("a caller could not be taken: %s", fault)
            connection.close()
        except BaseException:  # told by handle_error
            connection.close()
            raise

    def handle_error(self) -> None:
        """Whatever went wrong with one caller, the socket stays open for the others; waitress would close it."""
        log.error("a caller could not be taken", exc_info=sys.exc_info())
        self._accept_at = self.clock() + REST

    def _make_do(self, fault: OSError) -> None:
        self._lack.warning(f"a caller cannot be taken: {fault}")
        if fault.errno not in LACKS or not self.crowd.close_one():
            self._accept_at = self.clock() + REST
