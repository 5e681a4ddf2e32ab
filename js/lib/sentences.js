// Sentences about units and orders, from the model and the words; the same wherever they stand. Pure.

import { duration } from "./durations.js";
import { latchOf, latchTexts } from "./estop.js";
import { MISSING, figure, finite, signed } from "./figures.js";
import { exactly } from "./numbers.js";
import { isWaiting } from "./secondPerson.js";
import { whoText } from "./who.js";
import { isolated } from "./wire.js";

const WORDS = { wait: "did.wait", reference: "did.reference", charge: "did.charge", discharge: "did.discharge" };

/** What a converter does or did: "as voltage reference at 350 V", "charging 2.0 A". */
export function didSentence(unit, words) {
  const word = unit.lastWord ?? unit.word;
  return words.t(WORDS[word] ?? "did.unknown", { dvg: figure(unit.dvg), dig: figure(unit.dig, 1) });
}

/** Z6a: "E001 has been silent for 2 min; last seen as voltage reference at 350 V." */
export function unwatchedSentence(unit, words) {
  const did = didSentence(unit, words);
  if (unit.age === null) return words.t("unwatched.never", { id: unit.id, did });
  return words.t(unit.state === "silent" ? "unwatched.silent" : "unwatched.stale", { id: unit.id, time: duration(unit.age, words.units), did });
}

/** "live", "stale 40 s", "silent 2 min 10 s". */
export function stateSentence(unit, words) {
  if (unit.state === "live") return words.t("state.live");
  if (unit.age === null) return words.t(unit.state === "silent" ? "state.silent.never" : "state.stale");
  return words.t(`state.${unit.state}.for`, { time: duration(unit.age, words.units) });
}

/** What details of a unit that is not live must say first: "Last known, 2 min 10 s ago; silent." "" while it is live. */
export function lastKnownSentence({ state, age }, words) {
  if (state === "live") return "";
  const word = words.t(`state.${state}`);
  return age === null ? words.t("details.never", { state: word }) : words.t("details.last", { state: word, time: duration(age, words.units) });
}

/** A mode's name; "--" for none, the word itself for one that nobody knows. */
export function modeName(mode, words) {
  if (!mode) return words.t("mode.none");
  return ["autonomous", "heteronomous", "stop", "manual", "mixed"].includes(mode) ? words.t(`mode.${mode}`) : words.name(mode);
}

/** Whether somebody between here and the grid does not answer: what was said last of mode and errors may hold no longer. */
export function isUntold(status) {
  return Object.values(status?.apisWeb ?? {}).some((peer) => peer?.up === false);
}

/** The mode in force, by another name where one is given; as what was told last while nobody tells it. */
export function modeInForce(status, words, name = modeName(status?.grid?.mode, words)) {
  return status?.grid?.mode && isUntold(status) ? words.t("mode.kept", { mode: name }) : name;
}

const BUDO = { active: "autonomous", quiet: "heteronomous", stop: "stop", manual: "manual" };
const CONVERTER = { "0x0000": "converter.stopped", "0x0014": "converter.voltage", "0x0041": "word.charge", "0x0002": "word.discharge" };

/** An order in a few words, from a Command of /commands: "Soft Stop · cluster". */
export function orderTitle(command, words) {
  const { order, unitId } = command;
  const wanted = command.wanted ?? {};
  const scope = unitId || words.t("order.cluster");
  if (order === "setOperationMode" || order === "setBudo") {
    const mode = BUDO[wanted.mode] ?? wanted.mode ?? wanted.value;
    if (unitId) return mode ? words.t("order.local", { mode: modeName(mode, words), scope }) : words.t("order.local.clear", { scope });
    return words.t("order.mode", { mode: modeName(mode, words), scope });
  }
  if (order === "setDcdc") return words.t("order.dcdc", { what: converterWords(wanted, words), scope });
  if (order === "share" && wanted.from) return words.t("order.share.of", { current: exactly(Number(wanted.current), 1), from: wanted.from, to: wanted.to });
  const operation = wanted.operation ? words.t(`operation.${wanted.operation}`) : "";
  const key = `order.${order}`;
  const title = words.t(key, { scope, mode: wanted.mode ?? wanted.upsMode ?? "", operation });
  return title === key ? words.t("order.other", { order, scope }) : title;
}

