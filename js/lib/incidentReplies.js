// The form of /incidents. Pure. Whoever asks api.js for it hands it this.

import { number, orNull, shaped, text, time } from "./replies.js";

export const isIncidents = shaped({
  incidents: [
    {
      id: text,
      begin: time,
      end: time,
      whole: (value) => typeof value === "boolean",
      reasons: [{ at: time, kind: text, text, unitId: orNull(text), by: text }],
      reasonsLeftOut: number,
      units: [text],
      bytes: number,
      notes: [{ by: text, at: time, text }],
    },
  ],
  next: orNull(number),
  days: number,
  bytes: number,
  used: number,
  fault: orNull(text),
});
