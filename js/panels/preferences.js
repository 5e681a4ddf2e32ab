// Language and theme: chosen by the browser's own wishes until somebody switches; the switch is kept in this browser.

import { keep, read } from "../widgets/kept.js";
import { translate } from "../widgets/text.js";
import { chooseLanguage } from "../words.js";

const $ = globalThis.jQuery;

/** `onTheme({paper})` after the page's colours changed: for `paper` the picture must be drawn before this returns. */
export function createPreferences({ words, onLanguage, onTheme }) {
  const language = document.getElementById("language");
  const theme = document.getElementById("theme");
  const light = matchMedia("(prefers-color-scheme: light)");

  language.value = words.language;
  theme.value = read("theme") ?? "auto";
  $(language).on("change", () => {
    keep("language", language.value);
    words.set(language.value);
    onLanguage();
  });
  $(theme).on("change", () => {
    keep("theme", theme.value);
    applyTheme();
  });
  light.addEventListener("change", () => applyTheme());
  addEventListener("beforeprint", () => show("light", { paper: true })); // ink is for what is told, not for the ground
  addEventListener("afterprint", () => applyTheme());

  /** Says the page's own texts in the language that is chosen. */
  function apply() {
    document.documentElement.lang = words.language;
    translate(document, words);
  }

  function applyTheme() {
    const isLight = theme.value === "light" || (theme.value !== "dark" && light.matches);
    show(isLight ? "light" : "dark");
  }

  function show(name, { paper = false } = {}) {
    document.documentElement.dataset.theme = name;
    onTheme({ paper });
  }

  return { apply, applyTheme };
}

/** The language to start with. */
export function firstLanguage() {
  return chooseLanguage(read("language"), navigator.languages ?? [navigator.language]);
}
