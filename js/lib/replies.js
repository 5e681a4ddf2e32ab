// Whether a reply to a reading is what its route answers: what stands in the controller's place may answer in JSON too (H11). Pure.
// Only what the page reads of it is looked at. Used by api.js; the forms of what was recorded are in recordReplies.js.

/** A test of a value, by its form: a test itself, a list of one form, or an object whose keys have theirs. */
export function shaped(form) {
  if (typeof form === "function") return form;
  if (Array.isArray(form)) {
    const is = shaped(form[0]);
    return (value) => Array.isArray(value) && value.every((one) => is(one));
  }
  const parts = Object.entries(form).map(([name, part]) => [name, shaped(part)]);
  return (value) => typeof value === "object" && value !== null && !Array.isArray(value) && parts.every(([name, is]) => is(value[name]));
}

export const text = (value) => typeof value === "string";
export const number = (value) => typeof value === "number";
export const time = (value) => text(value) && !Number.isNaN(Date.parse(value));
export function orNull(form) {
  const is = shaped(form);
  return (value) => value === null || is(value);
}

/** /get/status, of which the pages beside the main one read who answers and when. */
export const isStatus = shaped({ start: text, time, version: text });
export const isJournal = shaped({ rows: [{ at: time, kind: text, what: text }], next: orNull(number) });
export const isApisLog = shaped({
  lines: [{ heard: time, at: time, level: text, source: text, message: text }],
  errors: [{ category: text, text, count: number, last: time }],
});
