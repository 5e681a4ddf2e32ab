// What was recorded of a unit or of the cluster: a chart with its span, step and time to choose, the same figures as a table, and files.
// Used by the unit's details and by the history page; `kind` is "power", or "energy" for what was moved day by day.

import { barsOf, movedIn } from "../lib/dealBars.js";
import { MISSING, finite } from "../lib/figures.js";
import { beganAt, levelOf, mattersOf, titleOf } from "../lib/matters.js";
import { isHistory, isLedger, isSums } from "../lib/recordReplies.js";
import { clockOf, coverageText, coveredText, energyPanes, energyText, figureText, filled, labelOf, powerPanes, slotTime, unitOf } from "../lib/slotFigures.js";
import { isEmpty, isLong, renewed, slotsOf, sumsOf } from "../lib/slots.js";
import { SPANS, endAround, moved, nextSpan, rangeOf, spanOf, stepFor, stepsFor } from "../lib/timeSpans.js";
import { keyed, make, setAttribute, setProperty, setText } from "../widgets/text.js";
import { createUnread } from "../widgets/unread.js";
import { buildFigure, createChart, showFigure } from "./chart.js";
import { createLedgerTable } from "./ledgerTable.js";
import { loadLibrary } from "./library.js";

export const FOLLOWS = 15_000; // ms between two looks for what is new
const AGAIN = 3; // slots that are asked for again: the last ones may have been unfinished
const DAY = 86_400_000; // ms
const YOUNG = 3600; // s that a record must reach back before more than an hour of it is shown unasked
const MARKED = 200; // events at most, of each kind
const [DEALS, PAGES] = [500, 4]; // deals of one answer, and answers
const NOTES = 4;

/**
 * @param underWay () → deals under way, as the page's model has them
 * @param onRange ({seconds, to, step}) → void: another time was chosen here
 * @param narrows whether a record that has just begun is shown from its first hour, whatever span is wanted first
 */
