// The page's words in the chosen language, the controller's sentences in it, and times by the site's clock. Used by every panel.

import en from "./i18n/en.js";
import { bare, held, heldIn } from "./lib/held.js";
import { hereTime, moment, timeOfDay, unitTime, zoneOfUnits } from "./lib/moments.js";
import { isNamedIn, sentenceOf, textsIn } from "./lib/sentenceOf.js";
import { isolated, told } from "./lib/wire.js";
import { isKnown } from "./lib/zones.js";

const LANGUAGES = ["en", "ja"];
const LATER = { ja: () => import("./i18n/ja.js") }; // loaded when it is wanted: a page in English needs none of it
const PARTS = { past: { en: () => import("./i18n/past/en.js"), ja: () => import("./i18n/past/ja.js") } }; // what is loaded with a part that few open
const KEPT = 2000; // sentences whose codes are known, the newest of them
const FROM_THE_WIRE = new Set(["id", "from", "to", "name", "by", "scope", "reason", "word", "order", "text"]); // ids, names and words that somebody else chose
const SENTENCES = new Set(["who", "error", "sentence", "why", "outcome", "orders", "means"]); // values that are sentences in their turn
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? (?:UTC|[+-]\d\d:\d\d)$/; // as the controller writes one in a sentence
const UTC = "UTC";

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

/**
 * @param zone the site's, as the controller told it; @param here the browser's; @param now () => Date, by the controller's clock
 * @param holds whether what must not be translated is marked in every text (held.js), as widgets/text.js wants it
 * @param texts of a page that the main one does without: {en, ja: () => module, loaded when it is wanted}
 */
