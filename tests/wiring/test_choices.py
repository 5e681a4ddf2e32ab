"""What the settings mean: each threshold of the rules is one, and how large answers may be (AV19)."""

import contextlib
import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from main_controller.errors import SettingError, UpstreamGarbled
from main_controller.rules.interlock_terms import Limits
from main_controller.settings.kinds import Group
from main_controller.settings.table import Settings, setting_fields
from main_controller.upstream.log_listener import LogListener
from main_controller.wiring.choices import about, check_two_persons, chosen_upstream, limits_of, simulated
from main_controller.wiring.controller import written_where
from main_controller.wiring.loops import LOOPBACK
from tests.faulty_server import FaultyServer, message, sending
from tests.system.console import settings_for

MIB = 2**20

OF_LIMITS = (
    *("gridvoltagemin", "gridvoltagemax", "maxgridcurrent", "bustolerance", "stablereadings", "freshreading"),
    *("deadbus", "referencemargin", "gridcurrentlimit", "buscurrentlimit", "busskew", "currentoffsetmin"),
    *("currentoffsetmax", "voltagestep", "currentstep", "wordtime", "triptime", "tripsperhour", "directread"),
    *("chargereserve", "chargehysteresis", "chargefull", "batteryvoltagemin", "batteryvoltagemax"),
    *("batteryvoltagemargin", "maxbatterycurrent", "temperaturemin", "temperaturemax"),
)


def flat(value: Any) -> list[float]:
    if dataclasses.is_dataclass(value):
        return [one for row in dataclasses.fields(value) for one in flat(getattr(value, row.name))]
    return [float(value)]


def test_the_rules_defaults_are_the_settings_defaults() -> None:
    """apis-main's sample limits stand in one place each, and agree."""
    assert limits_of(Settings()) == Limits()


def test_every_threshold_of_the_rules_is_a_setting_of_its_own() -> None:
    """Each setting moves one threshold, and together they move them all."""
    plain = flat(limits_of(Settings()))
    moved: set[int] = set()
    for name in OF_LIMITS:
        default = getattr(Settings(), name)
        changed: Any = {name: default + 1 if isinstance(default, int) else default + 0.5}
        now = flat(limits_of(Settings(**changed)))
        differing = {place for place, pair in enumerate(zip(plain, now, strict=True)) if pair[0] != pair[1]}
        assert len(differing) == 1, name
        moved |= differing
    assert moved == set(range(len(plain)))
    assert set(OF_LIMITS) <= {row.name for row in setting_fields()}


def test_the_status_tells_the_limits_that_figures_are_shown_with() -> None:
    """The page keeps no figure of its own."""
    told = about(Settings(chargereserve=30, currentstep=0.5)).limits
    assert (told["gridvoltagemax"], told["chargereserve"], told["currentstep"]) == (380, 30, 0.5)
    assert set(told) < {*OF_LIMITS, "sharelongest"}


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as made:
        yield made


@pytest.mark.parametrize(("units", "limit"), [(1, 16), (1000, 16), (10_000, 39)])
def test_a_reading_may_be_as_large_as_the_units_that_may_be_known_and_no_larger(
    server: FaultyServer, tmp_path: Path, units: int, limit: int
) -> None:
    """10,000 units are 13 MB; an answer beyond the limit is not even begun to be read."""
    settings = settings_for(tmp_path, {"maxunits": units, "apis_emul_url": server.url, "apis_budo_url": server.url})
    server.answers["/get/log"] = sending(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % ((limit + 1) * MIB))
    server.answers["/stop"] = sending(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MIB + 1))
    with contextlib.ExitStack() as stack:
        apis_web = chosen_upstream(settings, stack).apis_web
        with pytest.raises(UpstreamGarbled, match=f"with more than {limit}"):
            apis_web.log()
        with pytest.raises(UpstreamGarbled, match="with more than 1 MiB"):
            apis_web.budo("stop")


def test_a_reading_of_millions_of_small_values_is_refused_before_memory_is_taken(
    server: FaultyServer, tmp_path: Path
) -> None:
    """AV19: 3,000,000 small keys within the bytes that are allowed took 738 MB, and health waited 2 s."""
    settings = settings_for(tmp_path, {"apis_emul_url": server.url, "apis_budo_url": server.url})
    keys = b",".join(b'"%d":1' % number for number in range(600_000))
    server.answers["/get/log"] = sending(message(b'{"E001":{%s}}' % keys))
    with contextlib.ExitStack() as stack, pytest.raises(UpstreamGarbled, match="with more than 500000 values"):
        chosen_upstream(settings, stack).apis_web.log()


@contextlib.contextmanager
def simulating(**given: object) -> Iterator[Settings]:
    """The settings of a running simulated cluster."""
    with contextlib.ExitStack() as stack:
        used, cluster = simulated(dataclasses.replace(Settings(), simulate=2, **given), stack)  # type: ignore[arg-type]
        assert cluster is not None
        yield used


def listener_of(settings: Settings) -> LogListener:
    assert settings.apislog is not None
    return LogListener(settings.apislog.address, settings.apislog.port, clock=time.monotonic, interface=LOOPBACK)


def heard_by(listener: LogListener) -> set[str | None]:
    """Of which units lines came while it was listened for two beats of a node."""
    with contextlib.closing(listener):
        until = time.monotonic() + 7
        return {line.unit_id for _ in iter(lambda: time.monotonic() < until, False) for line in listener.lines()}


def test_a_simulated_clusters_log_comes_to_its_own_program_and_to_no_other() -> None:
    """By a group of its own on loopback, not the one that the real programs send to."""
    with simulating() as one, simulating() as other:
        assert one.apislog is not None
        assert one.apislog.address.startswith("239.")
        assert Settings().apislog not in (one.apislog, other.apislog)
        assert one.apislog != other.apislog
        strange = LogListener("224.2.2.4", 8888, clock=time.monotonic, interface=LOOPBACK)
        assert strange.lines() == []
        assert heard_by(listener_of(one)) >= {"E001", "E002"}
        assert not [line for line in strange.lines() if line.program == "apis-main"]
        strange.close()


def test_where_the_setting_says_so_the_simulated_log_goes_there_or_nowhere() -> None:
    with simulating(apislog=Group("239.1.2.3", 48_889)) as settings:
        assert settings.apislog == Group("239.1.2.3", 48_889)
        assert heard_by(listener_of(settings)) >= {"E001", "E002"}
    with simulating(apislog=None) as settings:
        assert settings.apislog is None


def test_no_setting_sends_the_simulated_log_to_another_machine(caplog: pytest.LogCaptureFixture) -> None:
    with simulating(apislog=Group("192.0.2.7", 8888)) as settings:
        assert settings.apislog is None
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "the simulated cluster's log cannot be heard: the simulated log is for this machine, not for 192.0.2.7"
    ]


def test_the_start_says_where_a_simulations_journal_lies(tmp_path: Path) -> None:
    """It named the checkout, where nothing of it was."""
    settings = dataclasses.replace(Settings(), data=tmp_path)
    assert written_where(settings) == f"to {tmp_path}"
    said = written_where(dataclasses.replace(settings, simulate=4))
    assert said.startswith(f"its log to {tmp_path / 'log' / 'simulated'}, and its journal, history and schedules to a ")


def test_two_persons_are_refused_at_start_where_nobody_can_be_told_apart() -> None:
    check_two_persons(Settings())
    check_two_persons(Settings(twopersons=True, accounts=True))
    with pytest.raises(
        SettingError, match="twopersons: two persons cannot be told apart on a console without accounts"
    ):
        check_two_persons(Settings(twopersons=True))
