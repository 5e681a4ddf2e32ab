// Where the page starts: builds the parts, polls the controller, and hands every new model to the scene and the panels.

import { createApi } from "./api.js";
import { createFrames, merged, untilNews } from "./frame.js";
import { pageName } from "./keys.js";
import { createOrders } from "./orders.js";
import { createPoller, SELDOM } from "./poller.js";
import { createScene } from "./scene/scene.js";
import { SCENE_WORDS } from "./scene/words.js";
import { createState } from "./state.js";
import { createBusVoltage } from "./widgets/busVoltage.js";
import { createCard } from "./widgets/card.js";
import { createUpsOrder } from "./widgets/upsOrder.js";
import { showZone } from "./widgets/zoneNote.js";
import { createWords } from "./words.js";
import { finite } from "./lib/figures.js";
import { bare } from "./lib/held.js";
import { buildModel, statusOf } from "./lib/model.js";
import { keepsThen } from "./lib/permits.js";
import { serverNow } from "./lib/serverTime.js";
import { createAddress } from "./panels/address.js";
import { createAlarmBadge } from "./panels/alarmBadge.js";
import { createAlerts } from "./panels/alerts.js";
import { createAsk } from "./panels/ask.js";
import { createBusFigures } from "./panels/busFigures.js";
import { createCluster } from "./panels/cluster.js";
import { createDeals } from "./panels/deals.js";
import { createDetails } from "./panels/details.js";
import { createForget } from "./panels/forget.js";
import { createHappened } from "./panels/happened.js";
import { createLatch } from "./panels/latch.js";
import { createLocks } from "./panels/locks.js";
import { createPast } from "./panels/past.js";
import { createPreferences, firstLanguage } from "./panels/preferences.js";
import { createSchedules } from "./panels/schedules.js";
import { createTitle } from "./panels/title.js";
import { createTransfer } from "./panels/transfer.js";
import { createTrips } from "./panels/trips.js";
import { createTrust } from "./panels/trust.js";
import { createWho } from "./panels/who.js";
import { createWallClock } from "./panels/wallClock.js";
import { createUnderWay } from "./panels/underway.js";
import { createUps } from "./panels/ups.js";
import { createUnits } from "./panels/units.js";

const EVERY = 500; // ms between readings (Z14)
const LOG_EVERY = 3000; // ms between looks at apis-main's log, while a unit's details are open
const MEASURED = ["past", "top", "stop-block"]; // what stays in sight while one scrolls
const AGES = 1000; // ms without any news until the ages are drawn again
const { alive } = globalThis; // the judge of whether all this still runs (alive.js)
const NEWS = ["frame", "status", "statusAt", "model", "live"]; // of the state: every answer brings them, whether it tells anything new or not

const name = pageName();
const state = createState({ model: buildModel(null) });
const now = () => serverNow(state.get(), performance.now());
const words = createWords(firstLanguage(), { zone: document.documentElement.dataset.zone, now, holds: true });
const api = createApi({
  page: document.body.dataset.display === "wall" ? null : name, // a wall is nobody's page: it renews no lease
  words,
  held: () => (state.get().past === null ? null : words.t("needs.past")), // also for a question of now that still stood open
});
const orders = createOrders({ api, state, words, page: name, renew: readNow, now: () => serverNow(state.get().live ?? state.get(), performance.now()) });
const frames = createFrames();
const asking = createAsk();
let due = null;
let drawnAt = -Infinity;
let second = null; // the panel of what waits for a second person, where the setting twopersons is on
let apisLog = null; // that of apis-main's log, once details were opened

const busVoltage = createBusVoltage({ words, onChange: render });
const orderUps = createUpsOrder({ words, orders, state, ask });
const makeCard = (id, element) => createCard({ words, orders, state, api, ask, readNow, busVoltage, orderUps }, id, element);
const units = createUnits({ words, orders, state, api, ask, readNow, makeCard });
const panels = [
  createLatch({ words, orders, state, readNow }),
  createAlerts({ words, orders, state, ask }),
  createTrust({ words }),
  createTitle({ words, state }),
  createWho({ words, state, api }),
  createAlarmBadge({ words, state, api }),
  createWallClock({ words }),
  createCluster({ words, orders, state, api, ask, readNow }),
  createDeals({ words, state }),
  createUnderWay({ words, state }),
  createHappened({ words, state, api }),
  createSchedules({ words, orders, state, readNow }),
  createLocks({ words, orders, state, readNow }),
  createUps({ words, orders, state, orderUps }),
  createBusFigures({ words, state }),
  createTransfer({ words, orders, state, api, ask, busVoltage }),
  units,
  createForget({ words, orders, state, readNow }),
  createTrips({ words, orders, state, readNow }),
  createDetails({ words, state, api }),
  createAddress({ state }),
  createPast({ words, state, api, show: showPast, leave: leavePast }),
  asking,
  { render: () => showZone(words) },
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
  onTheme: (kind) => scene.setTheme(null, kind),
});

/** Loads what only a console with two persons needs; one that did not come is asked for with the next reading. */
function loadSecond() {
  second = import("./panels/secondPerson.js").then(
    ({ createSecondPerson }) => panels.push(createSecondPerson({ words, orders, state, api, ask, readNow })),
    () => (second = null),
  );
}

