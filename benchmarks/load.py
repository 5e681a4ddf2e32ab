"""A load of kept-alive connections on one server, as fast as it answers or at a pace, from one thread."""

import selectors
import socket
import time
from dataclasses import dataclass, field

BUFFER = 2**18


@dataclass(frozen=True)
class Load:
    """What a load found: requests per second, latencies in ms (sorted), and how many answers were not 200."""

    rate: float
    latencies: list[float]
    bad: int

    def quantile(self, part: float) -> float:
        """The latency (ms) that `part` of the requests kept within."""
        return self.latencies[min(len(self.latencies) - 1, int(part * len(self.latencies)))] if self.latencies else 0.0


@dataclass
class _Client:
    """One connection with the answer that it waits for."""

    connection: socket.socket
    request: bytes
    due: float = 0.0
    sent: float = 0.0
    head: bytes = b""
    missing: int = field(default=-1)
    waiting: bool = False

    def send(self) -> None:
        self.sent = time.perf_counter()
        self.head, self.missing, self.waiting = b"", -1, True
        self.connection.sendall(self.request)

    def receive(self, buffer: memoryview) -> bool:
        """Take in what is there; whether the answer is whole."""
        count = self.connection.recv_into(buffer)
        if not count:
            raise ConnectionError("the server closed a kept-alive connection")
        if self.missing < 0:
            self.head += bytes(buffer[:count])
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.missing = self._length(self.head[:end]) - (len(self.head) - end - 4)
        else:
            self.missing -= count
        self.waiting = self.missing > 0
        return not self.waiting

    @staticmethod
    def _length(head: bytes) -> int:
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                return int(line.split(b":")[1])
        return 0


def request(path: str, *, zipped: bool = False) -> bytes:
    """The bytes of a GET."""
    encoding = "gzip" if zipped else "identity"
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\n\r\n".encode()


def run(port: int, *wanted: bytes, connections: int, seconds: float, every: float = 0.0) -> Load:
    """Load the server for so many `seconds`; with `every` each connection asks once in so many s, else always.

    Each connection sends one of the requests `wanted`, in turn.
    """
    buffer = memoryview(bytearray(BUFFER))
    start = time.perf_counter()
    clients = [
        _Client(
            socket.create_connection(("127.0.0.1", port)),
            wanted[index % len(wanted)],
            due=start + every * index / connections,
        )
        for index in range(connections)
    ]
    latencies: list[float] = []
    bad = 0
    start = time.perf_counter()
    end = start + seconds
    with selectors.DefaultSelector() as selector:
        for client in clients:
            client.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(client.connection, selectors.EVENT_READ, client)
        while (now := time.perf_counter()) < end:
            for client in clients:
                if not client.waiting and client.due <= now:
                    client.due = max(now, client.due + every)
                    client.send()
            for key, _ in selector.select(0.005 if every else 0.1):
                client = key.data
                if client.receive(buffer):
                    latencies.append((time.perf_counter() - client.sent) * 1e3)
                    bad += not client.head.startswith(b"HTTP/1.1 200")
                    if not every:
                        client.send()
    for client in clients:
        client.connection.close()
    return Load(len(latencies) / (time.perf_counter() - start), sorted(latencies), bad)
