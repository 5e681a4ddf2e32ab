// The words in a language, for the tests: Japanese is loaded when it is wanted; `texts` with those of the pages beside the main one, `part` with
// those of a part that is loaded later, wanted at once.

import en from "../../js/i18n/beside/en.js";
import { createWords } from "../../js/words.js";

export const BESIDE = { en, ja: () => import("../../js/i18n/beside/ja.js") };

export async function wordsIn(language, { texts = null, part = null } = {}) {
  const words = createWords(language, { texts });
  await Promise.all([part === null ? null : words.more(part), words.ready]);
  return words;
}
