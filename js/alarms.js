// The alarms' own page: what stands, the gravest first, each with what to do; what a person does with them; what is out of service; what was.
// Nothing here changes a rule or orders anything of the grid. Stop all and the E-stop's latch stand here too (beside.js).

import { createBeside } from "./beside.js";
import { createPoller } from "./poller.js";
import { chosenOf, isUnread, mostHours, newOf, unreadIds, windowAt } from "./lib/alarmList.js";
import { isAlarms, isPast, isServices } from "./lib/alarmReplies.js";
import { asEntered } from "./lib/enteredTimes.js";
import { bare } from "./lib/held.js";
import { failureSentence } from "./lib/sentences.js";
import { isolated } from "./lib/wire.js";
import { soundChosen } from "./widgets/alarmChoice.js";
import { createAlarmChannels } from "./widgets/alarmChannels.js";
import { createAlarmHistory } from "./widgets/alarmHistory.js";
import { createAlarmRows, kindKey, priorityText } from "./widgets/alarmRow.js";
import { createAlarmSound } from "./widgets/alarmSound.js";
import { createDeedDialog } from "./widgets/deedDialog.js";
import { keyed, make, setProperty, setText, translate } from "./widgets/text.js";
import { createPractice } from "./widgets/practice.js";
import { createTimeField } from "./widgets/timeField.js";
import { createUnread } from "./widgets/unread.js";
import { showZone } from "./widgets/zoneNote.js";

const EVERY = 2000; // ms between two looks at what stands
const SHOWN = 100; // rows at once
const PAST = 50; // alarms of the history at once
const SAID = 3; // new alarms that are read out; the others are counted
const JUMP = 10; // rows that Page keys go
const FOLLOWS = 60_000; // ms between two looks at what is out of service and what was
const [MINUTE, HOUR] = [60_000, 3_600_000]; // ms
const FIELDS = ["priority", "state", "unit", "text"];
const asked = new URLSearchParams(location.search);
const { words, api, title, start } = createBeside({ onZone: relabel });
const find = (id) => document.getElementById(id);
const list = find("alarms-list");
const rows = createAlarmRows({ words, address: api.mainPage });
const past = createAlarmHistory(find("past-rows"), { words });
const channels = createAlarmChannels({ words, api, list: find("channels"), outcome: find("channels-outcome") });
const practice = createPractice({ words, api, list: find("practice"), end: find("practice-end"), outcome: find("practice-outcome") });
const sound = createAlarmSound({ words });
const from = createTimeField({ words, id: "service-from" });
const to = createTimeField({ words, id: "service-to", likely: (choices) => choices.length - 1 });
const deeds = Object.fromEntries(
  [
    ["acknowledge", ["comment"]],
    ["shelve", ["hours", "reason"]],
    ["service", ["unit", "reason"]],
  ].map(([id, fields]) => [id, createDeedDialog({ words, id, fields, onDone: look })]),
);
const opened = new Set(); // ids of those unfolded
const [standing, away, was] = ["alarms-outcome", "services-outcome", "past-outcome"].map((id) => createUnread(find(id), { words, key: "alarm.failed" }));
let alarms = null; // as told last; null until the first answer
let readAt = null; // when that was
let stood = null; // what the history's table shows: {at, question}
let health = null;
let services = null; // as told last, and when that was
let servicesAt = null;
let known = null; // the ids of those to be read at the last look
let begin = 0; // the first row shown
let current = null; // the id of the row that the keyboard is at
let next = null; // where older alarms go on
let reading = 0; // number of the newest question of the history; older answers are dropped

/* ---- what stands ---- */

const poller = createPoller({ call: () => api.alarms(isAlarms), interval: EVERY, onAnswer: onAlarms });

function onAlarms(answer) {
  if (answer.failure === "gaveWay") return;
  if (!answer.ok) {
    standing.tell(answer, alarms && { at: readAt, same: true });
    return;
  }
  ({ alarms, health } = answer.body);
  readAt = words.now();
  tellNew();
  sound.hear(alarms);
  render({ told: true });
}

