// The one dialog that asks before a grave order: what will happen, what is live now, and the buttons. main.js hands it on as `ask`.

import { createHold } from "../widgets/hold.js";
import { keyed, make, setAttribute, setText } from "../widgets/text.js";

const $ = globalThis.jQuery;

/**
 * ask({title, lead, facts, yes, other, note, rules, reason, calm}) -> Promise of {answer: "yes"|"other"|null, reason}
 *   facts   () => [{text, level}], asked again with every reading while the dialog is open; so are rules, reason, note and yes
 *           where they are functions
 *   stops   true for what stops: it may be answered at once, anything else not in its first half second (hold.js)
 *   focus "yes" for what stops; other   the label of a third, gentler way; reason true asks for one; calm draws the button without the colour of danger
 */
export function createAsk() {
  const dialog = document.getElementById("confirm");
  const form = document.getElementById("confirm-form");
  const reason = document.getElementById("confirm-reason");
  const yes = document.getElementById("confirm-yes");
  const other = document.getElementById("confirm-other");
  const hold = createHold(dialog, () => [yes, other]);
  let open = null;
  let asked = null; // what the button that agrees says, once the question stands
  let letters = ""; // of the rules that the question shows; their figures move with every reading

  function ask(question) {
    if (open) open.finish(null); // a newer question takes the place of one that stands open: Stop all never waits
    return new Promise((resolve) => {
      open = { question, finish };
      fill(question);
      if (!dialog.open) dialog.showModal();
      if (question.stops ?? question.focus === "yes") hold.free();
      else hold.arm();
      focusOf(question).focus();

      function finish(answer) {
        open = null;
        if (dialog.open) dialog.close();
        resolve({ answer, reason: reason.value.trim() });
      }
    });
  }

  /** Takes back what is asked, but for a stop: the page shows another time now than the question was asked of. */
  function withdraw() {
    if (open && !open.question.stopping) open.finish(null);
  }

  /** Stopping has its confirming button in focus; for all else the focus is on the gentler way. */
  function focusOf(question) {
    if (now(question.reason)) return reason;
    if (question.focus === "yes") return yes;
    return question.other ? other : document.getElementById("confirm-cancel");
  }

  function fill({ title, lead, other: otherLabel = null, calm = false, stopping = false }) {
    dialog.querySelector("[data-act=stop-all]").hidden = stopping;
    setText(document.getElementById("confirm-title"), title);
    setText(document.getElementById("confirm-lead"), lead);
    yes.className = calm ? "calm" : "danger";
    other.hidden = otherLabel === null;
    setText(other, otherLabel ?? "");
    reason.value = "";
    asked = null;
    render();
  }

  function render() {
    if (!open) return;
    const facts = open.question.facts ? open.question.facts() : [];
    $(".now", dialog).prop("hidden", facts.length === 0);
    keyed(
      document.getElementById("confirm-now"),
      facts.map((fact, index) => ({ ...fact, index })),
      ({ index }) => String(index),
      () => make("li"),
      (element, { text, level }) => {
        setText(element, text);
        setAttribute(element, "data-level", level);
      },
    );
    renderTerms(open.question);
  }

  /** What the person is asked to agree to, as it is by the newest readings. */
  function renderTerms(question) {
    const [note, rules, wanted] = [now(question.note ?? ""), now(question.rules ?? []), now(question.reason ?? false)];
    const label = now(question.yes);
    const broken = rules.map((text) => /^\(\w+\)/.exec(text)?.[0] ?? text).join();
    if (asked !== null && (asked !== label || broken !== letters)) hold.again(); // it asks something else now
    asked = label;
    letters = broken;
    setText(yes, label);
    setText(document.getElementById("confirm-note"), note);
    $("#confirm-note").prop("hidden", note === "");
    const list = $("#confirm-rules").prop("hidden", rules.length === 0)[0];
    keyed(
      list,
      rules.map((text, index) => ({ text, index })),
      ({ index }) => String(index),
      () => make("li", "", { "data-pass": "no" }),
      (line, { text }) => setText(line, text),
    );
    $("#confirm-reason-row").prop("hidden", !wanted);
    reason.required = wanted;
  }

  $(form).on("submit", (event) => {
    event.preventDefault();
    const pressed = event.originalEvent.submitter?.value ?? "yes";
    if (pressed === "yes" && reason.required && reason.value.trim() === "") {
      reason.reportValidity();
      return;
    }
    open?.finish(pressed === "cancel" ? null : pressed);
  });
  $(dialog).on("close", () => {
    if (!dialog.open) open?.finish(null); // the event comes late: by then a newer question may stand here
  });
  $(reason).on("input", () => reason.setCustomValidity(""));

  return { ask, render, withdraw };
}

function now(value) {
  return typeof value === "function" ? value() : value;
}
