"""The settings, one field each: name, type, default, check, explanation and unit (A10, Z14-Z16).

Parsing, `--help`, the checks of the TOML file and of the environment, and the table in docs/settings.md are derived
from the fields of `Settings`: a new setting is one more field.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import time
from pathlib import Path
from typing import Any

from main_controller import __version__
from main_controller.channel import Channel
from main_controller.errors import SettingError
from main_controller.settings import kinds
from main_controller.settings.channels import HiddenUrl, channels, hidden_url, time_of_day
from main_controller.settings.kinds import Group, Network, Read
from main_controller.settings.places import ROOT, base_of, default_data
from main_controller.settings.thresholds import Threshold, thresholds

_DEVICE_URLS = {"dcdc": ":4380/remote/get", "meter": ":4380/inquiry/09", "emu": ":8080/1/log/data"}

OLD_NAMES: Mapping[str, str] = {"journal": "database"}
"""Settings that are still read by the name they once had: the old name, and today's."""

ORDERED = (
    ("gridvoltagemin", "gridvoltagemax", "V"),
    ("currentoffsetmin", "currentoffsetmax", "V"),
    ("chargereserve", "chargefull", "%"),
    ("batteryvoltagemin", "batteryvoltagemax", "V"),
    ("temperaturemin", "temperaturemax", "°C"),
)
"""Pairs of settings of which the first lies below the second, and their unit."""


def _setting(default: Any, read: Read, explanation: str, unit: str = "", derived: str = "") -> Any:
    """One row of the table. `derived` says what a default of None is made of."""
    about = {"read": read, "help": explanation, "unit": unit, "derived": derived}
    given = None if default is None else read(default)
    return field(default_factory=lambda: given, metadata=about)