/** What is new is read out, and nothing of what stood when the page was opened. */
function tellNew() {
  const news = known === null ? [] : newOf(alarms, known);
  known = unreadIds(alarms);
  if (news.length === 0) return;
  const each = news.slice(0, SAID).map((alarm) => `${priorityText(alarm, words)}: ${words.said(alarm.cause)}`);
  const more = news.length > SAID ? words.t("alarm.more", { n: news.length - SAID }) : "";
  setText(find("alarms-news"), bare([words.t("alarm.new"), ...each, more].filter(Boolean).join(" ")));
}

/** @param told whether what stands was read just now: until then a failure stays told */
function render({ told = false } = {}) {
  if (alarms === null) return;
  const chosen = chosenOf(alarms, filter(), textOf);
  begin = windowAt(begin, chosen.length, SHOWN);
  const shown = chosen.slice(begin, begin + SHOWN);
  const focused = document.activeElement;
  keyed(
    list,
    shown,
    ({ id }) => id,
    (alarm) => rows.build(alarm),
    (row, alarm) => rows.update(row, alarm, { opened: opened.has(alarm.id), root: alarms.find(({ id }) => id === alarm.inhibitedBy) ?? null }),
  );
  if (focused !== document.activeElement && focused?.isConnected) focused.focus();
  if (!shown.some(({ id }) => id === current)) current = shown[0]?.id ?? null;
  rove();
  const unread = alarms.filter(isUnread).length;
  const counted = chosen.length === alarms.length ? "alarm.count" : "alarm.count.chosen";
  if (!standing.failing() || told)
    standing.say(alarms.length === 0 ? words.t("alarm.none") : words.t(counted, { all: alarms.length, unread, chosen: chosen.length }));
  setProperty(find("alarms-window"), "hidden", chosen.length <= SHOWN);
  setText(find("alarms-rows"), words.t("alarm.rows", { first: begin + 1, last: begin + shown.length, all: chosen.length }));
  setProperty(find("alarms-before"), "disabled", begin === 0);
  setProperty(find("alarms-more"), "disabled", begin + SHOWN >= chosen.length);
  setText(find("alarms-health"), healthText());
  nameTab(unread);
}

function nameTab(unread) {
  const names = [unread > 0 ? String(unread) : "", bare(words.t("alarm.title")), bare(words.t("brand"))];
  title(names.filter(Boolean).join(" · "), { alarming: unread > 0 });
}

/** All that is shown of an alarm, to search in. */
function textOf(alarm) {
  return bare([alarm.cause, alarm.consequence, alarm.action].map((text) => words.said(text)).join(" ") + words.t(kindKey(alarm.kind, words)));
}

function healthText() {
  if (health === null) return "";
  const { lastTenMinutes, standingOverADay, floods, mostFrequent } = health;
  const often = mostFrequent.slice(0, 10).map(({ kind, count }) => `${words.t(kindKey(kind, words))} ${count}`);
  const told = words.t("alarm.health", { tenMinutes: lastTenMinutes, overADay: standingOverADay, floods });
  return often.length === 0 ? told : `${told} ${words.t("alarm.often", { kinds: often.join(", ") })}`;
}

function filter() {
  return Object.fromEntries(FIELDS.map((name) => [name, find(`alarms-${name}`).value]));
}

function choose() {
  begin = 0;
  const named = Object.entries(filter()).filter(([, value]) => value.trim() !== "");
  history.replaceState(null, "", named.length === 0 ? location.pathname : `?${new URLSearchParams(named)}`);
  render();
}

/** Shows the rows from there, and has the keyboard go to one of them, counted from the first shown. */
function turn(index, at = 0) {
  begin = index;
  render();
  goTo(list.querySelectorAll(".alarm-head")[at]);
}

function goTo(head) {
  if (!head) return;
  current = head.parentElement.dataset.id;
  rove();
  head.focus();
}