/** Loads what only an open unit's details show; where it did not come, the next ones to be opened ask for it. */
function loadApisLog() {
  const poll = ({ call, onAnswer }) => createPoller({ call, onAnswer, interval: LOG_EVERY });
  apisLog = import("./panels/apisLog.js").then(
    ({ createApisLog }) => {
      panels.push(createApisLog({ words, state, api, poll }));
      preferences.apply();
    },
    () => (apisLog = null),
  );
}

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
  untilNews: () => untilNews((state.get().live ?? state.get()).frame),
});

function readNow() {
  poller.now();
}

/** An answer that does not follow the frame held tells nothing: the next question is for the whole. Whether that goes on too long, alive.js judges. */
function onFrame(answer) {
  if (answer.failure === "gaveWay") return; // ended by this page itself: that tells nothing
  const frame = answer.ok ? frames.take(answer.body) : null;
  if (frame === null) {
    alive.none({ ...answer, failure: answer.failure ?? "garbled", why: answer.failure === "refused" ? bare(words.said(String(answer.body.error))) : null });
    return;
  }
  const told = {
    time: frame.time,
    start: frame.start,
    version: frame.about?.version,
    began: frame.about?.started,
    title: frame.about?.title,
    zone: frame.about?.timezone,
  };
  if (!alive.frame(told)) {
    frames.anew(); // an old answer, or another controller's: what it says is not shown
    return;
  }
  const status = statusOf(frame);
  if (second === null && status?.config?.twoPersons) loadSecond();
  if (state.get().past !== null) {
    state.set({ live: { frame, status, statusAt: performance.now() } }); // drawn as a line of the strip (panels/past.js)
    soon();
    orders.follow(status);
    return;
  }
  const before = state.get().frame;
  words.setZone(frame.about?.timezone);
  state.set({ frame, status, statusAt: performance.now() });
  if (before?.serial !== frame.serial || before.start !== frame.start) soon();
  orders.follow(status);
}

/** A frame of the past, null for a moment of which nothing is recorded: then nothing is shown of it. */
function showPast(told) {
  const frame = told === null ? null : merged(null, told);
  state.set({ frame, status: statusOf(frame), statusAt: performance.now(), model: buildModel(null) });
  soon();
}

function leavePast() {
  state.set({ frame: null, status: null, statusAt: null, model: buildModel(null) });
  frames.anew();
  soon();
  readNow();
}

/* ---- drawing ---- */

function renew() {
  due = null;
  drawnAt = performance.now();
  const { frame, alive: lives, model: previous, past } = state.get();
  const model = modelOf(frame, { previous, elapsed: elapsed(), lost: !lives && past === null });
  state.set({ model });
  scene.update(model);
  render();
  alive.drawn();
}

/** A frame of which no model can be made is not gone on with. */
function modelOf(frame, more) {
  try {
    return buildModel(frame, more);
  } catch (fault) {
    frames.anew();
    throw fault;
  }
}

/** One part's fault is reported and never stops the others (N17). */
function render() {
  const { model } = state.get();
  for (const panel of panels) {
    try {
      panel.render(model, elapsed());
    } catch (fault) {
      globalThis.reportError(fault);
      frames.anew(); // what it could not draw may have come broken
    }
  }
}

/** Seconds since the frame was told. */
function elapsed() {
  const at = finite(state.get().statusAt);
  return at === null || state.get().past !== null ? 0 : (performance.now() - at) / 1000;
}

/** Many changes make one drawing. */
function soon() {
  if (due === null) due = setTimeout(renew, 0);
}

/** The scene's texts in the page's language. */
function sceneWords() {
  return Object.fromEntries(Object.keys(SCENE_WORDS).map((name) => [name, bare(words.t(`scene.${name}`))]));
}

/* ---- the page itself ---- */

function measure() {
  const style = document.documentElement.style;
  for (const id of MEASURED) style.setProperty(`--${id}-height`, `${document.getElementById(id).offsetHeight}px`);
}

/** A page that counts as hidden asks seldom: alive.js is told that this is meant. */
function rest() {
  alive.resting(document.visibilityState === "hidden" ? SELDOM : 0);
}

/** A key that is held down presses once: its repeats would go on through the questions that the first press opened. */
function ignoreHeldKeys(event) {
  if (!event.repeat || event.key !== "Enter") return;
  event.preventDefault();
  event.stopPropagation();
}

/** Back from another page the browser may show this one as it was left: what was begun then is not what anybody wants now. */
function comeBack({ persisted }) {
  if (!persisted) return;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const form of document.forms) form.reset();
  units.forgetTyped();
  renew();
  readNow();
}

addEventListener("pageshow", comeBack);
document.addEventListener("keydown", ignoreHeldKeys, { capture: true });
for (const control of document.querySelectorAll("[data-needs-script]")) control.disabled = false;
preferences.apply();
preferences.applyTheme();
for (const id of MEASURED) new ResizeObserver(measure).observe(document.getElementById(id));
state.subscribe((now, changed) => {
  if (changed.has("past") && now.past !== null) asking.withdraw();
  if ([...changed].some((key) => !NEWS.includes(key))) soon();
  if (now.opened?.what === "details" && apisLog === null) loadApisLog();
  if (changed.has("opened")) scene.select(now.opened?.what === "details" ? now.opened.unitId : null);
});
setInterval(() => {
  if (performance.now() - drawnAt >= AGES) soon(); // ages go on between the answers
}, AGES / 4);
document.addEventListener("visibilitychange", rest);
rest();
words.ready.finally(() => {
  if (words.language !== "en") relabel();
  poller.start();
});
alive.subscribe((lives) => state.set({ alive: lives }));
document.documentElement.dataset.running = ""; // alive.js says so where this line is not reached
