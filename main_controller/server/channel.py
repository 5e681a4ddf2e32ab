"""Owns one connection: how much it may ask ahead, how long each of its steps may take (AV1, AV2, AV6, AV8).

Made by a listener for each caller. Everything here runs in the server's own thread but `service` and what writes the
reply; these do so too for a reading that is there already and alone on its connection.
All times are of the monotonic clock: waitress' own go by the wall clock, which may jump.
"""

import json
from contextlib import suppress
from socket import MSG_PEEK, SHUT_WR, socket
from typing import Any

import waitress.channel
import waitress.task

from main_controller.errors import ANSWERED_BY
from main_controller.server.lanes import Lane
from main_controller.server.request import UNREAD, Request, RequestCut, RequestTimeout

AHEAD = 8
"""Requests read ahead of the one that is being served, it included."""

DRAIN_TIME = 10.0
"""How long (s) a caller may take nothing of a reply."""

SLOWEST = 8192
"""How fast (bytes per s) a reply that holds a thread must be taken, after its first `DRAIN_TIME`."""

HEADER_TIME = 10.0
"""Time (s) for a request's head, from its first byte."""

BODY_TIME = 30.0
"""Time (s) for a request, from its first byte."""

STOP_TIME = 2.0
"""The same for a request whose head asks for a stop: it leaves then, or its caller hears soon that it does not."""

IDLE_TIME = 60.0
"""How long (s) a connection stays open without a request."""

LINGER_TIME = 2.0
"""How long (s) what a refused caller still sends is thrown away, so that the refusal reaches him before the end."""


