// The same as replies.js of the alarms: what stands, what was, and what is out of service, and who is told. Pure. Whoever asks api.js for it hands this to it.

import { number, orNull, shaped, text, time } from "./replies.js";

const flag = (value) => typeof value === "boolean";
const deed = { name: text, at: time, text };

export const isAlarms = shaped({
  alarms: [
    {
      id: text,
      kind: text,
      unitId: orNull(text),
      priority: (value) => [1, 2, 3, 4].includes(value),
      state: text,
      active: flag,
      told: flag,
      began: time,
      since: time,
      times: number,
      chattering: flag,
      cause: text,
      consequence: text,
      action: text,
      of: [{ subject: text, text, active: flag, told: flag }],
      hardware: [text],
      acknowledged: orNull(deed),
      shelved: orNull({ ...deed, until: time }),
      inhibitedBy: orNull(text),
    },
  ],
  health: { lastTenMinutes: number, mostFrequent: [{ kind: text, count: number }], standingOverADay: number, floods: number },
});

export const isPast = shaped({
  alarms: [
    {
      kind: text,
      priority: number,
      began: time,
      over: orNull(time),
      cause: text,
      of: [text],
      changes: [{ at: time, change: text, subject: orNull(text), by: orNull(text), text: orNull(text) }],
    },
  ],
  next: orNull(number),
});

export const isChannels = shaped({
  channels: [
    {
      name: text,
      sort: text,
      priority: number,
      hours: orNull(text),
      after: number,
      waiting: number,
      taken: orNull(time),
      failingSince: orNull(time),
      error: orNull(text),
    },
  ],
});

export const isPractice = shaped({ kinds: [text], pressed: orNull(text) });

export const isTests = shaped({ tests: [{ name: text, taken: flag, error: orNull(text) }] });

export const isServices = shaped({ services: [{ scope: text, since: time, until: time, name: text, reason: text }] });
