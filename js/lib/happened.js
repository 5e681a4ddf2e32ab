// What happened of late, as one stream: orders that ended, what the grid did by itself, deals that began and ended (Z13a). Pure.
// The journal is the record; this is what the controller still has at hand of it.

import { orderTitle, standing } from "./sentences.js";
import { whoText } from "./who.js";

export const SUBJECTS = Object.freeze(["orders", "grid", "deals", "faults"]);

/** The kinds of events that are faults, as the journal's filter has them (store/journal/subjects.py). */
export const FAULTS = new Set([
  "noReference",
  "secondReference",
  "heavyAlarm",
  "busHigh",
  "busLow",
  "referenceOff",
  "busApart",
  "unexplained",
  "belowReserve",
  "aboveFull",
  "batteryVoltage",
  "batteryCurrent",
  "temperature",
  "notPermitted",
  "referenceCharged",
  "unitCurrent",
  "busCurrent",
  "reversePower",
  "currentsOff",
  "efficiency",
  "idleDeal",
  "chargeAgainst",
  "meterStands",
  "contradicted",
  "gridError",
  "unwatched",
  "converter",
  "estop",
  "lost",
]);

const LEVELS = { partlyVerified: "warn", contradicted: "alarm", failed: "alarm", timedOut: "alarm" };

/**
 * @param status the page's status (model.js statusOf)
 * @param choice {about: one of SUBJECTS or "" for all, unitId: of one unit alone, most}
 * @returns [{key, at, about, units, level, text, more}], the newest first: a sentence, and what came of it
 */
export function happened(status, { about = "", unitId = null, most = 8 } = {}, words) {
  const told = keyed([...orders(status, words), ...events(status, words), ...deals(status, words)]);
  return told
    .filter((one) => (about === "" || one.about.includes(about)) && (unitId === null || one.units.includes(unitId)))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, most);
}

function orders(status, words) {
  return listOf(status?.endedOrders).map((command) => ({
    key: `order:${command.id}`,
    at: command.endedAt ?? command.at,
    about: ["orders"],
    units: [command.unitId, command.wanted?.from, command.wanted?.to].filter((id) => typeof id === "string"),
    level: LEVELS[command.state] ?? null,
    text: orderTitle(command, words),
    more: [standing(command, words), byWhom(command, words)],
  }));
}

function events(status, words) {
  return listOf(status?.gridEvents).map(({ at, kind, unitId, text }) => ({
    key: `event:${at}:${text}`,
    at,
    about: FAULTS.has(kind) ? ["grid", "faults"] : ["grid"],
    units: typeof unitId === "string" ? [unitId] : [],
    level: null,
    text: words.said(text),
    more: [],
  }));
}

function deals(status, words) {
  return listOf(status?.dealEvents).map(({ at, text, after }) => ({
    key: `deal:${at}:${text}`,
    at,
    about: ["deals"],
    units: [after?.giver, after?.taker],
    level: null,
    text: words.said(text),
    more: [],
  }));
}

/** Who ordered it. */
export function byWhom({ by }, words) {
  return words.t("orders.by", { who: whoText(by, words) });
}

/** With a key of its own for each, also where two say the same at the same moment. */
function keyed(told) {
  const seen = new Map();
  return told.map((one) => {
    const n = (seen.get(one.key) ?? 0) + 1;
    seen.set(one.key, n);
    return { ...one, key: `${one.key}#${n}` };
  });
}

function listOf(told) {
  return Array.isArray(told) ? told : [];
}
