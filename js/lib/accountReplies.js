// The forms of what accounts answer: who is logged in, sessions, tokens, all accounts. Pure. Whoever asks api.js for one hands it this.

import { number, orNull, shaped, text, time } from "./replies.js";

const flag = (value) => typeof value === "boolean";
const texts = (value) => Array.isArray(value) && value.every((one) => typeof one === "string");

export const isSession = shaped({
  accounts: flag,
  name: orNull(text),
  displayName: orNull(text),
  role: orNull(text),
  permissions: texts,
  token: orNull(text),
  ends: orNull(time),
  codes: flag,
  codesWanted: flag,
  why: orNull(text),
});

export const isSessions = shaped({
  sessions: [{ handle: text, began: time, used: time, ends: time, address: text, browser: (value) => typeof value === "string", here: flag }],
});

const token = { number, name: text, role: text, began: time, ends: time, networks: texts, used: orNull(time), holds: flag };

export const isTokens = shaped({ tokens: [token] });

export const isMadeToken = shaped({ secret: text, token });

export const isCodeSecret = shaped({ secret: text, uri: text, qr: text });

export const isAccounts = shaped({
  accounts: [{ number, name: text, displayName: text, role: text, enabled: flag, codes: flag, sessions: number, tokens: number }],
});
