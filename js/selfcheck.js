// The self-check's own page: findings, the gravest first, each with what to do. Nothing is ordered or changed here.
// Stop all and the E-stop's latch stand here too (beside.js).

import { createBeside } from "./beside.js";
import { createPoller } from "./poller.js";
import { countLevels, isSelfCheck } from "./lib/selfCheckReplies.js";
import { make, setText, translate } from "./widgets/text.js";
import { createUnread } from "./widgets/unread.js";
import { showZone } from "./widgets/zoneNote.js";

const EVERY = 5_000; // ms between two looks
const { words, api, title, start } = createBeside({ onZone: label });
const find = (id) => document.getElementById(id);
const list = find("check-findings");
const outcome = createUnread(find("check-outcome"), { words, key: "check.failed" });
const poller = createPoller({ call: () => api.selfCheck(isSelfCheck), interval: EVERY, onAnswer });
let shown = null; // as told last, and when that was
let shownAt = null;

function onAnswer(answer) {
  if (!answer.ok) {
    outcome.tell(answer, shown && { at: shownAt, same: true });
    return;
  }
  const same = JSON.stringify(answer.body) === JSON.stringify(shown); // then it is not drawn anew under whoever reads or marks it
  shown = answer.body;
  shownAt = words.now();
  outcome.say(words.t("check.count", countLevels(shown.findings)));
  if (!same) render();
}

function render() {
  if (shown === null) return;
  list.replaceChildren(...shown.findings.map(rowOf));
  setText(
    find("check-at"),
    shown.checkedAt === null ? words.t("check.looking") : words.t("check.at", { at: words.moment(shown.checkedAt, { seconds: true }) }),
  );
  title(named(), { alarming: shown.findings.some(({ level }) => level === "bad") });
}

function named() {
  return `${words.t("check.title")} · ${words.t("brand")}`;
}

function rowOf({ code, subject, level, seen, remedy }) {
  const row = make("li", "", { class: "finding", "data-level": level, "data-code": code });
  const head = make("h2", words.said(subject));
  head.prepend(make("span", words.t(`check.level.${level}`), { class: "finding-level" }), " ");
  row.append(head, make("p", words.said(seen)));
  if (remedy !== null) row.append(make("p", words.t("check.do", { remedy: words.said(remedy) }), { class: "finding-do" }));
  return row;
}

function label() {
  document.documentElement.lang = words.language;
  translate(document, words);
  title(named());
  if (shown !== null) outcome.say(words.t("check.count", countLevels(shown.findings)));
  outcome.render();
  render();
  showZone(words);
}

label();
words.ready.finally(() => {
  label();
  poller.start();
});
start();
