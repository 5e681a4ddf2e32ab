"""What one unit last told in figures, in SI units; what the hardware does not tell is None, never 0 (N17, A15-5).

Pure. `+` charges the battery (N14, K2).
"""

from typing import NamedTuple

from main_controller.domain.units import Unit, number

CARRIES_W, CARRIES_A = 40.0, 0.1
"""From which power at the bus a unit carries current (A15-5), and from which current where no power is told."""


class Figures(NamedTuple):
    """Powers W, voltages V, currents A, temperature °C, charge % and Wh.

    `pv` is what the sun gives, `load` what the house takes, `utility` what the public grid gives, `demand` what the
    house asks of it; `battery` what flows into the battery by the energy management unit; `wg`, `vg`, `ig` are measured
    at the bus, `wb`, `vb`, `ib` at the battery. `carries`: current flows between the unit and the bus.
    """

    pv: float | None = None
    load: float | None = None
    utility: float | None = None
    demand: float | None = None
    battery: float | None = None
    wg: float | None = None
    vg: float | None = None
    ig: float | None = None
    wb: float | None = None
    vb: float | None = None
    ib: float | None = None
    temperature: float | None = None
    dvg: float | None = None
    dig: float | None = None
    rsoc: float | None = None
    remaining: float | None = None
    carries: bool = False

    @property
    def inward(self) -> bool:
        """Whether what flows runs from the unit into the bus."""
        flow = self.ig if self.wg is None else self.wg
        return flow is not None and flow < 0


def figures_of(unit: Unit) -> Figures:
    """The figures in a unit's data."""
    emu, converter = unit.section("emu"), Unit(unit.id, unit.section("dcdc"))
    meter, power = converter.section("meter"), converter.section("powermeter")
    wg, ig = number(meter.get("wg")), number(meter.get("ig"))
    return Figures(
        number(emu.get("pvc_charge_power")),
        number(emu.get("ups_output_power")),
        number(power.get("p2")),
        number(power.get("p1")),
        _battery(number(emu.get("charge_discharge_power")), number(emu.get("battery_current"))),
        wg,
        number(meter.get("vg")),
        ig,
        number(meter.get("wb")),
        number(meter.get("vb")),
        number(meter.get("ib")),
        number(meter.get("tmp")),
        number(converter.section("vdis").get("dvg")),
        number(converter.section("param").get("dig")),
        number(unit.section("battery").get("rsoc")),
        number(unit.section("apis").get("remaining_capacity_wh")),
        carries(wg, ig),
    )


def _battery(power: float | None, current: float | None) -> float | None:
    """What flows into the battery, W: the emulator tells its size alone, and its way by the current's sign (K2)."""
    return -power if power is not None and power > 0 and current is not None and current < 0 else power


def carries(wg: float | None, ig: float | None) -> bool:
    """Whether this power (W) at the bus, or where it is not told this current (A), is more than noise (A15-5)."""
    if wg is None:
        return ig is not None and (ig >= CARRIES_A or ig <= -CARRIES_A)
    return wg >= CARRIES_W or wg <= -CARRIES_W
