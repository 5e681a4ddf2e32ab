"""The Containerfile and compose.yaml: what they promise, and that what they start runs so in a root of this machine.

No builder is needed. `CLEAN_ROOT=1` (make test-long) follows every step of the Containerfile in clean roots of Debian.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.package.containerfile import Stage, stages
from tests.package.site import NAME, Site
from tests.system.console import until

PACKAGES = os.path.realpath(sysconfig.get_paths()["purelib"])
"""What the program needs, in the place of what pip would have installed."""

TOOLS = ("unshare", "nsenter", "setpriv", "chroot", "mount")


@pytest.fixture(scope="module")
def image(root: Path) -> Stage:
    """The last stage, which is what runs."""
    return stages((root / "Containerfile").read_text("utf-8"))[-1]


def test_it_is_not_root_has_one_volume_and_asks_itself(image: Stage) -> None:
    user, group = image.last("USER").split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert [rest for step, rest in image.steps if step == "VOLUME"] == ['["/data"]']
    assert image.environ["APIS_MC_DATA"] == "/data"
    assert image.words("HEALTHCHECK") == [*image.words("ENTRYPOINT"), "--healthy"]
    assert image.last("STOPSIGNAL") == "SIGTERM"
    assert "curl" not in str(image.steps)
    order = [step for step, _ in image.steps]
    assert order.index("USER") > max(place for place, step in enumerate(order) if step in ("RUN", "COPY"))


def test_the_builder_gets_what_the_installation_reads_and_nothing_else(root: Path) -> None:
    """Neither data nor secrets of a checkout in use."""
    ignored = (root / ".containerignore").read_text("utf-8")
    assert (root / ".dockerignore").read_text("utf-8") == ignored
    lines = [line for line in ignored.splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert all((root / name).exists() for name in let_in)
    script = (root / "systemd" / "install.sh").read_text("utf-8")
    (copied,) = re.findall(r"^for each in (main_controller .*); do$", script, re.MULTILINE)
    needed = {*copied.split(), "Makefile", "systemd", "venv.sh", "docs", "CHANGELOG.md", "SECURITY.md"}
    assert let_in == {*needed, "package.json", "package-lock.json"}


def test_the_compose_file_leaves_time_for_a_safe_end_and_little_else(root: Path) -> None:
    told = yaml.safe_load((root / "compose.yaml").read_text("utf-8"))
    for service in told["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    console = told["services"]["console"]
    assert int(console["stop_grace_period"].removesuffix("s")) > 120
    assert console["volumes"] == ["data:/data"]
    assert list(told["volumes"]) == ["data"]
    (port,) = told["services"]["cluster"]["ports"]
    assert port.startswith("127.0.0.1:"), "there is no encryption: not for every network"


@contextmanager
def in_room(site: Site, image: Stage, command: list[str], room: Path, data: Path) -> Iterator[subprocess.Popen[str]]:
    """What runs in a root of this machine's programs as the image has it; `data` is its volume."""
    script = Path(__file__).with_name("room.sh")
    user = image.last("USER")
    data.mkdir()
    os.chown(data, *map(int, user.split(":")))
    seen = {place for place in (os.path.realpath(sys.base_prefix), PACKAGES) if not place.startswith("/usr")}
    environ = {**image.environ, "PATH": "/usr/bin:/bin", "PYTHONPATH": PACKAGES}
    words = [f"{name}={value}" for name, value in environ.items()]
    process = subprocess.Popen(
        [
            "unshare", "--mount", "sh", str(script), str(room), str(site.root / "opt"), str(site.conf), str(data), user,
            *sorted(seen), "--", "env", "-i", *words, *command,
        ],
        text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def enter(process: "subprocess.Popen[str]", image: Stage, *command: str) -> subprocess.CompletedProcess[str]:
    """What a command does in its root, as its user and with its environment."""
    user, group = image.last("USER").split(":")
    words = [f"{name}={value}" for name, value in image.environ.items()]
    more = [f"PYTHONPATH={PACKAGES}", "PATH=/usr/bin:/bin"]
    return subprocess.run(
        [
            "nsenter", f"--target={process.pid}", "--mount", "--root", "--wd", "setpriv", f"--reuid={user}",
            f"--regid={group}", "--clear-groups", "env", "-i", *words, *more, *command,
        ],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def require_namespaces() -> None:
    """Skip, and say why, where this user can have no mount namespace of his own: no package would change that."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"There is no {', '.join(missing)} here.")
    if os.geteuid() != 0:
        pytest.skip("Only root can make a root of its own.")
    done = subprocess.run(
        ["unshare", "--mount", "mount", "--make-rprivate", "/"], capture_output=True, text=True, timeout=30
    )
    if done.returncode != 0:
        pytest.skip(f"This machine gives nobody a mount namespace: {done.stderr.strip()}")


def test_what_it_starts_runs_on_a_read_only_root_and_says_that_it_lives(
    site: Site, image: Stage, tmp_path: Path
) -> None:
    require_namespaces()
    room, data = tmp_path / "room", tmp_path / "data"
    room.mkdir()
    shorter = [*image.words("ENTRYPOINT"), "--b_port", "0", "--apis_emul_port", "9", "--apis_budo_port", "9"]
    with in_room(site, image, shorter, room, data) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert re.fullmatch(r"Open http://localhost:\d+/\n", said), said + process.communicate(timeout=30)[1]
        lines = Path(f"/proc/{process.pid}/status").read_text("utf-8").splitlines()
        status = dict(line.split(":", 1) for line in lines)
        user = image.last("USER").split(":")[0]
        assert set(status["Uid"].split()) == {user}
        assert {int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd")} == {0}
        assert status["NoNewPrivs"].strip() == "1"
        refused = enter(process, image, "touch", "/opt/x", "/etc/x", "/x", "/usr/x")
        assert refused.stderr.count("Read-only file system") + refused.stderr.count("Permission denied") == 4
        assert enter(process, image, "touch", "/data/x", "/tmp/x").returncode == 0
        healthy = enter(process, image, *image.words("HEALTHCHECK"))
        assert (healthy.returncode, healthy.stdout) == (0, f"{said.split()[1]} answers\n"), healthy.stderr
        until(lambda: (data / "log" / "main_controller.log").is_file(), "its log")
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    assert {path.stat().st_uid for path in data.rglob("*")} == {int(user)}
    assert (data / "journal" / "journal.sqlite3").is_file()
    assert list(room.iterdir()) == []


@pytest.mark.skipif(not os.environ.get("CLEAN_ROOT"), reason="It takes minutes: make test-long sets CLEAN_ROOT=1.")
def test_every_step_works_in_clean_roots_of_debian(root: Path, tmp_path: Path) -> None:
    """RUN, COPY and ENV of both stages by chroot, in the place of a builder; then what it starts, as its user."""
    require_namespaces()
    assert shutil.which("debootstrap"), "apt-get install debootstrap"
    bare = tmp_path / "bare"
    done = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", str(bare)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    roots: dict[str, Path] = {}
    stage = None
    for stage in stages((root / "Containerfile").read_text("utf-8")):
        assert stage.base == "docker.io/library/debian:bookworm-slim"
        built = roots[stage.name] = tmp_path / f"stage-{stage.name or 'last'}"
        subprocess.run(["cp", "-a", str(bare), str(built)], check=True)
        follow(stage, built, root, roots)
    assert stage is not None
    user, group = stage.last("USER").split(":")
    environ = [f"{name}={value}" for name, value in stage.environ.items()]
    as_user = [
        "unshare", "--mount", "sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"', str(built),
        "setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs", "--bounding-set=-all",
        "env", "-i", *environ, "PATH=/usr/bin:/bin",
    ]  # fmt: skip
    process = subprocess.Popen(
        [*as_user, *stage.words("ENTRYPOINT"), "--b_port", "0", "--apis_emul_port", "9", "--apis_budo_port", "9"],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Open http://localhost:")
        subprocess.run([*as_user, *stage.words("HEALTHCHECK")], check=True, timeout=60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    finally:
        process.kill()
        process.communicate(timeout=30)
    assert (built / "opt" / NAME / "lib" / NAME / "main_controller" / "page" / "uplot").is_dir()
    cluster = yaml.safe_load((root / "compose.yaml").read_text("utf-8"))["services"]["cluster"]
    path = f"PYTHONPATH={cluster['environment']['PYTHONPATH']}"
    subprocess.run([*as_user, path, *cluster["entrypoint"][:3], "--help"], check=True, timeout=60, capture_output=True)


HANDED_OVER = (
    "/etc/apt", "/etc/pip.conf", "/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs", "/usr/share/keyrings",
    "/root/.npmrc",
)  # fmt: skip
"""How this machine reaches Debian's, Python's and npm's packages."""


def hand_over_this_machines_network(built: Path) -> None:
    """It counts in the root too, whatever a step has put there: a network's own authority, for one."""
    links = os.environ.get("PIP_FIND_LINKS", "")
    for place in (*HANDED_OVER, *([links] if links.startswith("/") else [])):
        there, within = Path(place), built / place[1:]
        if there.is_dir():
            within.mkdir(parents=True, exist_ok=True)
            copy = ["cp", "-rL", "--remove-destination", f"{there}/.", str(within)]
            subprocess.run(copy, capture_output=True, check=False)  # a link of it that leads nowhere is left out
        elif there.is_file():
            within.parent.mkdir(parents=True, exist_ok=True)
            within.unlink(missing_ok=True)
            shutil.copy2(there, within)
    for name in ("null", "zero", "urandom", "random"):
        (built / "dev" / name).unlink(missing_ok=True)
        subprocess.run(["cp", "-a", f"/dev/{name}", str(built / "dev" / name)], check=True)


def follow(stage: Stage, built: Path, root: Path, roots: dict[str, Path]) -> None:
    """Do what the stage's steps say in the root that is built."""
    here = "/"
    kept = ("_PROXY", "_proxy", "PIP_", "NPM_", "npm_", "SSL_CERT", "NODE_EXTRA")
    environ = {name: value for name, value in os.environ.items() if any(part in name for part in kept)}
    for step, rest in stage.steps:
        if step == "RUN":
            hand_over_this_machines_network(built)
            done = subprocess.run(
                ["chroot", str(built), "sh", "-c", f"cd {here} && {rest}"],
                capture_output=True, text=True, timeout=1200,
                env={**environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"},
            )  # fmt: skip
            assert done.returncode == 0, (rest, done.stdout[-2000:], done.stderr[-3000:])
        elif step == "WORKDIR":
            here = rest
            (built / rest[1:]).mkdir(parents=True, exist_ok=True)
        elif step == "COPY" and rest == ". .":
            lines = (root / ".containerignore").read_text("utf-8").splitlines()
            for name in (line[1:] for line in lines if line.startswith("!")):
                subprocess.run(["cp", "-aL", str(root / name), str(built / here[1:])], check=True)
        elif step == "COPY":
            other, source, target = re.fullmatch(r"--from=(\S+) (\S+) (\S+)", rest).groups()  # type: ignore[union-attr]
            into = built / target[1:]
            into.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-a", f"{roots[other]}{source}/.", str(into)], check=True)
