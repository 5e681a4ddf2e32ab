// The page's words in the chosen language, and the static texts of the template set into it. Used by every panel.

import en from "./i18n/en.js";
import ja from "./i18n/ja.js";
import { isolated } from "./lib/wire.js";

const CATALOGUES = { en, ja };
const FROM_THE_WIRE = new Set(["id", "from", "to", "name", "by", "scope", "reason", "word", "order", "text"]); // ids, names and words that somebody else chose

/** The language wanted: the stored choice, else the first of the browser's that there is, else English. */
export function chooseLanguage(stored, wanted) {
  const known = [stored, ...(wanted ?? [])].map((tag) => String(tag ?? "").toLowerCase().split("-")[0]);
  return known.find((tag) => Object.hasOwn(CATALOGUES, tag)) ?? "en";
}

export function createWords(language = "en") {
  const words = { language, t, units: unitsOf(language), set };

  function set(next) {
    words.language = Object.hasOwn(CATALOGUES, next) ? next : "en";
    words.units = unitsOf(words.language);
  }

  /** The text of a key with its values, ids and names isolated; `one|many` is chosen by n. A missing key shows itself, so that nobody overlooks it. */
  function t(key, values = {}) {
    const text = CATALOGUES[words.language][key] ?? en[key] ?? key;
    const [one, many] = text.split("|");
    const chosen = many !== undefined && values.n !== 1 ? many : one;
    return chosen.replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(values, name) ? said(name, values[name]) : place));
  }

  return words;
}

function said(name, value) {
  return FROM_THE_WIRE.has(name) ? isolated(value) : String(value);
}

/** Sets every marked text and accessible name below root. */
export function translate(root, words) {
  for (const element of root.querySelectorAll("[data-i18n]")) element.textContent = words.t(element.dataset.i18n);
  for (const element of root.querySelectorAll("[data-i18n-label]")) element.setAttribute("aria-label", words.t(element.dataset.i18nLabel));
}

function unitsOf(language) {
  const text = CATALOGUES[language];
  return { d: text["duration.d"], h: text["duration.h"], min: text["duration.min"], s: text["duration.s"] };
}
