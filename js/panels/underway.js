// What is under way, whoever ordered it; what the grid did by itself (Z13a); and the log of this session's orders.

import { endKey, orderTitle, standing } from "../lib/sentences.js";
import { keyed, make, setAttribute, setProperty, setText, setTime } from "../widgets/text.js";

const $ = globalThis.jQuery;
const EVENTS = 6;

export function createUnderWay({ words, state }) {
  const block = document.getElementById("under-way-block");
  const list = document.getElementById("under-way");
  const eventsBlock = document.getElementById("events-block");
  const events = document.getElementById("events");
  const count = document.getElementById("orders-count");
  const dialog = document.getElementById("orders-dialog");
  const rows = document.getElementById("orders-rows");

  $("#open-orders").on("click", () => {
    dialog.showModal();
    renderLog();
  });

  function render(model) {
    const open = Array.isArray(model.status?.orders) ? model.status.orders : [];
    setProperty(block, "hidden", open.length === 0);
    keyed(
      list,
      open,
      ({ id }) => String(id),
      () => lined(),
      (element, command) => {
        setText(element.children[0], orderTitle(command, words));
        setText(element.children[1], `${standing(command, words)} · ${byWhom(command)} · ${words.time(command.at)}`);
        setAttribute(element, "data-state", command.state);
      },
    );
    setProperty(count, "hidden", open.length === 0);
    setText(count, open.length);
    renderEvents(model.status?.gridEvents);
    if (dialog.open) renderLog();
  }

  function byWhom({ by }) {
    return words.t("orders.by", { by: by === "scheduler" ? words.t("orders.scheduler") : (by ?? "--") });
  }

  function renderEvents(told) {
    const last = (Array.isArray(told) ? told : []).slice(-EVENTS).reverse();
    setProperty(eventsBlock, "hidden", last.length === 0);
    keyed(
      events,
      last,
      (event) => `${event.at} ${event.text}`,
      () => lined("span"),
      (element, event) => {
        setText(element.children[0], words.said(event.text));
        setTime(element.children[1], event.at, words);
      },
    );
  }

  function renderLog() {
    const entries = state.get().orders;
    if (entries.length === 0) {
      keyed(
        rows,
        [{ key: "none" }],
        ({ key }) => key,
        () => {
          const row = make("tr");
          row.append(make("td", "", { colspan: 4 }));
          return row;
        },
        (row) => setText(row.firstElementChild, words.t("orders.none")),
      );
      return;
    }
    keyed(
      rows,
      entries,
      ({ key }) => key,
      () => {
        const row = make("tr");
        row.append(make("td", "", { class: "time", translate: "no" }), make("td", "", { translate: "no" }), make("td", "", { translate: "no" }), make("td"));
        return row;
      },
      (row, entry) => {
        const [at, title, state, outcome] = row.children;
        setTime(at, entry.at, words);
        setText(title, orderTitle(entry.command, words));
        const stands = words.t(stateKey(entry));
        setText(state, stands);
        setText(outcome, entry.text === stands ? "" : entry.text);
        setAttribute(outcome, "data-level", { bad: "alarm", warn: "warn" }[entry.kind] ?? null);
      },
    );
  }

  return { render };
}

const ENDED = new Set(["verified", "partlyVerified", "contradicted", "timedOut", "cancelled", "unknown", "absent"]);

/** An order that has no life of its own, such as a schedule set, is done but was not seen in any reading. */
function stateKey({ command }) {
  if (command.state === "verified" && typeof command.id !== "string") return "outcome.done";
  if (ENDED.has(command.state)) return endKey(command);
  return { pending: "outcome.sending", accepted: "outcome.accepted" }[command.state] ?? "outcome.failed";
}

function lined(tag = "b") {
  const element = make("li");
  element.append(make(tag, "", { translate: tag === "b" ? "no" : null }), make("span", "", { class: "lines" }));
  return element;
}
