// What happened, newest first, in a few lines with a choice of what; the journal, where all of it stands, opens with the same choice (Z13a).

import { happened } from "../lib/happened.js";
import { showHappened } from "../widgets/happenedList.js";
import { setAttribute, setProperty } from "../widgets/text.js";

const $ = globalThis.jQuery;
const SHOWN = 8;
const SHOWN_ON_WALL = 6;

export function createHappened({ words, state, api }) {
  const block = document.getElementById("events-block");
  const list = document.getElementById("events");
  const choice = document.getElementById("happened-about");
  const more = document.getElementById("happened-more");
  const wall = document.body.dataset.display === "wall"; // nobody chooses there, and the deals have a block of their own
  const [always, most] = wall ? ["grid", SHOWN_ON_WALL] : ["", SHOWN];

  $(choice).on("change", () => render(state.get().model));

  function render({ status }) {
    const any = happened(status, { about: always, most: 1 }, words).length > 0;
    setProperty(block, "hidden", !any);
    setAttribute(more, "href", api.journalPage({ about: choice.value || null }));
    const told = happened(status, { about: choice.value || always, most }, words);
    showHappened(list, told, words);
  }

  return { render };
}
