"""How fast and how small the program is as a server, against waitress serving the same fixed bytes.

    python -m benchmarks.serve [seconds of each run, default 4]

Everything in one run; each comparison is the median of five alternating runs. Ends with 1 when a figure misses.
"""

import contextlib
import json
import socket
import statistics
import sys
import threading
from collections.abc import Iterator

from benchmarks.grid import apis_web
from benchmarks.load import Load, request, run
from benchmarks.servers import fixed, get, program

ALTERNATIONS = 5
SLOWEST_RATE = 0.65
LONGEST_TAIL = 1.5
LARGEST = 120.0
"""MB of resident memory at 1,000 units."""
LONGEST_START = 1.0
FROM_MEMORY = ("/get/logInfo", "/get/status", "/schedules", "/get/unit/E001", "/healthz")
"""Readings that must not feel a hanging apis-web."""


class Findings:
    """Says each figure beside its limit and remembers whether one missed."""

    def __init__(self) -> None:
        self.missed = 0

    def say(self, line: str) -> None:
        """One line without a limit."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def hold(self, what: str, good: bool) -> None:
        """One figure with its limit."""
        self.missed += not good
        self.say(f"{'ok    ' if good else 'MISSED'} {what}")


def alternate(ports: tuple[int, int], wanted: bytes, connections: int, seconds: float) -> list[tuple[Load, Load]]:
    """Alternating runs against the program and the fixed bytes."""
    return [
        (
            run(ports[0], wanted, connections=connections, seconds=seconds),
            run(ports[1], wanted, connections=connections, seconds=seconds),
        )
        for _ in range(ALTERNATIONS)
    ]


def log_info(found: Findings, units: int, seconds: float) -> None:
    """Requests per second and tails of `/get/logInfo`, and memory and start at this size."""
    with apis_web(units) as url, program(url) as ours:
        plain, zipped = get(ours.port, "/get/logInfo")[0], get(ours.port, "/get/logInfo", zipped=True)[0]
        found.say(f"-- {units} units: {len(plain):,} bytes, gzip {len(zipped):,}")
        found.hold(f"first page with units {ours.started_in:.2f} s after start", ours.started_in < LONGEST_START)
        with fixed(plain, zipped) as port:
            ports = (ours.port, port)
            for name, gzipped in (("plain", False), ("gzip", True)):
                pairs = alternate(ports, request("/get/logInfo", zipped=gzipped), 8, seconds)
                rates = [statistics.median(one.rate for one in side) for side in zip(*pairs, strict=True)]
                bad = sum(one.bad for pair in pairs for one in pair)
                found.hold(
                    f"{name}, 8 connections: {rates[0]:.0f}/s against {rates[1]:.0f}/s,"
                    f" {rates[0] / rates[1]:.2f} of it",
                    rates[0] >= SLOWEST_RATE * rates[1] and not bad,
                )
            pairs = alternate(ports, request("/get/logInfo", zipped=True), 64, seconds)
            tails = [statistics.median(one.quantile(0.99) for one in side) for side in zip(*pairs, strict=True)]
            found.hold(
                f"gzip, 64 connections: p99 {tails[0]:.1f} ms against {tails[1]:.1f} ms,"
                f" {tails[0] / tails[1]:.2f} times it",
                tails[0] <= LONGEST_TAIL * tails[1],
            )
        memory = ours.resident()
        found.hold(f"memory {memory:.0f} MB", memory < LARGEST or units > 1000)


def hanging(found: Findings, seconds: float) -> None:
    """While apis-web hangs and browsers ask for deals, readings from memory keep their p99."""
    wanted = [request(path) for path in FROM_MEMORY]

    def tail(port: int) -> float:
        return run(port, *wanted, connections=2 * len(wanted), seconds=seconds, every=0.05).quantile(0.99)

    with apis_web(20) as url, program(url) as ours:
        upstream = int(url.rsplit(":", 1)[1])
        before, after = [], []
        for _ in range(ALTERNATIONS):
            before.append(tail(ours.port))
            get(upstream, "/hang")
            with asking(ours.port, "/get/dealsInfo", 30, seconds):
                after.append(tail(ours.port))
            get(upstream, "/resume")
            run(ours.port, request("/healthz"), connections=1, seconds=6, every=1.0)  # until no call hangs any more
        usual, then = statistics.median(before), statistics.median(after)
        found.hold(f"readings while apis-web hangs: p99 {then:.1f} ms against {usual:.1f} ms", then <= 2 * usual)


def browsers(found: Findings, seconds: float) -> None:
    """A hundred browsers that ask for deals every 0.5 s cost apis-web at most one `/deals` a second."""
    with apis_web(20) as url, program(url) as ours:
        port = int(url.rsplit(":", 1)[1])
        asked = json.loads(get(port, "/counts")[0]).get("/deals", 0)
        load = run(ours.port, request("/get/dealsInfo"), connections=100, seconds=2 * seconds, every=0.5)
        calls = json.loads(get(port, "/counts")[0]).get("/deals", 0) - asked
        watch = 2 * seconds / 5 + 1
        found.hold(
            f"100 browsers asked for deals {len(load.latencies)} times in {2 * seconds:.0f} s ({load.bad} refused):"
            f" apis-web was asked {calls} times, up to {watch:.0f} of them by the watcher",
            calls <= 2 * seconds + watch + 1 and not load.bad,
        )


def crowd(found: Findings, seconds: float) -> None:
    """A thousand connections that say nothing or half a request block nobody."""
    with apis_web(20) as url, program(url) as ours:
        before = run(ours.port, request("/get/logInfo"), connections=4, seconds=seconds, every=0.05)
        with socket_crowd(ours.port):
            run(ours.port, request("/get/logInfo"), connections=4, seconds=2, every=0.05)  # until all are accepted
            after = run(ours.port, request("/get/logInfo"), connections=4, seconds=seconds, every=0.05)
        found.hold(
            f"beside 1,000 idle and half-sent connections: p99 {after.quantile(0.99):.1f} ms,"
            f" before {before.quantile(0.99):.1f} ms",
            bool(after.latencies) and after.quantile(0.99) <= 2 * max(before.quantile(0.99), 5.0) and not after.bad,
        )


@contextlib.contextmanager
def asking(port: int, path: str, connections: int, seconds: float) -> Iterator[None]:
    """So many browsers that ask for this path every 0.5 s, in the background."""
    wanted = request(path)
    asker = threading.Thread(target=lambda: run(port, wanted, connections=connections, seconds=seconds, every=0.5))
    asker.start()
    yield
    asker.join()


@contextlib.contextmanager
def socket_crowd(port: int) -> Iterator[None]:
    """A thousand idle and half-sent connections."""
    with contextlib.ExitStack() as stack:
        for index in range(1000):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            if index % 2:
                connection.sendall(b"GET /get/logInfo HTTP/1.1\r\nHost: local")
        yield


def main() -> int:
    """0 when every figure keeps its limit."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
    found = Findings()
    for units in (20, 1000):
        log_info(found, units, seconds)
    hanging(found, seconds)
    browsers(found, seconds)
    crowd(found, seconds)
    return 1 if found.missed else 0


if __name__ == "__main__":
    sys.exit(main())
