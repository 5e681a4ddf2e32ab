// The line of a page that shows a recording from elsewhere (views/recording.tpl), in the language of now. Used by widgets/timeMachine.js and incidents.js.

import { setText } from "./text.js";

/** Whether the page shows one; then there is no now, and nothing can be ordered. */
export function isRecording() {
  return line() !== null;
}

export function showRecording(words) {
  if (!isRecording()) return;
  const { title, begin, end } = line().dataset;
  setText(line(), words.t(title === "" ? "past.recording.untitled" : "past.recording", { title, begin: words.moment(begin), end: words.moment(end) }));
}

function line() {
  return document.getElementById("recording");
}
