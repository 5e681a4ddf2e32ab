// One unit's panel (N1-N18): built when it comes into view, updated only while it is in view. Made by main.js for panels/units.js.

import { addressOf } from "../lib/address.js";
import { isOver } from "../lib/converter.js";
import { figure, finite, signed } from "../lib/figures.js";
import { isAlarming } from "../lib/filters.js";
import { shutDownNeeds } from "../lib/needs.js";
import { lockOf, mayOrder, offersUps } from "../lib/permits.js";
import { lockedBus, modeName, stateSentence } from "../lib/sentences.js";
import { tripsTexts } from "../lib/trips.js";
import { isolated, visible } from "../lib/wire.js";
import { createConverterForm } from "./converterForm.js";
import { showOutcomes } from "./outcomes.js";
import { createScheduleLine } from "./scheduleLine.js";
import { keyed, make, setAttribute, setProperty, setText, translate } from "./text.js";

const FIGURES = [
  ["wg", 2, signed],
  ["ig", 2, signed],
  ["vg", 2, figure],
  ["wb", 2, signed],
  ["ib", 2, signed],
  ["vb", 2, figure],
  ["rsoc", 0, figure],
];
const DEAL_BADGES = Object.freeze({ running: "badge.deal", agreed: "badge.agreed", unknown: "badge.unknown" });
const DEBUG = [
  ["operating", "operating"],
  ["flow", "battery"],
  ["pv", "pv"],
  ["p1", "demand"],
  ["p2", "utility"],
  ["ups", "load"],
];

const FORMS = ["mode", "schedule", "shutDown", "lock", "converter", "trips", "refresh", "ups"]; // each has its own spot for what came of it

