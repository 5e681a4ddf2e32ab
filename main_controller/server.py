"""Owns waitress: listens, serves, and answers what never becomes a request in our own form (Z1).

Made by the controller; the only importer of waitress.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

import waitress.channel
import waitress.server
import waitress.task

from main_controller.errors import ControllerError

LARGEST_REQUEST = 1 << 20
"""What waitress reads of one request's body at most, bytes; the application refuses far smaller ones by itself."""


class _JsonErrorTask(waitress.task.ErrorTask):  # type: ignore[misc]  # waitress has no types
    """The reply to a request that could not be read, as the canonical error body instead of plain text."""

    def execute(self) -> None:
        """Write `{"error": sentence}` with waitress' status, and close."""
        error = self.request.error
        body = json.dumps({"error": f"{error.reason}: {error.body}"}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        self.content_length = len(body)
        self.set_close_on_finish()
        self.write(body)


class _Channel(waitress.channel.HTTPChannel):  # type: ignore[misc]  # waitress has no types
    error_task_class = _JsonErrorTask


class Server:
    """Serves one WSGI application. Raises ControllerError when the address cannot be listened on."""

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        *,
        host: str,
        port: int,
        threads: int,
        connection_limit: int,
    ) -> None:
        try:
            self._server: Any = waitress.server.create_server(
                app,
                host=host,
                port=port,
                threads=threads,
                connection_limit=connection_limit,
                asyncore_use_poll=True,
                ident=None,
                channel_timeout=60,
                max_request_body_size=LARGEST_REQUEST,
                clear_untrusted_proxy_headers=True,
            )
        except OSError as fault:
            reason = fault.strerror or str(fault)
            raise ControllerError(
                f"{host} port {port} cannot be listened on ({reason}); the setting b_port chooses another."
            ) from fault
        for server in getattr(self._server, "map", {}).values():
            if hasattr(server, "channel_class"):
                server.channel_class = _Channel
        self._server.channel_class = _Channel

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
