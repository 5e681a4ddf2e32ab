// Where the page starts: builds the parts, polls the controller, and hands every new model to the scene and the panels.

import { createApi } from "./api.js";
import { createFrames, untilNews } from "./frame.js";
import { pageName } from "./keys.js";
import { createOrders } from "./orders.js";
import { createPoller } from "./poller.js";
import { createScene } from "./scene/scene.js";
import { SCENE_WORDS } from "./scene/words.js";
import { createState } from "./state.js";
import { createBusVoltage } from "./widgets/busVoltage.js";
import { createCard } from "./widgets/card.js";
import { createUpsOrder } from "./widgets/upsOrder.js";
import { createWords } from "./words.js";
import { finite } from "./lib/figures.js";
import { buildModel, statusOf } from "./lib/model.js";
import { keepsThen } from "./lib/permits.js";
import { createAlerts } from "./panels/alerts.js";
import { createAsk } from "./panels/ask.js";
import { createBusField } from "./panels/busField.js";
import { createBusFigures } from "./panels/busFigures.js";
import { createCluster } from "./panels/cluster.js";
import { createDeals } from "./panels/deals.js";
import { createDetails } from "./panels/details.js";
import { createForget } from "./panels/forget.js";
import { createHappened } from "./panels/happened.js";
import { createLatch } from "./panels/latch.js";
import { createLocks } from "./panels/locks.js";
import { createPreferences, firstLanguage } from "./panels/preferences.js";
import { createSchedules } from "./panels/schedules.js";
import { createTransfer } from "./panels/transfer.js";
import { createTrips } from "./panels/trips.js";
import { createTrust } from "./panels/trust.js";
import { createUnderWay } from "./panels/underway.js";
import { createUps } from "./panels/ups.js";
import { createUnits } from "./panels/units.js";

const EVERY = 500; // ms between readings (Z14)
const AGES = 1000; // ms without any news until the ages are drawn again
const LOST_AFTER = 3; // s without a frame until the controller counts as unreachable
const NEWS = ["frame", "status", "statusAt", "heardAt", "model"]; // of the state: every answer brings them, whether it tells anything new or not

const name = pageName();
const words = createWords(firstLanguage());
const api = createApi({ page: name, words });
const state = createState({ model: buildModel(null) });
const orders = createOrders({ api, state, words, page: name, renew: readNow });
const frames = createFrames();
const asking = createAsk();
const startedAt = Date.now();
let due = null;
let drawnAt = -Infinity;

const busVoltage = createBusVoltage({ words });
const orderUps = createUpsOrder({ words, orders, state, ask });
const makeCard = (id, element) => createCard({ words, orders, state, api, ask, readNow, busVoltage, orderUps }, id, element);
const units = createUnits({ words, orders, state, api, ask, readNow, makeCard });
const panels = [
  createLatch({ words, orders, state, readNow }),
  createAlerts({ words, orders, state, ask }),
  createTrust({ words }),
  createCluster({ words, orders, state, api, ask, readNow }),
  createDeals({ words, state }),
  createUnderWay({ words, state }),
  createHappened({ words, state, api }),
  createSchedules({ words, orders, state, readNow }),
  createLocks({ words, orders, state, readNow }),
  createUps({ words, orders, state, orderUps }),
  createBusField({ words, busVoltage }),
  createBusFigures({ words, state }),
  createTransfer({ words, orders, state, api, ask, busVoltage }),
  units,
  createForget({ words, orders, state, readNow }),
  createTrips({ words, orders, state, readNow }),
  createDetails({ words, state, api }),
  asking,
];
const scene = createScene(document.getElementById("scene"), {
  words: sceneWords(),
  onSelect: (unitId) => state.set({ opened: { what: "details", unitId } }),
});
const preferences = createPreferences({
  words,
  onLanguage: () => {
    frames.anew(); // the codes of its sentences may have been forgotten since
    readNow();
    words.ready.finally(relabel);
  },
  onTheme: () => scene.setTheme(),
});

/** Says everything anew, what became of orders too, in the language that is chosen. */
function relabel() {
  preferences.apply();
  scene.setWords(sceneWords());
  units.relabel();
  orders.retell();
  render();
}

/** What ask.js tells, and the moment at which the question was opened: from then on its order is judged (see orders.js). */
async function ask(question) {
  const moment = orders.moment();
  return { ...(await asking.ask(question)), moment };
}

/* ---- readings ---- */

const poller = createPoller({
  call: () => api.frame(frames.since()),
  interval: EVERY,
  onAnswer: onFrame,
  awake: () => keepsThen(state.get()) || orders.following(),
  untilNews: () => untilNews(state.get().frame),
});

function readNow() {
  poller.now();
}

/** An answer that does not follow the frame held tells nothing: the next question is for the whole. */
function onFrame(answer) {
  if (answer.failure === "gaveWay") return; // ended by this page itself: that tells nothing
  const frame = answer.ok ? frames.take(answer.body) : null;
  if (frame === null) {
    unheard(answer);
    return;
  }
  const before = state.get().frame;
  const status = statusOf(frame);
  state.set({ frame, status, statusAt: performance.now(), ...heard(Date.now()) });
  if (before?.serial !== frame.serial || before.start !== frame.start) soon();
  orders.follow(status);
}

function heard(now) {
  return { heardAt: now, ...(state.get().reach?.up === true ? {} : { reach: { up: true, since: new Date(now).toISOString(), why: null } }) };
}

/** Without a frame for some seconds the controller counts as unreachable; where it says itself why it tells none, that is told. */
function unheard({ failure, body }) {
  const { heardAt, reach } = state.get();
  const since = heardAt ?? startedAt;
  if (Date.now() - since < LOST_AFTER * 1000) return;
  const why = failure === "refused" ? String(body.error) : null;
  if (reach?.up !== false || reach.why !== why) state.set({ reach: { up: false, since: new Date(since).toISOString(), why } });
}

/* ---- drawing ---- */

function renew() {
  due = null;
  drawnAt = performance.now();
  const { frame, reach, model: previous } = state.get();
  const model = buildModel(frame, { previous, elapsed: elapsed(), lost: reach?.up === false });
  state.set({ model });
  scene.update(model);
  render();
}

/** One part's fault is reported and never stops the others (N17). */
function render() {
  const { model } = state.get();
  for (const panel of panels) {
    try {
      panel.render(model, elapsed());
    } catch (fault) {
      globalThis.reportError(fault);
    }
  }
}

/** Seconds since the frame was told. */
function elapsed() {
  const at = finite(state.get().statusAt);
  return at === null ? 0 : (performance.now() - at) / 1000;
}

/** Many changes make one drawing. */
function soon() {
  if (due === null) due = setTimeout(renew, 0);
}

/** The scene's texts in the page's language. */
function sceneWords() {
  return Object.fromEntries(Object.keys(SCENE_WORDS).map((name) => [name, words.t(`scene.${name}`)]));
}

/* ---- the page itself ---- */

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
busVoltage.input.addEventListener("input", render);
new ResizeObserver(measure).observe(document.getElementById("top"));
new ResizeObserver(measure).observe(document.getElementById("stop-block"));
state.subscribe((now, changed) => {
  if ([...changed].some((key) => !NEWS.includes(key))) soon();
  if (changed.has("opened")) scene.select(now.opened?.what === "details" ? now.opened.unitId : null);
});
setInterval(() => {
  if (performance.now() - drawnAt >= AGES) soon(); // ages go on between the answers
}, AGES / 4);
words.ready.finally(() => {
  if (words.language !== "en") relabel();
  poller.start();
});
document.documentElement.dataset.running = ""; // first.js says so where this line is not reached
