// The converter form's choice as the order's parameters: words and signs of T33 and A15-4, limits of Z8. Pure.

import { finite } from "./figures.js";
import { wordOf } from "./reading.js";

export const WORD_OF = Object.freeze({ stopped: "0x0000", voltage: "0x0014", charge: "0x0041", discharge: "0x0002" });
const DATA_LAG = 15_000; // ms
const STOP_LAG = 35_000; // ms
const ABOVE_BUS = 20; // V: what the specification's page adds for a discharge (A15-4)

/**
 * @param choice "stopped" | "voltage" | "current"; @param amperes the field's number, signed, or null; @param bus V or null
 * @param limits {min V, max V, current A}
 * @returns {{kind, parameters: {mode, dvg, dig}}|{problem: string, values: object}} kind: stopped, voltage, charge, discharge
 */
export function converterOrder(choice, amperes, bus, limits) {
  if (choice === "stopped") return order("stopped", 0, 0);
  const given = finite(amperes);
  if (given === null) return problem("converter.number");
  const volts = finite(bus);
  if (volts === null || volts < limits.min || volts > limits.max) return problem("converter.bus", { min: limits.min, max: limits.max });
  if (Math.abs(given) > limits.current) return problem("converter.range", { max: limits.current });
  if (choice === "voltage") return given < 0 ? problem("converter.nosign") : order("voltage", volts, given);
  if (given === 0) return problem("converter.zero");
  if (given > 0) return order("charge", volts, given);
  const raised = Number((volts + ABOVE_BUS).toFixed(3));
  return raised > limits.max ? problem("converter.bus.discharge", { dvg: raised, max: limits.max }) : order("discharge", raised, -given);
}

/** The choice that shows a converter's present word; null where it is none of the four. */
export function choiceOf(word) {
  return { wait: "stopped", reference: "voltage", charge: "current", discharge: "current" }[word] ?? null;
}

/**
 * Whether an order that was seen in effect is no longer what the converter does, as after a trip: its line would say what is not so.
 * Not in the first moments after its end, when this page's data may be older than the reading that proved it. `now` and a line's `ended`
 * are of one clock, ms (orders.js).
 */
export function isOver(line, unit, now) {
  const { command } = line;
  if (command?.order !== "setDcdc" || !settled(line, now)) return false;
  const wanted = wordOf(command.wanted?.word ?? command.wanted?.mode);
  const shown = unit.state === "live" ? unit.word : (unit.lastWord ?? wanted); // nothing known of it contradicts nothing
  return wanted !== null && shown !== wanted;
}

/** Whether a Stop all that was done, be it by answers alone, is no longer so: some converter works by readings late enough to tell (K9). */
export function isStopOver({ command, kind, ended = null }, units, now) {
  const done = kind === "done" || (kind === "warn" && command?.state === "verified");
  return (
    done &&
    ended !== null &&
    now - ended > STOP_LAG &&
    units.some(({ state, word, lastWord }) => ![null, "wait"].includes((state === "live" ? word : lastWord) ?? null))
  );
}

function settled({ kind, watched = null, ended = null }, now) {
  return kind === "done" && typeof watched !== "number" && ended !== null && now - ended > DATA_LAG;
}

/** The signed set current that the form shows for a unit: + charges. */
export function setCurrentOf(unit) {
  if (unit.dig === null || unit.word === "wait") return null;
  return unit.word === "discharge" ? -unit.dig : unit.dig;
}

/** Limits as the controller states them, else apis-main's sample limits (Z8). */
export function limitsOf(status) {
  const told = status?.limits ?? {};
  return { min: finite(told.gridvoltagemin) ?? 300, max: finite(told.gridvoltagemax) ?? 380, current: finite(told.maxgridcurrent) ?? 2.3 };
}

function order(kind, dvg, dig) {
  return { kind, parameters: { mode: WORD_OF[kind], dvg, dig } };
}

function problem(key, values = {}) {
  return { problem: key, values };
}
