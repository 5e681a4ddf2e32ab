"""The simulated cluster changes as fast as the recorded one: every lag is measured on both by one function."""

from collections.abc import Callable

import pytest

from main_controller.domain.modes import Mode
from main_controller.simulator import SimulatedCluster
from tests.simulator.traces import (
    Moment,
    Trace,
    budo,
    device,
    global_modes,
    grid_masters,
    recorded,
    sharing,
    statuses,
    until,
    watch,
)

WAIT = "0x0000"
SEEDS = [1, 2, 3]


@pytest.fixture(scope="module")
def real_sharing() -> Trace:
    return recorded("sharing")


@pytest.fixture(scope="module")
def real_faults() -> Trace:
    return recorded("faults")


def at_work(seed: int = 1) -> SimulatedCluster:
    cluster = SimulatedCluster(4, seed=seed)
    until(cluster, lambda: sharing(cluster))
    return cluster


def shown_everywhere(mode: str) -> Callable[[Moment], bool]:
    return lambda moment: bool(moment.log) and global_modes(moment.log) == {mode}


def all_wait(moment: Moment) -> bool:
    return bool(moment.log) and set(statuses(moment.log).values()) == {WAIT}


@pytest.mark.parametrize(
    ("mode", "order_at"), [("autonomous", 8.0), ("heteronomous", 200.0), ("stop", 290.0), ("manual", 310.0)]
)
def test_a_new_mode_shows_everywhere_within_two_to_ten_seconds(real_sharing: Trace, mode: str, order_at: float) -> None:
    """K4: unit by unit; one second more for looking once a second."""
    assert 2 <= real_sharing.first(order_at, shown_everywhere(mode)) <= 11
    for seed in SEEDS:
        for later in range(5):
            cluster = SimulatedCluster(4, seed=seed, mode=Mode.STOP if mode != "stop" else Mode.HETERONOMOUS)
            cluster.advance(20.3 + later)
            start = cluster.agenda.now
            assert budo(cluster, "/setOperationMode", value=mode) == {"succeeded": True}
            assert 2 <= watch(cluster, 12).first(start, shown_everywhere(mode)) <= 11


def test_status_follows_an_order_at_once(real_sharing: Trace) -> None:
    """`/getStatus` does not wait for readings."""
    assert real_sharing.first(8.0, lambda moment: moment.status == {"active": True}) < 1
    cluster = SimulatedCluster(4, mode=Mode.STOP)
    assert budo(cluster, "/getStatus") == {"active": False}
    budo(cluster, "/setOperationMode", value="autonomous")
    assert budo(cluster, "/getStatus") == {"active": True}


def test_readings_of_one_snapshot_contradict_each_other(real_sharing: Trace) -> None:
    """K4: a live and a dead bus in one reply, for a whole beat."""

    def contradicts(moment: Moment) -> bool:
        return bool(moment.log) and {0, 350} <= {unit["dcdc"]["meter"]["vg"] for unit in moment.log.values()}

    assert any(map(contradicts, real_sharing.moments))
    longest = 0
    for later in range(5):
        cluster = SimulatedCluster(4, mode=Mode.MANUAL)
        device(cluster, "/set/dcdc/E001", mode="0x0014", dvg="350", dig="2")
        cluster.advance(30.3 + later)
        device(cluster, "/set/dcdc/E001", mode="0x0000", dvg="0", dig="0")
        longest = max(longest, sum(map(contradicts, watch(cluster, 15).moments)))
    assert longest == 5


@pytest.mark.parametrize("seed", SEEDS)
def test_from_agreement_to_current_it_takes_some_twenty_seconds(real_sharing: Trace, seed: int) -> None:
    """K12: about 20 s; one beat more until it shows."""

    def flows(moment: Moment) -> bool:
        return bool(moment.log) and any(unit["dcdc"]["meter"]["ig"] for unit in moment.log.values())

    def measured(trace: Trace) -> float:
        agreed = trace.first(0.0, lambda moment: bool(moment.deals))
        return trace.first(0.0, flows) - agreed

    assert 18 <= measured(real_sharing) <= 32
    assert 18 <= measured(watch(SimulatedCluster(4, seed=seed), 60)) <= 32


