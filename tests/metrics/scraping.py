"""A real Prometheus that scrapes a console, by the configuration that docs/metrics.md shows. Used by tests/system."""

import contextlib
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

from tests.metrics.tools import tool
from tests.system.console import until

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")
ALERTS = ROOT / "docs" / "prometheus" / "alerts.yml"
DOCUMENTED = "127.0.0.1:4382"

Labels = tuple[tuple[str, str], ...]


def blocks(language: str) -> list[str]:
    """The page's blocks of code in a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def configured(folder: Path, target: str, every: str = "1s", token: str | None = None) -> Path:
    """The page's own configuration in that folder, for this target, its alerts beside it; with `token` that for
    accounts."""
    documented = blocks("yaml")[0 if token is None else 1]
    assert ("credentials_file" in documented) is (token is not None)
    if token is not None:
        (folder / "apis-mc.token").write_text(token, "utf-8")
    assert documented.count(DOCUMENTED) == 1
    text = documented.replace(DOCUMENTED, target).replace("scrape_interval: 15s", f"scrape_interval: {every}")
    path = folder / "prometheus.yml"
    path.write_text(f"global: {{evaluation_interval: {every}}}\n{text}", "utf-8")
    shutil.copy(ALERTS, folder / ALERTS.name)
    return path


class Prometheus:
    """Runs in `folder`, on a port of its own, until it is left."""

    def __init__(self, folder: Path, address: str, every: str = "1s", token: str | None = None) -> None:
        config = configured(folder, urlsplit(address).netloc, every, token)
        self._process = subprocess.Popen(
            [tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
             "--web.listen-address=127.0.0.1:0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.address = until(self._listening, "Prometheus listens", 30) or ""
            until(self._ready, "Prometheus is ready", 30)
        except BaseException:
            self.close()
            raise

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said.append(line)

    def _listening(self) -> str | None:
        assert self._process.poll() is None, "".join(self.said)
        found = re.search(r'msg="Listening on" address=(\S+)', "".join(self.said))
        return None if found is None else f"http://{found[1].replace('[::]', '127.0.0.1')}"

    def _ready(self) -> bool:
        with contextlib.suppress(HTTPError), urlopen(f"{self.address}/-/ready", timeout=30):
            return True
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._reader.join(10)
        if self._process.stderr is not None:
            self._process.stderr.close()

    def ask(self, path: str) -> Any:
        """What its own interface answers."""
        with urlopen(f"{self.address}/api/v1/{path}", timeout=30) as answer:
            told = json.load(answer)
        assert told["status"] == "success", told
        return told["data"]

    def query(self, expression: str) -> dict[Labels, float]:
        """The value of each series now, without the labels that the scrape adds."""
        data = self.ask(f"query?query={quote(expression)}")
        if data["resultType"] == "scalar":
            return {(): float(data["result"][1])}
        found: dict[Labels, float] = {}
        for one in data["result"]:
            told = {name: value for name, value in one["metric"].items() if name not in ("instance", "job", "cluster")}
            found[tuple(sorted(told.items()))] = float(one["value"][1])
        return found

    def value(self, expression: str) -> float | None:
        """The value where there is exactly one; None where there is none."""
        found = list(self.query(expression).values())
        assert len(found) <= 1, (expression, found)
        return found[0] if found else None


def dashboard() -> Mapping[str, Any]:
    """The dashboard for Grafana."""
    told: dict[str, Any] = json.loads((ROOT / "docs" / "grafana" / "apis-main-controller.json").read_text("utf-8"))
    return told
