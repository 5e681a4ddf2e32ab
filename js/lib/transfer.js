// What a guided transfer may be asked for: its current, its bus voltage and its own end, as entered; how it stands, and which orders end with it. Pure.

import { finite } from "./figures.js";
import { readNumber } from "./numbers.js";

const LEAST = 0.1; // A
const MARGIN = 0.125; // A, as the controller's setting where the status does not tell it
const LONGEST = 240; // min, likewise
const MOST = 10_000; // Wh

/** The smallest and largest current (A), and the longest time (min): the reference must still hold the voltage, so the largest is below its own, to the tenth (S23). */
export function boundsOf(status) {
  const told = status?.limits ?? {};
  const most = (finite(told.maxgridcurrent) ?? 2.3) - (finite(told.referencemargin) ?? MARGIN);
  return { min: LEAST, max: Math.floor(most * 10 + 1e-9) / 10, longest: finite(told.sharelongest) ?? LONGEST };
}

/**
 * @param fields {current, minutes, wh}: what stands in them; of minutes and wh one at least must
 * @returns {{current, minutes, wh}} A, min, Wh, of the last two undefined what is empty; or
 *   {problem: a key of the words, values, field: the name of the field that is wrong}
 */
export function amountsOf(fields, { min, max, longest }) {
  const read = {};
  for (const field of ["current", "minutes", "wh"]) {
    const { value, problem } = readNumber(fields[field]);
    if (problem && problem !== "empty") return { problem: `number.${problem}`, values: { text: String(fields[field]).trim() }, field, unread: true };
    read[field] = value;
  }
  const wrong = (problem, field, values = {}) => ({ problem, field, values });
  const { current, minutes, wh } = read;
  if (!(current >= min && current <= max)) return wrong("transfer.range", "current", { min, max });
  if (minutes === undefined && wh === undefined) return wrong("transfer.noend", "minutes");
  if (minutes !== undefined && !(minutes >= 1 && minutes <= longest)) return wrong("transfer.minutes.range", "minutes", { max: longest });
  if (wh !== undefined && !(wh > 0 && wh <= MOST)) return wrong("transfer.wh.range", "wh", { max: MOST });
  return { current, minutes, wh };
}

/** The words' key for when it ends by itself. */
export function endsKey({ minutes, wh }) {
  if (minutes === undefined || minutes === null) return "transfer.ends.wh";
  return wh === undefined || wh === null ? "transfer.ends.minutes" : "transfer.ends.both";
}

/** The words' key for how a guided transfer (status.share) stands. */
export function stateKey({ state, safe, steps }) {
  if (state !== "failed" || safe !== true) return `transfer.state.${state}`;
  const broken = Array.isArray(steps) && steps.some((step) => step?.state === "interrupted");
  return broken ? "transfer.state.failed.interrupted" : "transfer.state.failed.safe";
}

const OVER = new Set(["failed", "cancelled"]);

/** Whether an order (as in /commands) has ended for the reason that the guided transfer of this id tells: its own, or one to end it. */
export function hasEndedWith(command, id) {
  return OVER.has(command?.state) && (command.id === id || command.wanted?.command === id);
}
