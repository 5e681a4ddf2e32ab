"""Whether a stop leaves at once while wrong log-ins pour in from many addresses.

    python -m benchmarks.log_ins

The whole program with accounts and a simulated cluster of two; its address is asked from 127.0.0.2 on, so that no
address is slowed. A stop is a Force Stop of one unit with `wait=no`, once a second: s from the request to the answer.
"""

import http.client
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter

from benchmarks.servers import ROOT, free_port

RATE = 50
"""Wrong log-ins a second."""

SECONDS = 20
PAUSE = threading.Event()
"""Never set: to wait on."""

BUDGET = 1.0
"""The longest (s) that any stop may take."""

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _ask(port: int, path: str, body: str, source: str = "127.0.0.1") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0))
    try:
        connection.request("POST", path, body, FORM)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _wait(port: int) -> None:
    """Until the program answers."""
    for _ in range(600):
        try:
            _ask(port, "/logout", "")
            return
        except OSError:
            PAUSE.wait(0.1)
    raise RuntimeError("the program does not answer")


def main() -> int:
    """Measure, and say whether the budget is kept."""
    port, statuses, took = free_port(), Counter[int](), []
    with tempfile.TemporaryDirectory() as folder:
        argv = ["--simulate", "2", "--accounts", "on", "--anonymous", "stop", "--b_port", str(port), "--data", folder]
        program = subprocess.Popen(
            [sys.executable, str(ROOT / "startMain.py"), *argv], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait(port)
            PAUSE.wait(5.0)  # the cluster's first picture
            end, number = time.monotonic() + SECONDS, 0

            def wrong(number: int) -> None:
                source = f"127.0.{number // 250 % 250}.{number % 250 + 2}"
                statuses[_ask(port, "/login", f"name=n{number}&password=wrong+wrong+wrong", source)] += 1

            def stops() -> None:
                while time.monotonic() < end:
                    began = time.monotonic()
                    if _ask(port, "/setOperationMode", "value=stop&unitId=E001&wait=no") >= 400:
                        raise RuntimeError("a stop was refused")
                    took.append(time.monotonic() - began)
                    PAUSE.wait(1.0)

            stopping = threading.Thread(target=stops)
            stopping.start()
            asking = []
            while time.monotonic() < end:
                asking.append(threading.Thread(target=wrong, args=(number,)))
                asking[-1].start()
                number += 1
                PAUSE.wait(1 / RATE)
            for thread in (stopping, *asking):
                thread.join()
        finally:
            program.terminate()
            program.wait(30)
    sys.stdout.write(
        f"{sum(statuses.values())} wrong log-ins in {SECONDS} s, answered {dict(sorted(statuses.items()))}; "
        f"{len(took)} stops beside them: the longest {max(took):.3f} s, limit {BUDGET:g} s\n"
    )
    return int(max(took) > BUDGET or len(took) < SECONDS / 2)


if __name__ == "__main__":
    sys.exit(main())
