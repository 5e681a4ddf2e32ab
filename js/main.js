// Where the page starts: builds the parts, polls the controller, and hands every new model to the scene and the panels.

import { createApi } from "./api.js";
import { pageName } from "./keys.js";
import { createMemory } from "./memory.js";
import { createOrders } from "./orders.js";
import { createPoller } from "./poller.js";
import { createScene } from "./scene/scene.js";
import { SCENE_WORDS } from "./scene/words.js";
import { createState } from "./state.js";
import { createWords } from "./words.js";
import { buildModel } from "./lib/model.js";
import { latchOf } from "./lib/estop.js";
import { finite } from "./lib/figures.js";
import { failureSentence } from "./lib/sentences.js";
import { createAlerts } from "./panels/alerts.js";
import { createAsk } from "./panels/ask.js";
import { createBusField } from "./panels/busField.js";
import { createBusFigures } from "./panels/busFigures.js";
import { createCluster } from "./panels/cluster.js";
import { createDeals } from "./panels/deals.js";
import { createDetails } from "./panels/details.js";
import { createForget } from "./panels/forget.js";
import { createLatch } from "./panels/latch.js";
import { createLocks } from "./panels/locks.js";
import { createPreferences, firstLanguage } from "./panels/preferences.js";
import { createSchedules } from "./panels/schedules.js";
import { createShare } from "./panels/share.js";
import { createTrips } from "./panels/trips.js";
import { createTrust } from "./panels/trust.js";
import { createUnderWay } from "./panels/underway.js";
import { createUps } from "./panels/ups.js";
import { createUnits } from "./panels/units.js";

const EVERY = 500; // ms between readings (Z14)
const SLOW = 1000; // ms: deals and status
const RARE = 3000; // ms: schedules
const AGES = 1000; // ms without any news until the ages are drawn again
const LOST_AFTER = 3; // s without an answer until the controller counts as unreachable

const name = pageName();
const words = createWords(firstLanguage());
const api = createApi({ page: name, words });
const state = createState();
const orders = createOrders({ api, state, words, page: name, renew: () => statusPoller.now() });
const memory = createMemory({ api, state });
const asking = createAsk();
const debug = document.getElementById("debug");
const busVoltage = document.getElementById("bus-voltage");
let model = buildModel(null, null, null);
let due = null;
let drawnAt = -Infinity;

const page = {
  api, state, words, orders, name,
  model: () => model,
  ask,
  debug: () => debug.checked,
  readOnly: () => state.get().status?.config?.readOnly === true,
  /** Whether orders other than stopping can be given now: the controller answers and is not read-only. */
  orderable: () => state.get().status !== null && state.get().reach?.up !== false && !page.readOnly(),
  lockOf: (scope) => {
    const locks = state.get().status?.locks;
    return locks && Object.hasOwn(locks, scope) ? locks[scope] : null;
  },
  /** The E-stop's latch, null where none is told. */
  latch: () => latchOf(state.get().status),
  unitsZone: () => state.get().status?.config?.upstreamTimezone ?? null,
  showUnit: (id) => units.show(id),
  readNow,
};

page.bus = createBusField(page);
page.schedules = createSchedules(page);
page.locks = createLocks(page);
page.ups = createUps(page);
const details = createDetails(page, { onClose: () => scene.select(null) });
const units = createUnits(page);
const scene = createScene(document.getElementById("scene"), {
  words: sceneWords(),
  onSelect: (id) => {
    scene.select(id);
    details.open(id);
  },
});
const cluster = createCluster(page);
const panels = [createLatch(page), createAlerts(page), createTrust(page), cluster, createDeals(page), createUnderWay(page), page.schedules, page.locks, page.ups, page.bus, createBusFigures(page), createShare(page), units, createForget(page), createTrips(page), details, asking];
const preferences = createPreferences({
  words,
  onLanguage: () => {
    scene.setWords(sceneWords());
    units.relabel();
    render();
  },
  onTheme: () => scene.setTheme(),
});

/** What ask.js tells, and the moment at which the question was opened: from then on its order is judged (see orders.js). */
async function ask(question) {
  const moment = orders.moment();
  return { ...await asking.ask(question), moment };
}

/* ---- readings ---- */