/** Tab goes to one row and what may be done with it, and then on behind the list. */
function rove() {
  for (const control of list.querySelectorAll(".alarm-head, [data-deed]")) control.tabIndex = control.closest(".alarm").dataset.id === current ? 0 : -1;
}

/** Arrows, Page, Home and End go from row to row, and on to the rows that are not shown. */
function onKey(event) {
  const head = event.target.closest(".alarm-head");
  if (!head || event.altKey || event.ctrlKey || event.metaKey) return;
  const heads = [...list.querySelectorAll(".alarm-head")];
  const at = heads.indexOf(head);
  const all = chosenOf(alarms, filter(), textOf).length;
  const wanted = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + JUMP, PageUp: at - JUMP, Home: -begin, End: all - 1 - begin }[event.key];
  if (wanted === undefined) return;
  event.preventDefault();
  const index = Math.max(0, Math.min(all - 1, begin + wanted));
  if (index >= begin && index < begin + heads.length) goTo(heads[index - begin]);
  else turn(windowAt(index, all, SHOWN), index % SHOWN);
}

/* ---- what a person does ---- */

const ASK = {
  acknowledge: (alarm) =>
    deeds.acknowledge.open({
      title: words.t("alarm.acknowledge.title"),
      did: words.said(alarm.cause),
      call: ({ name, comment }) => api.acknowledgeAlarm(alarm.id, { name: name || null, comment: comment || null }),
    }),
  shelve: (alarm) => {
    const most = mostHours(alarm);
    const hours = deeds.shelve.field("hours");
    hours.max = String(most);
    setText(deeds.shelve.field("most"), words.t("alarm.shelve.most", { priority: alarm.priority, n: most }));
    deeds.shelve.open({
      title: words.t("alarm.shelve.title"),
      did: words.said(alarm.cause),
      call: ({ name, hours: wanted, reason }) => api.shelveAlarm(alarm.id, { hours: wanted, name, reason }),
    });
    hours.value = String(Math.min(1, most));
  },
  unshelve: (alarm) => takeBack(api.unshelveAlarm(alarm.id)),
};

function askService() {
  deeds.service.open({ title: words.t("alarm.service.title"), did: words.t("alarm.service.note"), call: takeOut });
  from.set({ field: "", pick: 0 });
  to.set(asEntered(new Date(Math.ceil(words.now().getTime() / MINUTE) * MINUTE + HOUR), words.zone));
}

/** An answer, or why there is nothing to be asked. */
function takeOut({ unit, name, reason }) {
  const [begins, ends] = [from.read(), to.read()];
  if ([begins, ends].some(({ problem }) => problem === "gap")) return words.t("schedule.gap", { name: words.zone });
  if (!ends.date) return words.t("alarm.service.end");
  return api.outOfService({ unitId: unit || null, from: begins.date?.toISOString() ?? null, to: ends.date.toISOString(), name, reason });
}

/** What is taken back needs no question. */
async function takeBack(answering) {
  const answer = await answering;
  say("deed-outcome", answer.ok ? "" : failureSentence(answer, words), answer.ok ? "" : "bad");
  look();
}

/** Has all that is shown read anew. */
function look() {
  poller.now();
  showServices();
  showPast();
}

/* ---- out of service, and what was ---- */

async function showServices() {
  const answer = await api.alarmServices(isServices);
  if (!answer.ok) {
    away.tell(answer, services && { at: servicesAt, same: true });
    return;
  }
  services = answer.body.services;
  servicesAt = words.now();
  away.say(services.length === 0 ? words.t("alarm.services.none") : "");
  renderServices();
}

function renderServices() {
  find("services").replaceChildren(
    ...(services ?? []).map((one) => {
      const scope = one.scope === "" ? words.t("alarm.service.all") : one.scope;
      const told = { scope, begin: words.both(one.since), end: words.both(one.until), name: one.name, reason: one.reason };
      const line = make("li");
      line.append(
        make("span", words.t("alarm.service.is", told)),
        " ",
        make("button", words.t("alarm.unshelve"), {
          type: "button",
          "data-scope": one.scope,
          "aria-label": `${words.t("alarm.unshelve")} · ${isolated(scope)}`,
        }),
      );
      return line;
    }),
  );
}

