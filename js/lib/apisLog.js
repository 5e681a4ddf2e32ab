// apis-main's own log as it is read beside a unit: what each error and each line tells in short (K16, K17). Pure. Used by panels/apisLog.js.

const LONGEST = 400; // characters of a message that are shown: some lines hold whole deals
const GRAVE = { SEVERE: "alarm", WARNING: "warn" };
const OF_ERROR = { FATAL: "alarm", ERROR: "alarm", WARN: "warn" };

/** The levels that may be chosen, the gravest first: of the first two the controller keeps the lines, of the others the newest. */
export const LEVELS = ["SEVERE", "WARNING", "INFO", "FINEST"];

/** The errors of an answer of /apislog, each with a key of its own. */
export function errorsOf(body) {
  return (body?.errors ?? []).map((error) => ({
    key: JSON.stringify([error.category, error.extent, error.level, error.unitId, error.text]),
    text: short(error.text),
    kind: `${error.category} ${error.extent} ${error.level}`,
    unitId: error.unitId,
    count: error.count,
    last: error.last,
    does: error.does,
    level: OF_ERROR[error.level] ?? null,
  }));
}

/** The lines, the newest first; two that are the same have keys of their own. */
export function linesOf(body) {
  const seen = new Map();
  return (body?.lines ?? []).map((line) => {
    const same = JSON.stringify([line.heard, line.at, line.source, line.message]);
    const times = seen.get(same) ?? 0;
    seen.set(same, times + 1);
    return {
      key: `${same}${times}`,
      text: short(line.message),
      at: line.at,
      more: `${line.level} · ${String(line.source).split(".").at(-1)}`,
      level: GRAVE[line.level] ?? null,
    };
  });
}

function short(text) {
  const told = String(text);
  return told.length > LONGEST ? `${told.slice(0, LONGEST)}…` : told;
}
