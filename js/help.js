// The page that explains the other one: in the language that is chosen there or here. Its text stands in views/help_en.tpl and help_ja.tpl.

import { read } from "./widgets/kept.js";
import { translate } from "./widgets/text.js";
import { chooseLanguage, createWords } from "./words.js";

const choice = document.getElementById("language");
const words = createWords(chooseLanguage(read("language"), navigator.languages));

function show() {
  document.documentElement.lang = words.language;
  document.title = `${words.t("help.title")} · ${words.t("brand")}`;
  translate(document, words);
  for (const article of document.querySelectorAll("[data-language]")) article.hidden = article.dataset.language !== words.language;
}

choice.value = words.language;
choice.disabled = false;
choice.addEventListener("change", () => {
  words.set(choice.value);
  words.ready.finally(show);
});
words.ready.finally(show);
document.documentElement.dataset.alive = "yes"; // the page says so where this line is not reached