@dataclass(frozen=True)
class Settings:
    """Everything that was decided at start. The first 18 are the specification's parameters (chapter 7.1)."""

    b_host: str = _setting("127.0.0.1", kinds.host, "address to listen on; 0.0.0.0 opens it to every network")
    b_port: int = _setting(4382, kinds.whole(0, 65535), "port to listen on; 0 takes any free one")
    emul_port: int = _setting(4390, kinds.whole(1, 65535), "the hardware emulator's port on localhost")
    budo_port: int = _setting(4383, kinds.whole(1, 65535), "the old system's Budo port on localhost")
    emulator: bool = _setting(True, kinds.boolean, "converter orders go to the emulator, not to real devices")
    apis: bool = _setting(True, kinds.boolean, "ask apis-web; false asks the old system's two URLs")
    apis_host: str = _setting("localhost", kinds.host, "the machine on which apis-web runs")
    apis_emul_port: int = _setting(43900, kinds.whole(1, 65535), "apis-web's Emulator Emulator port")
    apis_budo_port: int = _setting(43830, kinds.whole(1, 65535), "apis-web's Budo Emulator port")
    apis_emul_url: str = _setting(
        None, kinds.http_url, "apis-web's Emulator Emulator", derived="http://`apis_host`:`apis_emul_port`"
    )
    apis_budo_url: str = _setting(
        None, kinds.http_url, "apis-web's Budo Emulator", derived="http://`apis_host`:`apis_budo_port`"
    )
    ups_set_url: str = _setting(
        ":8080/1/ups1/operation/mode", kinds.url_suffix_or_none, "UPS mode, after http://<ip>; empty: no UPS"
    )
    set_url: str = _setting(":4380/remote/set?", kinds.url_suffix, "converter orders, after http://<ip>")
    url: Mapping[str, str] = _setting(
        _DEVICE_URLS, kinds.device_urls, "a device's own readings, after http://<ip>; a JSON object"
    )
    emul_url: str = _setting(None, kinds.http_url, "the hardware emulator", derived="http://localhost:`emul_port`")
    budo_url: str = _setting(None, kinds.http_url, "the old system", derived="http://localhost:`budo_port`")
    datacollectorinterval: float = _setting(
        None, kinds.number(0.1, 3600), "time between two polls", "s", "5, or 1 while `emulator` is true"
    )
    schedulerInterval: float = _setting(5, kinds.number(0.1, 3600), "time between two looks at the schedules", "s")

    timezone: str = _setting("UTC", kinds.zone, "the site's zone: times on the page, schedules without an offset")
    upstream_timezone: str = _setting("", kinds.zone_or_none, "zone of the units' clocks; empty: shown as given")
    staleafter: float = _setting(
        30, kinds.number(0.1, 3600), "so long without a change of its clock makes a unit stale", "s"
    )
    readinglag: float = _setting(12, kinds.number(0, 3600), "so long after an order its readings begin to count", "s")
    stoplag: float = _setting(
        30,
        kinds.number(0, 3600),
        "readings of Wait sooner after a stop prove nothing; who works on then gets Wait",
        "s",
    )
    modetime: float = _setting(30, kinds.number(0.1, 3600), "time in which a mode change must show", "s")
    gracetime: float = _setting(
        45, kinds.number(0, 90), "Stop all lets apis-main end its deals that long before it sends Wait", "s"
    )
    freshreading: float = _setting(
        15, kinds.number(0.1, 3600), "oldest reading on which a converter order may rest", "s"
    )
    acknowledgetime: float = _setting(
        24, kinds.number(0.1, 720), "an acknowledgement of unwatched hardware ends after that long", "h"
    )
    ordertime: float = _setting(
        10, kinds.number(0.5, 3600), "an order of the page pressed longer ago is refused, unless it stops", "s"
    )
    gridvoltagemin: float = _setting(300, kinds.number(0, 1500), "lowest grid voltage to order", "V")
    gridvoltagemax: float = _setting(380, kinds.number(0, 1500), "highest grid voltage to order", "V")
    maxgridcurrent: float = _setting(2.3, kinds.number(0, 1000), "highest grid current to order", "A")
    bustolerance: float = _setting(
        2, kinds.number(0.1, 50), "the bus has risen when this near the reference's voltage", "%"
    )
    stablereadings: int = _setting(3, kinds.whole(1, 6), "readings in a row that must show the bus risen")
    deadbus: float = _setting(60, kinds.number(0, 300), "a voltage reference starts on a bus below this only", "V")
    busskew: float = _setting(
        10, kinds.number(0, 3600), "readings of one moment, of different units, lie that far apart", "s"
    )
    referencemargin: float = _setting(
        0.125, kinds.number(0, 1000), "the reference's limit lies that much above what it must carry", "A"
    )
    gridcurrentlimit: float = _setting(
        2.35, kinds.number(0, 1000), "highest grid current measured at a unit with which it is ordered", "A"
    )
    buscurrentlimit: float = _setting(100, kinds.number(0, 100000), "highest sum of all grid currents on the bus", "A")
    currentoffsetmin: float = _setting(
        5, kinds.number(0, 1500), "a discharge is ordered at least that much above the reference's voltage", "V"
    )
    currentoffsetmax: float = _setting(
        30, kinds.number(0, 1500), "a charge at most that much below the reference's voltage, a discharge above it", "V"
    )
    voltagestep: float = _setting(
        10, kinds.number(0.1, 1500), "largest change of a working reference's voltage by one order", "V"
    )
    currentstep: float = _setting(0, kinds.number(0, 1000), "largest rise of a current by one order; 0: any", "A")
    wordtime: float = _setting(5, kinds.number(0, 3600), "shortest time between two orders to one converter", "s")
    triptime: float = _setting(30, kinds.number(0, 3600), "a unit is reference again that long after a trip", "s")
    tripsperhour: int = _setting(3, kinds.whole(1, 1000), "trips within an hour after which a person must reset")
    directread: float = _setting(
        2, kinds.number(0, 5), "longest reading of both converters directly before a current order; 0: none", "s"
    )
    chargereserve: float = _setting(20, kinds.number(0, 100), "a battery gives above this charge only", "%")
    chargehysteresis: float = _setting(5, kinds.number(0, 100), "it begins to give that much above the reserve", "%")
    chargefull: float = _setting(95, kinds.number(0, 100), "a battery takes below this charge only", "%")
    batteryvoltagemin: float = _setting(32, kinds.number(0, 1500), "lowest voltage of a battery", "V")
    batteryvoltagemax: float = _setting(58.4, kinds.number(0, 1500), "highest voltage of a battery", "V")
    batteryvoltagemargin: float = _setting(
        0.5, kinds.number(0, 100), "kept from the limit towards which an order moves the battery's voltage", "V"
    )
    maxbatterycurrent: float = _setting(20, kinds.number(0, 10000), "highest current of a battery by an order", "A")
    temperaturemin: float = _setting(
        0, kinds.number(-100, 200), "lowest temperature of a converter; none charges below 0", "°C"
    )
    temperaturemax: float = _setting(45, kinds.number(-100, 200), "highest temperature of a converter", "°C")
    steptime: float = _setting(240, kinds.number(0.1, 3600), "longest step of a guided procedure", "s")
    sharelongest: float = _setting(240, kinds.number(1, 1440), "longest guided sharing that may be asked for", "min")
    unattended: float = _setting(
        2, kinds.number(0.01, 1440), "a guided sharing that a kill interrupted ends itself after that long", "min"
    )
    handtime: float = _setting(
        30, kinds.number(0.1, 1440), "a converter that works by an order by hand is told after each such time", "min"
    )
    handtimewait: bool = _setting(False, kinds.boolean, "it gets Wait after the second such time, unless ordered anew")
    lease: float = _setting(
        0, kinds.number(0, 86400), "work by hand ends once nobody was heard for that long; 0: never", "s"
    )
    accounts: bool = _setting(
        False, kinds.boolean, "on: who orders, or sees anything, logs in first (docs/accounts.md)"
    )
    anonymous: str = _setting(
        "none", kinds.choice("view", "stop", "none"),
        "with accounts, what somebody may who is not logged in: none, view, or stop (view and stop)",
    )  # fmt: skip
    onetimecodes: bool = _setting(
        False, kinds.boolean, "accounts that order may do so only once they log in with one-time codes"
    )
    twopersons: bool = _setting(
        False, kinds.boolean, "an override is sent only once another engineer has confirmed it; needs accounts"
    )
    allowed_hosts: tuple[str, ...] = _setting(
        (), kinds.hosts, "names by which browsers reach this, behind a proxy or DNS name; with commas"
    )
    allowed_networks: tuple[Network, ...] = _setting(
        (), kinds.networks, "networks that may call, with commas; none: all that `b_host` reaches"
    )
    trusted_proxies: tuple[Network, ...] = _setting(
        (),
        kinds.networks,
        "networks of the reverse proxies whose word on the caller counts, with commas; none: nobody's",
    )
    insecure: bool = _setting(
        False,
        kinds.boolean,
        "take every order of whoever reaches this, by a network or a proxy too; every page says so",
    )
    unit_networks: tuple[Network, ...] = _setting(
        (), kinds.networks, "networks in which units' own addresses lie, with commas; none: anywhere a node can be"
    )
    device_tls: bool = _setting(False, kinds.boolean, "call the devices at https://<ip> instead of http://<ip>")
    cafile: Path | None = _setting(
        "", kinds.path_or_none, "authorities whose certificates apis-web and the devices have; empty: the system's"
    )
    credentialsfile: Path | None = _setting(
        "", kinds.path_or_none, "names and passwords for apis-web and the devices (docs/deployment.md); empty: none"
    )
    get_orders: bool = _setting(
        True, kinds.boolean, "take orders by GET, as the specification has them; false leaves those that stop"
    )
    read_only: bool = _setting(
        False, kinds.boolean, "refuse every order but Stop all, the E-stop, Wait and the end of a guided sharing"
    )
    maxunits: int = _setting(1000, kinds.whole(1, 20000), "units to know at most; more are left out and told")
    title: str = _setting("", kinds.title, "the page's title; empty: the cluster's id from the data")
    data: Path = _setting(
        None,
        kinds.path,
        "folder of all that is written: log and pid file, and unless set by themselves the next three",
        derived="the checkout; of an installed package `~/.local/state/apis-main-controller`",
    )
    schedules: Path = _setting(None, kinds.path, "folder of the pending schedules", derived="`schedules` in `data`")
    database: Path = _setting(
        None,
        kinds.path,
        "file of the journal, locks, known units and running procedures",
        derived="`journal/journal.sqlite3` in `data`",
    )
    estopfile: Path = _setting(
        None, kinds.path, "file that latches the E-stop, whoever makes it", derived="`estop` beside `database`"
    )
    journalkeep: float = _setting(730, kinds.number(1, 36500), "age at which the journal is pruned", "days")
    apislog: Group | None = _setting(
        Group("224.2.2.4", 8888), kinds.group, "where apis-main sends its log to all; empty: it is not listened to"
    )
    historymb: int = _setting(4096, kinds.whole(10, 1_000_000), "what the history's file may hold", "MB")
    blackboxhours: float = _setting(
        48, kinds.number(0, 8760), "how long a record the black box keeps, if `blackboxmb` has room for it; 0: off", "h"
    )
    blackboxmb: int = _setting(512, kinds.whole(10, 1_000_000), "what the black box's folder may hold", "MB")
    incidentdays: float = _setting(
        365, kinds.number(0, 36500), "how long incidents are kept, if `incidentmb` has room for them; 0: none", "days"
    )
    incidentmb: int = _setting(2048, kinds.whole(10, 1_000_000), "what the incidents' folder may hold", "MB")
    channels: tuple[Channel, ...] = _setting(
        (), channels, "channels that tell people of alarms (docs/notification.md); a list of tables, or JSON"
    )
    thresholds: tuple[Threshold, ...] = _setting(
        (), thresholds, "this site's own delays and limits of alarms (docs/alarms.md); a list of tables, or JSON"
    )
    digest: time | None = _setting(
        "07:00", time_of_day, "when channels with `digest` get the day's, by the site's clock; empty: never"
    )
    heartbeat: HiddenUrl | None = _setting(
        "", hidden_url, "address that is called each minute while all works, of a dead man's switch; empty: none"
    )
    unitmetrics: bool = _setting(True, kinds.boolean, "tell Prometheus of each unit, not only of the cluster")
    logsize: float = _setting(200, kinds.number(1, 100000), "what the log's files may hold together", "MB")
    threads: int = _setting(48, kinds.whole(4, 1000), "threads that answer requests")
    connection_limit: int = _setting(2000, kinds.whole(10, 100000), "connections open at the same time")

    root: Path = ROOT
    """Where the program's own files stand: the checkout, from which relative paths count, or inside the package."""
    version: str = __version__
    simulate: int | None = None
    """Units of the simulated cluster, or None for the real one (Z17)."""
    speed: float = 10.0
    """Seconds of simulated time per second."""
    drill: str | None = None
    """The drill to be run on the simulated cluster, or "list" (docs/drills.md)."""
    by_hand: float | None = None
    """How long (min) a drill waits for a person's Stop all; None: it orders that by itself."""
    log_level: str | None = None
    """Level of the root logger, or None for logging.conf's."""
    check_config: bool = False
    deed: tuple[str, ...] | None = None
    """What is asked instead of a start: "backup", "restore" or "bundle", and the file; or "user" and its words."""
    verify_journal: bool = False
    healthy: bool = False
    """The running program is only to be asked whether it lives."""
    replay: Path | None = None
    """An incident's file that is to be shown instead of a grid."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each setting that is not the default came from: "startMain.py", a file, a variable or an option."""
    command: str = "./startMain.py"
    """How this program is called here, before the words of what is asked."""
    notes: tuple[str, ...] = ()
    """What the log should say about the command line, once there is a log."""

    def __post_init__(self) -> None:
        """Derive what was left open, anchor the paths, and check what two settings say together."""
        derived = {
            "apis_emul_url": f"http://{_bracketed(self.apis_host)}:{self.apis_emul_port}",
            "apis_budo_url": f"http://{_bracketed(self.apis_host)}:{self.apis_budo_port}",
            "emul_url": f"http://localhost:{self.emul_port}",
            "budo_url": f"http://localhost:{self.budo_port}",
            "datacollectorinterval": 1 if self.emulator else 5,
        }
        for name, value in derived.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        self._anchor_paths()
        for _, fault in disordered({row.name: getattr(self, row.name) for row in setting_fields()}):
            raise fault

    def _anchor_paths(self) -> None:
        """What was given counts from the checkout; what was not lies in `data`, the E-stop's file by the database."""
        base = base_of(self.root)

        def placed(given: Path | None, otherwise: Path) -> Path:
            return otherwise if given is None else base / given

        if self.data is None:
            object.__setattr__(self, "data", default_data(self.root))
        data = base / self.data
        database = placed(self.database, data / "journal" / "journal.sqlite3")
        paths = {
            "data": data,
            "schedules": placed(self.schedules, data / "schedules"),
            "database": database,
            "estopfile": placed(self.estopfile, database.with_name("estop")),
        }
        for name, path in paths.items():
            object.__setattr__(self, name, path)
        for name in ("cafile", "credentialsfile"):
            given = getattr(self, name)
            object.__setattr__(self, name, None if given is None else base / given)


