// What time it is by the controller's clock: every age, countdown and "past" on the page counts by it, never by the browser's (H13). Pure.

/**
 * @param values what the state holds (state.js): the time that the controller told last, and when that came
 * @param at performance.now() of this moment, ms
 * @returns Date; by the browser's own clock only while the controller has told no time yet
 */
export function serverNow({ frame = null, status = null, statusAt = null, past = null } = {}, at = 0) {
  const told = Date.parse(frame?.time ?? status?.time ?? "");
  if (Number.isNaN(told) || typeof statusAt !== "number") return new Date();
  if (past !== null) return new Date(told); // the past stands still between its frames
  return new Date(told + Math.max(0, at - statusAt));
}
