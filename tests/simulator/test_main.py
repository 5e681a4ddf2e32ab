"""`python -m main_controller.simulator` as a process of its own."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from main_controller.simulator.__main__ import arguments, main


def test_it_listens_on_the_real_programs_ports_unless_told_otherwise() -> None:
    """apis-web's 43830 and 43900, the emulator's 4390; no control port."""
    asked = arguments().parse_args([])
    assert (asked.budo_port, asked.emul_port, asked.device_port, asked.control) == (43830, 43900, 4390, None)
    assert (asked.units, asked.speed, asked.start) == (4, 10.0, "12:00")


def test_it_runs_alone_and_ends_on_sigterm(root: Path) -> None:
    """It says where it listens, answers there, and leaves with 0."""
    ports = ["--budo-port", "0", "--emul-port", "0", "--device-port", "0", "--control", "0"]
    command = [sys.executable, "-m", "main_controller.simulator", "--units", "3", "--mode", "stop", *ports]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = "".join(process.stderr.readline() for _ in range(3))
        assert "SIMULATED" in said
        urls = re.findall(r"http://127\.0\.0\.1:\d+", said)
        assert len(urls) == 4
        with urllib.request.urlopen(f"{urls[0]}/unitIds", timeout=5) as reply:
            assert json.loads(reply.read()) == ["E001", "E002", "E003"]
        with urllib.request.urlopen(f"{urls[3]}/fault", timeout=5) as reply:
            assert json.loads(reply.read())["active"] == {}
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    "argv", [["--units", "0"], ["--units", "1001"], ["--units", "x"], ["--speed", "0"], ["--start", "25:00"]]
)
def test_bad_arguments_end_it_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And a sentence."""
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err
