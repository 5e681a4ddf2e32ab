// The strip of the time machine, as it stands above the page: which moment, what is so now, the track with its marks, and the buttons. Built when it is
// first wanted. On a phone the buttons bear signs, and their words as names.

import { make, translate } from "./text.js";

/** Buttons in their order: id, key of the words, sign on a phone, key on the keyboard. */
const BUTTONS = [
  ["event-before", "past.eventBefore", "«", "["],
  ["back", "past.back", "‹", "ArrowLeft"],
  ["play", "past.play", "▶", "K"],
  ["on", "past.on", "›", "ArrowRight"],
  ["event-next", "past.eventNext", "»", "]"],
];

/** Puts it into `strip`; of a `recording` from elsewhere, which has no now, without the way back to it. */
export function buildStrip(strip, words, { recording = false } = {}) {
  const head = make("p", "", { class: "past-head" });
  head.append(
    make("strong", "", { id: "past-title", "data-i18n": "past.title" }),
    " ",
    make("time", "", { id: "past-time", translate: "no" }),
    " ",
    make("span", "", { id: "past-judged", class: "hint" }),
    " ",
    make("span", "", { id: "past-event", "aria-live": "polite" }),
  );
  const track = make("div", "", { class: "past-track" });
  track.append(
    make("div", "", { id: "past-marks", role: "listbox", tabindex: "0", "aria-orientation": "horizontal", "data-i18n-label": "past.marks" }),
    make("label", "", { class: "unseen", for: "past-track", "data-i18n": "past.track" }),
    make("input", "", { type: "range", id: "past-track", step: "1000", autocomplete: "off" }),
  );
  const buttons = make("p", "", { class: "buttons" });
  buttons.append(
    ...BUTTONS.map(([id, key, sign, shortcut]) => button(id, key, make("span", sign, { class: "short", "aria-hidden": "true" }), shortcut)),
    make("label", "", { class: "unseen", for: "past-speed", "data-i18n": "past.speed" }),
    make("select", "", { id: "past-speed", translate: "no", autocomplete: "off" }),
    button("now", "past.now", make("span", "", { class: "short", "aria-hidden": "true", "data-i18n": "past.now.short" }), "N"),
  );
  if (recording) buttons.lastChild.hidden = true;
  const hint = make("p", "", { class: "hint" });
  hint.append(make("span", "", { id: "past-reach" }), " ", make("span", "", { "data-i18n": recording ? "past.keys.recording" : "past.keys" }));
  strip.replaceChildren(
    head,
    make("p", "", { class: "past-live", id: "past-live" }),
    track,
    buttons,
    hint,
    make("p", "", { class: "outcome", id: "past-outcome", "aria-live": "polite" }),
  );
  translate(strip, words);
}

function button(id, key, short, shortcut) {
  const made = make("button", "", {
    type: "button",
    id: `past-${id}`,
    "data-i18n-label": key,
    "aria-keyshortcuts": shortcut,
    class: id === "now" ? "calm" : null,
  });
  made.append(make("span", "", { class: "long", "data-i18n": key }), short);
  return made;
}