@pytest.mark.parametrize("seed", SEEDS)
def test_soft_stop_drains(real_sharing: Trace, seed: int) -> None:
    """K13: no new deal, the running ones end when delivered; K12: Wait shows after the list is empty."""
    drained = real_sharing.first(201.0, lambda moment: moment.deals == [])
    assert 40 <= drained <= 60
    assert 2 <= real_sharing.first(201.0 + drained, all_wait) <= 10
    cluster = at_work(seed)
    before = {deal.id for deal in cluster.apis.market.deals}
    budo(cluster, "/quiet")
    start = cluster.agenda.now
    trace = watch(cluster, 110)
    simulated = trace.first(start, lambda moment: moment.deals == [])
    assert 10 <= simulated <= 90
    assert 1 <= trace.first(start + simulated, all_wait) <= 12
    assert all(len(moment.deals) <= len(before) for moment in trace.moments)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_local_stop_ends_that_units_deals_and_leaves_the_others(real_sharing: Trace, seed: int) -> None:
    """K14: within 9 s, and the others go on."""

    def without(uid: str) -> Callable[[Moment], bool]:
        return lambda moment: (
            moment.deals is not None
            and all(uid not in (deal["chargingUnit"], deal["dischargingUnit"]) for deal in moment.deals)
        )

    assert 5 <= real_sharing.first(120.5, without("E003")) <= 9
    cluster = at_work(seed)
    budo(cluster, "/setOperationMode", unitId="E003", value="stop")
    start = cluster.agenda.now
    trace = watch(cluster, 30)
    assert 4 <= trace.first(start, without("E003")) <= 9
    assert all(moment.deals for moment in trace.moments)
    assert trace.first(start, lambda moment: moment.log["E003"]["dcdc"]["status"]["status"] == WAIT) <= 20


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("path", ["/stop", "/manual"])
def test_a_hard_stop_amid_deals_shows_late(seed: int, path: str) -> None:
    """K9: converters in Wait 2 to 7 s after the order, the reference last; the readings show it up to 27 s after."""
    cluster = at_work(seed)
    reference = cluster.plant.references[0]
    order: list[str] = []
    start = cluster.agenda.now
    budo(cluster, path)
    shown = None
    for _ in range(300):
        cluster.advance(0.1)
        order += [u.id for u in cluster.plant.units.values() if u.status.value == WAIT and u.id not in order]
        if len(order) == 4 and cluster.plant.units[order[-1]] is reference:
            assert 2 <= cluster.agenda.now - start <= 7.2
            shown = watch(cluster, 30).first(start, all_wait)
            break
    assert shown is not None
    assert 10 <= shown <= 28


def test_a_converter_order_shows_after_two_to_ten_seconds(real_sharing: Trace) -> None:
    """K15, at the converter at once, in the readings later."""

    def charging(moment: Moment) -> bool:
        return bool(moment.log) and moment.log["E002"]["dcdc"]["status"]["status"] == "0x0041"

    assert 2 <= real_sharing.first(350.0, charging) <= 11
    for later in range(5):
        cluster = SimulatedCluster(4, mode=Mode.MANUAL)
        device(cluster, "/set/dcdc/E001", mode="0x0014", dvg="350", dig="2")
        cluster.advance(20.3 + later)
        start = cluster.agenda.now
        device(cluster, "/set/dcdc/E002", mode="0x0041", dvg="350", dig="1")
        assert device(cluster, "/get/dcdc/E002")["meter"]["ig"] == 1.0
        assert 1.5 <= watch(cluster, 12).first(start, charging) <= 11


