"""`bundle FILE` beside the running program, and without it: what helps is in it, and none of the secrets planted."""

import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from main_controller.wiring.asking import healthy
from tests.conftest import ROOT
from tests.system.console import Console, settings_for
from tests.system.fake_grid import FakeGrid
from tests.system.program import Program, copy_checkout

SECRETS = {
    "mail": "m41l-passw0rd",
    "hook": "h00k-s3cret",
    "url": "0p4que-url-t0ken",
    "env": "3nv-passw0rd",
    "beat": "d3adman-1d",
    "upstream": "upstr3am-passw0rd",
    "query": "qu3ry-t0ken",
    "key": "MIIEvQ1BADANBg",
}


def bundled(file: Path, *words: str, **environ: str) -> tuple[int, str]:
    """The exit status, and what it said."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "startMain.py"), "bundle", str(file), *words],
        capture_output=True, text=True, timeout=60, env={**os.environ, **environ},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def read(file: Path) -> dict[str, str]:
    """What is in it, by name."""
    with zipfile.ZipFile(file) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def test_secrets_planted_everywhere_are_nowhere_in_it(grid: FakeGrid, tmp_path: Path) -> None:
    for name in ("mail", "hook"):
        (tmp_path / name).write_text(f"{SECRETS[name]}\n")
    (tmp_path / "url").write_text(f"http://127.0.0.1:9/services/{SECRETS['url']}\n")
    credentials = tmp_path / "credentials"
    credentials.touch(mode=0o600)
    credentials.write_text(f"http://127.0.0.1:9 u:{SECRETS['upstream']}\n")
    config = tmp_path / "site.toml"
    config.write_text(
        f'title = "lab"\nheartbeat = "http://127.0.0.1:9/{SECRETS["beat"]}"\ncredentialsfile = "{credentials}"\n'
        '[[channels]]\nname = "mail"\nkind = "mail"\nhost = "127.0.0.1"\nport = 9\nuser = "u"\n'
        f'from = "a@b.c"\nto = ["a@b.c"]\npassword_file = "{tmp_path / "mail"}"\n'
        f'[[channels]]\nname = "hook"\nkind = "webhook"\nurl_file = "{tmp_path / "url"}"\n'
        f'secret_file = "{tmp_path / "hook"}"\n'
        '[[channels]]\nname = "broker"\nkind = "mqtt"\nhost = "127.0.0.1"\nport = 9\nuser = "u"\n'
        'password_env = "BROKER"\n'
    )
    data = tmp_path / "data"
    given = ("--config", str(config), "--data", str(data))
    program = Program(copy_checkout(tmp_path / "checkout"), data, *given, **grid.settings)
    file = tmp_path / "b.zip"
    with program:
        assert program.call(f"/get/nothing?token={SECRETS['query']}").status == 404
        with (data / "log" / "main_controller.log").open("a", encoding="utf-8") as log:
            for secret in SECRETS.values():
                log.write(f"2026-05-13T12:00:00+0000 INFO x.y: a library says password={secret} and token: {secret}\n")
            for name in ("mail", "hook", "url", "env", "upstream"):
                log.write(f"and a bare {SECRETS[name]} of ours\n")
            log.write(f"-----BEGIN PRIVATE KEY-----\n{SECRETS['key']}\n-----END PRIVATE KEY-----\n")
        status, said = bundled(file, *given, BROKER=SECRETS["env"])
        assert status == 0, said
        told = read(file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        status, said = bundled(file, *given)
        assert (status, "is there already" in said) == (2, True), said
    about = json.loads(told["about.json"])
    assert about["program"] == json.loads(told["health/get/status.json"])["version"]
    assert about["health"]["/healthz"]["status"] == 200
    assert about["packages"]["waitress"]
    assert isinstance(about["tables"]["history.sqlite3"], int | str)
    assert "title = lab  (" in told["settings.txt"]
    assert "channels = mail (mail), hook (webhook), broker (mqtt)" in told["settings.txt"]
    assert "answers at http" in told["log/main_controller.log"]
    assert json.loads(told["health/alarms.json"])["alarms"] is not None
    left = {name: secret for name, secret in SECRETS.items() if any(secret in text for text in told.values())}
    assert left == {}


def test_without_a_program_it_says_so_and_tells_faulty_settings(tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    words = ("--b_port", "1", "--modetime", "never", "--budo_url", "http://u:us3r1nfo@127.0.0.1:9")
    status, said = bundled(file, "--data", str(tmp_path / "data"), *words)
    assert status == 0, said
    told = read(file)
    assert not [name for name, text in told.items() if "us3r1nfo" in text]
    assert "refused" in json.loads(told["about.json"])["health"]["/healthz"]["fault"]
    assert [line.split(":")[0] for line in told["settings.txt"].splitlines()[:2]] == [
        "FAULT --budo_url", "FAULT --modetime",
    ]  # fmt: skip
    assert "cannot be read" in told["log/missing.txt"]
    assert not (tmp_path / "data").exists()


def test_the_program_says_of_itself_whether_it_lives(
    console: Console, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(**given: object) -> tuple[int, str]:
        status = healthy(settings_for(tmp_path, given))
        told = capsys.readouterr()
        return status, told.out + told.err

    address = console.address.replace("127.0.0.1", "localhost")
    assert asked(data=console.settings.data) == (0, f"{address} answers\n"), "by what it wrote of itself"
    port = address.rstrip("/").rpartition(":")[2]
    assert asked(data=tmp_path, b_host="0.0.0.0", b_port=port) == (0, f"{address} answers\n")
    status, said = asked(data=tmp_path, b_port=1)
    assert (status, "does not answer" in said) == (1, True), said
