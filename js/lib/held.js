// What a browser must not translate, marked within a text: ids, names, modes, figures, the words on controls (H20). Pure.
//
// A held part stands between U+2066 and U+2069, an isolate of its own, so that a text that is shown as it is reads as without it. words.js
// marks, widgets/text.js makes elements of it. What is isolated already (wire.js, U+2068) came from the wire and is held as it stands.

const [HOLD, ISOLATE, POP] = ["\u2066", "\u2068", "\u2069"];
const MARKED = /[\u2066\u2068]/;
const WORDY = /[\p{L}\p{N}]/u;
const UNIT = "[ \u00a0]?(?:V|A|Wh?|%|s|min|h|d)(?!\\p{L})";
const FIGURE = `[+\\-\u2212]?\\d[\\d.,:]*(?:${UNIT})?|\\{\\w+\\}${UNIT}`; // a figure, or its place in a template
const patterns = new Map();

/** The text as a held part. */
export function held(text) {
  const given = String(text);
  return given === "" ? "" : `${HOLD}${given}${POP}`;
}

/** The text, or a template, with each figure in it and each of these words as a held part; one that has such parts already as it is. */
export function heldIn(text, words = []) {
  return MARKED.test(text) ? text : text.replace(patternOf(words), (part) => held(part));
}

/** The text as [{text, held}], without the marks. */
export function partsOf(text) {
  if (!MARKED.test(text)) return text === "" ? [] : [{ text, held: false }];
  const parts = [];
  let depth = 0;
  let start = 0;
  const cut = (end, isHeld) => {
    if (end > start) parts.push({ text: bare(text.slice(start, end)), held: isHeld });
    start = end;
  };
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === HOLD || text[at] === ISOLATE) {
      if (depth === 0) cut(at, false);
      depth += 1;
    } else if (text[at] === POP && depth > 0) {
      depth -= 1;
      if (depth === 0) cut(at + 1, true);
    }
  }
  cut(text.length, depth > 0);
  return parts;
}

/** The text without the marks, as for an attribute; other isolates stay. */
export function bare(text) {
  if (!text.includes(HOLD)) return text;
  const open = [];
  return [...text]
    .filter((sign) => {
      if (sign === HOLD || sign === ISOLATE) open.push(sign);
      return sign === POP ? open.pop() !== HOLD : sign !== HOLD;
    })
    .join("");
}

function patternOf(words) {
  const key = words.join("\n");
  if (!patterns.has(key)) {
    if (patterns.size > 200) patterns.clear();
    const known = [...new Set(words)].filter((word) => WORDY.test(word)).sort((one, other) => other.length - one.length);
    patterns.set(key, new RegExp([...known.map(exactly), `(?<![\\p{L}\\p{N}_{])(?:${FIGURE})`].join("|"), "gu"));
  }
  return patterns.get(key);
}

/** The word alone: "Run" and no part of "Running"; in writing without blanks wherever it stands. */
function exactly(word) {
  const text = word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return `${/^[\w]/.test(word) ? "(?<![\\p{L}\\p{N}_{])" : ""}${text}${/\w$/.test(word) ? "(?![\\p{L}\\p{N}_}])" : ""}`;
}
