// The log-in: a plain form, which needs no script; this only says it in the language that was chosen, or the browser's.

import en from "./i18n/beside/en.js";
import { read } from "./widgets/kept.js";
import { setText, translate } from "./widgets/text.js";
import { chooseLanguage, createWords } from "./words.js";

const words = createWords(chooseLanguage(read("language"), navigator.languages), { texts: { en, ja: () => import("./i18n/beside/ja.js") } });
const why = document.getElementById("refused");

if (why) words.learn(JSON.parse(why.dataset.messages));
words.ready.finally(() => {
  document.documentElement.lang = words.language;
  document.title = `${words.t("login.title")} · ${words.t("brand")}`;
  translate(document, words);
  if (why) setText(why, words.said(why.textContent));
});
document.documentElement.dataset.alive = "yes";
