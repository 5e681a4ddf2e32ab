// What the controller told last, kept whole from answers that bear only what changed since (/get/frame). Used by main.js.
//
//   const frames = createFrames();
//   api.frame(frames.since())      // {since, start} of the frame held, or nothing where the whole is wanted
//   frames.take(answer.body)       // the frame held from now on, or null for an answer that does not follow it
//   frames.anew();                 // the next question is for the whole

export function createFrames() {
  let held = null;
  let follows = false; // whether the next answer may bear changes alone

  return {
    since: () => (follows ? { since: held.serial, start: held.start } : {}),
    anew() {
      follows = false;
    },
    take(answer) {
      const next = merged(held, answer);
      follows = next !== null;
      held = next ?? held;
      return next;
    },
  };
}

/**
 * The frame after an answer, in which every unit is one object: what is told of it and its row of figures by their columns.
 * A whole answer takes the place of what was held; of changes each section is replaced, each unit's entry and row too, and
 * who is `gone` leaves. What did not change stays the very same object.
 * @returns null for changes of another start, for a serial before that which is held, and for what is no frame
 */
export function merged(held, answer) {
  if (!isFrame(answer)) return null;
  const { whole, units = {}, figures = {}, gone = [], ...told } = answer;
  const follows = held !== null && told.start === held.start;
  if (follows ? told.serial < held.serial : whole !== true) return null;
  const next = whole === true ? told : { ...held, ...told };
  return { ...next, units: unitsAfter(whole === true ? {} : held.units, units, figures, gone, next.about?.columns ?? []) };
}

/** In how many ms after this frame left the controller the next news of apis-web is expected there, or null where nobody knows. */
export function untilNews(frame) {
  const ms = Date.parse(frame?.newsAt) - Date.parse(frame?.time);
  return Number.isFinite(ms) ? ms : null;
}

function unitsAfter(held, entries, rows, gone, columns) {
  const changed = new Set([...Object.keys(entries), ...Object.keys(rows)]);
  if (gone.length === 0 && changed.size === 0) return held;
  const units = {
    ...held,
    ...Object.fromEntries([...changed].map((id) => [id, { ...own(held, id), ...own(entries, id), ...figuresOf(own(rows, id), columns) }])),
  };
  for (const id of gone) delete units[id];
  return units;
}

function figuresOf(row, columns) {
  return row && Object.fromEntries(columns.map((name, index) => [name, row[index]]));
}

/** What stands there under that id, which may be any word. */
function own(table, id) {
  return Object.hasOwn(table, id) ? table[id] : undefined;
}

const TABLES = ["about", "data", "grid", "totals", "bus", "flexibility", "apisWeb", "workers", "schedules", "alarms", "locks", "conflicts"];
const LISTS = ["spurs", "busConditions", "gridEvents", "dealEvents", "orders", "endedOrders", "notKept"];

/** Whether it is a frame: what stands in the controller's place may answer in JSON too. No section that it has may be of another kind. */
function isFrame(answer) {
  if (!isObject(answer) || typeof answer.serial !== "number" || Number.isNaN(Date.parse(answer.time))) return false;
  if (answer.whole === true && !(typeof answer.start === "string" && isObject(answer.about) && isTableOf(answer.units, isObject))) return false;
  const is = (name, kind) => !Object.hasOwn(answer, name) || kind(answer[name]);
  const tables =
    TABLES.every((name) => is(name, isObject)) && is("units", (units) => isTableOf(units, isObject)) && is("figures", (rows) => isTableOf(rows, Array.isArray));
  return (
    tables && LISTS.every((name) => is(name, Array.isArray)) && is("gone", Array.isArray) && is("deals", (deals) => deals === null || Array.isArray(deals))
  );
}

function isTableOf(value, kind) {
  return isObject(value) && Object.values(value).every(kind);
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
