// One unit's DC/DC converter form (N9-N13, N18): choice, Grid current, the rules' answers while it is filled in, and Set.
//
// "Stopped" and its Set are never disabled (Z8). What all else of the panel waits for is said in one line here, `needs` is that line's id. The form mirrors the converter until somebody touches it.

import { choiceOf, converterOrder, limitsOf, setCurrentOf } from "../lib/converter.js";
import { latchOf } from "../lib/estop.js";
import { exactly, readNumber } from "../lib/numbers.js";
import { shutDownNeeds } from "../lib/needs.js";
import { isPermitted, isReadOnly, mayOrder } from "../lib/permits.js";
import { adviceOf, failingOf, hardOf, overridesOf, ruleLine, tripsFirst } from "../lib/rules.js";
import { headroomText, idsOf, liveNow, modeName, needSentence } from "../lib/sentences.js";
import { keyed, make, setAttribute, setProperty, setText, showMeaning, showNeed } from "./text.js";

const RULES_WAIT = 300; // ms after the last key
const RULES_AGAIN = 4000; // ms: the rules speak of readings, which move
const QUESTION_AGAIN = 1000; // ms, while a question shows them
let forms = 0;

export function createConverterForm({ words, orders, state, api, ask, busVoltage }, id, form, wordNow) {
  const spot = `card:${id}:converter`;
  const radios = Object.fromEntries([...form.querySelectorAll("input[type=radio]")].map((radio) => [radio.value, radio]));
  const current = form.querySelector(".current input");
  const bus = form.querySelector(".bus input");
  const signs = form.querySelector(".signs");
  const rules = form.querySelector(".rules");
  const means = form.querySelector("[data-part=means]");
  const needs = form.querySelector("[data-part=needs]");
  const headroom = form.querySelector("[data-part=headroom]");
  const give = form.querySelector("button[type=submit]");
  let touched = false;
  let asking = false; // whether this form's question stands open
  let refused = false; // whether Set was pressed and the rules kept it
  let timer = null;
  let asked = 0; // number of the newest question; older answers are dropped
  let askedAt = 0;
  let gate = null;
  let failing = []; // the rules that the order as entered breaks, by the newest answer
  let advice = []; // what the rules say against Stopped, which nothing keeps (S28)
  let named = []; // those of them that the open question has shown: no other is overridden

  forms += 1;
  for (const radio of Object.values(radios)) radio.name = `converter-${forms}`;
  means.id = `converter-means-${forms}`;
  signs.id = `converter-signs-${forms}`;
  needs.id = `converter-needs-${forms}`;
  current.setAttribute("aria-describedby", `${signs.id} ${means.id}`);
  bus.setAttribute("aria-describedby", means.id);
  busVoltage.stand(bus);
  form.addEventListener("input", onTouch);
  form.addEventListener("reset", reset); // the next reading mirrors the converter again

  function onTouch() {
    touched = true;
    refused = false;
    failing = []; // of what was entered before
    showMeans();
    orders.clear(spot);
    clearTimeout(timer);
    timer = setTimeout(askRules, RULES_WAIT);
  }

  function update(unit) {
    gate = whyClosed(unit);
    const isPast = state.get().past !== null;
    setProperty(give, "disabled", isPast); // what its question would tell is not of now
    for (const name of ["voltage", "current"]) setProperty(radios[name], "disabled", gate !== null);
    for (const field of [current, bus]) setProperty(field, "disabled", gate !== null);
    busVoltage.show(bus);
    showNeed(needs, gate === null ? shutDownWaits() : words.t(gate, { mode: modeName(unit.effective, words) }));
    setText(wordNow, unit.word ? words.t(`word.${unit.word}`) : unit.rawWord ? words.t("word.odd", { word: unit.rawWord }) : "--");
    if (gate !== null && touched && (choice() !== "stopped" || isPast)) reset(); // what was being entered is no longer on offer, and what the rules say of it is of now
    if (!touched) mirror(unit);
    showMeans();
    if ((touched || asking || refused) && (gate === null || asking) && performance.now() - askedAt > (asking ? QUESTION_AGAIN : RULES_AGAIN)) askRules();
    if (!touched || (gate !== null && choice() !== "stopped")) showAnswer([]);
  }

  function shutDownWaits() {
    const why = needSentence(shutDownNeeds(state.get(), id), words);
    return why && words.t("shutdown.waits", { why });
  }

  function whyClosed(unit) {
    const now = state.get();
    if (now.past !== null) return now.past.recording ? "needs.recording" : "needs.past";
    if (isReadOnly(now)) return "converter.needs.readonly";
    if (unit.state !== "live") return "converter.needs.live";
    if (!mayOrder(now, "stop")) return "needs.controller";
    if (!isPermitted(now, "engineer")) return "needs.role.engineer";
    if (unit.conflict !== null) return "converter.needs.conflict";
    if (latchOf(now.status) !== null) return "converter.needs.estop";
    return unit.effective === "manual" ? null : "converter.needs";
  }

  function mirror(unit) {
    const shown = choiceOf(unit.word);
    for (const [name, radio] of Object.entries(radios)) setProperty(radio, "checked", name === shown);
    const amperes = setCurrentOf(unit);
    const text = amperes === null ? "" : String(amperes);
    if (document.activeElement !== current && current.value !== text) current.value = text;
  }

  function choice() {
    return Object.keys(radios).find((name) => radios[name].checked) ?? null;
  }

  /** The order as entered, or what is wrong with it; of what is no number, that it cannot be read. */
  function wanted() {
    const [amperes, volts] = choice() === "stopped" ? [{}, {}] : [readNumber(current.value), busVoltage.read()];
    if (amperes.problem && amperes.problem !== "empty") {
      return { problem: `number.${amperes.problem}`, values: { field: words.t("number.current"), text: current.value.trim() } };
    }
    const order = converterOrder(choice(), amperes.value ?? null, volts.value ?? null, limitsOf(state.get().model.status));
    return order.problem === "converter.bus" && volts.sentence ? { ...order, sentence: volts.sentence } : order;
  }

  /** Beside the fields, in words, what Set would send now, or which of them is wrong. */
  function showMeans() {
    setProperty(means, "hidden", gate !== null);
    const order = gate !== null || choice() === null ? null : wanted();
    const wrong = order?.problem && touched ? fieldOf(order) : null;
    const good = order && !order.problem ? words.t(meansKey(order), { what: whatOf(order) }) : "";
    for (const field of [current, bus]) showMeaning(means, field, wrong ? problemOf(order) : good, field !== wrong);
    setAttribute(means, "data-level", wrong ? "warn" : null);
  }

  /** Nothing is said to be sent that the rules keep, or pass with a reason only. */
  function meansKey({ kind }) {
    if (!touched || kind === "stopped" || failing.length === 0) return "converter.means";
    return hardOf(failing).length > 0 ? "converter.means.kept" : "converter.means.override";
  }

  /** The field that a problem is about. */
  function fieldOf({ problem }) {
    return problem.startsWith("converter.bus") ? bus : current;
  }

  function whatOf({ kind, parameters: { dvg, dig } }) {
    return words.t(`converter.means.${kind}`, { dvg: exactly(dvg), dig: exactly(dig) });
  }

  function problemOf({ problem, values, sentence }) {
    return sentence ?? words.t(problem, values);
  }

  /** Ask the rules about what is entered. Once Set was `pressed` it rests on this very answer, also where a later question was put meanwhile. */
  async function askRules({ pressed = false } = {}) {
    const order = choice() && (gate === null || choice() === "stopped") ? wanted() : null;
    if (!order || order.problem) {
      showAnswer([]);
      return;
    }
    const mine = (asked += 1);
    askedAt = performance.now();
    const answer = await api.judge(id, order.parameters);
    if (mine !== asked && !pressed) return;
    const told = Array.isArray(answer.body?.rules) ? answer.body.rules : null;
    if (told && order.kind === "stopped") advice = adviceOf(told);
    else if (told) failing = failingOf(told);
    showMeans();
    if (touched) showAnswer(order.kind === "stopped" ? advice : (told ?? []), answer.body?.headroom ?? null);
  }

  function showAnswer(told, left = null) {
    showRules(told);
    setProperty(headroom, "hidden", left === null);
    setText(headroom, left === null ? "" : headroomText(left, words));
  }

  function showRules(answered) {
    const told = tripsFirst(answered);
    setProperty(rules, "hidden", told.length === 0);
    keyed(
      rules,
      told,
      (rule) => String(told.indexOf(rule)),
      () => {
        // one letter may stand for several rules
        const line = make("li");
        line.append(make("span", "", { class: "unseen" }), make("span"));
        return line;
      },
      (line, rule) => {
        const { pass, says, text } = ruleLine(rule, words);
        setAttribute(line, "data-pass", pass);
        setText(line.children[0], `${words.t(says)}: `);
        setText(line.children[1], text);
      },
    );
  }

  /** Set was pressed: check here what can be checked, ask the rules, ask the person, give the order. */
  async function submit() {
    const chosen = choice();
    if (chosen === null) {
      orders.say(spot, words.t(gate === null ? "converter.choose" : "converter.choose.stopped"), { kind: "warn", holds: () => choice() === null });
      return;
    }
    if (radios[chosen].disabled) {
      orders.say(spot, words.t("converter.choose.stopped"), { holds: () => gate !== null && radios[chosen].checked });
      return;
    }
    const order = wanted();
    if (order.problem) {
      orders.say(spot, problemOf(order), { holds: () => wanted().problem === order.problem });
      fieldOf(order).focus();
      return;
    }
    [failing, advice] = [[], []];
    if (order.kind === "stopped")
      askRules(); // what it answers comes up in the question; Stopped never waits for it
    else await askRules({ pressed: true });
    const hard = hardOf(failing);
    if (hard.length > 0) {
      const sentence = `${hard.map((rule) => words.said(rule.sentence)).join(" ")} ${words.t("rules.nothing")}`;
      refused = true;
      orders.say(spot, words.t("rules.refused", { sentence }), { holds: () => refused && hardOf(failing).length > 0 });
      return;
    }
    asking = true;
    const { answer, reason, moment } = await ask(question(order));
    asking = false;
    if (answer !== "yes") {
      if (gate !== null || order.kind === "stopped") showConverter(); // nothing was typed that would have to be typed again
      return;
    }
    const override = named.length > 0 ? { override: reason, overrideRules: named.join(",") } : {};
    reset();
    orders.give({
      spot,
      order: "setDcdc",
      unitId: id,
      moment,
      wanted: { word: order.parameters.mode, dvg: order.parameters.dvg, dig: order.parameters.dig },
      call: ({ setDcdc }) => setDcdc(id, { ...order.parameters, ...override }),
    });
  }

  /** The rules in it are asked again while it stands open: nobody overrides what passes by now. */
  function question({ kind, parameters: { dvg, dig } }) {
    const values = { id, dvg: exactly(dvg), dig: exactly(dig) };
    const title = words.t(`converter.ask.${kind}`, values);
    const lead = [words.t(`converter.lead.${kind}`, values), kind === "stopped" ? followersSentence() : ""].filter(Boolean).join(" ");
    const override = () => overridesOf(failing).length > 0;
    const shown = () => {
      named = overridesOf(failing);
      return (kind === "stopped" ? advice : failing).map((rule) => ruleLine(rule, words).text);
    };
    const two = () => (state.get().status?.config?.twoPersons ? ".two" : ""); // then another engineer must confirm it
    const note = () => (override() ? words.t(`override.note${two()}`) : "");
    const what = kind === "stopped" || kind === "voltage" ? words.t(`converter.${kind}`) : words.t("converter.current");
    return {
      title,
      lead,
      facts: () => liveNow(state.get().model, words, state.get().model.byId.get(id) ?? null),
      rules: shown,
      reason: override,
      note,
      focus: kind === "stopped" ? "yes" : null,
      yes: () => (override() ? words.t(`override.yes${two()}`) : words.t("converter.yes", { what })),
    };
  }

  /** Ending the reference before its followers asks on the page, at once; the controller's own rule (g) comes up below it. */
  function followersSentence() {
    const { model } = state.get();
    if (model.byId.get(id)?.word !== "reference") return "";
    const followers = model.units.filter((unit) => unit.id !== id && (unit.word === "charge" || unit.word === "discharge")).map((unit) => unit.id);
    return followers.length === 0 ? "" : words.t("converter.followers", { units: idsOf(followers, words) });
  }

  /** Drops what was entered and shows the converter again. */
  function showConverter() {
    reset();
    const unit = state.get().model.byId.get(id);
    if (unit) mirror(unit);
  }

  function reset() {
    touched = false;
    refused = false;
    failing = [];
    asked += 1;
    clearTimeout(timer);
    showAnswer([]);
  }

  return { update, submit, needs: needs.id };
}