class _JsonErrorTask(waitress.task.ErrorTask):  # type: ignore[misc]  # waitress has no types
    """The reply to a request that could not be read, as the canonical error body instead of plain text."""

    def execute(self) -> None:
        """Write `{"error": sentence}` with waitress' status, and close."""
        error = self.request.error
        body = json.dumps({"error": f"{error.reason}: {error.body}"}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [("Content-Type", "application/json"), ANSWERED_BY]
        self.content_length = len(body)
        self.set_close_on_finish()
        self.write(body)


class _Task(waitress.task.WSGITask):  # type: ignore[misc]  # waitress has no types
    """A reply; one without a body, such as 304, leaves the connection open, since nothing follows its head.

    waitress ends it, for want of a length: each file of the page that a browser holds would cost a new connection.
    """

    _in_head = False

    def get_environment(self) -> dict[str, Any]:
        """The request for the application; of one that is served without its body it says so."""
        environ: dict[str, Any] = super().get_environment()
        if self.request.unread is not None:
            environ[UNREAD] = self.request.unread
        return environ

    def build_response_header(self) -> bytes:
        """The reply's head."""
        self._in_head = True
        try:
            return bytes(super().build_response_header())
        finally:
            self._in_head = False

    def set_close_on_finish(self) -> None:
        """Have the connection end after this reply, unless only its missing length asks for that."""
        wishes = [one.strip().lower() for one in self.request.headers.get("CONNECTION", "").split(",")]
        may_stay = self.version == "1.1" and "close" not in wishes
        if not (self._in_head and may_stay and not self.has_body):
            super().set_close_on_finish()


class Channel(waitress.channel.HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """One connection."""

    task_class = _Task
    error_task_class = _JsonErrorTask
    parser_class = Request
    request: Any
    requests: list[Any]
    will_close: Any

    def __init__(self, server: Any, sock: socket, addr: Any, adj: Any, map: Any = None) -> None:
        self._clock = server.clock
        self.caller = str(addr[0])
        self.asked = False
        self.idle_since = self._moved = self._clock()
        self.lane = Lane.ORDINARY
        self._begun: float | None = None  # when the request that is not whole yet began
        self._serving = 0  # threads that serve, until what came behind is looked at: before that all times are old
        self._rest = b""  # what came beyond AHEAD requests
        self._refused = False  # a request was refused, or its body: nothing after it is read
        self._lingers_until: float | None = None
        self._written, self._waited = 0, 0.0  # of the reply in hand: bytes, s
        self._reading = self._here = False  # whether the server's thread reads, and may answer what it read
        self._cut = False  # the caller went amid a stop, which is served all the same
        super().__init__(server, sock, addr, adj, map=map)

    @property
    def busy(self) -> bool:
        """Whether it has a request in hand, until what came behind it is looked at."""
        return bool(self.requests or self._serving)

    @property
    def unread(self) -> bool:
        """Whether a request begins to come on it this moment."""
        try:
            return self._begun is None and bool(self.socket.recv(1, MSG_PEEK))
        except OSError:
            return False

    # Receiving

    def readable(self) -> bool:
        """Whether to wait for input: not while a request is served or a reply is on its way."""
        return self._lingers_until is not None or bool(super().readable())

    def handle_read(self) -> None:
        """Take in what came; after a refusal throw it away."""
        if self._lingers_until is None:
            self._reading = True
            super().handle_read()
            self._reading = False
            if self._cut:  # he may have ended his half alone, and still listen
                self._cut, self.connected = False, True
            if self._here:
                self._here = False
                self._answer_here()
            return
        try:
            self.recv(self.adj.recv_bytes)
        except OSError:
            self.handle_close()

    def received(self, data: bytes) -> bool:
        """Make requests of what came."""
        with self.requests_lock:
            if not data or self.will_close or self.close_when_flushed:
                return False
            self._take(self._rest + data)
        return True

    def _take(self, data: bytes) -> None:
        """The same, within `requests_lock`; what is too much is kept for later."""
        while data and len(self.requests) < AHEAD and not self._refused:
            if self.request is None:
                self.request = self.parser_class(self.adj)
            consumed = self.request.received(data)
            if self._begun is None and self.request.begun:
                self._begun = self._clock()
            if self._continue_is_due(self.request):
                self.send_continue()
            data = data[consumed:]
            if self.request.completed:
                self._enter(self.request, data)
        self._rest = b"" if self._refused else data

    def _continue_is_due(self, request: Request) -> bool:
        waits = request.expect_continue and request.headers_finished
        return bool(waits and not self.requests and not self.sent_continue)

    def _enter(self, request: Request, rest: bytes = b"") -> None:
        """A request is whole, or refused; `rest` is what came behind what was read of it."""
        self.request = None
        self.sent_continue = False
        if request.empty:
            return
        self._begun = None
        self._refused = request.error is not None  # then nobody knows where the next one begins
        if self._refused and request.head_read and self.server.stops_alone(request):
            request.leave_body(rest)
        self.asked = True
        self.requests.append(request)
        if len(self.requests) == 1:
            self.idle_since = self._clock()
            self._here = self._reading and self.server.answers_here(request)
            if not self._here:
                self.server.add_task(self)

    def _answer_here(self) -> None:
        """Answer the one request in the server's own thread, where nothing of it could wait for the caller.

        Not while he has not taken what came before, nor where more came behind it: those get a thread.
        """
        with self.requests_lock:
            alone = len(self.requests) == 1 and self.request is None and not self._rest
        if alone and self.connected and not self.total_outbufs_len:
            self.service()
        elif self.requests:
            self.server.add_task(self)

    # Serving, in a thread of the pools or, of what is there already, in the server's own

    def service(self) -> None:
        """Serve the first request, then look at what came behind it.

        One that stops something is served too where its caller has gone meanwhile: it was asked for (S32).
        """
        self._written, self._waited = 0, 0.0
        if not self.connected and not self.requests[0].error and self.server.is_to_stop(self.requests[0]):
            self._serve_unheard()
            return
        with self.requests_lock:
            self._serving += 1
        try:
            super().service()
            self._look_behind()
        finally:
            with self.requests_lock:
                self._serving -= 1

    def _look_behind(self) -> None:
        """Go on with what came behind a request that was served; its time begins now, for it was not read meanwhile."""
        with self.requests_lock:
            self.idle_since = self._clock()
            if not self.connected or self.will_close or self.close_when_flushed:
                return
            if self._begun is not None:
                self._begun = self._clock()
            if self._rest:
                self._take(self._rest)

    def _serve_unheard(self) -> None:
        with suppress(waitress.channel.ClientDisconnected):
            self.task_class(self, self.requests[0]).service()
        with self.requests_lock:
            for request in self.requests:
                request.close()
            self.requests = []
        self._give_up()

    def write_soon(self, data: Any) -> int:
        """Hand out a part of the reply; waits while the caller has too much of it outstanding."""
        written = int(super().write_soon(data))
        self._written += written
        return written

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Wait for the caller to take what is due, within bounds; without, he would hold the thread for ever."""
        if self.total_outbufs_len <= self.adj.outbuf_high_watermark:
            return
        with self.outbuf_lock:
            self._flush_exception(self._flush_some, do_close=False)
            started = self._clock()
            budget = DRAIN_TIME + self._written / SLOWEST - self._waited
            deadline = started + min(DRAIN_TIME, budget)
            while self._outstanding():
                left = deadline - self._clock()
                if left <= 0:
                    self._give_up()
                    return
                self.server.pull_trigger()
                self.outbuf_lock.wait(left)
            self._waited += self._clock() - started

    def _outstanding(self) -> bool:
        return bool(self.connected and not self.will_close and self.total_outbufs_len > self.adj.outbuf_high_watermark)

    def _give_up(self) -> None:
        """Have the server's thread close this; whoever writes on hears that the caller is gone."""
        self.connected = False
        self.will_close = True
        self.server.doomed.append(self)
        self.server.pull_trigger()

    # Sending, closing

    def writable(self) -> bool:
        """Whether there is something to send, or an end to make."""
        return bool(self.socket is not None and super().writable())

    def _flush_some(self, do_close: bool = True) -> bool:
        sent = bool(super()._flush_some(do_close))
        if sent:
            self._moved = self._clock()
        return sent

    def handle_write(self) -> None:
        """Send on; after a refusal end our half first."""
        if not (self._refused and self.close_when_flushed) or self.will_close:
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close or not self.connected:
            self.handle_close()
        elif not self.total_outbufs_len:
            self._linger()

    def _linger(self) -> None:
        self.close_when_flushed = False
        self._lingers_until = self._clock() + LINGER_TIME
        try:
            self.socket.shutdown(SHUT_WR)
        except OSError:
            self.handle_close()

    def handle_expt(self) -> None:
        """Urgent data, which HTTP has not: never read, it would wake the server without end."""
        self.handle_close()

    def handle_close(self) -> None:
        """Close; nobody writes meanwhile. A stop amid whose body the caller goes is served first."""
        if self._serve_cut():
            return
        with self.outbuf_lock:
            self.will_close = True
            super().handle_close()

    def _serve_cut(self) -> bool:
        """Have a stop served of which the head has come and no more will come; whether there is one."""
        if not self.requests_lock.acquire(blocking=False):  # held where a write found him gone
            return False
        try:
            request = self.request
            if request is None or self.requests or self.will_close or not request.headers_finished:
                return False
            if not self.server.stops_alone(request):
                return False
            request.error = RequestCut("the caller went before the request was whole")
            self._cut = True
            self._enter(request)
            return True
        finally:
            self.requests_lock.release()

    def del_channel(self, map: Any = None) -> None:
        """Leave the server's books."""
        super().del_channel(map)
        self.server.crowd.leave(self)

    def tend(self, now: float) -> None:
        """Close what took too long; called once a second."""
        if self.busy or not self.connected:
            return
        if self._lingers_until is not None:
            late = now >= self._lingers_until
        elif self.total_outbufs_len:
            late = now - max(self._moved, self.idle_since) > DRAIN_TIME
        elif self._begun is not None:
            self._time_out(now)
            return
        else:
            late = now - self.idle_since > IDLE_TIME
        if late:
            self.handle_close()

    def _time_out(self, now: float) -> None:
        """Answer a request that does not become whole with 408."""
        with self.requests_lock:
            request, begun = self.request, self._begun
            if request is None or begun is None or self.busy:
                return
            if now - begun > self._time_for(request):
                request.error = RequestTimeout("the request did not become whole in time")
                self._enter(request)

    def _time_for(self, request: Request) -> float:
        if not request.headers_finished:
            return HEADER_TIME
        return STOP_TIME if self.server.is_to_stop(request) else BODY_TIME
