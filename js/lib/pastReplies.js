// The form of /timeline. Pure. Whoever asks api.js for it hands it this.

import { number, orNull, shaped, text, time } from "./replies.js";

export const isTimeline = shaped({
  reachesBackTo: orNull(time),
  until: orNull(time),
  gaps: [{ from: time, to: time, why: text }],
  marks: [{ at: time, kind: text, unitId: orNull(text), text }],
  marksLeftOut: number,
  incidents: [{ id: text, from: time, to: time }],
  fault: orNull(text),
});
