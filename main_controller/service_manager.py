"""Tells the service manager how the program does, by systemd's own protocol: one datagram of lines (sd_notify(3)).

Used by the controller. Without a service manager nothing is told; one that does not listen holds nobody up.
"""

import logging
import os
import socket
import threading
from collections.abc import Mapping

log = logging.getLogger(__name__)


class ServiceManager:
    """`address` is that of its socket, "" for none; `watchdog` how often (s) it must hear at least, None for never."""

    def __init__(self, address: str = "", watchdog: float | None = None) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog = watchdog
        self._changing = threading.Lock()  # protects the fault
        self._fault: str | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ, pid: int | None = None) -> "ServiceManager":
        """That which started this process, as the environment names it."""
        microseconds, meant = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
        ours = not meant or meant == str(os.getpid() if pid is None else pid)
        watchdog = int(microseconds) / 1e6 if microseconds.isdecimal() and int(microseconds) and ours else None
        return cls(environ.get("NOTIFY_SOCKET", ""), watchdog)

    @property
    def listens(self) -> bool:
        """Whether there is one."""
        return bool(self._address)

    def tell(self, **lines: object) -> None:
        """Tell it each `NAME=value`, in one message; from any thread, without waiting."""
        if not self._address:
            return
        text = "\n".join(f"{name}={' '.join(str(value).split())}" for name, value in lines.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sending:
                sending.setblocking(False)
                sending.sendto(text.encode("utf-8", errors="replace"), self._address)
        except OSError as fault:
            self._note(str(fault))
        else:
            self._note(None)

    def _note(self, fault: str | None) -> None:
        """Say once that it hears nothing, and once that it does again."""
        with self._changing:
            before, self._fault = self._fault, fault
        if fault is not None and before is None:
            log.error("the service manager cannot be told anything: %s", fault)
        elif fault is None and before is not None:
            log.warning("the service manager is told again")
