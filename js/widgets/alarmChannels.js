// Who is told of alarms: each channel, how it stands, and a test of it.

import { isChannels, isTests } from "../lib/alarmReplies.js";
import { failureSentence } from "../lib/sentences.js";
import { isolated } from "../lib/wire.js";
import { make, setText } from "./text.js";
import { createUnread } from "./unread.js";

/** @param api {notifyChannels, testChannel} of api.js; @param list, @param outcome elements */
export function createAlarmChannels({ words, api, list, outcome }) {
  const unread = createUnread(outcome, { words, key: "alarm.failed" });
  let channels = null; // as told last, and when that was
  let readAt = null;
  const tests = new Map(); // channel -> what became of its test: a function of nothing that says it

  list.addEventListener("click", async ({ target }) => {
    const name = target.closest("[data-channel]")?.dataset.channel;
    if (name === undefined) return;
    say(name, () => words.t("alarm.channel.testing"));
    const answer = await api.testChannel({ channel: name });
    const told = answer.ok && isTests(answer.body) ? answer.body.tests[0] : null;
    say(name, () => {
      if (told === null) return failureSentence(answer, words);
      return told.taken ? words.t("alarm.channel.taken") : words.t("alarm.channel.nottaken", { why: words.said(told.error) });
    });
    show();
  });

  function say(name, sentence) {
    tests.set(name, sentence);
    render();
  }

  async function show() {
    const answer = await api.notifyChannels(isChannels);
    if (!answer.ok) {
      unread.tell(answer, channels && { at: readAt, same: true });
      return;
    }
    channels = answer.body.channels;
    readAt = words.now();
    render();
  }

  function render() {
    unread.render();
    if (channels === null) return;
    if (!unread.failing()) unread.say(channels.length === 0 ? words.t("alarm.channels.none") : "");
    list.replaceChildren(...channels.map(lineOf));
  }

  function lineOf(one) {
    const line = make("li");
    const test = make("button", words.t("alarm.channel.test"), {
      type: "button",
      translate: "no",
      "data-channel": one.name,
      "aria-label": `${words.t("alarm.channel.test")} · ${isolated(one.name)}`,
    });
    const became = make("span", "", { role: "status" });
    setText(became, tests.get(one.name)?.() ?? "");
    line.append(make("span", sentenceOf(one)), " ", test, " ", became);
    if (one.error !== null) line.dataset.kind = "bad";
    return line;
  }

  function sentenceOf(one) {
    const parts = [words.t("alarm.channel.is", { name: one.name, sort: one.sort, n: one.priority })];
    if (one.hours !== null) parts.push(words.t("alarm.channel.hours", { hours: one.hours }));
    if (one.after > 0) parts.push(words.t("alarm.channel.after", { n: one.after }));
    parts.push(stateOf(one));
    if (one.waiting > 0) parts.push(words.t("alarm.channel.waiting", { n: one.waiting }));
    return parts.join(" ");
  }

  function stateOf(one) {
    if (one.error !== null) return words.t("alarm.channel.fails", { at: words.moment(one.failingSince, { seconds: true }), why: words.said(one.error) });
    return one.taken === null ? words.t("alarm.channel.idle") : words.t("alarm.channel.took", { at: words.moment(one.taken, { seconds: true }) });
  }

  return { show, render };
}
