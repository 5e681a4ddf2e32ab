// The incidents' own page: what is kept around faults and stops, why, with a way into Replay and a file, and what people note. Nothing here orders
// anything of the grid. Stop all and the E-stop's latch stand here too (beside.js).

import { createBeside } from "./beside.js";
import { bare } from "./lib/held.js";
import { isIncidents } from "./lib/incidentReplies.js";
import { whoText } from "./lib/who.js";
import { createDeedDialog } from "./widgets/deedDialog.js";
import { isRecording, showRecording } from "./widgets/recordingNote.js";
import { keyed, make, setAttribute, setProperty, setText, translate } from "./widgets/text.js";
import { createTimeField } from "./widgets/timeField.js";
import { createUnread } from "./widgets/unread.js";
import { showZone } from "./widgets/zoneNote.js";

const ROWS = 20; // incidents at once
const FOLLOWS = 5000; // ms between two looks at the newest
const MB = 1_000_000;
const LESSER = ["estop", "stop", "drill", "order", "kept"]; // the kinds of reasons besides those of alarms, the gravest first
const { words, api, title, start } = createBeside({ onZone: relabel, onOrders: show });
const find = (id) => document.getElementById(id);
const list = find("incidents-list");
const moment = createTimeField({ words, id: "keep-at" });
const keeping = createDeedDialog({ words, id: "keep", fields: ["reason"], onDone: show });
const noting = createDeedDialog({ words, id: "note", fields: ["text"], onDone: () => show(before) });
const unread = createUnread(find("incidents-outcome"), { words, key: "incident.failed" });
let told = null; // the last answer
let readAt = null; // when that was
let before = null; // what the page shown begins below; null: the newest
let reading = 0; // number of the newest question; older answers are dropped

async function show(from = null) {
  const mine = (reading += 1);
  const answer = await api.incidents({ before: from, limit: ROWS }, isIncidents);
  if (mine !== reading || answer.failure === "gaveWay") return;
  if (!answer.ok) {
    unread.tell(answer, told && { at: readAt, same: from === before });
    return;
  }
  [told, readAt, before] = [answer.body, words.now(), from];
  render();
}

function render() {
  if (told === null) return;
  const { incidents, next, days, bytes, used, fault } = told;
  keyed(list, incidents, ({ id }) => id, build, update);
  unread.say(words.t(incidents.length === 0 ? "incident.none" : "incident.count", { n: incidents.length }));
  setProperty(find("incidents-older"), "disabled", next === null);
  setProperty(find("incidents-newest"), "disabled", before === null);
  setProperty(find("incidents-room"), "hidden", isRecording()); // it keeps one, and lets none go
  setText(find("incidents-room"), words.t("incident.room", { days, most: bytes / MB, used: (used / MB).toFixed(1) }));
  setText(find("incidents-fault"), fault === null ? "" : words.said(fault));
  setProperty(find("incidents-fault"), "hidden", fault === null);
}

/* ---- one of them ---- */

function build({ id }) {
  const row = make("li", "", { class: "incident" });
  const folded = make("details");
  folded.append(make("summary"), make("div", "", { class: "incident-fold" }));
  row.append(folded);
  row.dataset.id = id;
  return row;
}

function update(row, incident) {
  setAttribute(row, "data-growing", incident.whole ? null : "");
  const now = JSON.stringify([incident, words.language, words.zone]);
  if (row.shown === now) return; // so that whoever reads in it, or is at one of its links, is not disturbed
  row.shown = now;
  row.querySelector("summary").replaceChildren(...headOf(incident));
  row.querySelector(".incident-fold").replaceChildren(...foldOf(incident));
}

/** The reason that names it: what the grid did, before who stopped it, before what failed or a person wanted kept. */
function gravestOf(reasons) {
  const rank = ({ kind }) => LESSER.indexOf(kind); // -1: an alarm
  return reasons.reduce((gravest, one) => (rank(one) < rank(gravest) ? one : gravest));
}

function headOf({ begin, end, whole, reasons, reasonsLeftOut, units, bytes }) {
  const state = words.t(whole ? "incident.whole" : isRecording() ? "incident.cut" : "incident.growing");
  const span = words.t("incident.span", { begin: words.moment(begin), end: words.moment(end) });
  const why = words.t("incident.reasons", { n: reasons.length + reasonsLeftOut });
  const more = [state, why, units.map((unit) => words.name(unit)).join(", "), sizeOf(bytes)].filter(Boolean).join(" · ");
  return [make("b", words.said(gravestOf(reasons).text)), " ", make("span", `${span} · ${more}`)];
}

