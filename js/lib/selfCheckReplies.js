// The same as replies.js of the self-check. Pure. Whoever asks api.js for it hands this to it.

import { orNull, shaped, text, time } from "./replies.js";

/** The levels of a finding, the gravest first. */
export const LEVELS = ["bad", "warning", "cannotTell", "notice", "ok"];

export const isSelfCheck = shaped({
  findings: [{ code: text, subject: text, level: (value) => LEVELS.includes(value), seen: text, remedy: orNull(text) }],
  checkedAt: orNull(time),
});

/** How many findings there are of each level. */
export function countLevels(findings) {
  const counts = Object.fromEntries(LEVELS.map((level) => [level, 0]));
  for (const { level } of findings) counts[level] += 1;
  return counts;
}
