// Stop all, wherever it stands: the form that orders it by itself, the question before it, and its way past everything else (Z9).
// Used by cluster.js and journal.js.
//
// Whatever this script cannot do must not keep the stop: where it cannot ask, or fails, the form is sent as without a script;
// where no answer comes, the plain form below it is offered.

import { setOutcome, setProperty } from "./panels/text.js";

const OFFER_AFTER = 1_000; // ms without an answer
const WORD = "stop";

/** `ask` () => Promise of whether Stop all was confirmed; `channel` reaches the other tabs of this page, null where there is none. */
export function createStop({ api, orders, ask, channel = openChannel() }) {
  const form = document.getElementById("stop-form");
  const plain = document.getElementById("stop-plain");
  const outcome = document.getElementById("stop-outcome");
  let offered = false;

  form.addEventListener("submit", (event) => {
    if (!canAsk()) return; // the form itself orders Stop all
    event.preventDefault();
    press();
  });
  channel?.addEventListener("message", ({ data }) => {
    if (data === WORD) api.giveWay();
  });

  /** Asks, and orders once confirmed. Nothing that fails on the way keeps the stop. */
  async function press() {
    try {
      if (await ask()) await send();
    } catch (fault) {
      globalThis.reportError?.(fault);
      HTMLFormElement.prototype.submit.call(form);
    }
  }

  async function send() {
    offer(false);
    let free = null;
    const answered = new Promise((resolve) => { free = resolve; });
    api.giveWay(answered);
    tellOtherTabs();
    const timer = setTimeout(() => offer(true), OFFER_AFTER);
    try {
      const answer = await orders.give({ spot: "stop", order: "stopAll", moment: null, call: (order) => order.stopAll() });
      offer(!answer.ok);
    } finally {
      clearTimeout(timer);
      free();
    }
  }

  /** Their requests hold connections that the browser shares out among all tabs. */
  function tellOtherTabs() {
    try {
      channel?.postMessage(WORD);
    } catch (fault) {
      globalThis.reportError?.(fault); // a closed channel: their requests end by their own time
    }
  }

  /** The plain form needs no script's request; an open dialog would lie over it. */
  function offer(wanted) {
    if (wanted && !offered) for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    offered = wanted;
    render();
    if (wanted) plain.querySelector("button").focus();
  }

  function render() {
    const said = orders.at("stop");
    if (said?.command?.id) offered = false; // it is known to have arrived
    setProperty(plain, "hidden", !offered);
    setOutcome(outcome, said);
  }

  return { press, render };
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