function sizeOf(bytes) {
  return bytes < MB ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / MB).toFixed(1)} MB`;
}

function foldOf(incident) {
  const { id, reasons, reasonsLeftOut, notes } = incident;
  const whys = listOf(reasons, (why) => {
    const time = make("a", words.moment(why.at, { seconds: true }), { href: api.mainPage({ at: why.at }), title: words.t("incident.replay") });
    return [
      time,
      " ",
      make("span", words.said(why.text)),
      ...(why.by === "" || words.names(why.text, why.by) ? [] : [" · ", make("span", whoText(why.by, words))]),
    ];
  });
  const said = listOf(notes, ({ at, by, text }) => [make("span", `${words.moment(at, { seconds: true })} ${whoText(by, words)}: ${words.name(text)}`)]);
  const name = words.said(gravestOf(reasons).text);
  const buttons = make("p", "", { class: "buttons" });
  buttons.append(
    make("a", words.t("incident.replay"), {
      class: "quiet",
      href: api.mainPage({ at: gravestOf(reasons).at }),
      "aria-label": labelled("incident.replay", name),
    }),
    make("a", words.t("incident.file"), { class: "quiet", href: api.incidentFile(id), "aria-label": labelled("incident.file", name) }),
  );
  if (!isRecording())
    buttons.append(make("button", words.t("incident.note.open"), { type: "button", "data-note": id, "aria-label": labelled("incident.note.open", name) }));
  return [
    make("h3", words.t("incident.why")),
    whys,
    ...(reasonsLeftOut > 0 ? [make("p", words.t("incident.more", { n: reasonsLeftOut }), { class: "hint" })] : []),
    ...(notes.length > 0 ? [make("h3", words.t("incident.notes")), said] : []),
    buttons,
  ];
}

function labelled(key, name) {
  return `${bare(words.t(key))} · ${bare(name)}`;
}

function listOf(entries, content) {
  const found = make("ul");
  found.append(
    ...entries.map((entry) => {
      const line = make("li");
      line.append(...content(entry));
      return line;
    }),
  );
  return found;
}

/* ---- what a person does ---- */

function askKeep() {
  keeping.open({ title: words.t("incident.keep.title"), did: words.t("incident.keep.note"), call: keep });
  moment.set({ field: "", pick: 0 });
}

/** An answer, or why there is nothing to be asked. */
function keep({ name, reason }) {
  const { date = null, problem = null } = moment.read();
  if (problem === "gap") return words.t("schedule.gap", { name: words.zone });
  return api.keepIncident({ at: date?.toISOString() ?? null, name: name || null, reason });
}

function askNote(incident) {
  noting.open({
    title: words.t("incident.note.title"),
    did: words.said(gravestOf(incident.reasons).text),
    call: ({ name, text }) => api.noteIncident(incident.id, { text, name: name || null }),
  });
}

/* ---- the page itself ---- */

function relabel() {
  label();
  render();
}

function label() {
  document.documentElement.lang = words.language;
  translate(document, words);
  moment.render();
  unread.render();
  title([bare(words.t("incident.title")), bare(words.t("brand"))].join(" · "));
  showZone(words);
  showRecording(words);
}

/** What comes by itself shows, but where somebody reads of older ones. */
function follow() {
  if (document.visibilityState !== "hidden" && before === null) show();
}

setProperty(find("keep-open"), "hidden", isRecording());
find("keep-open").addEventListener("click", askKeep);
list.addEventListener("click", ({ target }) => {
  const id = target.closest("[data-note]")?.dataset.note;
  const incident = told?.incidents.find((one) => one.id === id);
  if (incident) askNote(incident);
});
for (const input of [moment.input, moment.which]) input.addEventListener("input", moment.render);
find("incidents-older").addEventListener("click", () => show(told?.next ?? null));
find("incidents-newest").addEventListener("click", () => show());
label();
words.ready.finally(() => {
  label();
  show();
  setInterval(follow, FOLLOWS);
});
start();