/** What came of an order, with its name and when, so that it may stand among others: "Force Stop: done, seen in effect · 09:53:20 JST". */
export function namedOutcome(entry, words) {
  if (!entry?.command || !entry.text) return entry;
  const at = words.time(entry.endedAt ?? entry.at);
  return { ...entry, text: words.t("outcome.at", { what: orderName(entry.command, words), at, outcome: entry.text }) };
}

/** Why a control waits, from needs.js; "" for no need. */
export function needSentence(needs, words) {
  if (needs === null) return "";
  const { mode, units, ...values } = needs.values;
  return words.t(needs.key, {
    ...values,
    ...(mode === undefined ? {} : { mode: modeName(mode, words) }),
    ...(units === undefined ? {} : { units: idsOf(units, words, 4) }),
  });
}

/** As `orderTitle`, without the scope: for a place that is that scope's own. */
export function orderName(command, words) {
  const title = orderTitle(command, words);
  const tail = ` · ${words.name(command.unitId || words.t("order.cluster"))}`;
  return title.endsWith(tail) ? title.slice(0, -tail.length) : title;
}

function converterWords(wanted, words) {
  const key = CONVERTER[String(wanted.word ?? wanted.mode ?? "").toLowerCase()];
  const what = key ? words.t(key) : words.name(wanted.word ?? "");
  if (key === "converter.stopped" || wanted.dig === undefined) return what;
  const sign = key === "word.discharge" ? -1 : 1;
  return key === "converter.voltage"
    ? `${what} ${exactly(Number(wanted.dvg))} V`
    : `${what} ${sign > 0 && wanted.dig > 0 ? "+" : ""}${exactly(sign * wanted.dig, 1)} A`;
}

const UNSEEN = new Set(["setSchedule", "clearSchedule", "acknowledge", "setLock", "clearLock", "forget", "resetTrips", "estopReset", "clearThen"]); // what no reading shows: done is all there is

const DONE_AS = { setSchedule: "outcome.set", clearSchedule: "outcome.cleared", setLock: "outcome.set", clearLock: "outcome.takenOff" }; // what is set is still to come

/** Where an order stands, in a few words: "accepted; seen at 17 of 19 units". */
export function standing(command, words) {
  const { of, step } = command.progress ?? {};
  if (command.state === "accepted" || command.state === "pending") {
    if (step) return stepText(step, words);
    if (isWaiting(command)) return words.t("outcome.second");
    const key = command.state === "accepted" ? "outcome.accepted" : "outcome.sending";
    const seen = shownText(command, key, words);
    return [Number.isFinite(of) && of > 0 ? seen : words.t(key), refusing(command, words), graceOf(command, words)].filter(Boolean).join("; ");
  }
  if (command.order === "stopAll" && command.state !== "contradicted") return stopAllStanding(command, words);
  const end = words.t(endKey(command));
  const why = command.error ?? (command.state === "partlyVerified" ? command.note : null);
  const open = why && command.state === "partlyVerified" ? [] : unitsIn(command, "unconfirmed").map(([id]) => id);
  const rest = open.length > 0 ? `${words.t("outcome.unconfirmed", { units: idsOf(open, words) })}` : "";
  return [why ? `${end}: ${words.said(why)}` : end, refusing(command, words), rest].filter(Boolean).join("; ");
}

