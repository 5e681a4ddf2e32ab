// Text from the wire made fit to stand among other text: what cannot be seen is shown as signs, and no direction of writing leaks (H9). Pure.
//
// The page itself runs from left to right, and plain ASCII never changes that: so only other text is wrapped in isolates
// (U+2068 ... U+2069), and an ordinary id stays what it is, to be searched for and copied. Used wherever an id, a name or
// a sentence that the page did not make itself is shown: by the words (words.js), the sentences, the panels and the scene.

const PLAIN = /^[!-~]+(?: [!-~]+)*$/; // printable ASCII, with single blanks inside
const UNSEEN =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each of these signs alone is meant, whatever it joins to
  /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]|^\p{Zs}|\p{Zs}$|(?<=\p{Zs})\p{Zs}/gu;
const RIGHT_TO_LEFT = /[^\s()[\]"',;:→]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}][^\s()[\]"',;:→]*/gu;
const [FIRST_STRONG, POP] = ["\u2068", "\u2069"];

/** The text with every control sign, unseen letter and blank at an end or beside another as a sign: "E1⟨U+202E⟩", "␊", "␣". */
export function visible(text) {
  const given = String(text);
  return PLAIN.test(given) ? given : given.replace(UNSEEN, signOf);
}

/** An id or a name for a sentence: as `visible`, and isolated where it is not plain ASCII, so that its neighbours stay where they are. */
export function isolated(text) {
  const given = String(text);
  return given === "" || PLAIN.test(given) ? given : `${FIRST_STRONG}${visible(given)}${POP}`;
}

/** A sentence of the controller, which may hold ids: isolated as a whole, and in it each word that runs from right to left. */
export function told(sentence) {
  const given = String(sentence);
  if (given === "" || PLAIN.test(given)) return given;
  return `${FIRST_STRONG}${visible(given).replace(RIGHT_TO_LEFT, (word) => `${FIRST_STRONG}${word}${POP}`)}${POP}`;
}

function signOf(sign) {
  const code = sign.codePointAt(0);
  if (sign === " ") return "␣";
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
