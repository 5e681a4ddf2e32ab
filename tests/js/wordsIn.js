// The words in a language, for the tests: Japanese is loaded when it is wanted.

import { createWords } from "../../js/words.js";

export async function wordsIn(language) {
  const words = createWords(language);
  await words.ready;
  return words;
}