/** At how many units an order under way shows; "seen" is only what readings show, and not a converter's own answer. */
function shownText({ progress, units }, key, words) {
  const { shown = 0, of } = progress ?? {};
  const m = Object.values(units ?? {}).filter(isByAnswer).length;
  if (m > 0) return words.t("outcome.answering", { n: shown, of, m });
  return shown === of ? words.t("outcome.confirming", { n: of }) : words.t(`${key}.of`, { n: shown, of });
}

/** The words' key of an order that is done, of which nobody says that a reading shows it. */
export function doneKey({ order }) {
  return DONE_AS[order] ?? "outcome.done";
}

/** The words' key of how an order has ended. */
export function endKey(command) {
  if (command.state === "verified" && UNSEEN.has(command.order)) return doneKey(command);
  if (command.order === "stopAll" && command.state === "verified")
    return { all: "stopall.answered.all", some: "stopall.answered" }[byAnswer(command)] ?? "stopall.not";
  return command.state === "verified" && awaitsReading(command) ? "outcome.answered" : `outcome.${command.state}`;
}

/** Whether it is done by what some converter answered, of which no reading has come yet (S8). */
export function awaitsReading(command) {
  return byAnswer(command) !== null;
}

/** "all" or "some" of its units by which it is done have only answered so themselves; null: none. An ended order in short tells it by itself. */
function byAnswer({ state, units, byAnswer: told = null }) {
  if (state !== "verified" && state !== "partlyVerified") return null;
  const known = Object.values(units ?? {}).filter((unit) => unit?.evidence);
  if (known.length === 0) return told;
  if (!known.some(isByAnswer)) return null;
  return known.every(isByAnswer) ? "all" : "some";
}

function isByAnswer(unit) {
  return unit?.evidence === "converter";
}

/** Whom a running Stop all has not sent Wait yet, in how long it does, and why. */
function graceOf({ order, progress }, words) {
  const grace = order === "stopAll" ? (progress?.grace ?? null) : null;
  const units = Array.isArray(grace?.units) ? grace.units : [];
  if (units.length === 0) return "";
  return words.t("stopall.grace", { units: idsOf(units, words), time: duration(finite(grace.waitIn), words.units), why: words.said(grace.why ?? "") });
}

/** Units that did not take an order which others took, with their reasons; a refusal of the whole has said them already. */
function refusing(command, words) {
  const failed = unitsIn(command, "failed").filter(([id]) => !words.names(command.error, id));
  return failed.length > 0
    ? words.t("outcome.nottaken", {
        units: namesOf(
          failed.map(([id, { error }]) => (error ? `${isolated(id)}: ${words.said(error)}` : isolated(id))),
          words,
        ),
      })
    : "";
}

function unitsIn({ units }, state) {
  return Object.entries(units ?? {}).filter(([, unit]) => unit?.state === state);
}

/** The end of Stop all: every unit in Wait, or the units that are not (Z9). */
function stopAllStanding(command, words) {
  if (command.state === "verified") return words.t(endKey(command));
  const sentence = command.error ? words.said(command.error) : words.t(`outcome.${command.state}`);
  const units = Object.entries(command.units ?? {})
    .filter(([, unit]) => unit?.state !== "verified")
    .map(([id]) => id);
  if (units.length === 0 || units.every((id) => words.names(command.error, id))) return sentence;
  return `${sentence} ${words.t("stopall.rest", { units: idsOf(units, words, 30) })}`;
}

const STEPS = ["referenceUp", "busStable", "currentOn", "sharing", "currentOff", "referenceDown"];

/** Which of a guided transfer's steps it is, by its name as the dialog calls it: "step 3 of 6: Current on"; the word itself for one that nobody knows. */
function stepText(step, words) {
  const n = STEPS.indexOf(step) + 1;
  return n === 0 ? words.name(step) : words.t("transfer.step.of", { n, of: STEPS.length, name: words.t(`transfer.step.${step}`) });
}

