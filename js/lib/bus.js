// The bus as the hub shows it: voltage, what flows, and whether it is at its voltage (Z6b). Pure.

import { finite } from "./figures.js";

const DEAD_BELOW = 50; // V: below this a bus carries nothing
const RISE = 2; // V: a change that is no noise
const RAMP_PATIENCE = 20; // s without a rise until a ramp is no longer believed (a unit reads every 5 s, two beats apart: K4)

/**
 * @param units the model's units; @param status /get/status or null; @param before the bus of the previous model, or null; @param now s
 * @returns {{voltage, current, power, reference, references, target, state, skew, risenAt}} V, A, W; skew s or null
 *   references: the ids of all live units that hold the bus, reference the first of them
 *   state: "twoReferences" | "steady" | "ramping" | "dead" | "outOfBand" | "noReference" (voltage without a reference) | "off" (quiet, no reference) | "unknown"
 */
export function busOf(units, status, before, now) {
  const live = units.filter((unit) => unit.state === "live");
  const references = live.filter((unit) => unit.word === "reference");
  const reference = references[0] ?? null;
  const voltage = finite(status?.grid?.busVoltage) ?? reference?.vg ?? median(live.map((unit) => unit.vg));
  const risenAt = risen(voltage, reference, before, now);
  return {
    voltage,
    current: sum(live.map((unit) => (unit.ig !== null && unit.ig > 0 ? unit.ig : unit.ig === null ? null : 0))),
    power: sum(live.map((unit) => (unit.wg !== null && unit.wg > 0 ? unit.wg : unit.wg === null ? null : 0))),
    reference: reference?.id ?? null,
    references: references.map(({ id }) => id),
    target: reference?.dvg ?? null,
    state: references.length > 1 ? "twoReferences" : stateOf(voltage, reference, live, limitsOf(status), now - risenAt <= RAMP_PATIENCE),
    skew: skewOf(live),
    risenAt,
  };
}

function stateOf(voltage, reference, live, limits, rising) {
  if (voltage === null) return "unknown";
  if (voltage > limits.max) return "outOfBand";
  if (reference === null) {
    if (voltage >= DEAD_BELOW) return "noReference";
    return live.some((unit) => unit.word === "charge" || unit.word === "discharge") ? "dead" : "off";
  }
  if (voltage >= limits.min) return "steady";
  if (rising) return "ramping";
  return voltage < DEAD_BELOW ? "dead" : "outOfBand";
}

/** When the voltage last rose, or the reference took its post: the start of what may be a ramp. */
function risen(voltage, reference, before, now) {
  if (before === null) return -Infinity;
  const newReference = reference !== null && before.reference !== reference.id;
  const higher = voltage !== null && before.voltage !== null && voltage >= before.voltage + RISE;
  return newReference || higher ? now : before.risenAt;
}

function limitsOf(status) {
  return { min: finite(status?.limits?.gridvoltagemin) ?? 300, max: finite(status?.limits?.gridvoltagemax) ?? 380 };
}

/** How far apart the readings are that a sum puts together, s (Z6b). */
function skewOf(live) {
  const ages = live.map((unit) => unit.age).filter((age) => age !== null);
  return ages.length < 2 ? null : Math.max(...ages) - Math.min(...ages);
}

/** The sum of what is known; null when nothing is. */
export function sum(values) {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function median(values) {
  const known = values.filter((value) => value !== null).sort((one, other) => one - other);
  return known.length === 0 ? null : known[Math.floor((known.length - 1) / 2)];
}
