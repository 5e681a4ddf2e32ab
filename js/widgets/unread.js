// Why a reading failed, and of when that is what still stands there. Used by whatever shows what was read.

import { duration } from "../lib/durations.js";
import { failureSentence } from "../lib/sentences.js";
import { setText } from "./text.js";

const AGES = 60_000; // ms between two looks at the age, which is told in minutes: it is read out

/** @param key of the words' sentence, with the reason as {error} */
export function createUnread(element, { words, key }) {
  let failed = null; // {answer, kept}
  setInterval(render, AGES);

  /** @param kept what stands there: {at (Date, when it was read), same: whether it answers the same question}; null for nothing */
  function tell(answer, kept) {
    failed = { answer, kept };
    render();
  }

  /** Says something else there. */
  function say(text, level = "") {
    failed = null;
    setText(element, text);
    element.dataset.kind = level;
  }

  function render() {
    if (failed === null) return;
    const error = words.t(key, { error: failureSentence(failed.answer, words) });
    setText(element, failed.kept === null ? error : `${error} ${keptSentence(failed.kept)}`);
    element.dataset.kind = "bad";
  }

  function keptSentence({ at, same }) {
    const minutes = Math.floor((words.now() - at) / 60_000);
    const age = minutes < 1 ? "" : words.t("read.age", { time: duration(minutes * 60, words.units) });
    return words.t(same ? "read.kept" : "read.kept.other", { at: words.moment(at, { seconds: true }), age });
  }

  return { tell, say, render, failing: () => failed !== null };
}