/** Who does not show the mode of all others: "E004 (silent), E005 (Run)". */
export function lackingText(units, words) {
  return namesOf(
    units.map((unit) => `${words.name(unit.id)} (${unit.state === "live" ? modeName(unit.globalMode, words) : words.t(`state.${unit.state}`)})`),
    words,
    4,
  );
}

/** How much a unit could still do, from a dry run: A, Wh down to its reserve and up to full, and in how many minutes at its present power. */
export function headroomText({ current, power, toReserveWh, toFullWh, minutesToReserve, minutesToFull }, words) {
  const soon = (minutes) => (finite(minutes) === null ? "" : words.t("headroom.in", { time: duration(minutes * 60, words.units) }));
  const values = {
    current: figure(current, 2),
    power: finite(power) === null ? "" : ` (${figure(power)} W)`,
    reserve: figure(toReserveWh),
    full: figure(toFullWh),
  };
  return words.t("headroom", { ...values, reserveIn: soon(minutesToReserve), fullIn: soon(minutesToFull) });
}

/** S29: the bus at a locked unit. A lock keeps orders back, not the voltage that other units put on the bus. */
export function lockedBus(unit, id, words) {
  const values = { id, vg: figure(unit?.vg ?? null, 1) };
  const volts =
    unit?.state === "live" ? words.t("lock.bus", values) : words.t("lock.bus.last", { ...values, state: unit ? stateSentence(unit, words) : MISSING });
  return `${volts} ${words.t("lock.isolate")}`;
}

/** Ids in one line, each isolated from the others. */
export function idsOf(ids, words, most = undefined) {
  return namesOf(ids.map(isolated), words, most);
}

/** "E001 → E003": who gives and who takes keep their places whatever their ids are made of. */
export function pairOf({ from, to }) {
  return `${isolated(from)} → ${isolated(to)}`;
}

/** What is made of ids already fit for a sentence, in one line: the first of them and how many more. */
export function namesOf(names, words, most = 8) {
  const shown = names.slice(0, most).join(words.t("list.and"));
  return names.length > most ? `${shown} ${words.t("and.more", { n: names.length - most })}` : shown;
}

const SILENCE = { unreachable: "outcome.unreachable", timedOut: "outcome.timeout", garbled: "outcome.garbled", gaveWay: "outcome.gaveway" };

/** A failed answer of api.js as a sentence; of an order with what is known of whether the order went out (Z8a) and what came before it. */
export function failureSentence(answer, words) {
  if (answer.reads && answer.failure !== "refused") return words.t(`read.${answer.failure}`, { status: answer.status ? ` (HTTP ${answer.status})` : "" });
  if (Object.hasOwn(SILENCE, answer.failure)) return words.t(SILENCE[answer.failure]);
  const sentence = typeof answer.body?.error === "string" ? words.said(answer.body.error) : words.t("outcome.failed");
  const came = answer.body?.cause === "moment" ? cameSince(answer.body, words) : "";
  return [sentence, came, answer.body?.sent === "unknown" ? words.t("outcome.sent.unknown") : ""].filter(Boolean).join(" ");
}

/** What was ordered after the question was opened, unless the refusal names who did: "Since then: Force Stop · cluster (10.0.0.7, 09:53:20)". */
function cameSince({ came, error }, words) {
  const orders = (Array.isArray(came) ? came : []).filter(({ by }) => !by || !words.names(error, by));
  if (orders.length === 0) return "";
  const each = orders.map(({ order, unitId, mode, by, at }) => {
    const title = orderTitle({ order, unitId, wanted: { mode } }, words);
    return `${title} (${[by ? whoText(by, words) : "", words.time(at)].filter(Boolean).join(words.t("list.and"))})`;
  });
  return words.t("outcome.came", { orders: namesOf(each, words, 4) });
}

