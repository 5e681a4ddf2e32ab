// What is under way, whoever ordered it, and the log of this session's orders. What is over stands in happened.js.

import { byWhom } from "../lib/happened.js";
import { doneKey, endKey, orderTitle, standing } from "../lib/sentences.js";
import { keyed, make, setAttribute, setProperty, setText, setTime } from "../widgets/text.js";

const $ = globalThis.jQuery;

export function createUnderWay({ words, state }) {
  const block = document.getElementById("under-way-block");
  const list = document.getElementById("under-way");
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
        setText(element.children[1], `${standing(command, words)} · ${byWhom(command, words)} · ${words.time(command.at)}`);
        setAttribute(element, "data-state", command.state);
      },
    );
    setProperty(count, "hidden", open.length === 0);
    setText(count, open.length);
    if (dialog.open) renderLog();
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
  if (command.state === "verified" && typeof command.id !== "string") return doneKey(command);
  if (ENDED.has(command.state)) return endKey(command);
  return { pending: "outcome.sending", accepted: "outcome.accepted" }[command.state] ?? "outcome.failed";
}

function lined() {
  const element = make("li");
  element.append(make("b", "", { translate: "no" }), make("span", "", { class: "lines" }));
  return element;
}
