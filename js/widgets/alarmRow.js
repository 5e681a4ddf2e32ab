// One alarm in the list: a button with all that must be seen at once, what to do beside it, and the rest folded below, built when it is wanted.

import { deedsOf, groupOf, NAMED, subjectsOf } from "../lib/alarmList.js";
import { keyed, make, setAttribute, setProperty, setText } from "./text.js";

const AT_ONCE = 12; // of the things that an alarm is of, in its fold; the others are folded once more

/** @param address (query) => where the page shows a unit */
export function createAlarmRows({ words, address }) {
  const looks = new WeakMap(); // fold -> what it shows, to compare

  function build(alarm) {
    const row = make("li", "", { class: "alarm", "data-id": alarm.id });
    const head = make("button", "", { type: "button", class: "alarm-head", tabindex: "-1", translate: null, "aria-describedby": `${alarm.id}-do` });
    for (const name of ["priority", "time", "says", "of", "state"]) head.append(make("span", "", { class: `alarm-${name}` }));
    const does = make("p", "", { class: "alarm-do", id: `${alarm.id}-do` });
    for (const name of ["hardware", "means", "action"]) does.append(make("span", "", { class: `alarm-${name}` }), " ");
    const line = make("div", "", { class: "alarm-line" });
    line.append(does, make("p", "", { class: "buttons alarm-deeds" }));
    row.append(head, line, make("div", "", { class: "alarm-fold", hidden: true }));
    return row;
  }

  /** @param root the alarm that explains it, where it stands in the list */
  function update(row, alarm, { opened, root = null }) {
    const part = (name) => row.querySelector(`.alarm-${name}`);
    const group = groupOf(alarm);
    setAttribute(row, "data-priority", alarm.priority);
    setAttribute(row, "data-group", group);
    setAttribute(part("head"), "aria-expanded", String(opened));
    setText(part("priority"), priorityText(alarm, words));
    setText(part("time"), words.time(alarm.since));
    setText(part("says"), words.said(alarm.cause));
    setText(part("of"), ofText(alarm, words));
    setText(part("state"), stateText(alarm, words));
    setText(part("hardware"), alarm.hardware.length === 0 ? "" : words.t("alarm.hardware", { ids: listed(alarm.hardware, words) }));
    setProperty(part("hardware"), "hidden", alarm.hardware.length === 0);
    setText(part("means"), words.said(alarm.consequence));
    setText(part("action"), words.t("alarm.todo", { sentence: words.said(alarm.action) }));
    keyed(
      part("deeds"),
      deedsOf(alarm),
      (deed) => deed,
      (deed) => make("button", "", { type: "button", "data-deed": deed }),
      (button, deed) => {
        setText(button, words.t(`alarm.${deed}`));
        setAttribute(button, "aria-label", `${words.t(`alarm.${deed}`)} · ${words.said(alarm.cause)}`);
      },
    );
    const fold = part("fold");
    setProperty(fold, "hidden", !opened);
    if (opened) unfold(fold, alarm, root);
    else fold.replaceChildren();
  }

  /** Built anew only where something of it changed: who reads in it loses nothing. */
  function unfold(fold, alarm, root) {
    const look = JSON.stringify([alarm, root?.cause, words.language, words.zone]);
    if (looks.get(fold) === look && fold.firstChild) return;
    looks.set(fold, look);
    const list = make("dl");
    for (const [term, text] of facts(alarm, root, words)) list.append(make("dt", term), make("dd", text));
    fold.replaceChildren(list);
    if (alarm.unitId !== null) fold.append(unitLink(alarm.unitId));
    for (const id of alarm.hardware.filter((one) => one !== alarm.unitId).slice(0, AT_ONCE)) fold.append(unitLink(id));
    if (alarm.of.length > 1) fold.append(membersOf(alarm));
  }

  function unitLink(id) {
    const link = make("a", words.name(id), { class: "quiet", href: address({ unit: id }), translate: "no" });
    const line = make("p");
    line.append(link);
    return line;
  }

  function membersOf(alarm) {
    const all = make("div");
    all.append(members(alarm.of.slice(0, AT_ONCE)));
    const others = alarm.of.slice(AT_ONCE);
    if (others.length === 0) return all;
    const more = make("details");
    more.append(make("summary", words.t("alarm.more", { n: others.length })));
    more.addEventListener("toggle", () => more.childElementCount === 1 && more.append(members(others)));
    all.append(more);
    return all;
  }

  function members(of) {
    const list = make("ul", "", { class: "alarm-members" });
    for (const one of of) {
      const state = one.active ? (one.told ? "" : ` · ${words.t("alarm.untold")}`) : ` · ${words.t("alarm.over")}`;
      list.append(make("li", `${words.said(one.text)}${state}`));
    }
    return list;
  }

  return { build, update };
}

/** "▲ 1 act now": a sign, a number and a word. */
export function priorityText({ priority }, words) {
  return words.t(`alarm.priority.${priority}`);
}

function ofText(alarm, words) {
  const subjects = subjectsOf(alarm);
  return subjects.length === 0 ? words.t("alarm.cluster") : listed(subjects, words);
}

/** The first few names, and how many more: "E001, E002, E003 and 12 more". */
export function listed(names, words) {
  const shown = names
    .slice(0, NAMED)
    .map((name) => words.name(name))
    .join(", ");
  return names.length > NAMED ? words.t("alarm.andmore", { names: shown, n: names.length - NAMED }) : shown;
}

function stateText(alarm, words) {
  const parts = [words.t(`alarm.state.${alarm.state}`)];
  if (alarm.inhibitedBy !== null) parts.push(words.t("alarm.explained"));
  if (!alarm.told) parts.push(words.t("alarm.untold"));
  if (alarm.chattering) parts.push(words.t("alarm.chatters"));
  if (alarm.times > 1) parts.push(words.t("alarm.times", { n: alarm.times }));
  return parts.join(" · ");
}

/** What the fold tells, as [term, text]. */
function facts(alarm, root, words) {
  const { acknowledged, shelved } = alarm;
  const deed = (one) => words.t(one.text ? "alarm.deed" : "alarm.deed.bare", { name: one.name, at: words.time(one.at), text: one.text });
  return [
    [words.t("alarm.kind"), words.t(kindKey(alarm.kind, words))],
    [words.t("alarm.began"), words.both(alarm.began)],
    alarm.times > 1 ? [words.t("alarm.since"), words.both(alarm.since)] : null,
    acknowledged === null ? null : [words.t("alarm.readby"), deed(acknowledged)],
    shelved === null ? null : [words.t("alarm.shelvedby"), `${deed(shelved)} ${words.t("alarm.until", { time: words.both(shelved.until) })}`],
    alarm.inhibitedBy === null ? null : [words.t("alarm.explainedby"), root === null ? words.name(alarm.inhibitedBy) : words.said(root.cause)],
    [words.t("alarm.id"), words.name(alarm.id)],
  ].filter(Boolean);
}

/** Where the name of a kind stands; one that has none is shown as it is. */
export function kindKey(kind, words) {
  const keys = [`alarm.kind.${kind}`, `journal.kind.${kind}`];
  return keys.find((key) => words.t(key) !== key) ?? kind;
}