/** `orderUps` is upsOrder.js's order; the others are what converterForm.js and scheduleLine.js take. */
export function createCard({ words, orders, state, api, ask, readNow, busVoltage, orderUps }, id, element) {
  const body = document.getElementById("card-template").content.firstElementChild.cloneNode(true);
  element.replaceChildren(...body.childNodes);
  const find = (selector) => element.querySelector(selector);
  const spots = FORMS.map((form) => `card:${id}:${form}`);
  const part = {
    link: find(".unit-link"),
    id: find(".uid"),
    name: find(".uname"),
    state: find(".state"),
    address: find(".address"),
    badges: find(".badges"),
    sentence: find(".sentence"),
    soc: find(".soc"),
    percent: find(".percent"),
    underWay: find(".under-way"),
    outcomes: find(".outcomes"),
    debug: find("dl.debug"),
    shutDown: find("[data-act=shut-down]"),
    clear: find("[data-act=schedule-clear]"),
    set: find("[data-act=schedule-set]"),
    local: find("select[name=local]"),
    localSet: find("[data-act=local]"),
    lock: find("[data-act=lock]"),
    refresh: find("[data-act=refresh]"),
    ups: find("form.ups"),
    opener: find("header").appendChild(make("button", "", { type: "button", class: "opener quiet", "data-act": "open" })),
  };
  const figures = Object.fromEntries([...element.querySelectorAll("[data-figure]")].map((node) => [node.dataset.figure, node]));
  const converter = createConverterForm({ words, orders, state, api, ask, busVoltage }, id, find("form.converter"), figures.word);
  const schedule = createScheduleLine({ words, orders, state, readNow }, id, figures.schedule, part.clear);
  for (const control of [part.local, part.localSet, part.set, part.shutDown, part.refresh]) control.setAttribute("aria-describedby", converter.needs);
  label();

  /** Sets the texts of the language; the controls' accessible names carry the unit, so that a list of them can be told apart. */
  function label() {
    translate(element, words);
    for (const control of element.querySelectorAll("button:not(.opener), select")) {
      const own = control.tagName === "SELECT" ? control.getAttribute("aria-label") : control.textContent.trim();
      control.setAttribute("aria-label", `${own} · ${isolated(id)}`);
    }
  }

  function update(unit, model) {
    setAttribute(element, "data-state", unit.state);
    setAttribute(element, "data-master", unit.gridMaster);
    setAttribute(element, "data-unwatched", unit.unwatched && unit.acknowledged === null);
    setText(part.id, visible(unit.id));
    setAttribute(part.link, "href", addressOf({ unit: unit.id }));
    setText(part.name, unit.name && unit.name !== unit.id ? `: ${isolated(unit.name)}` : ": --");
    setText(part.address, visible(unit.ip ?? "--"));
    renderState(unit);
    for (const [name, decimals, form] of FIGURES) setText(figures[name], form(unit[name], decimals));
    setText(figures.effective, modeName(unit.effective, words));
    setText(figures.permission, unit.permission === null ? "" : `${words.t(PERMISSIONS[unit.permission])} · `); // F18, T34
    renderCharge(unit);
    renderLocal(unit);
    renderPending(unit, model);
    schedule.render();
    renderBadges(unit, model.status);
    renderDebug(unit);
    renderGates(unit);
    renderUps(unit);
    converter.update(unit);
    showOutcomes(
      part.outcomes,
      orders.lines(spots).filter((line) => !isOver(line, unit, performance.now())),
      words,
    );
    const opened = element.classList.contains("opened");
    setText(part.opener, words.t(opened ? "density.fold" : "density.open"));
    setAttribute(part.opener, "aria-expanded", String(opened));
  }

  function renderState(unit) {
    if (part.state.childElementCount === 0) part.state.append(make("b"), make("span"));
    setText(part.state.firstChild, unit.gridMaster ? words.t("grid.master") : "");
    setText(part.state.lastChild, `${unit.gridMaster ? " · " : ""}${unit.state === "live" ? "" : "▲ "}${stateSentence(unit, words)}`);
  }

  function renderCharge({ rsoc }) {
    const width = rsoc === null ? "0%" : `${Math.max(0, Math.min(100, rsoc))}%`;
    if (part.soc.style.getPropertyValue("--soc") !== width) part.soc.style.setProperty("--soc", width);
    setText(part.percent, `${figure(rsoc)} %`);
    setAttribute(part.soc, "aria-label", words.t("battery.charge", { n: figure(rsoc) }));
  }

  function renderLocal({ localMode }) {
    setText(figures.local, localMode === null || localMode === "" ? words.t("local.follows") : modeName(localMode, words));
  }

  function renderPending(unit, model) {
    const open = (model.status?.orders ?? []).filter((command) => MODE_ORDERS.has(command.order) && concerns(command, id));
    const wanted = open.map((command) => wantedMode(command)).find((mode) => !shows(unit, mode));
    const text = wanted ? words.t("pending.mode", { mode: wanted.mode === "" ? words.t("local.clear") : modeName(wanted.mode, words) }) : "";
    setText(part.underWay, text);
    setProperty(part.underWay, "hidden", text === "");
  }

  function renderBadges(unit, status) {
    const badges = [];
    const add = (text, level = null, hint = null, icon = null) => badges.push({ text, level, hint, icon });
    const lock = lockOf(state.get(), id);
    if (unit.word === "reference") add(words.t("badge.reference"), unit.state === "live" ? "crown" : null, words.t("badge.reference"), "crown");
    if (unit.inDeal) add(words.t(DEAL_BADGES[unit.sharing]), unit.sharing === "unknown" ? null : "bus");
    if (lock)
      add(
        lock.reason ? words.t("badge.lock", lock) : words.t("badge.lock.noreason", lock),
        "warn",
        lock.since ? words.t("lock.by", { ...lock, since: words.time(lock.since) }) : null,
      );
    if (lock) add(words.t("badge.lock.bus", { vg: figure(unit.vg, 1) }), "warn", lockedBus(unit, id, words));
    if (unit.alarmPriority !== null) add(words.t("badge.alarm.priority", { n: unit.alarmPriority }), unit.alarmPriority <= 2 ? "alarm" : "warn");
    if (unit.alarm) add(words.t("badge.alarm"), "alarm");
    const trips = unit.trips === null ? null : tripsTexts(unit.trips, words);
    if (trips) add(trips.badge, unit.trips.tooMany ? "alarm" : "warn", trips.means);
    const conflict = unit.conflict ?? status?.conflicts?.[id] ?? null;
    if (conflict) add(words.t("badge.conflict"), "warn");
    keyed(
      part.badges,
      badges,
      ({ text }) => text,
      buildBadge,
      (node, { text, level, hint }) => {
        setText(node.lastChild, text);
        setAttribute(node, "data-level", level);
        setAttribute(node, "title", hint);
      },
    );
    setText(part.sentence, words.said(conflict ?? ""));
    setProperty(part.sentence, "hidden", !conflict);
    setAttribute(element, "data-alarm", isAlarming(unit));
  }

  function renderDebug(unit) {
    const { debug } = state.get();
    setProperty(part.debug, "hidden", !debug);
    if (!debug) return;
    const rows = DEBUG.map(([name, key]) => ({ name: `debug.${name}`, value: unit[key] }));
    keyed(
      part.debug,
      rows,
      ({ name }) => name,
      () => {
        const row = make("div");
        row.append(make("dt"), make("dd", "", { translate: "no" }));
        return row;
      },
      (row, { name, value }) => {
        setText(row.children[0], words.t(name));
        setText(row.children[1], finite(value) === null ? "" : `${figure(value)} W`); // N17: no number where there is none
      },
    );
  }

  /** What may be ordered now: nothing but "Stopped" while the unit is not live, its identity is in doubt, or all is read-only. Whoever may stop may choose Force Stop. */
  function renderGates(unit) {
    const live = unit.state === "live" && mayOrder(state.get(), "stop") && unit.conflict === null;
    for (const control of [part.local, part.localSet]) setProperty(control, "disabled", !live);
    setProperty(part.set, "disabled", !live || !mayOrder(state.get()));
    setProperty(part.shutDown, "disabled", !live || unit.effective !== "manual" || shutDownNeeds(state.get(), id) !== null);
    setProperty(part.refresh, "disabled", state.get().past !== null); // it reads what is so now
    setProperty(part.lock, "disabled", state.get().past !== null || (!mayOrder(state.get()) && !lockOf(state.get(), id)));
  }

  function renderUps(unit) {
    const now = state.get();
    setProperty(part.ups, "hidden", !offersUps(now));
    if (part.ups.hidden) return;
    setText(part.ups.querySelector("[data-figure]"), unit.upsMode ?? "--");
    for (const control of part.ups.querySelectorAll("select, button"))
      setProperty(control, "disabled", unit.state !== "live" || unit.conflict !== null || !mayOrder(now, "engineer"));
  }

  /** "--" does nothing, and says so until something is chosen. */
  function chooseFirst(form, field) {
    const empty = field.value;
    orders.say(`card:${id}:${form}`, words.t("mode.choose"), { kind: "warn", passing: true, holds: () => field.value === empty });
  }

  async function setUps() {
    const field = part.ups.elements.ups;
    if (field.value === "") chooseFirst("ups", field);
    else if (await orderUps(field.value, id)) field.value = "";
  }

  return {
    update,
    label,
    converter,
    setUps,
    clearSchedule: schedule.clear,
    localChoice: () => {
      if (part.local.value !== "--") return part.local.value;
      chooseFirst("mode", part.local);
      return null;
    },
    resetLocal: () => {
      part.local.value = "--";
    },
  };
}

/** A badge; one with an icon shows that alone, its word is for screen readers and on hover. */
function buildBadge({ icon }) {
  const badge = make("li");
  if (icon) badge.append(make("i", "", { class: `icon ${icon}`, "aria-hidden": "true" }));
  badge.append(make("span", "", { class: icon ? "unseen" : null }));
  return badge;
}

const PERMISSIONS = Object.freeze(["battery.denied", "battery.chargeonly", "battery.dischargeonly", "battery.permitted"]);

const MODE_ORDERS = new Set(["setOperationMode", "setBudo", "schedule"]);
const WIRE = Object.freeze({ active: "autonomous", quiet: "heteronomous" });

function concerns(command, id) {
  const own = command.units && Object.hasOwn(command.units, id) ? command.units[id] : null;
  if (own) return own.state === "pending" || own.state === "accepted";
  return !command.unitId || command.unitId === id;
}

function wantedMode({ unitId, wanted }) {
  const mode = wanted?.mode ?? wanted?.value ?? "";
  return { mode: WIRE[mode] ?? mode ?? "", local: Boolean(unitId) };
}

function shows(unit, { mode, local }) {
  return local ? (unit.localMode ?? "") === (mode ?? "") : unit.globalMode === mode;
}
