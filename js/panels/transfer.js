// The guided transfer, "share 2 A from E001 to E003": its dialog, its steps as they go, and its safe end.

import { WORD_OF, limitsOf } from "../lib/converter.js";
import { figure } from "../lib/figures.js";
import { exactly } from "../lib/numbers.js";
import { sharingNeeds } from "../lib/needs.js";
import { wordOf } from "../lib/reading.js";
import { failingOf } from "../lib/rules.js";
import { liveNow, needSentence } from "../lib/sentences.js";
import { amountsOf, boundsOf, endsKey, hasEndedWith, stateKey } from "../lib/transfer.js";
import { visible } from "../lib/wire.js";
import { createHold } from "../widgets/hold.js";
import { keyed, make, setAttribute, setOutcome, setProperty, setText, showMeaning, showNeed } from "../widgets/text.js";

const $ = globalThis.jQuery;

export function createTransfer({ words, orders, state, api, ask, busVoltage }) {
  const find = (id) => document.getElementById(id);
  const dialog = find("transfer-dialog");
  const [from, to] = ["transfer-from", "transfer-to"].map(find);
  const amounts = { current: find("transfer-current"), minutes: find("transfer-minutes"), wh: find("transfer-wh") };
  const voltage = find("transfer-voltage");
  const steps = find("transfer-steps");
  const end = find("transfer-end");
  const hold = createHold(dialog, () => [find("transfer-start")]);
  let keeping = []; // what the rules said against the first step when Start was pressed

  busVoltage.stand(voltage);
  $("#open-transfer").on("click", () => {
    fill(state.get().model);
    dialog.showModal();
    hold.arm();
    render(state.get().model);
  });
  $("#transfer-form").on("submit", (event) => {
    event.preventDefault();
    start();
  });
  $("#transfer-form").on("input change", () => {
    keeping = [];
    render(state.get().model);
  });
  $(end).on("click", () => orders.give({ spot: "transfer", order: "endShare", call: (order) => order.endShare() }));

  function fill(model) {
    const ids = model.units.filter(({ state }) => state === "live").map(({ id }) => id);
    for (const [field, wanted] of [
      [from, ids[0]],
      [to, ids[1]],
    ]) {
      const kept = ids.includes(field.value) ? field.value : wanted;
      $(field)
        .empty()
        .append(ids.map((id) => make("option", visible(id), { value: id, dir: "auto" })));
      if (kept) field.value = kept;
    }
  }

  /** {wanted} as entered, or {problem}: a sentence, and the field that it is about. */
  function entered(model) {
    if (from.value === to.value) return { problem: words.t("transfer.same") };
    const texts = Object.fromEntries(Object.entries(amounts).map(([name, field]) => [name, field.value]));
    const { problem, values, field, ...read } = amountsOf(texts, boundsOf(model.status));
    if (problem) return { problem: words.t(problem, { ...values, field: words.t(`transfer.${field}`) }), field: amounts[field] };
    const volts = busVoltage.read();
    const limits = limitsOf(model.status);
    if (volts.problem) return { problem: volts.sentence ?? words.t("converter.bus", limits), field: voltage };
    if (volts.value < limits.min || volts.value > limits.max) return { problem: words.t("converter.bus", limits), field: voltage };
    return { wanted: { from: from.value, to: to.value, ...read, voltage: volts.value } };
  }

  /** Beside the fields, in words, what Start would send. */
  function showMeans(model) {
    const { wanted, problem, field } = entered(model);
    const means = find("transfer-means");
    for (const one of [...Object.values(amounts), voltage])
      showMeaning(means, one, problem ?? words.t("converter.means", { what: words.t("transfer.means", textsOf(wanted)) }), field !== one);
    setAttribute(means, "data-level", problem ? "warn" : null);
  }

  function textsOf(wanted) {
    const texts = { ...wanted, current: exactly(wanted.current), voltage: exactly(wanted.voltage, 1) };
    return { ...texts, ends: words.t(endsKey(wanted), { minutes: exactly(wanted.minutes), wh: exactly(wanted.wh) }) };
  }

  async function start() {
    const { wanted, problem, field } = entered(state.get().model);
    if (problem) {
      orders.say("transfer", problem, { holds: () => entered(state.get().model).problem === problem });
      field?.focus();
      return;
    }
    if (!(await mayBegin(wanted))) return;
    const values = textsOf(wanted);
    const { answer, moment } = await ask({
      title: words.t("transfer.ask", values),
      lead: words.t("transfer.lead", values),
      facts: () => liveNow(state.get().model, words),
      yes: words.t("transfer.yes"),
    });
    if (answer === "yes") orders.give({ spot: "transfer", order: "share", wanted, moment, call: (order) => order.share(wanted) });
  }

  /** Asks the rules for its first step before a person is asked; what keeps it is said until the form is changed, or it may begin. */
  async function mayBegin({ from: giver, voltage }) {
    const answer = await api.judge(giver, { mode: WORD_OF.voltage, dvg: voltage, dig: limitsOf(state.get().status).current });
    keeping = Array.isArray(answer.body?.rules) ? failingOf(answer.body.rules) : [];
    if (keeping.length === 0) return true;
    const sentence = `${keeping.map((rule) => words.said(rule.sentence)).join(" ")} ${words.t("rules.nothing")}`;
    orders.say("transfer", words.t("rules.refused", { sentence }), { holds: () => dialog.open && keeping.length > 0 });
    return false;
  }

  function render(model) {
    const lost = !state.get().alive;
    const running = runningOf(model.status, lost);
    const needs = sharingNeeds(state.get(), from.value, to.value);
    setAttribute(find("open-transfer"), "title", needSentence(sharingNeeds(state.get(), null, null), words) || null); // before it is opened
    if (!dialog.open) {
      keeping = [];
      return;
    }
    busVoltage.show(voltage);
    showMeans(model);
    setProperty(end, "hidden", !running?.active);
    setProperty(end, "disabled", state.get().past !== null);
    setProperty(find("transfer-start"), "disabled", needs !== null);
    showNeed(find("transfer-needs"), needs?.key === "estop.refused" ? "" : needSentence(needs, words)); // the latch has its own line
    keyed(
      steps,
      lost ? [] : stepsOf(running),
      (step) => String(step.index),
      () => make("li"),
      (line, step) => {
        setText(line, step.text);
        setAttribute(line, "data-state", step.state);
      },
    );
    const said = orders.shown("transfer");
    const told = Boolean(running?.reason) && hasEndedWith(said?.command, running.command); // the line above says why already
    setOutcome(find("transfer-outcome"), said?.kind === "bad" && !told ? said : null);
    setText(find("transfer-now"), running ? running.text : words.t("transfer.none"));
    setAttribute(find("transfer-now"), "data-kind", running ? running.kind : null);
  }

  /** The transfer that runs or ran last, from the status: {command, active, steps, reason, kind, text}; null for none. Of a lost controller's nothing is told as of now. */
  function runningOf(status, lost) {
    const told = status?.share ?? null;
    if (told === null) return null;
    const active = told.state === "running" || told.state === "interrupted";
    const head = words.t("transfer.running", { current: exactly(told.current, 1), from: told.from, to: told.to });
    if (lost)
      return { command: told.command, active, steps: [], reason: null, kind: "warn", text: words.t(active ? "transfer.lost" : "transfer.lost.over", { head }) };
    const safe = told.safe === true;
    const state = words.t(stateKey(told));
    const unsafe = !active && !safe ? words.t("transfer.unsafe") : "";
    const text = [head, state, words.said(told.reason ?? ""), unsafe, carried(told), active ? endOf(told) : "", unitsOf(told.units)]
      .filter(Boolean)
      .join(" · ");
    const kind = unsafe ? "bad" : active && told.unattended ? "warn" : (KINDS[told.state] ?? "bad");
    return { command: told.command, active, steps: Array.isArray(told.steps) ? told.steps : [], reason: told.reason ?? null, kind, text };
  }

  function carried({ energyWh }) {
    return Number.isFinite(energyWh) ? words.t("transfer.carried", { wh: figure(energyWh, 1) }) : "";
  }

  /** When it ends by itself: by its own limit, or sooner because nobody attends to it. */
  function endOf({ endsAt, limits, unattended }) {
    if (unattended)
      return words.t("transfer.unattended", {
        at: words.time(unattended.endsAt),
        why: words.t(unattended.why === "restart" ? "transfer.why.restart" : "transfer.why.page"),
      });
    const wh = limits?.wh ?? null;
    const key = wh === null ? "transfer.endsat" : endsAt ? "transfer.endsat.wh" : "transfer.endswh";
    return endsAt || wh !== null ? words.t(key, { at: endsAt ? words.time(endsAt) : "", wh: exactly(wh ?? NaN) }) : "";
  }

  /** What is known of the two converters: "E001: voltage reference, E003: Wait"; more than one word where it is not sure. */
  function unitsOf(units) {
    return Object.entries(units ?? {})
      .map(([id, unit]) => {
        const told = Array.isArray(unit?.words) && unit.words.length > 0 ? unit.words : ["--"];
        return `${words.name(id)}: ${told.map((word) => (wordOf(word) ? words.t(`word.${wordOf(word)}`) : words.name(word))).join(" / ")}`;
      })
      .join(words.t("list.and"));
  }

  function stepsOf(running) {
    return (running?.steps ?? []).map(({ step, state, sentence }, index) => ({
      index,
      state: state ?? "",
      text: [words.t(`transfer.step.${step}`), state === "interrupted" ? words.t("transfer.state.interrupted") : "", words.said(sentence ?? "")]
        .filter(Boolean)
        .join(": "),
    }));
  }

  return { render };
}

const KINDS = Object.freeze({ running: "wait", ended: "done", cancelled: "done" });
