// One unit's JSON read without trusting it: the sources and thresholds of A15-5, missing values as null (N17).
//
// W, V, A, %, °C; + charges the battery (N14). Nothing here throws on odd data.

import { finite } from "./figures.js";

/** Below these W the original drew no line (A15-5). */
export const THRESHOLDS = Object.freeze({ pv: 200, load: 100, utility: 400, dc: 40 });

/** The converter's words (A15-4). */
export const WORDS = Object.freeze({ "0x0000": "wait", "0x0014": "reference", "0x0041": "charge", "0x0002": "discharge" });

export function reading(data) {
  const emu = section(data, "emu");
  const meter = section(data, "dcdc", "meter");
  const powermeter = section(data, "dcdc", "powermeter");
  const status = section(data, "dcdc", "status");
  const modes = section(data, "apis", "operation_mode");
  const wb = finite(meter.wb);
  const wg = finite(meter.wg);
  return {
    rsoc: finite(section(data, "battery").rsoc),
    pv: finite(emu.pvc_charge_power),
    load: finite(emu.ups_output_power),
    utility: finite(powermeter.p2),
    demand: finite(powermeter.p1),
    batteryFlow: finite(emu.charge_discharge_power),
    operating: wb === null || wg === null ? null : wb - wg,
    wg, vg: finite(meter.vg), ig: finite(meter.ig), wb, vb: finite(meter.vb), ib: finite(meter.ib), tmp: finite(meter.tmp),
    dvg: finite(section(data, "dcdc", "vdis").dvg),
    dig: finite(section(data, "dcdc", "param").dig),
    word: wordOf(status.status),
    rawWord: text(status.status),
    heavyAlarm: status.alarmState === "Heavy alarm" || status.stateAlarm === "Heavy alarm",
    remainingWh: finite(section(data, "apis").remaining_capacity_wh),
    gridMaster: section(data, "apis").is_grid_master === true,
    globalMode: text(modes.global), localMode: text(modes.local), effective: text(modes.effective),
    display: text(section(data, "oesunit").display),
    ip: address(section(data, "oesunit").ip),
    time: text(data?.time),
  };
}

/** The word of a converter state as sent, in any way of writing its hexadecimal digits; null for none of the four. */
export function wordOf(sent) {
  const match = typeof sent === "string" ? /^0x([0-9a-f]{1,4})$/i.exec(sent.trim()) : null;
  return match ? WORDS[`0x${match[1].toLowerCase().padStart(4, "0")}`] ?? null : null;
}

/**
 * How many dots a flow gets and how fast they run, from its power: none below the threshold or when the hardware does not tell.
 * @returns {{dots: number, pace: number}|null} 2 to 6 dots; pace 1 to 3 is the speed's step
 */
export function dotsOf(watts, threshold, most = 6) {
  if (watts === null || watts < threshold) return null;
  const steps = Math.log2(watts / threshold);
  return { dots: Math.min(most, 2 + Math.floor(steps)), pace: Math.min(3, 1 + Math.floor(steps / 1.5)) };
}

function section(data, ...path) {
  let found = data;
  for (const key of path) found = isObject(found) && Object.hasOwn(found, key) ? found[key] : null;
  return isObject(found) ? found : {};
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value) {
  return typeof value === "string" && value !== "" ? value : null;
}

function address(value) {
  return value === "NA" ? null : text(value);
}
