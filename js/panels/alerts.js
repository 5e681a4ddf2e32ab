// What stands above everything but the E-stop's latch (latch.js): grave faults of the bus (S9) and unwatched live hardware (Z6a). Below, the banners: what else is wrong
// on the bus, who cannot be reached, and since when (Z5, Z6).

import { dealtSentence, dealtWith } from "../lib/alarmDealt.js";
import { conditionsOf } from "../lib/conditions.js";
import { duration } from "../lib/durations.js";
import { orderNeeds } from "../lib/needs.js";
import { didSentence, idsOf, liveNow, namesOf, needSentence, sinceText, unwatchedSentence } from "../lib/sentences.js";
import { transferNews } from "../lib/transferNews.js";
import { isolated } from "../lib/wire.js";
import { keyed, make, setAttribute, setOutcome, setProperty, setText } from "../widgets/text.js";

const $ = globalThis.jQuery;
const ROWS = document.body.dataset.display === "wall" ? 1 : 4; // more units than these share one line; on the wall each is large
const PEERS = { emulatorEmulator: "Emulator Emulator", budoEmulator: "Budo Emulator" }; // as their alarms name them
const LOOPS = { dataCollector: "data collector", scheduler: "scheduler" };
const PASSES = 600_000; // ms for which a guided transfer that failed and is over is told