export function createWords(language = "en", { zone = UTC, here = undefined, now = () => new Date(), holds = false, texts = null } = {}) {
  const catalogues = { en: { ...en, ...texts?.en } };
  const codes = new Map(); // the English text -> its {code, parameters}
  const templates = new Map(); // key -> its text in the page's language, with what no translator may touch marked
  let said = {}; // what the controller says, by code, in the page's language: loaded when it is wanted, since English needs none
  const parts = []; // those of PARTS that were wanted
  const words = { language, t, units: unitsOf(en), set, more, learn, knows, names, said: sentence, part, ready: null };
  Object.assign(words, { zone: UTC, unknownZone: null, now, setZone, name, moment: momentText, time, beside, both, ofUnits });

  function set(next) {
    words.language = LANGUAGES.includes(next) ? next : "en";
    words.units = unitsOf(catalogue());
    templates.clear();
    words.ready = load(words.language);
  }

  /** `ready` is settled when everything can be said in the page's language: in English at once. Until then, and where it cannot be loaded, English stands. */
  async function load(wanted) {
    if (!translates()) return;
    const [sentences, ...own] = await Promise.all([
      import("./i18n/said.js"),
      LATER[wanted](),
      ...[texts ?? [], ...parts].flatMap((one) => one[wanted]?.() ?? []),
    ]);
    catalogues[wanted] = Object.assign(catalogues[wanted] ?? {}, ...own.map((one) => one.default)); // beside what another load has brought
    said = sentences.default;
    templates.clear(); // until now English stood in their place
    words.units = unitsOf(catalogue());
  }

  /** From now on has the texts of one of PARTS too; settled when they are there. */
  async function more(part) {
    const one = PARTS[part];
    Object.assign(catalogues.en, (await one.en()).default);
    if (!parts.includes(one)) parts.push(one);
    words.ready = load(words.language);
    await words.ready;
  }

  function catalogue() {
    return catalogues[words.language] ?? catalogues.en;
  }

  /** Whether the controller's sentences are said by their codes: in English they are shown as they came. */
  function translates() {
    return words.language !== "en";
  }

  /** The site's zone from now on; UTC where this browser does not know it, which is told by `unknownZone`. */
  function setZone(name) {
    if (typeof name !== "string" || name === (words.unknownZone ?? words.zone)) return;
    words.unknownZone = isKnown(name) ? null : name;
    words.zone = words.unknownZone === null ? name : UTC;
  }

  /** "2026-11-27 12:00 JST": by the site's clock. */
  function momentText(iso, more = {}) {
    return hold(moment(iso, { zone: words.zone, language: words.language, ...more }));
  }

  /** As `moment`, to the second and without the date while that is today. */
  function time(iso) {
    return hold(timeOfDay(iso, { zone: words.zone, now: words.now(), language: words.language }));
  }

  /** "03:00 UTC here": the same moment by the browser's clock; "" where that shows the same. */
  function beside(iso, { seconds = false } = {}) {
    const text = hereTime(iso, { zone: words.zone, here, seconds, language: words.language });
    return text === "" ? "" : t("time.here", { time: text });
  }

  /** "2026-11-27 12:00 JST (03:00 UTC here)". */
  function both(iso) {
    const other = beside(iso);
    return other === "" ? momentText(iso) : t("time.both", { time: momentText(iso), other });
  }

  /** A time of the units' own clocks, by the site's clock where `status` names their zone: {text, converted}. */
  function ofUnits(text, status) {
    return unitTime(text, zoneOfUnits(status), { zone: words.zone, language: words.language });
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

  /**
   * A sentence of the controller in the page's language, where its code is known; else as it came. Times in it are told by the site's clock.
   * Of one without a code nobody knows what in it is a name: it is held whole.
   */
  function sentence(text) {
    const message = codes.get(String(text));
    if (message === undefined) return hold(told(text));
    learn([{ text: String(text), ...message }]); // what is shown is not forgotten
    return (translates() ? sentenceOf(message, said, wordOf) : null) ?? asItCame(String(text), message);
  }

  /** What a sentence of the controller shows: a time by the site's clock, all else as it is. */
  function wordOf(text) {
    return TIME.test(text) ? timeIn(text) : name(text);
  }

  function timeIn(text) {
    const [day, clock, offset] = text.split(" ");
    return momentText(`${day}T${clock}${offset === UTC ? "Z" : offset}`, { seconds: clock.length > 5 });
  }

  function asItCame(text, message) {
    const shown = textsIn(message);
    const times = new Map(shown.filter((one) => TIME.test(one)).map((one) => [one, bare(timeIn(one))]));
    const timed = [...times].reduce((all, [one, time]) => all.replaceAll(one, time), text);
    return holds ? heldIn(told(timed), [...shown, ...times.values(), ...templateWords()]) : told(timed);
  }

  /** One parameter of a sentence of the controller, in the page's language where it is a sentence itself; null where it has none, or no code is known. */
  function part(text, name) {
    const value = codes.get(String(text))?.parameters?.[name];
    if (value === undefined || value === null) return null;
    if (typeof value !== "object") return hold(told(value));
    return (translates() ? sentenceOf(value, said, wordOf) : null) ?? asItCame(value.text, value);
  }

  /** Whether a sentence of the controller names this unit or person, by its parameters; false where its code is not known. */
  function names(text, what) {
    const message = codes.get(String(text));
    return message !== undefined && isNamedIn(message, what);
  }

  /** The text of a key with its values, ids and names isolated; `one|many` is chosen by n. A missing key shows itself, so that nobody overlooks it. */
  function t(key, values = {}) {
    const [one, many] = templateOf(key).split("|");
    const chosen = many !== undefined && values.n !== 1 ? many : one;
    return chosen.replace(/\{(\w+)\}/g, (place, name) => (Object.hasOwn(values, name) ? shown(name, values[name]) : place));
  }

  function templateOf(key) {
    if (!holds || textOf(key) === key) return textOf(key);
    if (!templates.has(key)) templates.set(key, heldIn(textOf(key), templateWords()));
    return templates.get(key);
  }

  function textOf(key) {
    return catalogue()[key] ?? catalogues.en[key] ?? key;
  }

  /** The words of the page's controls, as its sentences name them. */
  function templateWords() {
    return CONTROLS.map(textOf);
  }

  function shown(name, value) {
    const text = FROM_THE_WIRE.has(name) ? isolated(value) : String(value);
    return SENTENCES.has(name) ? text : hold(text);
  }

  /** An id or a name among other text: isolated, and not to be translated. */
  function name(text) {
    return hold(isolated(text));
  }

  function hold(text) {
    return holds ? held(text) : text;
  }

  setZone(zone);
  words.ready = load(language);
  return words;
}

/** Keys of the words on the page's controls that are orders or states: what a sentence calls by them must not read otherwise. */
const CONTROLS = Object.freeze([
  "mode.autonomous",
  "mode.heteronomous",
  "mode.stop",
  "mode.manual",
  "stopall",
  "converter.stopped",
  "word.wait",
  "shutdown",
  "grid.master",
]);

function unitsOf(text) {
  return { d: text["duration.d"], h: text["duration.h"], min: text["duration.min"], s: text["duration.s"] };
}
