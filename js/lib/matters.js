// The journal's rows as a person reads them: one matter for each order, its stages together; times, names and figures in words. Pure.

import { MISSING, finite } from "./figures.js";
import { wordOf } from "./reading.js";
import { doneKey, endKey, modeName, orderTitle } from "./sentences.js";

const KINDS = new Set(["order", "refusal", "override", "intent"]);
const SETTLED = new Set(["verified", "partlyVerified", "contradicted", "failed", "timedOut", "cancelled", "refused", "unknown"]);
const LEVELS = { partlyVerified: "warn", contradicted: "alarm", failed: "alarm", timedOut: "alarm", refused: "warn", unknown: "warn" };
const MODES = new Set(["autonomous", "heteronomous", "stop", "manual", "active", "quiet"]);
const WIRE = { active: "autonomous", quiet: "heteronomous" };
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/; // a time as the controller keeps it
const UNITS = { dvg: "V", dig: "A", voltage: "V", current: "A", limit: "A", minutes: "min", wh: "Wh", energyWh: "Wh", vg: "V", ig: "A" };

/**
 * @param rows as /journal gives them, newest first
 * @returns [{key, rows, row}], what began last first: `rows` of one matter, the oldest first, `row` the one that says what came of it
 */
export function mattersOf(rows) {
  const found = new Map();
  for (const row of rows) {
    const key = row.commandId ? `c:${row.commandId}` : `r:${row.id}`;
    const matter = found.get(key);
    if (matter) matter.rows.unshift(row);
    else found.set(key, { key, rows: [row] });
  }
  return [...found.values()].sort((one, other) => other.rows[0].id - one.rows[0].id).map(({ key, rows: own }) => ({ key, rows: own, row: lastOf(own) }));
}

/** The newest row that settles it, else the newest that tells anything. */
function lastOf(rows) {
  const newest = [...rows].reverse();
  return newest.find(({ stage }) => SETTLED.has(stage)) ?? newest.find(({ stage }) => stage !== "intent" && stage !== "came") ?? rows[0];
}

/** When a matter began. */
export function beganAt({ rows }) {
  return rows[0].at;
}

/** What it is about: an order by its name as everywhere on the page, anything else in its own sentence. */
export function titleOf({ rows, row }, words) {
  if (!isOrder(row)) return words.said(row.what);
  return orderTitle(commandOf(rows, row), words);
}

/** What came of it, in the page's words with the reason behind; "" where nothing can. */
export function outcomeOf({ rows, row }, words) {
  if (!isOrder(row)) return words.said(row.outcome ?? "");
  const end = words.t(row.stage === "came" || row.stage === "intent" ? "journal.underway" : stageKey(commandOf(rows, row), row.stage));
  const why = reasonOf(row, words);
  return why ? `${end}: ${why}` : end;
}

/** How grave its outcome is: "warn", "alarm" or null. By the stage, never by the sentence. */
export function levelOf({ row }) {
  return LEVELS[row.stage] ?? null;
}

/** Whether a row is of an order; schedules that were set and locks have sentences of their own. */
function isOrder({ order, kind }) {
  return Boolean(order) && KINDS.has(kind);
}

/** The order of these rows as /commands tells one, as far as the journal says. */
function commandOf(rows, row) {
  const content = rows.map(({ stage, after }) => (stage === "came" || stage === "intent" || stage === "note" ? after : after?.wanted)).find(isPlain);
  return { id: row.commandId, order: row.order, unitId: row.unitId, wanted: content ?? {}, state: row.stage, units: unitsOf(row) };
}

function stageKey(command, stage) {
  if (stage === "set" || stage === "cleared" || stage === "takenOff") return doneKey(command);
  if (stage === "verified") return endKey(command);
  return stage === "refused" ? "journal.refused" : stage === "note" ? "journal.note" : stage === "none" ? "journal.nothing" : `outcome.${stage}`;
}

/** Why it stands so: the outcome without the stage's own word before it; "" where nothing was told. */
function reasonOf({ stage, outcome }, words) {
  const text = String(outcome ?? "");
  const head = `${stage}: `;
  const why = words.part(text, "why") ?? words.said(text.startsWith(head) ? text.slice(head.length) : text);
  return text === "" || text === stage || why === "None" ? "" : why;
}

