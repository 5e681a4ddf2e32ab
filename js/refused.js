// The page that says why another one cannot be shown as it was asked for: in the language that was chosen there, or the browser's.

import { read } from "./widgets/kept.js";
import { setText, translate } from "./widgets/text.js";
import { chooseLanguage, createWords } from "./words.js";

const words = createWords(chooseLanguage(read("language"), navigator.languages));
const why = document.getElementById("refused");

words.learn(JSON.parse(why.dataset.messages));
words.ready.finally(() => {
  document.documentElement.lang = words.language;
  document.title = `${words.t("refused.title")} · ${words.t("brand")}`;
  translate(document, words);
  setText(why, words.said(why.textContent));
});
document.documentElement.dataset.alive = "yes"; // the page says so where this line is not reached