export function createAlerts({ words, orders, state, ask }) {
  const bar = document.getElementById("unwatched");
  const list = document.getElementById("unwatched-list");
  const grave = document.getElementById("grave");
  const graveList = document.getElementById("grave-list");
  const banners = document.getElementById("banners");
  const said = document.getElementById("said");
  let passing = { key: null, at: 0 }; // the guided transfer that is over, and since when this page tells it
  let heard = new Set(); // keys of what was read out: durations tick, but only what is new is said

  $(list).on("click", "[data-act=acknowledge]", ({ currentTarget }) => acknowledge($(currentTarget).closest("li").data("units")));

  async function acknowledge(ids) {
    const units = ids.map((id) => state.get().model.byId.get(id)).filter(Boolean);
    if (units.length === 0) return;
    const { answer, moment } = await ask({
      title: units.length === 1 ? words.t("unwatched.ask", { id: units[0].id }) : words.t("unwatched.ask.many", { n: units.length }),
      lead: words.t("unwatched.ask.lead", { sentence: units.map((unit) => unwatchedSentence(unit, words)).join(" ") }),
      facts: () => liveNow(state.get().model, words),
      yes: words.t("unwatched.ask.yes"),
      calm: true,
    });
    if (answer !== "yes") return;
    for (const { id } of units) orders.give({ spot: spotOf(id), order: "acknowledge", unitId: id, moment, call: (order) => order.acknowledge(id) });
  }

  function spotOf(id) {
    return `unwatched:${id}`;
  }

  function render(model) {
    const rows = rowsOf(model, words);
    bar.hidden = rows.length === 0;
    keyed(list, rows, ({ key }) => key, build, update);
    const bus = conditionsOf(state.get().status, words);
    const lost = !state.get().alive; // a grave fault stands even so: it may still be there
    renderGrave(folded(bus.grave.map(withSince).map(withDeed)));
    const others = lost ? [] : [...transferBanner(), ...folded(bus.others.map(withSince).map(withDeed))];
    const told = [...bannersOf(state.get(), words).map(withDeed), ...others];
    sayNews([...bus.grave, ...rows.filter((row) => !row.acknowledged).map(({ key, head, tail }) => ({ key, text: `${head} ${tail}` })), ...told]);
    setProperty(banners, "hidden", told.length === 0);
    keyed(
      banners,
      told,
      ({ key }) => key,
      () => {
        const line = make("p", "", { class: "banner" });
        line.append(make("span", "▲ ", { class: "sign", "aria-hidden": "true" }), make("span"));
        return line;
      },
      (element, { text, level, deed = "" }) => {
        setText(element.lastElementChild, `${text} ${deed}`.trim());
        setAttribute(element, "data-level", deed ? "read" : level);
      },
    );
  }

  /** What a guided transfer has to say to everybody; that one failed and is over is told for a while only. */
  function transferBanner() {
    const news = transferNews(state.get().status?.share ?? null, words);
    if (!news?.passing) return news ? [news] : [];
    if (passing.key !== news.key) passing = { key: news.key, at: performance.now() };
    return performance.now() - passing.at < PASSES ? [news] : [];
  }

  function renderGrave(found) {
    setProperty(grave, "hidden", found.length === 0);
    keyed(
      graveList,
      found,
      ({ key }) => key,
      () => {
        const row = make("li", "", { class: "unwatched-row" });
        const line = make("p");
        line.append(make("b"), make("span"));
        row.append(make("span", "▲", { class: "sign", "aria-hidden": "true" }), line);
        return row;
      },
      (row, { text, since = "", deed = "" }) => {
        setText(row.lastElementChild.firstChild, since ? text.slice(0, -since.length) : text);
        setText(row.lastElementChild.lastChild, `${since} ${deed}`.trim());
      },
    );
  }

  function withSince(one) {
    const since = words.t("bus.since", { at: words.time(one.since) });
    return { ...one, text: `${one.text} ${since}`, since };
  }

  /** What somebody has done with its alarm: it stands all the same, and calmer. */
  function withDeed(one) {
    const dealt = one.kind === undefined ? null : dealtWith(state.get().status, one.kind, one.subject);
    return { ...one, deed: dealtSentence(dealt, words) };
  }

  /** The first of many, those that nobody has read before the others, and how many more. */
  function folded(all) {
    const found = [...all].sort((one, other) => (one.deed !== "") - (other.deed !== ""));
    if (found.length <= ROWS + 1) return found;
    const level = found.slice(ROWS).some((one) => one.level === "alarm") ? "alarm" : "warn";
    return [...found.slice(0, ROWS), { key: "bus:more", level, text: words.t("and.more", { n: found.length - ROWS }) }];
  }

  function sayNews(items) {
    const news = items.filter(({ key }) => !heard.has(key));
    heard = new Set(items.map(({ key }) => key));
    if (news.length > 0) setText(said, news.map(({ text }) => text).join(" "));
    else if (items.length === 0) setText(said, "");
  }

  function build() {
    const row = make("li", "", { class: "unwatched-row" });
    const words = make("div", "", { class: "grow" });
    words.append(make("p"), make("p", "", { class: "outcome" }));
    row.append(make("span", "▲", { class: "sign", "aria-hidden": "true" }), words);
    return row;
  }

  function update(row, { units, head, tail, acknowledged }) {
    $(row).data("units", units);
    const [sentence, outcome] = row.children[1].children;
    if (sentence.childElementCount === 0) sentence.append(make("b"), make("span"));
    setText(sentence.firstChild, head);
    setText(sentence.lastChild, tail ? ` ${tail}` : "");
    row.classList.toggle("acknowledged", acknowledged);
    const said = units.map((id) => orders.shown(spotOf(id))).filter(Boolean);
    setOutcome(outcome, said.find(({ kind }) => kind === "bad") ?? said[0] ?? null);
    button(row, units.length > 0 && !acknowledged);
  }

  function button(row, wanted) {
    let there = row.querySelector("button");
    if (!wanted) {
      there?.remove();
      return;
    }
    if (!there) row.append((there = make("button", "", { type: "button", "data-act": "acknowledge" })));
    setText(there, words.t("unwatched.acknowledge"));
    const now = state.get();
    setProperty(there, "disabled", now.past !== null); // it would be sent to the live grid, on what is shown of the past
    setAttribute(there, "title", now.past === null ? null : needSentence(orderNeeds(now), words));
  }

  return { render };
}

