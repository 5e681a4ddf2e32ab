// Says by which clock the page tells its times, where the browser's shows another or does not know the site's zone. Used by main.js and journal.js.

import { setProperty, setText } from "./text.js";

/** Sets every such note on the page. */
export function showZone(words) {
  const text = noteOf(words);
  for (const note of document.querySelectorAll("[data-part=zone]")) {
    setProperty(note, "hidden", text === "");
    setText(note, text);
  }
}

function noteOf(words) {
  const now = words.now();
  if (words.unknownZone !== null) return words.t("zone.unknown", { name: words.unknownZone, time: words.both(now) });
  return words.beside(now) === "" ? "" : words.t("zone.note", { time: words.both(now) });
}
