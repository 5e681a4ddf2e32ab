// Block 3: the list of the units' panels in id order, with search, filters, sort and density; only what is in view is built and updated.

import { countFilters, selectUnits } from "../lib/filters.js";
import { liveNow, modeName } from "../lib/sentences.js";
import { isolated } from "../lib/wire.js";
import { make, setAttribute, setProperty, setText } from "../widgets/text.js";

const $ = globalThis.jQuery;
const MANY = 180; // from about here the screen is filled to its corners with tiles
const NARROW = "(max-width: 560px)"; // there the panels begin compact: many would be a page of many metres
const MARGIN = "400px"; // cards are built this far before they come into view
const LEVEL = { stale: "warn", silent: "alarm", alarm: "alarm" };

/** @param makeCard (id, element) => a unit's panel (card.js) in that element */
export function createUnits({ words, orders, state, api, ask, readNow, makeCard }) {
  const find = (id) => document.getElementById(id);
  const list = find("cards");
  const note = find("units-note");
  const elements = new Map([...list.children].map((element) => [element.dataset.unit, element])); // first paint's cards are kept
  const cards = new Map(); // id -> what makeCard gave; only of units that were in view
  const visible = new Set();
  const choice = () => state.get().list;
  let placed = null; // ids as the cards stand; null until the first frame // the ids of the cards on the page, in their order

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) isIntersecting ? visible.add(target.dataset.unit) : visible.delete(target.dataset.unit);
      renderCards(state.get().model);
    },
    { rootMargin: MARGIN },
  );
  for (const element of elements.values()) observer.observe(element);

  addEventListener("beforeprint", () => renderCards(state.get().model, elements.keys())); // paper shows also what was never in view

  $("#filters").on("change", "input", ({ currentTarget }) => choose("filter", currentTarget.value));
  $("#mode-filter").on("change", ({ currentTarget }) => choose("mode", currentTarget.value));
  $("#sort").on("change", ({ currentTarget }) => choose("sort", currentTarget.value));
  $("#find").on("input", ({ currentTarget }) => choose("find", currentTarget.value));
  $("#density").on("click", () => setDensity(list.dataset.density !== "compact"));
  setDensity(matchMedia(NARROW).matches);
  $(list).on("submit", "form", (event) => {
    event.preventDefault();
    const id = idOf(event.currentTarget);
    const { form } = event.currentTarget.dataset;
    if (form === "local") setLocal(id);
    else if (form === "ups") cards.get(id)?.setUps();
    else cards.get(id)?.converter.submit();
  });
  $(list).on("click", "[data-act]", ({ currentTarget, originalEvent }) => ACTS[currentTarget.dataset.act]?.(idOf(currentTarget), currentTarget, originalEvent));

  const ACTS = {
    "schedule-set": (unitId) => state.set({ opened: { what: "schedule", unitId } }),
    "schedule-clear": (id, _, event) => cards.get(id)?.clearSchedule(event),
    "shut-down": askShutDown,
    lock: (unitId) => state.set({ opened: { what: "lock", unitId } }),
    refresh,
    details: (unitId, _, event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // the browser opens the link beside
      event.preventDefault();
      state.set({ opened: { what: "details", unitId } });
    },
    open: (_, button) => {
      button.closest(".card").classList.toggle("opened");
      renderCards(state.get().model);
    },
  };

  state.subscribe(({ opened }, changed) => {
    if (changed.has("list")) showChoice();
    if (changed.has("opened") && opened?.what === "panel") show(opened.unitId);
  });
  showChoice();

  function setDensity(compact) {
    list.dataset.density = compact ? "compact" : "full";
    find("density").setAttribute("aria-pressed", String(compact));
  }

  function choose(name, value) {
    state.set({ list: { ...choice(), [name]: value } });
  }

  /** The controls say what the list shows, whoever chose it. */
  function showChoice() {
    const { filter, mode, find: wanted, sort } = choice();
    if (find("find").value !== wanted) find("find").value = wanted;
    $("#mode-filter").val(mode);
    $("#sort").val(sort);
    $("#filters input").each((_, radio) => {
      radio.checked = radio.value === filter;
    });
    render(state.get().model, { anew: true });
  }

  async function setLocal(id) {
    const card = cards.get(id);
    const wanted = card?.localChoice();
    if (!card || wanted === null) return; // as G3: "--" does nothing, and the panel says so
    let moment; // without a question: when Set was pressed
    if (wanted === "stop") {
      const mode = modeName(wanted, words);
      const unit = state.get().model.byId.get(id) ?? null;
      const asked = await ask({
        title: words.t("ask.local", { mode, id }),
        lead: words.t("ask.local.stop.lead"),
        facts: () => liveNow(state.get().model, words, state.get().model.byId.get(id) ?? unit),
        yes: words.t("ask.yes", { what: mode }),
        focus: "yes",
      });
      if (asked.answer !== "yes") return;
      moment = asked.moment;
    }
    card.resetLocal();
    orders.give({
      spot: `card:${id}:mode`,
      order: "setOperationMode",
      unitId: id,
      wanted: { mode: wanted },
      moment,
      call: (order) => order.setOperationMode({ value: wanted, unitId: id }),
    });
  }

  async function askShutDown(id) {
    const { answer, moment } = await ask({
      title: words.t("shutdown.ask.unit", { id }),
      lead: words.t("shutdown.lead.unit"),
      facts: () => liveNow(state.get().model, words, state.get().model.byId.get(id) ?? null),
      yes: words.t("shutdown"),
    });
    if (answer === "yes") orders.give({ spot: `card:${id}:shutDown`, order: "shutDown", unitId: id, moment, call: (order) => order.shutDown(id) });
  }

  /** N18: read the unit now; the next reading of all carries what was found. */
  async function refresh(id) {
    await orders.look({ spot: `card:${id}:refresh`, order: "refresh", unitId: id, call: () => api.unit(id, { urgent: true }) });
    readNow();
  }

  /** `anew`: the person chose what to show, so that the cards may move under the pointer. */
  function render(model, { anew = false } = {}) {
    renderToolbar(model);
    const wanted = selectUnits(model.units, choice()).map(({ id }) => id);
    if (placed === null && model.status !== null) list.replaceChildren(); // what the page was sent with stands until then
    if (model.status !== null && !isPlaced(wanted)) arrange(anew || !isBusy() ? wanted : undisturbed(wanted, model), model);
    setProperty(list, "hidden", model.status === null && (placed !== null || state.get().past !== null)); // cards of another moment are none of this one's
    setText(note, noteOf(placed?.length ?? 0, model));
    setAttribute(document.body, "data-many", model.units.length >= MANY);
    renderCards(model);
  }

  function noteOf(shown, model) {
    if (model.units.length === 0) return model.status ? words.t("units.empty") : "";
    if (shown === 0) return words.t("units.none");
    return shown < model.units.length ? words.t("units.shown", { n: shown, of: model.units.length }) : "";
  }

  function renderToolbar(model) {
    const counts = countFilters(model.units);
    for (const label of find("filters").querySelectorAll("label")) {
      const name = label.firstElementChild.value;
      setText(label.lastElementChild, name === "all" || name === "live" ? "" : counts[name] || "");
      setAttribute(label, "data-level", counts[name] > 0 ? (LEVEL[name] ?? null) : null);
    }
    setAttribute(find("find"), "placeholder", words.t("units.find.n", { n: model.units.length }));
  }

  /** Whether somebody is at a card, or at a dialog from which they come back to it: a card that moves now gets a click meant for another. */
  function isBusy() {
    return list.matches(":hover") || list.contains(document.activeElement) || document.querySelector("dialog[open]") !== null;
  }

  /** The cards as they stand, whatever sort and filter make of the newest readings; newcomers go to the end. */
  function undisturbed(wanted, model) {
    const standing = new Set((placed ?? []).filter((id) => model.byId.has(id)));
    return [...standing, ...wanted.filter((id) => !standing.has(id))];
  }

  function isPlaced(ids) {
    return placed !== null && ids.length === placed.length && ids.every((id, index) => id === placed[index]);
  }

  /** Brings the cards into the wanted order; those that are not wanted leave the page but are kept. */
  function arrange(ids, model) {
    if (isPlaced(ids)) return;
    placed = ids;
    for (const id of ids) if (!elements.has(id)) add(id);
    const show = new Set(ids);
    for (const [id, element] of elements) {
      if (!show.has(id)) element.remove();
      if (!model.byId.has(id)) forget(id, element);
    }
    let place = list.firstElementChild;
    for (const id of ids) {
      const element = elements.get(id);
      if (element === place) place = place.nextElementSibling;
      else list.insertBefore(element, place);
    }
  }

  function add(id) {
    const element = make("article", "", { class: "card", "data-unit": id, "aria-label": isolated(id) });
    elements.set(id, element);
    observer.observe(element);
  }

  function forget(id, element) {
    observer.unobserve(element);
    elements.delete(id);
    cards.delete(id);
    visible.delete(id);
  }

  function renderCards(model, ids = visible) {
    for (const id of ids) {
      const unit = model.byId.get(id);
      const element = elements.get(id);
      if (!unit || !element?.isConnected) continue;
      if (!cards.has(id)) cards.set(id, makeCard(id, element));
      cards.get(id).update(unit, model);
    }
  }

  /** Shows one unit's panel, whatever the filter. */
  function show(id) {
    if (!elements.get(id)?.isConnected) {
      state.set({ list: { ...choice(), filter: "all", mode: "", find: "" } });
    }
    const element = elements.get(id);
    if (!element) return;
    list.querySelector(".found")?.classList.remove("found");
    element.classList.add("found");
    element.tabIndex = -1;
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
  }

  /** What was typed and not ordered is gone, in the panels that are filtered away too. */
  function forgetTyped() {
    for (const element of elements.values()) for (const form of element.querySelectorAll("form")) form.reset();
  }

  /** After the language changed: the cards stay, with what is entered in them. */
  function relabel() {
    for (const card of cards.values()) card.label();
  }

  return { render, relabel, forgetTyped };
}

function idOf(element) {
  return element.closest("[data-unit]").dataset.unit;
}
