"""A unit's data in the shapes of the wire: what apis-web sends of it, and what the emulator itself sends (K1)."""

from typing import Any

from main_controller.domain.modes import ConverterStatus
from main_controller.simulator.bus import Bus
from main_controller.simulator.plant import Plant
from main_controller.simulator.unit import BATTERY_V, CAPACITY_WH, UPS_BYPASS, Unit

Section = dict[str, Any]

OPERATION = {
    ConverterStatus.WAIT: "Waiting",
    ConverterStatus.VOLTAGE_REFERENCE: "Grid Autonomy",
    ConverterStatus.CHARGE: "Heteronomy CV",
    ConverterStatus.DISCHARGE: "Heteronomy CV",
}
STATUS_NAME = {
    ConverterStatus.WAIT: "Waiting",
    ConverterStatus.VOLTAGE_REFERENCE: "Grid Autonomy Mode",
    ConverterStatus.CHARGE: "Heteronomy CV Charging - grid current limited",
    ConverterStatus.DISCHARGE: "Heteronomy CV Discharging",
}
SYSTEM_TIME = {"month": 12, "minute": 5, "day": 20, "hour": 23, "year": 2014}
SUN_V = 240.0
DARK_V = 0.28
EMU_BATTERY_V = 52.1


def emu(unit: Unit) -> Section:
    """The Energy Management Unit's data; what stands still here stands still in the recordings too."""
    power = unit.battery_w
    volts = unit.battery_v
    return {
        "charge_discharge_power": round(abs(power), 2),
        "system_time": SYSTEM_TIME,
        "pvc_charge_current": round(unit.sun_w / SUN_V, 2) or 0,
        "ups_input_voltage": 102.8,
        "rsoc": round(unit.rsoc, 2),
        "battery_current": round(power / volts, 2),
        "battery_voltage": EMU_BATTERY_V if volts == BATTERY_V else round(volts, 2),
        "pvc_charge_voltage": SUN_V if unit.sun_w else DARK_V,
        "ups_operation_mode": {"parameter": 80, "mode": unit.ups_mode, "stop_mode": 2},
        "ups_operation_schedule": 1,
        "ups_output_power": round(unit.load_w, 2),
        "battery_rsoc": 34,
        "ups_output_frequency": 60,
        "pvc_charge_power": round(unit.sun_w, 2),
        "ups_output_current": 11.7,
        "dischargeable_time": {"minute": 0, "hour": 0},
        "ups_output_voltage": 102.8,
    }


def battery(unit: Unit) -> Section:
    """The battery's charge as apis-main passes it on."""
    return {"rsoc": round(unit.rsoc, 2), "battery_operation_status": unit.permission}


def remaining_wh(unit: Unit) -> int:
    """`apis.remaining_capacity_wh` (F2)."""
    return int(round(unit.rsoc, 2) * CAPACITY_WH / 100.0)


def bus_volts(bus: Bus) -> float:
    """The bus voltage as a converter's meter gives it: whole volts while it ramps."""
    return bus.voltage if bus.steady else int(bus.voltage)


def meter(unit: Unit, plant: Plant) -> Section:
    """The converter's own sensors, `+` charging (K2), or what they showed when they got stuck."""
    if unit.quirks.stuck_meter is not None:
        return unit.quirks.stuck_meter
    bus = plant.bus_of(unit)
    dead = not bus.steady
    shown: Section = {
        "wg": int(unit.wg) if dead else round(unit.wg, 2) + 0.0,
        "tmp": round(unit.celsius, 2),
        "vb": round(unit.battery_v, 2),
        "wb": round(unit.wb, 2),
        "vg": bus_volts(bus),
        "ib": round(unit.battery_a, 2),
        "ig": round(unit.ig, 2) if unit.ig or (unit.status.current_controlled and not dead) else 0,
    }
    for name, factor in unit.quirks.meter_factors.items():
        shown[name] = round(shown[name] * factor, 2)
    return shown


def dcdc(unit: Unit, plant: Plant) -> Section:
    """The converter as apis-main reads it and as `/set/dcdc` answers (`samples/emulator-set-dcdc.json`)."""
    return {
        "status": {
            "status": unit.status.value,
            "alarmState": alarm_state(unit),
            "operationMode": OPERATION[unit.status],
        },
        "meter": meter(unit, plant),
        "vdis": {"dvg": unit.dvg, "drg": 0.0},
        "param": {"dig": unit.dig},
    }


def alarm_state(unit: Unit) -> str:
    """`Light alarm` is normal; apis-main heeds only the heavy one (K1)."""
    return "Heavy alarm" if unit.heavy_alarm else "Light alarm"


def full_dcdc(unit: Unit, plant: Plant) -> Section:
    """The converter as the emulator's own `/get/log` has it."""
    running = (
        "off"
        if unit.status is ConverterStatus.WAIT
        else "charge"
        if unit.ig > 0 or unit.status is ConverterStatus.CHARGE
        else "discharge"
    )
    mains_w = round(unit.load_w, 2) if unit.ups_mode == UPS_BYPASS else 0
    return {
        "status": {
            "status": unit.status.value,
            "alarm": "4010 0081 0000" if unit.heavy_alarm else "4010 0080 0000",
            "alarmState": alarm_state(unit),
            "statusName": STATUS_NAME[unit.status],
            "runningState": running,
            "operationMode": OPERATION[unit.status],
        },
        "powermeter": {"p2": 57 + mains_w, "p1": 0.0, "i1": 0, "kwh1": 0, "kwh2": 0, "v1": 206.1},
        "param": {"cib": 25.0, "ubv": 40.0, "ogv": 400, "dig": unit.dig, "obv": 59.0, "ugv": 300},
        "vdis": {"dvg": unit.dvg, "drg": 0.0},
        "meter": meter(unit, plant),
    }


def emulator_unit(unit: Unit, plant: Plant, budo: str) -> Section:
    """One entry of the emulator's own `/get/log` (`samples/emulator-get-log.json`)."""
    return {
        "emu": emu(unit),
        "dcdc": full_dcdc(unit, plant),
        "oesunit": {
            "on": True,
            "ip": f"localhost:4390/E{unit.number - 1:03d}",
            "display": f"Sample_{unit.id}",
            "ipv6_ll": "fe80::1eba:8cff:fee1:604f%eth0",
            "mac": "1c:ba:8c:e1:60:4f",
            "ipv6_g": "NA",
            "sn": "2",
            "budo": budo,
            "id": unit.id,
        },
        "time": plant.time,
    }


def oesunit(unit: Unit, budo: str) -> Section:
    """Who the unit is, as apis-main says it; `display` and `ip` are livelier than recorded (an addition)."""
    return {
        "communityId": "oss_community",
        "clusterId": "oss_cluster",
        "id": unit.id,
        "display": f"house{200 + unit.number}",
        "sn": "1",
        "budo": budo,
        "ip": unit.ip,
        "ipv6_ll": "NA",
        "ipv6_g": "NA",
        "mac": "NA",
    }
