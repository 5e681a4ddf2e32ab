// What the pages beside the main one share, those of journal, history and alarms: language, the controller's time and zone, Stop all, the
// E-stop's latch, and whether the page is alive. Each hands it what is to happen when zone or orders change.

import { createApi } from "./api.js";
import en from "./i18n/beside/en.js";
import { pageName } from "./keys.js";
import { bare } from "./lib/held.js";
import { serverNow } from "./lib/serverTime.js";
import { createOrders } from "./orders.js";
import { createLatch } from "./panels/latch.js";
import { createWho } from "./panels/who.js";
import { createPoller, SELDOM } from "./poller.js";
import { createState } from "./state.js";
import { read } from "./widgets/kept.js";
import { createAskLatch } from "./widgets/askLatch.js";
import { createStop } from "./widgets/stop.js";
import { setAttribute } from "./widgets/text.js";
import { showZone } from "./widgets/zoneNote.js";
import { chooseLanguage, createWords } from "./words.js";

const BESIDE = { en, ja: () => import("./i18n/beside/ja.js") };
const EVERY = 1000; // ms between two looks at the latch, and at how a stop stands

/**
 * @param onZone () → void: the controller was started anew with another zone
 * @param onOrders () → void: what was ordered here has begun or ended
 * @returns {{words, api, state, title, start}}; `title` gives the page its name, `start` is called once the page stands
 */
export function createBeside({ onZone, onOrders = () => {} }) {
  const { alive } = globalThis; // the judge of whether all this still runs (alive.js)
  const find = (id) => document.getElementById(id);
  const state = createState();
  const now = () => serverNow(state.get(), performance.now());
  const words = createWords(chooseLanguage(read("language"), navigator.languages), {
    zone: document.documentElement.dataset.zone,
    now,
    holds: true,
    texts: BESIDE,
  });
  const name = pageName();
  const api = createApi({ words }); // its polls bear no page's name: whoever reads here does not attend to what the main page began in this tab
  const orders = createOrders({ api, state, words, page: name, renew: () => poller.now() });
  const dialog = find("stop-dialog");
  const poller = createPoller({ call: api.status, interval: EVERY, awake: orders.following, onAnswer: onStatus });
  const stop = createStop({ words, api, orders, ask: askStopAll, askLatch: createAskLatch() });
  const latch = createLatch({ words, orders, state, readNow: () => poller.now() });
  const who = createWho({ words, state, api });
  const icon = find("icon");
  let following = false;
  let called = { text: document.title, alarming: false };

  /** Whether Stop all was confirmed. */
  function askStopAll() {
    dialog.showModal();
    find("stop-yes").focus();
    return new Promise((resolve) => {
      find("stop-ask-form").addEventListener("submit", ({ submitter }) => resolve(submitter?.value === "yes"), { once: true });
      dialog.addEventListener("close", () => resolve(false), { once: true });
    });
  }

  function onStatus({ ok, status, body, failure }) {
    if (!ok) {
      alive.none({ status, failure, why: failure === "refused" ? bare(words.said(String(body.error))) : null });
      return;
    }
    if (!alive.frame({ time: body.time, start: body.start, version: body.version, title: body.title, zone: body.timezone })) return;
    state.set({ status: body, statusAt: performance.now() });
    takeZone(body.timezone);
    orders.follow(body);
  }

  /** The site's zone, where the controller was started anew with another: what stands here is told again. */
  function takeZone(zone) {
    const before = words.zone;
    words.setZone(zone);
    if (words.zone !== before) onZone();
    showZone(words);
  }

  state.subscribe(() => {
    stop.render();
    latch.render();
    who.render();
    alive.drawn();
    if (orders.following() === following) return;
    following = !following;
    onOrders();
  });

  /** Names the page in its tab, with a mark while it is `alarming` or not alive. */
  function title(text = called.text, { alarming } = called) {
    called = { text, alarming };
    const marked = alarming || !state.get().alive;
    document.title = marked ? `▲ ${text}` : text;
    setAttribute(icon, "href", marked ? icon.dataset.alarm : icon.dataset.quiet);
  }

  function start() {
    for (const button of document.querySelectorAll("dialog [data-act=stop-all]")) button.addEventListener("click", stop.press); // an open dialog shuts the rest of the page off, not this
    alive.subscribe((lives) => {
      state.set({ alive: lives });
      title();
    });
    const rest = () => alive.resting(document.visibilityState === "hidden" ? SELDOM : 0);
    document.addEventListener("visibilitychange", rest);
    rest();
    poller.start();
    document.documentElement.dataset.running = ""; // alive.js says so where this line is not reached
  }

  return { words, api, state, title, start };
}