export function createRecords(host, { words, api, now, kind = "power", underWay = () => [], onRange = () => {}, narrows = false }) {
  const own = partsOf(host, kind);
  const outcome = createUnread(own.outcome, { words, key: "chart.failed" });
  const chart = createChart(own.chart, { onSpan: (direction, at) => chooseSpan(nextSpan(shown.seconds, direction), at) });
  const ledger = createLedgerTable(own.deals, { words, label: () => words.t("chart.label.deals", { name: nameOf(shown.unitId) }) });
  let shown = null; // {unitId, seconds, to, step}: what is wanted; step null: what fits
  let found = null; // {unitId, range, slots, over, sums, marks, Library, note, at, question}: what stands there
  let reading = 0; // number of the newest question; older answers are dropped
  let timer = null;
  let mayNarrow = narrows;

  for (const button of own.spans.children) button.addEventListener("click", () => chooseSpan(SPANS.find(({ name }) => name === button.value)));
  own.step.addEventListener("change", () => choose({ step: own.step.value }));
  own.earlier.addEventListener("click", () => choose({ to: moved(shown, -1, now()) }));
  own.later.addEventListener("click", () => choose({ to: moved(shown, 1, now()) }));
  own.latest.addEventListener("click", () => choose({ to: null }));
  own.toggle.addEventListener("click", () => {
    setProperty(own.tables, "hidden", !own.tables.hidden);
    tell();
  });

  /** @param at the moment (s since 1970) that is to stay in sight; null: none */
  function chooseSpan(span, at = null) {
    choose({ seconds: span.seconds, step: null, to: endAround(at, { seconds: span.seconds, to: shown.to }, now()) });
  }

  function choose(what) {
    mayNarrow = false;
    show({ ...shown, ...what });
    onRange({ seconds: shown.seconds, to: shown.to, step: shown.step });
  }

  /** Shows {unitId, seconds, to, step} from now on. */
  function show(wanted) {
    shown = { ...wanted };
    if (shown.step !== null && !stepsFor(shown.seconds).includes(shown.step)) shown.step = null;
    if (timer === null) timer = setInterval(follow, FOLLOWS);
    renderTools();
    return load();
  }

  function follow() {
    if (shown.to === null && document.visibilityState !== "hidden") load({ quietly: true });
  }

  function hide() {
    clearInterval(timer);
    timer = null;
    reading += 1;
  }

  const step = () => shown.step ?? (kind === "energy" ? "day" : stepFor(shown.seconds));

  async function load({ quietly = false } = {}) {
    const mine = (reading += 1);
    const range = rangeOf(shown, now());
    const asked = { unitId: shown.unitId, step: step() };
    const question = JSON.stringify([shown.unitId, shown.seconds, shown.to, asked.step]); // an end that moves with the clock leaves it the same
    const before = quietly && found?.slots.step === asked.step && found.slots.at.length > AGAIN ? found.slots : null;
    if (!quietly) outcome.say(words.t("chart.loading"), "wait");
    const from = before === null ? range.from : new Date(before.at.at(-AGAIN) * 1000);
    const [answer, deals, events, Library] = await Promise.all([
      api.history({ ...asked, from: from.toISOString(), to: range.to.toISOString() }, isHistory),
      kind === "power" ? dealsOf(asked, range) : {},
      kind === "power" ? eventsOf(asked.unitId, range) : [],
      loadLibrary(api.charts),
    ]);
    if (mine !== reading) return;
    const slots = answer.ok ? slotsOf(answer.body, words.zone) : null;
    if (slots === null) {
      if (!quietly || answer.failure !== "gaveWay") outcome.tell(answer, found && { at: found.at, same: found.question === question });
      return;
    }
    if (mayNarrow && shown.to === null && shown.seconds > YOUNG && isYoung(slots)) {
      choose({ seconds: YOUNG, step: null });
      return;
    }
    mayNarrow = false;
    const renewedSlots = before === null ? slots : renewed(before, slots, range.from / 1000);
    found = { unitId: asked.unitId, range, slots: renewedSlots, marks: events, Library, at: now(), question, ...deals };
    outcome.say("");
    tell();
  }

  function isYoung({ reach }) {
    return reach === null || now() - Date.parse(reach) < YOUNG * 1000;
  }

  /** {over, sums}: of a unit the deals that are over, in longer steps what they moved; null for what could not be read. */
  async function dealsOf({ unitId, step: length }, { from, to }) {
    if (unitId === null) return { over: [], sums: [] };
    if (isLong({ step: length })) {
      const answer = await api.ledgerSums({ unitId, by: length, pair: true, from: from.toISOString(), to: to.toISOString() }, isSums);
      return { over: [], sums: answer.ok ? answer.body.rows : null };
    }
    const over = [];
    let before = null;
    for (let page = 0; page < PAGES; page += 1) {
      const until = new Date(to.getTime() + DAY); // what flowed in this time may have ended later
      const answer = await api.ledger({ unitId, from: from.toISOString(), to: until.toISOString(), before, limit: DEALS }, isLedger);
      if (!answer.ok) return { over: null, sums: [] };
      over.push(...answer.body.deals);
      before = answer.body.next;
      if (before === null) break;
    }
    return { over, sums: [] };
  }

  /** What happened then: of a unit everything but its deals, of the cluster orders and what the grid did by itself. null: cannot be read. */
  async function eventsOf(unit, { from, to }) {
    const query = { from: from.toISOString(), to: to.toISOString(), limit: MARKED };
    const asked = unit === null ? [{ about: "orders" }, { about: "grid" }] : [{ unit }];
    const answers = await Promise.all(asked.map((more) => api.journal({ ...query, ...more })));
    return answers.every(({ ok, body }) => ok && Array.isArray(body?.rows)) ? answers.flatMap(({ body }) => body.rows) : null;
  }

  function marksOf(rows) {
    return mattersOf(rows)
      .filter(({ row }) => row.kind !== "deal")
      .map((matter) => ({ at: Date.parse(beganAt(matter)) / 1000, level: levelOf(matter), text: titleOf(matter, words) }))
      .sort((one, other) => one.at - other.at);
  }

  /* ---- what is told of it ---- */

  /** Says everything that is known, in the page's language. */
  function tell() {
    renderTools();
    if (found === null) return;
    const { slots, Library } = found;
    const view = viewOf(found);
    setProperty(own.missing, "hidden", Library !== null);
    setText(own.missing, Library === null ? words.t("chart.missing") : "");
    if (Library === null) setProperty(own.tables, "hidden", false);
    if (kind === "power") renderSums(found);
    chart.show(view, Library);
    renderTable(view);
    const lost = [
      ...(found.over === null || found.sums === null ? [words.t("chart.noDeals")] : []),
      ...(found.marks === null ? [words.t("chart.noEvents")] : []),
    ];
    const nothing = isEmpty(slots) ? words.t(slots.reach === null ? "chart.nothingYet" : "chart.nothing", { since: words.moment(slots.reach) }) : "";
    if (outcome.failing()) outcome.render();
    else outcome.say([nothing, ...lost].filter(Boolean).join(" "), lost.length > 0 ? "warn" : "");
  }

  /** Up to when (s since 1970) it is known what was recorded. */
  function recordedIn({ recorded }) {
    return recorded ?? now().getTime() / 1000;
  }

  function viewOf({ unitId, range, slots, over, sums, marks }) {
    const seconds = now().getTime() / 1000;
    const panes = (kind === "energy" ? energyPanes(unitId) : powerPanes(unitId)).map((pane) => filled(pane, slots));
    const bars = kind === "power" && unitId !== null && !isLong(slots) ? barsOf(unitId, over ?? [], underWay(), seconds) : [];
    if (kind === "power" && unitId !== null) panes.push(isLong(slots) ? movedPane(movedIn(slots, sums ?? [], unitId)) : spansPane(bars));
    const view = {
      slots,
      from: slots.at[0] ?? range.from / 1000,
      to: slots.until.at(-1) ?? range.to / 1000,
      recorded: recordedIn(slots),
      zone: words.zone,
      panes,
    };
    const series = panes.flatMap((pane) => pane.series);
    const told = marksOf(marks ?? []);
    return {
      ...view,
      series,
      bars,
      marks: told,
      label: words.t(`chart.label.${kind}`, { name: nameOf(unitId) }),
      describe: (place) => describe(place, { unitId, slots, series, bars: over === null ? null : bars, marks: told, seconds }),
    };
  }

  function describe(place, { unitId, slots, series, bars, marks, seconds }) {
    const figures = series.map(({ key, colour, look, values }) => ({
      key,
      label: labelOf(key, unitId, words),
      colour,
      look,
      text: figureText(key, values[place]),
    }));
    const dealt = (bars ?? []).filter(({ from, to }) => from < slots.until[place] && Math.max(to, from + 1) > slots.at[place]);
    if (kind === "power" && unitId !== null && !isLong(slots)) {
      const count = (side) => (bars === null ? MISSING : String(dealt.filter(({ gives }) => gives === side).length));
      figures.push({ key: "gives", colour: "bus", look: "block", label: words.t("chart.giving"), text: count(true) });
      figures.push({ key: "takes", colour: "charge", look: "hollow", label: words.t("chart.taking"), text: count(false) });
    }
    figures.push({ key: "coverage", label: words.t("chart.covered"), text: coveredText(slots, place, recordedIn(slots), words) });
    const notes = [
      ...marks.filter(({ at }) => at >= slots.at[place] && at < slots.until[place]).map(({ at, text }) => `▼ ${words.time(new Date(at * 1000))} ${text}`),
      ...dealt.map((bar) => barText(bar)),
    ];
    const more = notes.length - NOTES;
    return { time: slotTime(slots, place, words, seconds), figures, notes: more > 0 ? [...notes.slice(0, NOTES), words.t("and.more", { n: more })] : notes };
  }

  /** "19:30 to 20:58 gives to E002: 487.7 Wh": at the unit's own end. */
  function barText({ from, to, gives, other, outWh, inWh, running }) {
    const begin = clockOf(from, words);
    const time = running ? begin : words.t("chart.until", { begin, end: clockOf(to, words) });
    const energy = running ? words.t("chart.underWay") : figureText("gridInWh", gives ? outWh : inWh);
    return words.t(gives ? "chart.gives" : "chart.takes", { time, name: other, energy });
  }

  /** What all of it comes to: last night at a glance. */
  function renderSums({ unitId, range, slots }) {
    const sums = sumsOf(slots, recordedIn(slots));
    const charge = `${figureText("chargePercent", sums.chargeFirst)} → ${figureText("chargePercent", sums.chargeLast)}`;
    const told = [
      ["pvWh", words.t("series.pvW"), energyText(sums.pvWh)],
      ["loadWh", words.t("series.loadW"), energyText(sums.loadWh)],
      ["gridOutWh", labelOf("gridOutWh", unitId, words), energyText(sums.gridOutWh)],
      ...(unitId === null ? [] : [["gridInWh", labelOf("gridInWh", unitId, words), energyText(sums.gridInWh)]]),
      ["charge", words.t("series.chargePercent"), sums.chargeFirst === null ? MISSING : charge],
      ["coverage", words.t("chart.covered"), sums.coverage === null || slots.reach === null ? words.t("chart.notYet") : coverageText(sums.coverage)],
    ].map(([key, label, text]) => ({ key, label, text }));
    const [begin, end] = [range.from, range.to].map((at) => words.moment(at));
    setText(own.range, words.t("chart.range", { begin, end }));
    keyed(own.sums, told, ({ key }) => key, buildFigure, showFigure);
  }

  function nameOf(unitId) {
    return unitId ?? words.t("cluster.label");
  }

  function renderTools() {
    if (shown === null) return;
    const span = spanOf(shown.seconds);
    for (const button of own.spans.children) {
      setText(button, words.t(`span.${button.value}`));
      setAttribute(button, "aria-pressed", String(button.value === span));
    }
    setAttribute(own.spans, "aria-label", words.t("chart.span"));
    setText(own.stepLabel, words.t("chart.step"));
    keyed(
      own.step,
      stepsFor(shown.seconds),
      (name) => name,
      (name) => make("option", "", { value: name }),
      (option, name) => setText(option, words.t(`step.${name}`)),
    );
    own.step.value = step();
    for (const name of ["earlier", "later"]) setAttribute(own[name], "aria-label", words.t(`chart.${name}`));
    setText(own.latest, words.t("chart.latest"));
    setProperty(own.later, "disabled", shown.to === null);
    setProperty(own.latest, "disabled", shown.to === null);
    setText(own.toggle, words.t("chart.table"));
    setAttribute(own.toggle, "aria-expanded", String(!own.tables.hidden));
    setText(own.keys, words.t("chart.keys"));
    setProperty(own.keys, "hidden", found !== null && found.Library === null);
    setText(own.file, words.t("chart.file"));
    const { from, to } = rangeOf(shown, now());
    setAttribute(own.file, "href", api.historyCsv({ unitId: shown.unitId, step: step(), from: from.toISOString(), to: to.toISOString() }));
  }

  function renderTable({ slots, series, label }) {
    if (own.tables.hidden) return;
    const { unitId } = found;
    setAttribute(own.wrap, "aria-label", label);
    const heads = [
      words.t("journal.time", { zone: words.zone }),
      words.t("chart.covered"),
      ...series.map(({ key }) => `${labelOf(key, unitId, words)} (${unitOf(key)})`),
    ];
    own.head.replaceChildren(...heads.map((text) => make("th", text, { scope: "col" })));
    const places = [...slots.at.keys()].filter((place) => slots.at[place] <= now().getTime() / 1000);
    keyed(
      own.rows,
      places,
      (place) => `${slots.step} ${slots.at[place]}`,
      () => make("tr"),
      (row, place) => {
        const cells = [
          coveredText(slots, place, recordedIn(slots), words),
          ...series.map(({ key, values }) => figureText(key, finite(values[place])).split(" ")[0]),
        ];
        if (row.childElementCount !== cells.length + 1) row.replaceChildren(make("th", "", { scope: "row" }), ...cells.map(() => make("td")));
        setText(row.firstChild, slotTime(slots, place, words, now().getTime() / 1000));
        for (const [index, text] of cells.entries()) setText(row.children[index + 1], text);
      },
    );
    setProperty(own.deals, "hidden", (found.over ?? []).length === 0);
    ledger.show(found.over ?? []);
  }

  return { show, hide, render: tell };
}

