// A question about alarms that takes a name and what belongs to it, and stays open until the controller has kept the answer: a refusal is told
// in it. It orders nothing of the grid. Its parts have ids that begin with its own: -dialog, -form, -title, -did, -name and -outcome.

import { failureSentence } from "../lib/sentences.js";
import { createHold } from "./hold.js";
import { keep, read } from "./kept.js";
import { setOutcome, setProperty, setText } from "./text.js";

const NAME = "alarmName"; // key under which this browser keeps who last did something

/** @param fields names of the other fields, the ids' ends; @param onDone () → void */
export function createDeedDialog({ words, id, fields, onDone }) {
  const find = (part) => document.getElementById(`${id}-${part}`);
  const [dialog, form, name, outcome] = ["dialog", "form", "name", "outcome"].map(find);
  const submits = form.querySelector("button[type=submit]");
  const hold = createHold(dialog, () => [submits]);
  let asked = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(asked);
  });
  dialog.querySelector("button[value=cancel]").addEventListener("click", () => dialog.close());

  /** @param call ({name, ...fields}) => answer of api.js; a text in its place says why nothing can be sent */
  function open({ title, did = "", call }) {
    asked = call;
    setText(find("title"), title);
    setText(find("did"), did);
    for (const field of fields) find(field).value = "";
    if (name.value === "") name.value = read(NAME) ?? "";
    setOutcome(outcome, null);
    setProperty(submits, "disabled", false);
    dialog.showModal();
    hold.arm();
    (name.value === "" ? name : find(fields[0])).focus();
  }

  async function submit(call) {
    const values = Object.fromEntries(["name", ...fields].map((field) => [field, find(field).value.trim()]));
    keep(NAME, values.name);
    setProperty(submits, "disabled", true);
    const answer = await call(values);
    setProperty(submits, "disabled", false);
    if (call !== asked) return;
    if (typeof answer === "string") setOutcome(outcome, { text: answer, kind: "bad" });
    else if (!answer.ok) setOutcome(outcome, { text: failureSentence(answer, words), kind: "bad" });
    else {
      dialog.close();
      onDone();
    }
  }

  return { open, field: find };
}
