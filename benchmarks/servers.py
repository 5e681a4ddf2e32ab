"""The servers that the benchmarks compare: the whole program, and waitress serving the same fixed bytes."""

import logging
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import waitress

ROOT = Path(__file__).parents[1]
THREADS = 48
"""As many as the program has by default, so that the two differ in nothing but what they do."""


@dataclass(frozen=True)
class Program:
    """The running program: its port, process and how long (s) it took to its first page with units."""

    port: int
    pid: int
    started_in: float

    def resident(self) -> float:
        """Its resident memory, MB."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the program has ended")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def answering(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server of such answers, on a free port of this host, in a thread of this process."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, name="bench-server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def get(port: int, path: str, *, zipped: bool = False, timeout: float = 30.0) -> tuple[bytes, dict[str, str]]:
    """Body and headers of one GET."""
    headers = {"Accept-Encoding": "gzip"} if zipped else {}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(asked, timeout=timeout) as answer:
        return answer.read(), {key.lower(): value for key, value in answer.headers.items()}


def _page_with_units(port: int) -> bool:
    """Whether the page shows units and their data have come (503 before)."""
    try:
        get(port, "/get/logInfo", timeout=2.0)
        page, _ = get(port, "/", timeout=2.0)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return b"E001" in page


@contextmanager
def program(apis_web: str, prepare: Callable[[Path], None] = lambda _: None) -> Iterator[Program]:
    """The whole program on this apis-web, from its start to its end, with files of its own; `prepare` may write some
    beside its journal beforehand."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        command = [
            sys.executable, str(ROOT / "startMain.py"), "--log-level", "ERROR",
            "--b_port", str(port), "--apis_emul_url", apis_web, "--apis_budo_url", apis_web,
            "--schedules", f"{folder}/schedules", "--database", f"{folder}/journal.sqlite3",
        ]  # fmt: skip
        start = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not _page_with_units(port):
                if process.poll() is not None or time.monotonic() > start + 60:
                    raise RuntimeError(f"the program did not start: exit status {process.returncode}")
            yield Program(port, process.pid, time.monotonic() - start)
        finally:
            process.terminate()
            process.wait(120)


def _serve_fixed(port: int, plain: bytes, zipped: bytes, headers: list[tuple[str, str]]) -> None:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # as logging.conf has it

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            start_response("200 OK", [*headers, ("Content-Encoding", "gzip"), ("Content-Length", str(len(zipped)))])
            return [zipped]
        start_response("200 OK", [*headers, ("Content-Length", str(len(plain)))])
        return [plain]

    waitress.serve(
        app, host="127.0.0.1", port=port, threads=THREADS, connection_limit=2000, asyncore_use_poll=True,
        ident=None, _quiet=True,
    )  # fmt: skip


@contextmanager
def fixed(plain: bytes, zipped: bytes) -> Iterator[int]:
    """A waitress that always answers these bytes, in a process of its own; its port."""
    port = free_port()
    headers = [("Content-Type", "application/json")]
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_serve_fixed, args=(port, plain, zipped, headers), daemon=True)
    process.start()
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                get(port, "/")
                break
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > deadline:
                    raise
        yield port
    finally:
        process.terminate()
        process.join(5)
