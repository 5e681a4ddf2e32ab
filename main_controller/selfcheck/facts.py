"""What the findings rest on, as data: what is set, and what was seen of files, clock, disk, database and backups.

Of every fact None says that nobody could tell it. Put together by `wiring/self_check.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from main_controller.channel import Channel
from main_controller.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is set: `host` is bound, `networks` may call (empty: all), `root` says that the program runs as root,
    `insecure` that orders are taken of whoever comes, by a proxy too. `proxies` are trusted to say who calls, under the
    `public_names`.

    `accounts`: who orders logs in; `anonymous` is what a caller may then whom nobody knows: "view", "stop" or "none".
    `command` is how the program is called on this machine.
    """

    host: str
    networks: Sequence[str]
    accounts: bool
    anonymous: str
    one_time_codes: bool
    read_only: bool
    get_orders: bool
    real_devices: bool
    unit_networks: Sequence[str]
    channels: Sequence[Channel]
    simulated: bool
    root: bool
    insecure: bool = False
    proxies: Sequence[str] = ()
    public_names: Sequence[str] = ()
    command: str = "./startMain.py"


class Kind(StrEnum):
    """What a file is for."""

    DATA = "data"
    SECRET = "secret"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class FileMode:
    """A file or folder that is there, and its permission bits; `mode` is None where they cannot be seen."""

    path: str
    kind: Kind
    mode: int | None


@dataclass(frozen=True, slots=True)
class Room:
    """How much is free (bytes) on the disk of a folder, and how large that is."""

    folder: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Jump:
    """When (aware UTC) this machine's clock was last set, and by how much (s); how often since the start."""

    at: datetime
    seconds: float
    count: int


@dataclass(frozen=True, slots=True)
class Schema:
    """The version of the database's tables, 0 where there is none yet, and the newest that this program knows."""

    version: int
    newest: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a costly check: whether all is well, None where it could not be told, and that as a sentence."""

    well: bool | None
    says: Sentence


@dataclass(frozen=True, slots=True)
class Checked:
    """The costly checks of one moment (aware UTC): of the databases' files, of the journal's chain, and of what names
    the chain's end."""

    at: datetime
    integrity: Answer
    chain: Answer
    witness: Answer


@dataclass(frozen=True, slots=True)
class Backed:
    """When the last backup that is known was made (aware UTC) and into which file; `at` is None where none is known."""

    at: datetime | None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the findings rest on, as of `now` (aware UTC)."""

    now: datetime
    chosen: Chosen
    synchronised: bool | None
    files: Sequence[FileMode]
    rooms: Sequence[Room] | None
    schema: Schema | None
    backup: Backed | None


@dataclass(frozen=True, slots=True)
class Running:
    """What only the running program can tell: jumps of the clock that it saw (None: none), what it cannot keep, the
    costly checks (None: not looked yet)."""

    jump: Jump | None
    not_kept: Sequence[Sentence]
    checked: Checked | None