const statusPoller = createPoller({ call: api.status, interval: SLOW, onAnswer: onStatus, awake: () => cluster.following() || orders.following() });
const pollers = [
  statusPoller,
  createPoller({ call: api.logInfo, interval: EVERY, onAnswer: onLogInfo }),
  createPoller({ call: api.deals, interval: SLOW, onAnswer: onDeals }),
  createPoller({ call: api.schedules, interval: RARE, onAnswer: (answer) => answer.ok && state.set({ schedules: answer.body }) }),
];

function readNow() {
  for (const poller of pollers) poller.now();
}

function onLogInfo(answer) {
  reached(answer);
  if (answer.ok && isObject(answer.body)) state.set({ logInfo: answer.body });
}

function onStatus(answer) {
  reached(answer);
  if (!answer.ok || !isObject(answer.body)) return;
  state.set({ status: answer.body, statusAt: performance.now() });
  orders.follow(answer.body);
  memory.follow(answer.body);
}

/** A 502 keeps the last deals and says why they cannot be told (Z6). */
function onDeals(answer) {
  reached(answer);
  if (answer.failure === "gaveWay") return;
  if (answer.ok && Array.isArray(answer.body)) state.set({ deals: answer.body, dealsFailed: null });
  else state.set({ dealsFailed: dealsSentence(answer) });
}

function dealsSentence(answer) {
  if (answer.failure === "refused") return failureSentence(answer, words);
  return words.t(answer.failure === "unreachable" || answer.failure === "timedOut" ? "deals.noanswer" : "deals.garbled");
}

/** Any answer of its own, also a refusal, shows that the controller lives; none for some seconds, or a proxy's, that it cannot be reached. */
function reached(answer) {
  if (answer.failure === "gaveWay") return; // ended by this page itself: that tells nothing
  const now = Date.now();
  if (answer.status > 0 && answer.failure !== "garbled") {
    state.set({ heardAt: now, ...(state.get().reach?.up === true ? {} : { reach: { up: true, since: new Date(now).toISOString() } }) });
    return;
  }
  const { heardAt, reach } = state.get();
  if (reach?.up === false) return;
  const since = heardAt ?? page.startedAt;
  if (now - since >= LOST_AFTER * 1000) state.set({ reach: { up: false, since: new Date(since).toISOString() } });
}

page.startedAt = Date.now();

/* ---- drawing ---- */

function renew() {
  due = null;
  drawnAt = performance.now();
  const { logInfo, deals, status, remembered, reach } = state.get();
  model = buildModel(logInfo, deals, status, { remembered, previous: model, elapsed: elapsed(), now: performance.now() / 1000, lost: reach?.up === false });
  scene.update(model);
  render();
}

/** One part's fault is reported and never stops the others (N17). */
function render() {
  for (const panel of panels) {
    try {
      panel.render(model, elapsed());
    } catch (fault) {
      globalThis.reportError(fault);
    }
  }
}

/** Seconds since the status was told. */
function elapsed() {
  const at = finite(state.get().statusAt);
  return at === null ? 0 : (performance.now() - at) / 1000;
}

/** Many changes make one drawing. */
function soon() {
  due ??= setTimeout(renew, 0);
}

/** The scene's texts in the page's language. */
function sceneWords() {
  return Object.fromEntries(Object.keys(SCENE_WORDS).map((name) => [name, words.t(`scene.${name}`)]));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/* ---- the page's frame ---- */

function measure() {
  const style = document.documentElement.style;
  style.setProperty("--top-height", `${document.getElementById("top").offsetHeight}px`);
  style.setProperty("--stop-height", `${document.getElementById("stop-block").offsetHeight}px`);
}

/** A key that is held down presses once: its repeats would go on through the questions that the first press opened. */
function ignoreHeldKeys(event) {
  if (!event.repeat || event.key !== "Enter") return;
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("keydown", ignoreHeldKeys, { capture: true });
for (const control of document.querySelectorAll("[data-needs-script]")) control.disabled = false;
preferences.apply();
preferences.applyTheme();
debug.addEventListener("change", render);
busVoltage.addEventListener("input", render);
new ResizeObserver(measure).observe(document.getElementById("top"));
new ResizeObserver(measure).observe(document.getElementById("stop-block"));
state.subscribe((now, changed) => {
  if (changed.size > 1 || !changed.has("heardAt")) soon();
});
setInterval(() => {
  if (performance.now() - drawnAt >= AGES) soon(); // ages go on between the answers
}, AGES / 4);
for (const poller of pollers) poller.start();
document.documentElement.dataset.running = ""; // first.js says so where this line is not reached
