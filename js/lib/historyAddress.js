// What the history page's address says is shown. Pure.
//
//   ?unitId=E003               that unit, as does unit=; without: the cluster       ?span=1w          so much up to now
//   &from=...&to=...           these times (ISO 8601)                &step=1800        in these steps; without: those that fit
//   &by=day&pair=true          the ledger's sums

import { SPANS, STEPS } from "./timeSpans.js";

const LONGEST = 200; // characters of an id
export const SUMS_BY = Object.freeze(["hour", "day", "month"]);
const USUAL = "1d";
const KNOWN = new Set(["unitId", "unit", "span", "from", "to", "step", "by", "pair"]);
const [MOST_NAMES, LONGEST_NAME] = [5, 40]; // of what is asked for that nobody knows

/** {unitId, seconds, to (Date; null: up to now), step (null: what fits), by, pair, wrong: [names of what cannot be read, or is not known]} */
export function readHistoryAddress(search, now) {
  const asked = new URLSearchParams(search);
  const given = (name) => asked.get(name) || null;
  const [from, to] = ["from", "to"].map((name) => (given(name) === null ? null : new Date(given(name))));
  const span = SPANS.find(({ name }) => name === (given("span") ?? USUAL));
  const wrong = [
    ...Object.entries({ from, to }).flatMap(([name, at]) => (at !== null && Number.isNaN(at.getTime()) ? [name] : [])),
    ...(span === undefined ? ["span"] : []),
    ...(given("step") !== null && !STEPS.includes(given("step")) ? ["step"] : []),
    ...(given("by") !== null && !SUMS_BY.includes(given("by")) ? ["by"] : []),
  ];
  if (wrong.length === 0 && from !== null && from >= (to ?? now)) wrong.push("from");
  const unknown = [...new Set(asked.keys())].filter((name) => !KNOWN.has(name)).map((name) => name.slice(0, LONGEST_NAME));
  const usable = (name, at) => (wrong.includes(name) ? null : at);
  const [begin, end] = [usable("from", from), usable("to", to)];
  return {
    unitId: (given("unitId") ?? given("unit"))?.slice(0, LONGEST) ?? null,
    seconds: begin === null ? (span ?? SPANS.find(({ name }) => name === USUAL)).seconds : ((end ?? now) - begin) / 1000,
    to: end,
    step: usable("step", given("step")),
    by: usable("by", given("by")) ?? "day",
    pair: asked.get("pair") === "true",
    wrong: [...wrong, ...unknown.slice(0, MOST_NAMES)],
  };
}

/** The query that says so: what is usual stays unsaid. */
export function historyQuery({ unitId, seconds, to, step, by = "day", pair = false }) {
  const span = SPANS.find((one) => one.seconds === seconds);
  const live = to === null && span !== undefined;
  return {
    unitId,
    span: live && span.name !== USUAL ? span.name : null,
    from: live ? null : new Date((to ?? new Date()).getTime() - seconds * 1000).toISOString(),
    to: live || to === null ? null : to.toISOString(),
    step,
    by: by === "day" ? null : by,
    pair: pair ? "true" : null,
  };
}
