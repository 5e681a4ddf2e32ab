"""What the whole program costs a small board: 20 simulated units, everything on, and nothing that happens.

    python -m benchmarks.small_board [--minutes 6] [--pages 0] [--without-black-box]

The simulated cluster runs in a process of its own, in real time and in Soft Stop, so that its work is not counted as
ours and no deal begins. The program records, watches for alarms, hears apis-main's log, has a channel, and is asked for
its metrics as Prometheus would where it has such a route. `--pages` are open browsers, each asking for the frame twice
a second. Figures are of the time after the start; what is written counts where it goes to the disk, and is scaled to an
hour (`--minutes 60` measures a whole one). Ends with 1 when a figure misses.
"""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.servers import ROOT, free_port, get

UNITS = 20
CORE, MEMORY, WRITTEN = 10.0, 150.0, 2.0
"""At most: % of one core, MB resident, MB written in an hour."""

SETTLES = 30.0
"""How long (s) after the start nothing is measured: the journal's first rows are no idling."""

SCRAPED_EVERY = 15.0
GROUP = "239.255.43.20"
"""Where the simulated apis-main sends its log: a group of this benchmark alone."""

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """What a process has used so far: CPU (s), bytes that it had written to the disk, and its memory (MB) now."""

    cpu: float
    written: int
    resident: float
    largest: float

    @classmethod
    def by(cls, pid: int) -> "Spent":
        """As the system counts it."""
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        io = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text("utf-8").splitlines())
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines())
        resident, largest = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
        return cls((int(fields[11]) + int(fields[12])) / TICKS, int(io["write_bytes"]), resident, largest)


@contextlib.contextmanager
def cluster(group_port: int) -> Iterator[tuple[str, str, str]]:
    """The simulated cluster: its Emulator Emulator, Budo Emulator and devices."""
    ports = [free_port() for _ in range(3)]
    names = ("--emul-port", "--budo-port", "--device-port")
    command = [
        *(sys.executable, "-m", "main_controller.simulator", "--units", str(UNITS), "--speed", "1", "--mode", "stop"),
        *(text for name, port in zip(names, ports, strict=True) for text in (name, str(port))),
        *("--log", f"{GROUP}:{group_port}"),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield tuple(f"http://127.0.0.1:{port}" for port in ports)  # type: ignore[misc]  # three ports
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def program(
    data: Path, emul: str, budo: str, devices: str, group_port: int, listening: int, black_box: bool
) -> Iterator[tuple[int, int]]:
    """The whole program as a site would run it, its files in `data`; port and process."""
    port = free_port()
    config = data / "site.toml"
    config.write_text(
        ("" if black_box else "blackboxhours = 0\n")
        + f'[[channels]]\nname = "log"\nkind = "syslog"\nhost = "127.0.0.1"\nport = {listening}\npriority = 4\n'
    )
    command = [
        *(sys.executable, str(ROOT / "startMain.py"), "--config", str(config), "--data", str(data)),
        *("--b_port", str(port), "--apis_emul_url", emul, "--apis_budo_url", budo, "--emul_url", devices),
        *("--apislog", f"{GROUP}:{group_port}"),
    ]
    process = subprocess.Popen(command, cwd=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(120)


def wait_for_units(port: int) -> None:
    """Until all units are live; RuntimeError after a minute."""
    pause, deadline = threading.Event(), time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            status, _ = get(port, "/get/status", timeout=2.0)
            if json.loads(status)["data"]["live"] == UNITS:
                return
        pause.wait(0.2)
    raise RuntimeError("the units did not come")


def asked(port: int, path: str, every: float, end: threading.Event) -> None:
    """Ask again and again until the end; a route that the program has not is asked no more."""
    while not end.wait(every):
        try:
            get(port, path, zipped=True)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return
            raise


def has_metrics(port: int) -> bool:
    """Whether the program has `/metrics`."""
    try:
        get(port, "/metrics")
    except urllib.error.HTTPError:
        return False
    return True


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def hold(what: str, found: float, limit: float, unit: str) -> bool:
    """Say a figure beside its limit; whether it holds."""
    good = found <= limit
    say(f"{'ok    ' if good else 'MISSED'} {what}: {found:.2f} {unit} (at most {limit:g})")
    return good


def measure(port: int, pid: int, minutes: float) -> tuple[Spent, Spent, float]:
    """What it had used before and after so long, and how long (s) that was."""
    pause = threading.Event()
    pause.wait(SETTLES)
    before, began = Spent.by(pid), time.monotonic()
    pause.wait(minutes * 60)
    return before, Spent.by(pid), time.monotonic() - began


def main() -> int:
    """0 when every figure holds."""
    parser = argparse.ArgumentParser(description="What the whole program costs a small board.")
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--pages", type=int, default=0)
    parser.add_argument("--without-black-box", action="store_true")
    given = parser.parse_args()
    black_box = not given.without_black_box
    end = threading.Event()
    with contextlib.ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_DISK"))))
        sink = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sink.bind(("127.0.0.1", 0))
        group_port = free_port()
        addresses = stack.enter_context(cluster(group_port))
        port, pid = stack.enter_context(program(data, *addresses, group_port, sink.getsockname()[1], black_box))
        stack.callback(end.set)
        wait_for_units(port)
        metrics = has_metrics(port)
        asking = [("/metrics", SCRAPED_EVERY)] * metrics + [("/get/frame", 0.5)] * given.pages
        for path, every in asking:
            threading.Thread(target=asked, args=(port, path, every, end), daemon=True).start()
        before, after, took = measure(port, pid, given.minutes)
        alarms = json.loads(get(port, "/get/status")[0])["data"]
        files = {path.name: path.stat().st_size for path in sorted(data.rglob("*")) if path.is_file()}
    say(f"{UNITS} units, {took / 60:.1f} min, {given.pages} pages, {'with' if metrics else 'there is no'} /metrics")
    say(f"at the end: {alarms}, files {files}")
    return int(
        not all(
            [
                hold("CPU", 100 * (after.cpu - before.cpu) / took, CORE, "% of one core"),
                hold("memory", after.resident, MEMORY, f"MB (most {after.largest:.1f})"),
                hold("written", (after.written - before.written) / 1e6 * 3600 / took, WRITTEN, "MB an hour"),
            ]
        )
    )


if __name__ == "__main__":
    sys.exit(main())
