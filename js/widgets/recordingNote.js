// The line of a page that shows a recording from elsewhere (views/recording.tpl), in the language of now. Used by widgets/timeMachine.js and incidents.js.

import { setText } from "./text.js";

/** Whether the page shows one; then there is no now, and nothing can be ordered. */
export function isRecording() {
  return line() !== null;
}

/** The moment (ms) at which it opens. */
export function ownMoment() {
  return Date.parse(line().dataset.at);
}

export function showRecording(words) {
  if (!isRecording()) return;
  const { title, begin, end, fetched } = line().dataset;
  const said = words.t(title === "" ? "past.recording.untitled" : "past.recording", { title, begin: words.moment(begin), end: words.moment(end) });
  setText(line(), fetched === "" ? said : `${said} ${words.t("past.recording.fetched", { time: words.moment(fetched, { seconds: true }) })}`);
}

function line() {
  return document.getElementById("recording");
}