def disordered(values: Mapping[str, Any]) -> list[tuple[tuple[str, str], SettingError]]:
    """The pairs of which the first does not lie below the second, each with what is wrong; of pairs that are given."""
    return [
        ((low, high), SettingError(low, f"{values[low]:g} {unit} is not below {high}"))
        for low, high, unit in ORDERED
        if low in values and high in values and values[low] >= values[high]
    ]


def setting_fields() -> tuple[Field[Any], ...]:
    """The settings in their order: `name`, and in `metadata` `read`, `help`, `unit` (or "") and `derived` (or "")."""
    return tuple(row for row in fields(Settings) if "read" in row.metadata)


def default_text(row: Field[Any]) -> str:
    """A setting's default as `--help` and docs/settings.md write it; empty for none."""
    value = None if row.default_factory is MISSING else row.default_factory()
    return str(row.metadata["derived"]) if value is None else value_text(value)


def value_text(value: object) -> str:
    """A setting's value as it is written on the command line; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Mapping):
        return json.dumps(dict(value))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def settings_in_force(settings: Settings) -> dict[str, str]:
    """Every setting's value as text, for the journal's first row."""
    return {row.name: value_text(getattr(settings, row.name)) for row in setting_fields()}


def _bracketed(host: str) -> str:
    """A host as a URL writes it: an IPv6 address stands in brackets."""
    return f"[{host}]" if ":" in host else host
