// The words in a language, for the tests: Japanese is loaded when it is wanted; `texts` with those of the pages beside the main one.

import en from "../../js/i18n/beside/en.js";
import { createWords } from "../../js/words.js";

export const BESIDE = { en, ja: () => import("../../js/i18n/beside/ja.js") };

export async function wordsIn(language, { texts = null } = {}) {
  const words = createWords(language, { texts });
  await words.ready;
  return words;
}
