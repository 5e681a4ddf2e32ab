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
 * The frame after an answer. A whole one takes the place of what was held; of changes each section is replaced, each unit
 * that is told too, and who is `gone` leaves. What did not change stays the very same object.
 * @returns null for changes of another start, or of a serial before that which is held, and for what is no answer
 */
export function merged(held, answer) {
  if (!isObject(answer) || typeof answer.serial !== "number") return null;
  const { whole, units = {}, gone = [], ...told } = answer;
  if (whole === true) return { ...told, units };
  if (held === null || told.start !== held.start || told.serial < held.serial) return null;
  return { ...held, ...told, units: unitsAfter(held.units, units, gone) };
}

function unitsAfter(held, told, gone) {
  if (gone.length === 0 && Object.keys(told).length === 0) return held;
  const units = { ...held, ...told };
  for (const id of gone) delete units[id];
  return units;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
