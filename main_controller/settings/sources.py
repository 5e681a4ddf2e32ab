"""The four sources of the settings, the later one winning: startMain.py, TOML file, environment, command line (Z14).

Used once, by the controller, through `build_settings`.
"""

import argparse
import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from main_controller import __version__
from main_controller.edited_text import edited_text
from main_controller.errors import SettingError, SettingErrors
from main_controller.settings import kinds
from main_controller.settings.kinds import Read
from main_controller.settings.places import PAGE, ROOT, command_of
from main_controller.settings.table import OLD_NAMES, ORDERED, Settings, default_text, disordered, setting_fields

ENVIRONMENT_PREFIX = "APIS_MC_"
ON_COMMAND_LINE = "the command line"
"""The source of what was given there, in `Settings.sources`."""

DEEDS = ("backup", "restore", "bundle")
"""What is done instead of a start with one file; `user` takes words of its own."""
OF_A_RECORDING = ("b_port", "threads", "connection_limit")
"""The settings that say how a recording is served."""

ENDS = ("check_config", "verify_journal", "healthy", "replay")
"""The options of which each is done instead of a start, and the program ends with it."""

LIST_DRILLS = "list"
"""What is written in the place of a drill's name to be told all of them."""
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong, in the order in which it was found; `names` are the settings of which nobody knows the value."""

    found: list[SettingError] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    @contextmanager
    def noting(self, *names: str) -> Iterator[None]:
        """Take note of a fault that is raised within, which is one of the settings `names`."""
        try:
            yield
        except SettingError as fault:
            self.found.append(fault)
            self.names.update(names)

    def refuse(self) -> None:
        """Raise SettingErrors of all that were found."""
        if self.found:
            raise SettingErrors(self.found)


def build_settings(
    parameters: Mapping[str, object], argv: Sequence[str], environ: Mapping[str, str] = os.environ, root: Path = ROOT
) -> Settings:
    """As `read_settings`; raises `SettingErrors`, which name each setting that is wrong."""
    settings, faults = read_settings(parameters, argv, environ, root)
    faults.refuse()
    return settings


def read_settings(
    parameters: Mapping[str, object], argv: Sequence[str], environ: Mapping[str, str] = os.environ, root: Path = ROOT
) -> tuple[Settings, Faults]:
    """Decide everything: `parameters` (startMain.py's; None leaves open) < `--config` < `environ` < `argv` (Z14).

    With what is wrong, all of it at once: what cannot be read has its default then. Leaves the process for `--help`,
    `--version` and unknown options.
    """
    parser = _parser(installed=root == PAGE)
    options = vars(parser.parse_args(argv))
    words = options["deed"]
    if words and words[0] in DEEDS and (len(words) == 1 or not words[1]):
        parser.error(f"{words[0]} needs the name of a file: {words[0]} FILE")
    if words and words[0] != "user" and (len(words) != 2 or words[0] not in DEEDS):
        files = ", ".join(f"{deed} FILE" for deed in DEEDS)
        parser.error(f"{' '.join(words)!r} is none of {files} and user ...")
    names = (*(row.name for row in setting_fields()), *OLD_NAMES)
    faults = Faults()
    config = options["config"]
    from_file: Mapping[str, object] = {}
    if config:
        with faults.noting():
            from_file = _read_toml(config)
    layers: list[tuple[str, Mapping[str, object]]] = [
        ("startMain.py", {name: value for name, value in parameters.items() if value is not None}),
        (config or "", from_file),
        ("the environment", _from_environment(environ)),
        (ON_COMMAND_LINE, {name: options[name] for name in names if options[name] is not None}),
    ]
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    notes = [*_of_a_platform(environ, faults)]
    readers: dict[str, Read] = {row.name: row.metadata["read"] for row in setting_fields()}
    for source, layer in layers:
        for given, raw in layer.items():
            name = OLD_NAMES.get(given, given)
            with faults.noting(name):
                if name not in readers:
                    raise SettingError(_shown(given, source), f"unknown setting in {source}{_nearest(given, names)}")
                if name != given:
                    notes.append(_old_name(given, name, source, layer))
                values[name] = _checked(_shown(given, source), readers[name], raw, source)
                sources[name] = source
    for name in faults.names:
        values.pop(name, None)
    _refuse_disorder(values, faults)
    decided = _decided_by(options, faults)
    try:
        settings = Settings(
            **values, **{**decided, "notes": (*decided["notes"], *notes)},
            root=root, sources=sources, command=command_of(root, options),
        )  # fmt: skip
    except SettingError as fault:  # nothing says where to write, and no setting can be without that
        raise SettingErrors([*faults.found, fault]) from None
    return settings, faults


def _refuse_disorder(values: dict[str, Any], faults: Faults) -> None:
    """Take note of pairs that contradict each other, and leave those out."""
    defaults = {row.name: None if row.default_factory is MISSING else row.default_factory() for row in setting_fields()}
    known = {name: value for name, value in {**defaults, **values}.items() if name not in faults.names}
    for pair, fault in disordered(known):
        with faults.noting(*pair):
            raise fault
    for low, high, _ in ORDERED:
        if faults.names & {low, high}:
            values.pop(low, None)
            values.pop(high, None)


def _old_name(given: str, name: str, source: str, layer: Mapping[str, object]) -> str:
    """What the log says of a setting that is given by its old name; raises SettingError where it has both."""
    if name in layer:
        raise SettingError(_shown(given, source), f"it is the old name of {name}, which is given too (from {source})")
    return f"{_shown(given, source)} (from {source}) is the old name of the setting {name}: write {name} instead."


def _decided_by(options: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """What only the command line decides: nothing else can choose the simulator (Z17)."""
    _refuse_two_things(options, faults)
    simulate, speed = None, 10.0
    with faults.noting():
        if options["simulate"] is not None:
            simulate = _checked("--simulate", kinds.whole(1, 1000), options["simulate"], ON_COMMAND_LINE)
    with faults.noting():
        if options["speed"] is not None and options["simulate"] is None and options["replay"] is None:
            why = "it is how fast a simulation runs: give --simulate too (from the command line)"
            raise SettingError("--speed", why)
        speed = _checked("--speed", kinds.number(0.1, 1000), options["speed"] or "10", ON_COMMAND_LINE)
    drill, by_hand = options["drill"], None
    with faults.noting():
        if drill == "":
            raise SettingError("--drill", "name a drill; --drill list tells which there are (from the command line)")
        if drill not in (None, LIST_DRILLS) and options["simulate"] is None and options["replay"] is None:
            why = "it causes a fault, so it runs on a simulated cluster alone: give --simulate too"
            raise SettingError("--drill", f"{why} (from the command line)")
    with faults.noting():
        if options["byhand"] is not None:
            if drill in (None, LIST_DRILLS) and options["replay"] is None:
                raise SettingError("--byhand", "it is how long a drill waits for a person: give --drill NAME too")
            by_hand = _checked("--byhand", kinds.number(0.1, 240), options["byhand"], ON_COMMAND_LINE)
    words = options["deed"]
    notes = ("-d/--db has no effect: the old database is gone.",) if options["db"] is not None else ()
    return {
        "simulate": simulate,
        "speed": speed,
        "drill": drill,
        "by_hand": by_hand,
        "log_level": options["log_level"],
        "check_config": options["check_config"],
        "deed": tuple(words) or None,
        "verify_journal": options["verify_journal"],
        "healthy": options["healthy"],
        "replay": None if options["replay"] is None else Path(options["replay"]).absolute(),
        "notes": notes,
    }


def _refuse_two_things(options: Mapping[str, Any], faults: Faults) -> None:
    """Take note of what would be left undone, where the command line names more than one thing to do and end with."""
    ends = [*options["deed"][:1], *(f"--{name.replace('_', '-')}" for name in ENDS if options[name])]
    if options["drill"] == LIST_DRILLS:
        ends.append(f"--drill {LIST_DRILLS}")
    with faults.noting():
        if len(ends) > 1:
            raise SettingError(ends[0], f"it is done alone: leave out {ends[1]}, or call them one after the other")
    if options["replay"] is None:
        return
    with faults.noting():
        if not options["replay"]:
            raise SettingError("--replay", "name the file of an incident (from the command line)")
        for name in ("simulate", "speed", "drill", "byhand"):
            if options[name] is not None:
                why = f"it shows a recording and no cluster: leave out --{name} (from the command line)"
                raise SettingError("--replay", why)
        for name in (*(row.name for row in setting_fields()), *OLD_NAMES):
            if options[name] is not None and name not in OF_A_RECORDING:
                why = f"it shows a recording to this machine alone: --{name} has no effect on it, leave it out"
                raise SettingError("--replay", f"{why} (from the command line)")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in a line, and not the names of all settings before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; --help tells of all that there is.\n")


def _parser(*, installed: bool) -> _Parser:
    first = "the defaults" if installed else "the top of startMain.py"
    parser = _Parser(
        prog="apis-main-controller" if installed else "startMain.py",
        allow_abbrev=False,
        description="The operator's console of a DC microgrid that runs APIS.",
        epilog=f"A setting is decided by {first}, then by the file of --config (TOML), then by the "
        f"environment ({ENVIRONMENT_PREFIX}B_PORT=4382), then by the command line: the last one wins.",
    )
    parser.add_argument(
        "deed", nargs="*", metavar="DEED",
        help="backup FILE: write journal, history, schedules and latch into one file, also while the program runs; "
        "restore FILE: put it back into an empty place; bundle FILE: write what helps whoever is to find a fault, "
        "without secrets; user add|list|passwd|role|disable|enable|codes|remove [NAME]: the accounts",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"APIS Main Controller {__version__}")
    parser.add_argument("--config", metavar="FILE", help="a TOML file with settings")
    parser.add_argument("--check-config", action="store_true", help="read everything, say what was found, and end")
    parser.add_argument("--verify-journal", action="store_true", help="check the journal's chain of rows, and end")
    parser.add_argument("--healthy", action="store_true", help="ask the running program whether it lives, and end")
    parser.add_argument(
        "--replay", metavar="FILE.zip", help="show an incident's file, on this machine alone: no grid, no order"
    )
    parser.add_argument(
        "--simulate", metavar="N", nargs="?", const="4", help="run against a simulated cluster of N units (1..1000; 4)"
    )
    parser.add_argument("--speed", help="how much faster than real time the simulation runs (10)")
    parser.add_argument(
        "--drill", metavar="NAME",
        help="with --simulate: have one fault happen, stop everything, say how long each step took, and end with 0 "
        "where a safe state was reached, else 1; list: say which there are (docs/drills.md)",
    )  # fmt: skip
    parser.add_argument(
        "--byhand", metavar="MIN", nargs="?", const="10",
        help="with --drill: a person presses Stop all on the page, within so many minutes (10)",
    )  # fmt: skip
    parser.add_argument("--log-level", type=str.upper, choices=LOG_LEVELS, help="instead of logging.conf's root level")
    parser.add_argument("-d", "--db", metavar="VALUE", help="accepted, without effect: the old database is gone")
    table = parser.add_argument_group("settings")
    for row in setting_fields():
        flags = ["-e", "--emul", "--emulator"] if row.name == "emulator" else [f"--{row.name}"]
        unit = f", {row.metadata['unit']}" if row.metadata["unit"] else ""
        shown = f"{row.metadata['help']}{unit} ({default_text(row) or 'none'})".replace("`", "").replace("%", "%%")
        bare: dict[str, Any] = {"nargs": "?", "const": "true"} if row.name == "insecure" else {}
        table.add_argument(*flags, dest=row.name, metavar="VALUE", help=shown, **bare)
    for old in OLD_NAMES:
        table.add_argument(f"--{old}", dest=old, help=argparse.SUPPRESS)
    return parser


def _read_toml(name: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(edited_text(Path(name)))
    except OSError as fault:
        raise SettingError("--config", f"{name} cannot be read: {fault.strerror}") from None
    except tomllib.TOMLDecodeError as fault:
        raise SettingError("--config", f"{name} is not TOML: {fault}") from None
    except ValueError as fault:
        raise SettingError("--config", f"{name} cannot be read: {fault}") from None


_LINKS = re.compile(r"(.+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")
_LINK = re.compile(r"(tcp|udp|sctp)://\S+")


def _is_a_platforms(name: str, value: str) -> bool:
    """Whether a container platform made this variable, of a service whose name begins with apis-mc."""
    rest = name.removeprefix(ENVIRONMENT_PREFIX)
    return _LINKS.fullmatch(rest) is not None or (rest.endswith("PORT") and _LINK.fullmatch(value) is not None)


def _of_a_platform(environ: Mapping[str, str], faults: Faults) -> tuple[str, ...]:
    """What the log says of a container platform's variables; one that is named as a setting is a fault."""
    found = [name for name, value in _ours(environ).items() if _is_a_platforms(name, value)]
    if not found:
        return ()
    settings = {ENVIRONMENT_PREFIX + row.name.upper() for row in setting_fields()}
    how = (
        "a container platform makes it for a service of that name; rename the service, or set enableServiceLinks: false"
    )
    for name in found:
        if name in settings:
            with faults.noting(name.removeprefix(ENVIRONMENT_PREFIX).lower()):
                raise SettingError(
                    name, f"{environ[name]!r} is the address of a service, and no value of this setting: {how}"
                )
    others = f" and {len(found) - 1} more like it" if len(found) > 1 else ""
    return (f"{min(found)}{others} in the environment is no setting and is left alone: {how}.",)


def _ours(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables with our prefix; a file of them with CRLF leaves a CR at the end of each."""
    return {name: value.rstrip("\r") for name, value in environ.items() if name.startswith(ENVIRONMENT_PREFIX)}


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    """The variables that are ours, by setting name; an unknown one keeps its own name and is refused by it."""
    names = [*(row.name for row in setting_fields()), *OLD_NAMES]
    by_variable = {ENVIRONMENT_PREFIX + name.upper(): name for name in names}
    ours = {name: value for name, value in _ours(environ).items() if not _is_a_platforms(name, value)}
    return {by_variable.get(name, name): value for name, value in ours.items()}


def _checked(key: str, read: Read, raw: object, source: str) -> Any:
    try:
        return read(raw)
    except ValueError as fault:
        raise SettingError(key, f"{fault} (from {source})") from None


def _shown(name: str, source: str) -> str:
    """A setting's name as the place where it was written has it."""
    if source == "the environment" and not name.startswith(ENVIRONMENT_PREFIX):
        return ENVIRONMENT_PREFIX + name.upper()
    return f"--{name}" if source == ON_COMMAND_LINE else name


def _nearest(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.removeprefix(ENVIRONMENT_PREFIX).lower(), sorted(names), n=1)
    return f"; is {near[0]} meant?" if near else ""