/** What is live now, for the dialogs: [{text, level}] (issue: "shows what is live now"). */
export function liveNow(model, words, unit = null) {
  const facts = [];
  const fact = (key, values, level = null) => facts.push({ text: words.t(key, values), level });
  const latch = latchOf(model.status);
  if (latch) facts.push({ text: latchTexts(latch, words).head, level: "warn" });
  if (unit) fact("now.unit", { id: unit.id, did: didNow(unit, words), vg: figure(unit.vg, 1), ig: signed(unit.ig, 2) });
  if (isUntold(model.status)) fact("now.untold", {}, "warn");
  fact("now.mode", { mode: modeInForce(model.status, words) });
  if (!model.dealsKnown) fact("now.deals.unknown", {}, "warn");
  else if (model.deals.length === 0) fact("now.deals.none");
  else fact("now.deals", { deals: `${model.deals.length} (${namesOf(model.deals.map(pairOf), words, 4)})` }, "warn");
  const liveIds = (test) => (model.lost ? [] : model.units.filter((one) => one.state === "live" && test(one)).map(({ id }) => id));
  const references = !model.lost && model.bus.references.length > 0 ? model.bus.references : liveIds(({ word }) => word === "reference");
  const active = liveIds(({ word }) => word !== "wait");
  const lost = model.lost === true; // nobody vouches for anything now
  const none = model.counts.live > 0 && !lost ? "none" : "unknown"; // of units of which none is live nothing is known, not even that none works
  fact(references.length > 0 ? "now.reference" : `now.reference.${none}`, { id: idsOf(references, words) }, references.length > 1 ? "alarm" : null);
  fact(...busFact(model.bus, words));
  fact(active.length > 0 ? "now.active" : `now.active.${none}`, { units: idsOf(active, words) }, active.length > 0 ? "warn" : null);
  const last = model.units.filter(({ state, lastWord, word }) => (lost || state !== "live") && (lastWord ?? word) !== "wait");
  if (last.length > 0)
    fact(
      "now.last",
      {
        units: namesOf(
          last.map((unit) => `${isolated(unit.id)} (${didSentence(unit, words)})`),
          words,
          4,
        ),
      },
      "warn",
    );
  const { live, stale, silent } = model.counts;
  if (lost) fact("now.lost", {}, "warn");
  else fact("now.units", { live, stale, silent }, stale + silent > 0 ? "warn" : null);
  const age = finite(model.status?.data?.age);
  fact("now.age", { time: duration(age === null ? null : age + model.elapsed, words.units) });
  return facts;
}

/** The bus voltage as it is; where nobody tells it, what was told last, with its age. */
function busFact({ voltage, last }, words) {
  if (last === null) return ["now.bus", { v: figure(voltage, 1) }];
  return ["now.bus.last", { v: figure(last.voltage, 1), time: duration(last.age, words.units) }, "warn"];
}

function didNow(unit, words) {
  return unit.word ? words.t(`word.${unit.word}`) : words.t("word.odd", { word: unit.rawWord ?? "--" });
}

/** A scope's next schedule (next_schedule.js) in its line, whose label says Soft Stop already: any other operation is named. */
export function scheduleText({ what, due, failed }, words) {
  const { at, left } = dueText(due, words);
  return [what === "softStop" ? "" : words.t(`operation.${what}`), at, failed ? words.t("schedules.failed") : left].filter(Boolean).join(" · ");
}

/** A schedule's due time as shown: "2026-11-22 11:30 JST" and how long until then. */
export function dueText(iso, words) {
  const left = secondsSince(words.now(), iso);
  const time = Number.isFinite(left) && left > 0 ? words.t("in", { time: duration(left, words.units) }) : words.t("due");
  return { at: words.moment(iso), left: time };
}

/** Since when something is so, by the controller's clock: {at, time}, the moment and how long ago that is. */
export function sinceText(iso, words) {
  return { at: words.time(iso), time: duration(secondsSince(iso, words.now()), words.units) };
}

function secondsSince(from, to) {
  return (new Date(to).getTime() - new Date(from).getTime()) / 1000;
}