@pytest.mark.parametrize("seed", SEEDS)
def test_a_node_killed_amid_a_deal(real_faults: Trace, seed: int) -> None:
    """K6: gone soon, error, deals gone, the Grid Master resigns, a new one serves; its converter goes on."""

    def measured(trace: Trace, start: float, uid: str) -> dict[str, float]:
        return {
            "gone": trace.first(start, lambda m: m.log is not None and uid not in m.log),
            "error": trace.first(start, lambda m: m.status is not None and not m.status["active"]),
            "no deals": trace.first(start, lambda m: m.deals == []),
            "no master": trace.first(start, lambda m: m.unit_ids == []),
            "served": trace.first(
                start + trace.first(start, lambda m: m.unit_ids == []), lambda m: bool(m.unit_ids) and uid in m.unit_ids
            ),
        }

    real = measured(real_faults, 60.0, "E004")
    cluster = at_work(seed)
    cluster.fault("node-dies", unit="E004" if cluster.apis.grid_master != "E004" else "E003")
    (dead,) = [node.id for node in cluster.apis.nodes.values() if not node.alive]
    status = cluster.plant.units[dead].status
    start = cluster.agenda.now
    simulated = measured(watch(cluster, 60), start, dead)
    for what, seconds in real.items():
        assert simulated[what] == pytest.approx(seconds, abs=4), what
    assert cluster.plant.units[dead].status is status


def test_a_returning_node_shows_its_old_word_and_then_waits(real_faults: Trace) -> None:
    """K6: still the reference of a dead bus after 150 s; in Wait at its next reading."""

    def measured(trace: Trace, start: float, uid: str) -> tuple[float, float]:
        back = trace.first(start, lambda m: bool(m.log) and uid in m.log and statuses(m.log)[uid] != WAIT)
        return back, trace.first(start, lambda m: bool(m.log) and uid in m.log and statuses(m.log)[uid] == WAIT)

    back, waits = measured(real_faults, 290.0, "E001")
    cluster = at_work()
    master = cluster.apis.grid_master
    assert master == cluster.plant.references[0].id
    cluster.fault("grid-master-dies", takeover=34)
    cluster.advance(150)
    assert [unit.id for unit in cluster.plant.references] == [master]
    start = cluster.agenda.now
    cluster.fault("node-returns", unit=master)
    simulated_back, simulated_waits = measured(watch(cluster, 60), start, master)
    assert simulated_back == pytest.approx(back, abs=5)
    assert simulated_waits == pytest.approx(waits, abs=9)


@pytest.mark.parametrize("takeover", [34, 105])
def test_the_grid_master_killed(real_faults: Trace, takeover: int) -> None:
    """K7: the dead one's last picture, its own unit as live, until another serves; then its unit is gone."""

    def frozen(trace: Trace, start: float, end: float) -> set[str]:
        return {str(moment.log) for moment in trace.after(start, end) if moment.log}

    assert len(frozen(real_faults, 142.5, 173.5)) == 1
    cluster = at_work()
    master = cluster.apis.grid_master
    assert master is not None
    start = cluster.agenda.now
    cluster.fault("grid-master-dies", takeover=takeover)
    trace = watch(cluster, takeover + 15)
    assert len(frozen(trace, start + 0.5, start + takeover)) == 1
    gone = trace.first(start, lambda m: master not in m.log)
    assert takeover <= gone <= takeover + 7
    assert real_faults.first(140.0, lambda m: bool(m.log) and "E001" not in m.log) == pytest.approx(34, abs=2)
    no_master = next(m.status for m in real_faults.after(170.05) if m.status and "NO_HANDLERS" in m.status["error"])
    vacant = [m for m in trace.after(start + 30.5, start + takeover - 0.5) if m.status is not None]
    assert vacant
    for moment in vacant:
        assert moment.unit_ids == []
        assert moment.deals == []
        assert moment.status == no_master