function spansPane(bars) {
  return { key: "deals", kind: "spans", height: 24, unit: "", range: [0, 1], series: [], spans: bars };
}

function movedPane({ gave, took }) {
  const series = [
    { key: "gaveWh", colour: "bus", look: "block", values: gave },
    { key: "tookWh", colour: "charge", look: "hollow", values: took },
  ];
  return { key: "moved", kind: "bars", height: 84, unit: "Wh", series };
}

/** Builds the frame's parts, each of which the others above fill. */
function partsOf(host, kind) {
  const parts = {
    spans: make("div", "", { class: "spans", role: "group" }),
    earlier: make("button", "‹", { type: "button", class: "quiet" }),
    later: make("button", "›", { type: "button", class: "quiet" }),
    latest: make("button", "", { type: "button", class: "quiet" }),
    step: make("select", "", { class: "quiet", autocomplete: "off" }),
    stepLabel: make("span", "", { class: "unseen" }),
    toggle: make("button", "", { type: "button", class: "quiet" }),
    file: make("a", "", { class: "quiet", href: "history.csv" }),
    missing: make("p", "", { class: "note" }),
    outcome: make("p", "", { class: "outcome", "aria-live": "polite" }),
    range: make("p", "", { class: "chart-range", translate: "no" }),
    sums: make("dl", "", { class: "chart-figures chart-sums" }),
    chart: make("div", "", { class: "chart" }),
    keys: make("p", "", { class: "hint chart-keys" }),
    tables: make("div", "", { class: "chart-tables" }),
    wrap: make("div", "", { class: "wrap chart-table", tabindex: "0", role: "region" }),
    head: make("tr"),
    rows: make("tbody"),
    deals: make("div"),
  };
  parts.spans.append(...SPANS.map(({ name }) => make("button", "", { type: "button", class: "quiet", value: name })));
  const labelled = make("label");
  labelled.append(parts.stepLabel, parts.step);
  const tools = make("div", "", { class: "chart-tools" });
  if (kind === "power") tools.append(parts.spans, parts.earlier, parts.later, parts.latest, labelled);
  tools.append(parts.toggle, parts.file);
  const table = make("table");
  const head = make("thead");
  head.append(parts.head);
  table.append(head, parts.rows);
  parts.wrap.append(table);
  parts.tables.append(parts.wrap, parts.deals);
  parts.tables.hidden = true;
  host.replaceChildren(tools, parts.outcome, parts.missing, ...(kind === "power" ? [parts.range, parts.sums] : []), parts.chart, parts.keys, parts.tables);
  return parts;
}
