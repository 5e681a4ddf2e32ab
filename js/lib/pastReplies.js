// The form of /timeline, and of a frame of the past. Pure. Whoever asks api.js for it hands it this.

import { number, orNull, shaped, text, time } from "./replies.js";

export const isTimeline = shaped({
  reachesBackTo: orNull(time),
  until: orNull(time),
  gaps: [{ from: time, to: time, why: text }],
  marks: [{ at: time, kind: text, unitId: orNull(text), text, order: orNull(text), wanted: {} }],
  marksLeftOut: number,
  incidents: [{ id: text, from: time, to: time }],
  fault: orNull(text),
});

const isReplay = shaped({ time, units: {}, replay: { at: time, madeAt: time, nextAt: orNull(time), recordedBy: text, judgedBy: text } });

/** Whether a body is a frame of that moment (ms): a cache that reads no query, or another program, gives another's. */
export function isFrameOf(at) {
  return (body) => isReplay(body) && Date.parse(body.replay.at) === at;
}