def test_devices_hang_and_answer_again(real_faults: Trace) -> None:
    """K5: readings stand still while `/get/log` answers; then errors, no Grid Master, a new one."""

    def measured(trace: Trace, end: float) -> dict[str, float]:
        vacancy = trace.first(end, lambda m: m.unit_ids == [])
        return {
            "no master": vacancy,
            "served": trace.first(end + vacancy, lambda m: bool(m.unit_ids)) + vacancy,
            "seen": trace.first(end + vacancy, lambda m: bool(m.log) and bool(grid_masters(m.log))) + vacancy,
            "error": trace.first(end, lambda m: m.status == {"active": False}),
        }

    def times(trace: Trace, start: float, end: float) -> set[str]:
        return {str(sorted(u["time"] for u in m.log.values())) for m in trace.after(start, end) if m.log}

    assert len(times(real_faults, 412.0, 470.0)) == 1
    cluster = at_work()
    start = cluster.agenda.now
    cluster.fault("devices-hang")
    trace = watch(cluster, 70)
    assert len(times(trace, start + 10.5, start + 70)) == 1
    end = cluster.agenda.now
    cluster.clear("devices-hang")
    simulated = measured(watch(cluster, 70), end)
    real = measured(real_faults, 470.0)
    assert simulated["error"] == pytest.approx(real["error"], abs=3)
    assert simulated["no master"] == pytest.approx(real["no master"], abs=3)
    assert simulated["served"] == pytest.approx(real["served"], abs=3)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_grid_error_stops_the_cluster(real_faults: Trace, seed: int) -> None:
    """K10: not active at once while the mode is still autonomous; stop shows 12 to 18 s later, by itself."""

    def measured(trace: Trace, start: float) -> tuple[float, float, float]:
        return (
            trace.first(start, lambda m: m.status == {"active": False}),
            trace.first(start, lambda m: m.deals == []),
            trace.first(start, shown_everywhere("stop")),
        )

    error, no_deals, stopped = measured(real_faults, 580.0)
    cluster = at_work(seed)
    start = cluster.agenda.now
    cluster.fault("grid-error", unit="E002")
    trace = watch(cluster, 30)
    simulated = measured(trace, start)
    assert error <= 1.2
    assert simulated[0] <= 1.2
    assert simulated[1] == pytest.approx(no_deals, abs=2)
    assert 11 <= stopped <= 19
    assert 11 <= simulated[2] <= 19
    assert all(global_modes(m.log) == {"autonomous"} for m in trace.after(start, start + 9))


def test_the_grid_master_moves_in_normal_operation(real_faults: Trace) -> None:
    """K7; and never are two called so in one picture."""
    assert len({uid for m in real_faults.moments if m.log for uid in grid_masters(m.log)}) > 1
    trace = watch(SimulatedCluster(4, seed=3), 700)
    assert len({uid for m in trace.moments for uid in grid_masters(m.log)}) > 1
    assert all(len(grid_masters(m.log)) <= 1 for m in trace.moments)
    assert all(len(grid_masters(m.log)) <= 1 for m in real_faults.moments if m.log)


def test_some_agreed_deals_vanish_before_they_start() -> None:
    """K12: after 3 to 5 s, and they are agreed again."""
    ages: dict[str, list[float]] = {}
    flowed: set[str] = set()
    cluster = SimulatedCluster(4, seed=2)
    for _ in range(600):
        cluster.advance(0.5)
        for deal in cluster.apis.market.deals:
            ages.setdefault(deal.id, []).append(cluster.agenda.now)
            if deal.phase.name != "AGREED":
                flowed.add(deal.id)
    listed = {deal.id for deal in cluster.apis.market.deals}
    vanished = [seen[-1] - seen[0] for uid, seen in ages.items() if uid not in flowed | listed]
    assert vanished
    assert all(2 <= age <= 6 for age in vanished)
    assert len(flowed) > len(vanished)
