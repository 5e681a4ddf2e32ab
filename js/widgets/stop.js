// Stop all, and Stop all and latch, wherever they stand: the form that orders it by itself, the question before it, and its way past
// everything else (Z9, I17). Used by panels/cluster.js and journal.js.
//
// Whatever this script cannot do must not keep the stop: where it cannot ask, or fails, the form is sent as without a script;
// where no answer comes, the plain form below it is offered.

import { isStopOver } from "../lib/converter.js";
import { namedOutcome } from "../lib/sentences.js";
import { setOutcome, setProperty } from "./text.js";

const OFFER_AFTER = 1_000; // ms without an answer
const WORD = "stop";

/**
 * @param units () => the model's units, where a page shows any
 * @param ask () => Promise of whether Stop all was confirmed
 * @param askLatch () => Promise of {name, reason} to latch with, null where it was not confirmed
 * @param channel reaches the other tabs of this page, null where there is none
 */
export function createStop({ words, api, orders, ask, askLatch, units = () => [], channel = openChannel() }) {
  const outcome = document.getElementById("stop-outcome");
  const stopAll = createWay({ spot: "stop", order: "stopAll", ask: async () => ((await ask()) ? {} : null), call: (order) => order.stopAll() });
  const latch = createWay({ spot: "estop", order: "estop", ask: askLatch, call: (order, given) => order.estop(given) });

  channel?.addEventListener("message", ({ data }) => {
    if (data === WORD) api.giveWay();
  });

  /** One order that stops: its form, its plain form and its spot. `ask` gives what stands beside the order, null for no order. */
  function createWay({ spot, order, ask, call }) {
    const form = document.getElementById(`${spot}-form`);
    const plain = document.getElementById(`${spot}-plain`);
    let offered = false;
    let sent = 0; // how often it was: the answer to an earlier press says nothing of the newest

    form.addEventListener("submit", (event) => {
      if (!canAsk()) return; // the form itself orders it
      event.preventDefault();
      press();
    });

    /** Asks, and orders once confirmed. Nothing that fails on the way keeps the stop. */
    async function press() {
      try {
        const given = await ask();
        if (given) await send(given);
      } catch (fault) {
        globalThis.reportError?.(fault);
        HTMLFormElement.prototype.submit.call(form);
      }
    }

    async function send(given) {
      const mine = ++sent;
      offer(false);
      let free = null;
      const answered = new Promise((resolve) => {
        free = resolve;
      });
      api.giveWay(answered);
      tellOtherTabs();
      const timer = setTimeout(() => offer(true), OFFER_AFTER);
      try {
        const answer = await orders.give({ spot, order, moment: null, call: (terms) => call(terms, given) });
        if (mine === sent) offer(!answer.ok);
      } finally {
        clearTimeout(timer);
        free();
      }
    }

    /** The plain form needs no script's request; an open dialog would lie over it. */
    function offer(wanted) {
      if (wanted && !offered) for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
      offered = wanted;
      render();
      if (wanted) plain.querySelector("button").focus();
    }

    function renderOffer() {
      const command = orders.at(spot)?.command;
      const isOver = command?.state === "absent" && orders.shown(spot) === null; // of what has not arrived it stays for as long as that is told
      if (command?.id || isOver) offered = false;
      setProperty(plain, "hidden", !offered);
    }

    return { spot, press, renderOffer };
  }

  /** Their requests hold connections that the browser shares out among all tabs. */
  function tellOtherTabs() {
    try {
      channel?.postMessage(WORD);
    } catch (fault) {
      globalThis.reportError?.(fault); // a closed channel: their requests end by their own time
    }
  }

  function render() {
    const ways = [stopAll, latch];
    for (const way of ways) way.renderOffer();
    const said = ways.map(({ spot }) => orders.shown(spot)).filter(Boolean);
    const last = said.sort((one, other) => newest(other) - newest(one))[0] ?? null;
    const over = last && isStopOver(last, units(), performance.now()); // "in Wait" must not stand beside a converter at work
    setOutcome(outcome, over ? null : namedOutcome(last, words));
  }

  return { press: stopAll.press, render };
}

/** The turn (orders.js) in which an entry last changed its end, or was begun. */
function newest({ turn, over = null }) {
  return Math.max(turn, over ?? 0);
}

/** Whether this browser has dialogs that shut off the page behind them. */
function canAsk() {
  return typeof globalThis.HTMLDialogElement === "function" && typeof HTMLDialogElement.prototype.showModal === "function";
}

/** The tabs of this very page: another controller may live under the same name and another path. */
function openChannel() {
  try {
    return new BroadcastChannel(`apis-main-controller ${new URL(".", location.href).pathname}`);
  } catch {
    return null; // an old browser, or one that keeps tabs apart
  }
}
