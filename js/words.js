// The page's words in the chosen language, the controller's sentences in it, and the static texts of the template. Used by every panel.

import en from "./i18n/en.js";
import { isNamedIn, sentenceOf } from "./lib/sentenceOf.js";
import { isolated, told } from "./lib/wire.js";

const LANGUAGES = ["en", "ja"];
const LATER = { ja: () => import("./i18n/ja.js") }; // loaded when it is wanted: a page in English needs none of it
const KEPT = 2000; // sentences whose codes are known, the newest of them
const FROM_THE_WIRE = new Set(["id", "from", "to", "name", "by", "scope", "reason", "word", "order", "text"]); // ids, names and words that somebody else chose

/** The language wanted: the stored choice, else the first of the browser's that there is, else English. */
export function chooseLanguage(stored, wanted) {
  const known = [stored, ...(wanted ?? [])].map(
    (tag) =>
      String(tag ?? "")
        .toLowerCase()
        .split("-")[0],
  );
  return known.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

export function createWords(language = "en") {
  const catalogues = { en };
  const codes = new Map(); // the English text -> its {code, parameters}
  let said = {}; // what the controller says, by code, in the page's language: loaded when it is wanted, since English needs none
  const words = { language, t, units: unitsOf(en), set, learn, knows, names, said: sentence, part, ready: null };

  function set(next) {
    words.language = LANGUAGES.includes(next) ? next : "en";
    words.units = unitsOf(catalogue());
    words.ready = load(words.language);
  }

  /** `ready` is settled when everything can be said in the page's language: in English at once. Until then, and where it cannot be loaded, English stands. */
  async function load(wanted) {
    if (!translates()) return;
    const [own, sentences] = await Promise.all([LATER[wanted](), import("./i18n/said.js")]);
    catalogues[wanted] = own.default;
    said = sentences.default;
    words.units = unitsOf(catalogue());
  }

  function catalogue() {
    return catalogues[words.language] ?? en;
  }

  /** Whether the controller's sentences are said by their codes: in English they are shown as they came. */
  function translates() {
    return words.language !== "en";
  }

  /** Keeps the codes of sentences that an answer bore: [{text, code, parameters}]. */
  function learn(messages) {
    for (const { text, ...message } of messages) {
      codes.delete(text);
      codes.set(text, message);
    }
    for (const text of codes.keys()) {
      if (codes.size <= KEPT) break;
      codes.delete(text);
    }
  }

  /** Whether a sentence of the controller is said in the page's language, and not as it came. */
  function knows(text) {
    return translates() && Object.hasOwn(said, codes.get(String(text))?.code ?? "");
  }

  /** A sentence of the controller in the page's language, where its code is known; else as it came. */
  function sentence(text) {
    const message = codes.get(String(text));
    if (message) learn([{ text: String(text), ...message }]); // what is shown is not forgotten
    return (message && translates() ? sentenceOf(message, said) : null) ?? told(text);
  }

  /** One parameter of a sentence of the controller, in the page's language where it is a sentence itself; null where it has none, or no code is known. */
  function part(text, name) {
    const value = codes.get(String(text))?.parameters?.[name];
    if (value === undefined || value === null) return null;
    if (typeof value !== "object") return told(value);
    return (translates() ? sentenceOf(value, said) : null) ?? told(value.text);
  }

  /** Whether a sentence of the controller names this unit or person, by its parameters; false where its code is not known. */
  function names(text, what) {
    const message = codes.get(String(text));
    return message !== undefined && isNamedIn(message, what);
  }

  /** The text of a key with its values, ids and names isolated; `one|many` is chosen by n. A missing key shows itself, so that nobody overlooks it. */
  function t(key, values = {}) {
    const text = catalogue()[key] ?? en[key] ?? key;
    const [one, many] = text.split("|");
    const chosen = many !== undefined && values.n !== 1 ? many : one;
    return chosen.replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(values, name) ? shown(name, values[name]) : place));
  }

  words.ready = load(language);
  return words;
}

function shown(name, value) {
  return FROM_THE_WIRE.has(name) ? isolated(value) : String(value);
}

/** Sets every marked text and accessible name below root. */
export function translate(root, words) {
  for (const element of root.querySelectorAll("[data-i18n]")) element.textContent = words.t(element.dataset.i18n);
  for (const element of root.querySelectorAll("[data-i18n-label]")) element.setAttribute("aria-label", words.t(element.dataset.i18nLabel));
}

function unitsOf(text) {
  return { d: text["duration.d"], h: text["duration.h"], min: text["duration.min"], s: text["duration.s"] };
}