function rowsOf(model, words) {
  const unwatched = model.units.filter((unit) => unit.unwatched);
  const open = unwatched.filter((unit) => unit.acknowledged === null);
  const known = unwatched.filter((unit) => unit.acknowledged !== null);
  const rows = allStale(model, open)
    ? [allRow(open, model, words)]
    : open.slice(0, open.length > ROWS + 1 ? ROWS : ROWS + 1).map((unit) => ({
        key: `u:${unit.id}`,
        units: [unit.id],
        head: unwatchedSentence(unit, words),
        tail: words.t("unwatched.tail"),
        acknowledged: false,
      }));
  const rest = open.slice(rows.length);
  if (rest.length > 0 && !allStale(model, open)) {
    rows.push({
      key: "rest",
      units: rest.map(({ id }) => id),
      head: words.t("and.more", { n: rest.length }),
      tail: idsOf(
        rest.map(({ id }) => id),
        words,
        12,
      ),
      acknowledged: false,
    });
  }
  for (const unit of known) {
    const { by, at } = unit.acknowledged;
    const sentence = unwatchedSentence(unit, words);
    rows.push({
      key: `a:${unit.id}`,
      units: [unit.id],
      head: "",
      tail: words.t("unwatched.acknowledged", { sentence, by, at: words.time(at) }),
      acknowledged: true,
    });
  }
  return rows;
}

/** One sentence when all are stale (Z6a). */
function allStale(model, open) {
  return open.length > 1 && model.units.length > 1 && model.counts.live === 0 && model.counts.silent === 0;
}

function allRow(open, model, words) {
  const names = namesOf(
    open.map((unit) => `${isolated(unit.id)} (${didSentence(unit, words)})`),
    words,
    4,
  );
  const age = Math.min(...open.map(({ age }) => age ?? Infinity));
  return {
    key: "all",
    units: open.map(({ id }) => id),
    head: words.t("unwatched.all", { n: model.units.length, time: duration(age, words.units), units: names }),
    tail: "",
    acknowledged: false,
  };
}

function bannersOf({ alive, status }, words) {
  const found = [];
  const add = (key, level, values = {}, id = key, kind = undefined, subject = "") => found.push({ key: id, level, text: words.t(key, values), kind, subject });
  if (!alive) return found; // what else the last status said is no longer known; alive.js says what is wrong
  for (const [peer, name] of Object.entries(PEERS)) {
    const told = status?.apisWeb?.[peer];
    if (told?.up !== false) continue;
    const key = told.sinceStart ? `banner.${peer}.start` : `banner.${peer}`;
    add(key, "alarm", { ...sinceText(told.since, words), error: words.said(told.lastError ?? "") }, `banner.${peer}`, "apisWebUnreachable", name);
  }
  for (const [name, worker] of Object.entries(status?.workers ?? {})) {
    if (worker?.alive === false)
      add(
        "banner.worker",
        "alarm",
        { name: words.t(`worker.${name}`), error: words.said(worker.lastError ?? "") },
        `worker:${name}`,
        "workerStopped",
        LOOPS[name],
      );
  }
  const lease = status?.lease ?? null;
  if (lease !== null && lease.state !== "held")
    add(
      `banner.lease.${lease.state}`,
      "alarm",
      { units: idsOf(lease.units, words, 4), n: lease.seconds, at: words.time(lease.waitsAt) },
      "banner.lease",
      "handLease",
    );
  if (status?.grid?.error === true) add("banner.griderror", "alarm", {}, "banner.griderror", "gridError");
  if (status?.grid?.noGridMaster === true) add("banner.nomaster", "warn", {}, "banner.nomaster", "noGridMaster");
  if (status?.schedules?.fault) add("banner.schedules", "alarm", { error: words.said(status.schedules.fault) }, "banner.schedules", "schedulesUnreadable");
  if (status?.journal?.fault) add("banner.journal", "warn", { error: words.said(status.journal.fault) }, "banner.journal", "journalNotWritten");
  for (const sentence of status?.notKept ?? []) add("banner.notkept", "warn", { error: words.said(sentence) }, `notkept:${sentence}`);
  if (status?.config?.readOnly) add("banner.readonly", "warn");
  return found;
}
