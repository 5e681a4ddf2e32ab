// What was: alarms that are over and those that stand, the newest first, each with what became of it folded.

import { bare } from "../lib/held.js";
import { whoText } from "../lib/who.js";
import { kindKey, listed, priorityText } from "./alarmRow.js";
import { make, setAttribute, setText } from "./text.js";

const HEADS = ["alarm.time", "alarm.priority", "alarm.what", "alarm.of", "alarm.over.head"];

export function createAlarmHistory(body, { words }) {
  function show(alarms) {
    body.replaceChildren(...alarms.map(rowOf));
  }

  function rowOf(alarm) {
    const line = make("tr");
    const cell = (content, attributes = {}) => {
      const element = make("td", "", { "data-label": words.t(HEADS[line.childElementCount], { zone: words.zone }), ...attributes });
      if (content !== "") element.append(typeof content === "string" ? make("span", content) : content);
      line.append(element);
    };
    const what = make("div");
    const title = words.said(alarm.cause);
    what.append(make("p", title), foldedOf(alarm, title));
    cell(words.moment(alarm.began, { seconds: true }), { class: "time" });
    setAttribute(line.firstElementChild, "title", words.beside(alarm.began, { seconds: true }) || null);
    cell(priorityText(alarm, words));
    cell(what, { class: "what" });
    const names = alarm.of.filter((name) => name !== "");
    cell(names.length === 0 ? words.t("alarm.cluster") : listed(names, words));
    cell(alarm.over === null ? words.t("alarm.stands") : words.moment(alarm.over, { seconds: true }));
    return line;
  }

  function foldedOf(alarm, title) {
    const folded = make("details");
    const summary = make("summary", words.t("alarm.changes", { n: alarm.changes.length }));
    setAttribute(summary, "aria-label", `${bare(words.t("alarm.changes", { n: alarm.changes.length }))} · ${title}`);
    folded.append(summary);
    folded.addEventListener("toggle", () => folded.childElementCount === 1 && folded.append(changesOf(alarm)));
    return folded;
  }

  function changesOf(alarm) {
    const list = make("dl");
    list.append(make("dt", words.t("alarm.kind")), make("dd", words.t(kindKey(alarm.kind, words))));
    for (const change of alarm.changes) {
      const text = [
        words.t(`alarm.change.${change.change}`),
        change.subject ? words.name(change.subject) : "",
        change.by ? whoText(change.by, words) : "",
        change.text ? (change.by ? words.name(change.text) : words.said(change.text)) : "",
      ];
      const at = make("dt");
      setText(at, words.moment(change.at, { seconds: true }));
      list.append(at, make("dd", text.filter(Boolean).join(" · ")));
    }
    return list;
  }

  return { show };
}