async function showPast(before = null) {
  const mine = (reading += 1);
  const unitId = find("past-unit").value.trim() || null;
  find("past-csv").href = api.alarmsCsv({ unitId });
  const query = { unitId, before, limit: PAST };
  const answer = await api.alarmHistory(query, isPast);
  if (mine !== reading) return;
  const question = JSON.stringify(query);
  if (!answer.ok) {
    was.tell(answer, stood && { at: stood.at, same: stood.question === question });
    return;
  }
  stood = { at: words.now(), question };
  next = answer.body.next;
  past.show(answer.body.alarms);
  find("past-older").disabled = next === null;
  find("past-newest").disabled = before === null;
  was.say(words.t(answer.body.alarms.length === 0 ? "alarm.past.none" : "alarm.past.count", { n: answer.body.alarms.length }));
}

/** What others did shows by itself, but for the history while somebody reads in it. */
function follow() {
  if (document.visibilityState === "hidden") return;
  showServices();
  channels.show();
  if (find("past-newest").disabled && find("past-rows").querySelector("details[open]") === null) showPast();
}

/* ---- the page itself ---- */

function say(id, sentence, level) {
  setText(find(id), sentence);
  find(id).dataset.kind = level;
}

function relabel() {
  label();
  render();
  showServices();
  showPast();
}

function label() {
  document.documentElement.lang = words.language;
  translate(document, words);
  setText(find("past-time"), words.t("alarm.time", { zone: words.zone }));
  for (const field of [from, to]) field.render();
  for (const one of [standing, away, was, channels, practice]) one.render();
  nameTab(alarms === null ? 0 : alarms.filter(isUnread).length);
  showZone(words);
}

for (const name of FIELDS) {
  find(`alarms-${name}`).value = asked.get(name) ?? "";
  find(`alarms-${name}`).addEventListener("input", choose);
}
for (const name of ["priority", "state"]) if (find(`alarms-${name}`).selectedIndex < 0) find(`alarms-${name}`).value = ""; // the address asks for what there is not
for (const field of [from, to]) for (const input of [field.input, field.which]) input.addEventListener("input", field.render);
find("alarms-filter").addEventListener("submit", (event) => event.preventDefault());
list.addEventListener("keydown", onKey);
list.addEventListener("click", ({ target }) => {
  const id = target.closest(".alarm")?.dataset.id;
  const alarm = alarms?.find((one) => one.id === id);
  const deed = target.closest("[data-deed]")?.dataset.deed;
  if (!alarm) return;
  if (deed) ASK[deed](alarm);
  else if (target.closest(".alarm-head")) {
    opened.has(id) ? opened.delete(id) : opened.add(id);
    current = id;
    render();
  }
});
find("alarms-before").addEventListener("click", () => turn(begin - SHOWN));
find("alarms-more").addEventListener("click", () => turn(begin + SHOWN));
find("alarm-sound").checked = soundChosen();
find("alarm-sound").addEventListener("change", ({ target }) => {
  sound.choose(target.checked, alarms ?? []);
  target.checked = soundChosen();
});
find("service-open").addEventListener("click", askService);
find("services").addEventListener("click", ({ target }) => {
  const button = target.closest("[data-scope]");
  if (button) takeBack(api.inService({ unitId: button.dataset.scope || null }));
});
find("past-filter").addEventListener("submit", (event) => {
  event.preventDefault();
  showPast();
});
find("past-older").addEventListener("click", () => showPast(next));
find("past-newest").addEventListener("click", () => showPast());
label();
words.ready.finally(() => {
  label();
  poller.start();
  showServices();
  channels.show();
  practice.show();
  showPast();
  setInterval(follow, FOLLOWS);
});
start();