/**
 * What stands behind it, as [{label, text}]: its stages with their times, and what was before, is after and was asked for, named as on the page.
 * @param when (iso) => text
 */
export function detailsOf({ rows, row }, words, when) {
  const lines = [];
  const add = (label, text) => {
    if (text !== "") lines.push({ label, text });
  };
  if (isOrder(row)) {
    for (const one of rows) add(when(one.at), stageText(one, words));
    const asked = commandOf(rows, row).wanted;
    for (const [label, text] of fieldsOf(asked, words)) add(label, text);
  }
  for (const side of ["before", "after"]) {
    const value = [...rows].reverse().find((one) => one[side] !== null && one[side] !== undefined)?.[side];
    if (side === "after" && isOrder(row)) for (const [label, text] of outcomesOf(value, words)) add(label, text);
    else for (const [label, text] of fieldsOf(value, words)) add(label ? `${words.t(`journal.${side}`)}: ${label}` : words.t(`journal.${side}`), text);
  }
  return lines;
}

function stageText(row, words) {
  const { stage, kind, order } = row;
  if (stage === "came" || stage === "intent") return words.t(stage === "came" ? "journal.came" : "journal.sending");
  const why = reasonOf(row, words);
  const name = words.t(kind === "override" ? "journal.kind.override" : stageKey({ order, state: stage, units: unitsOf(row) }, stage));
  return why ? `${name}: ${why}` : name;
}

/** What an order's end says unit by unit. */
function outcomesOf(value, words) {
  return Object.entries(unitsOf({ after: value })).map(([id, told]) => [words.name(id), unitText(told, words)]);
}

function unitsOf({ after }) {
  return isPlain(after) && isPlain(after.units) ? after.units : {};
}

function unitText(told, words) {
  if (!isPlain(told)) return plainText(told, words);
  const state = words.t(endKey({ state: told.state, units: { told } }));
  const shows = told.shows ? words.t("journal.shows", { what: valueText("word", told.shows, words) }) : "";
  return [state, shows, told.error ? words.said(told.error) : ""].filter(Boolean).join("; ");
}

/** A value as [label, text] pairs, the label "" for one that is no object; nothing of what is not told. */
function fieldsOf(value, words) {
  if (value === null || value === undefined || value === "") return [];
  if (Array.isArray(value)) return [["", value.map((one) => plainText(one, words)).join(words.t("list.and"))]];
  if (!isPlain(value)) return [["", valueText("", value, words)]];
  return Object.entries(value)
    .filter(([, inner]) => inner !== null && inner !== undefined && inner !== "")
    .flatMap(([name, inner]) => {
      const nested = fieldsOf(inner, words);
      const label = labelOf(name, words);
      if (isPlain(inner)) return nested.map(([more, text]) => [more ? `${label}, ${more}` : label, text]);
      return [[label, Array.isArray(inner) ? nested[0][1] : valueText(name, inner, words)]];
    });
}

function labelOf(name, words) {
  const key = `journal.field.${name}`;
  const text = words.t(key);
  return text === key ? words.name(name) : text;
}

function valueText(name, value, words) {
  if (typeof value === "boolean") return words.t(value ? "journal.yes" : "journal.no");
  if (finite(value) !== null) return UNITS[name] ? `${value} ${UNITS[name]}` : String(value);
  return plainText(value, words);
}

/** A text of the wire in the page's words: a mode, a converter status, a schedule's operation, else as it is. */
function plainText(value, words) {
  if (value === null || value === undefined) return MISSING;
  if (typeof value === "object")
    return Object.values(value)
      .map((one) => plainText(one, words))
      .join(" ");
  const text = String(value);
  if (INSTANT.test(text)) return words.moment(text, { seconds: true });
  if (MODES.has(text)) return modeName(WIRE[text] ?? text, words);
  if (wordOf(text)) return words.t(`word.${wordOf(text)}`);
  if (["live", "stale", "silent"].includes(text)) return words.t(`state.${text}`);
  if (["began", "ended", "countedApart"].includes(text)) return words.t(`journal.deal.${text}`);
  if (["softStop", "forceStop", "run"].includes(text)) return words.t(`operation.${text}`);
  return words.said(text);
}

function isPlain(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
