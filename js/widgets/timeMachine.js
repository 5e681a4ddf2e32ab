// The time machine, loaded once it is asked for (panels/past.js): the page as it was at a moment that the black box holds. A strip with play, pause, steps, speed and a track with marks; what
// is live goes on underneath and breaks in here. While it is open no order but a stop can be given (lib/permits.js), and a stop acts now.
//
// The state's `past` is {at ms, playing, speed, replay} while the page shows the past, and `live` what is so now ({frame, status, statusAt}).

import { latchOf, latchTexts } from "../lib/estop.js";
import { bare } from "../lib/held.js";
import { isFrameOf, isTimeline } from "../lib/pastReplies.js";
import { addressAt, gapAt, gapsOn, momentIn, nextMark, outOf, overGap, placed, playedOn, reachOf, SPEEDS, stepped, within } from "../lib/past.js";
import { failureSentence, isUntold, modeInForce, orderTitle } from "../lib/sentences.js";
import { isRecording, ownMoment, showRecording } from "./recordingNote.js";
import { make, setAttribute, setOutcome, setProperty, setText } from "./text.js";
import { buildStrip } from "./timeStrip.js";

const PLAYS = 1000; // ms between two frames
const REACH_FOLLOWS = 10_000; // ms between two looks at how far the record reaches
const SLOW = 500; // ms after which a moment that is being read is told so
const STANDS = 5; // beats in which the record does not grow, after which it has ended
const FAR = 10_000; // ms that Page keys go on the track
const marked = new WeakMap(); // a mark on the track -> what it stands for

/**
 * @param show (body | null) → void: shows this frame, or that nothing is known of the moment; @param leave () → void: shows now again
 */
export function createTimeMachine({ words, state, api, show, leave }) {
  const find = (id) => document.getElementById(`past-${id}`);
  const strip = document.getElementById("past");
  const recording = isRecording();
  buildStrip(strip, words, { recording });
  const [slider, speed, outcome, live] = ["track", "speed", "outcome", "live"].map(find);
  let timeline = null;
  let asked = 0; // number of the newest question; older answers are dropped
  let waiting = false; // for the frame of that question: what is shown is of another moment
  let playing = null;
  let stood = 0; // beats since the record's end was reached
  let reachTimer = null;
  let wanted = Number.NaN; // the time (ms) to open at once the record can be read, NaN for the newest
  let event = null; // the mark that was gone to, and the time (ms) at which it is shown: {mark, at}
  let unreached = false; // whether the last answer was none of the controller's
  let told = () => null; // what stands as the outcome, in the language of now
  let named = null; // the language in which the marks' names stand
  let refusal = null; // the line that says of an address that its time cannot be read: {line, text}

  find("now").addEventListener("click", close);
  find("play").addEventListener("click", () => play(!state.get().past.playing));
  for (const [id, way] of [
    ["back", -1],
    ["on", 1],
  ])
    find(id).addEventListener("click", () => step(way));
  for (const [id, way] of [
    ["event-before", -1],
    ["event-next", 1],
  ])
    find(id).addEventListener("click", () => toMark(way));
  speed.replaceChildren(...SPEEDS.map((one) => make("option", `${one}×`, { value: String(one) })));
  speed.addEventListener("change", () => patch({ speed: Number(speed.value) }));
  slider.addEventListener("input", () => go(Number(slider.value)));
  find("marks").addEventListener("keydown", onMarks);
  find("marks").addEventListener("click", ({ target }) => goToMark(marked.get(target)?.mark ?? null));
  document.addEventListener("keydown", onKey);

  /* ---- opening and closing ---- */

  async function open(at) {
    forgive();
    const { frame, status, statusAt } = state.get();
    wanted = at;
    if (state.get().past === null)
      state.set({ past: { at: null, playing: false, speed: Number(speed.value), replay: null, recording }, live: { frame, status, statusAt } });
    else patch({ at: null });
    stand("waiting"); // it is still what is so now
    setProperty(strip, "hidden", false);
    document.documentElement.dataset.past = "";
    clearInterval(reachTimer);
    reachTimer = setInterval(look, REACH_FOLLOWS);
    find("play").focus();
    await look();
  }

  /** Open at the time in an address, "" for the newest; of one that is none it is said so, and the page shows what is so now. */
  function follow(text) {
    const at = momentIn(text, words.zone);
    if (text === "" || !Number.isNaN(at)) {
      open(at);
      return;
    }
    if (recording) open(ownMoment());
    refuse(text);
  }

  /** The address asked for a time that is none: the page stays as it is, and says so until the past is opened or that is read. */
  function refuse(text) {
    forgive();
    const line = make("p", "", { class: "banner", "data-level": "warn", role: "alert" });
    const [said, read] = [make("span"), make("button", "", { type: "button", class: "quiet", "data-i18n": "close" })];
    read.addEventListener("click", forgive);
    line.append(said, " ", read);
    strip.before(line);
    refusal = { line, said, text };
    tellAddress(null);
    renderRefusal();
  }

  function forgive() {
    refusal?.line.remove();
    refusal = null;
  }

  function renderRefusal() {
    if (refusal === null) return;
    const example = addressAt(Date.parse(document.documentElement.dataset.time) || 0, "");
    setText(refusal.said, words.t(recording ? "past.unread.recording" : "past.unread", { text: refusal.text, example }));
    setText(refusal.line.lastElementChild, words.t("close"));
  }

  /** The browser went back or forward within the past, as it does where a dialog is closed: the moment stays. */
  function stay() {
    tellAddress(state.get().past.at);
  }

  function close() {
    if (recording) return; // there is no now
    asked += 1;
    waiting = false;
    event = null;
    told = () => null;
    stand(null);
    play(false);
    clearInterval(reachTimer);
    setProperty(strip, "hidden", true);
    delete document.documentElement.dataset.past;
    tellAddress(null);
    state.set({ past: null, live: null });
    leave();
    document.getElementById("open-past").focus();
  }

  /** How far the record reaches. Until that is known nothing is shown: it would be what is so now, under the sign of the past. */
  async function look() {
    const answer = await api.timeline(isTimeline, spanKept());
    const { past } = state.get();
    if (past === null) return;
    if (answer.ok) {
      timeline = answer.body;
      drawTrack();
    }
    const again = unreached;
    answered(answer);
    const reach = reachOf(timeline, past.at ?? wanted);
    if (!answer.ok) say(() => failureSentence(answer, words), "bad");
    else if (past.at === null && reach === null) say(() => words.t("past.empty"));
    if (past.at !== null) {
      if (again && !unreached) await go(past.at); // what could not be had of it meanwhile
      return;
    }
    if (answer.ok && reach !== null) {
      await go(Number.isNaN(wanted) ? reach.end : wanted); // a moment beyond the record is none of its neighbours
      if (spanKept() !== null) await look(); // the marks of that time
    } else {
      stand("nothing");
      show(null);
    }
  }

  /** Of a moment that an incident has kept alone, the span to ask of: {from, to}; null for all that the black box holds. */
  function spanKept() {
    const [whole, own] = [reachOf(timeline), reachOf(timeline, state.get().past?.at)];
    const alone = own !== null && (own.begin !== whole?.begin || own.end !== whole?.end);
    return alone ? { from: new Date(own.begin).toISOString(), to: new Date(own.end).toISOString() } : null;
  }

  /** What stands below the strip where it is not the moment that this names: "waiting", another one's, or "nothing"; null for that moment. */
  function stand(how) {
    setAttribute(document.documentElement, "data-past-below", how);
  }

  /** Keeps whether the controller answered, until the next answer. */
  function answered(answer) {
    unreached = !answer.ok && answer.failure !== "refused";
  }

  /* ---- going through it ---- */

  async function go(at) {
    const number = (asked += 1);
    waiting = true;
    patch({ at });
    tellAddress(at);
    const slow = setTimeout(() => {
      if (number !== asked) return;
      stand("waiting"); // what stands below is of another moment than the strip names
      say(() => words.t("past.waiting"));
    }, SLOW);
    const answer = await api.frameAt(new Date(at).toISOString(), isFrameOf(at));
    clearTimeout(slow);
    if (number !== asked || state.get().past === null) return;
    waiting = false;
    stand(answer.ok ? null : "nothing");
    answered(answer);
    const shown = answer.ok ? answer.body : null;
    say(() => (answer.ok ? "" : failureSentence(answer, words)), "bad");
    patch({ replay: shown?.replay ?? null });
    show(shown);
  }

  function step(way) {
    play(false);
    const { at: from, replay } = state.get().past;
    const reach = reachOf(timeline, from);
    const isNothing = replay === null && reach !== null && from !== null;
    const at = isNothing ? outOf(from, way, reach, timeline.gaps) : overGap(stepped(replay, way, reach), from, way, reach, timeline?.gaps);
    if (at === null) say(() => words.t(way > 0 ? "past.end" : "past.begin"));
    else go(at);
  }

  /** Some ms on or back, within the record. */
  function far(ms) {
    const { at } = state.get().past;
    const reach = reachOf(timeline, at);
    if (reach !== null && at !== null) go(within(at + ms, reach));
  }

  function toMark(way) {
    play(false);
    const { at } = state.get().past;
    const mark = nextMark(shownMarks(), event?.at === at ? Date.parse(event.mark.at) : at, way);
    if (mark === null) {
      say(() => words.t(way > 0 ? "past.noEventAfter" : "past.noEventBefore"));
      return;
    }
    goToMark(mark);
  }

  function goToMark(mark) {
    if (mark === null) return;
    play(false);
    event = { mark, at: shownAt(mark) };
    go(event.at);
  }

  /** When a mark can be looked at: of one in a gap, as of a start before the first frame, where that ends. */
  function shownAt(mark) {
    const at = Date.parse(mark.at);
    const gap = gapAt(at, timeline.gaps);
    return gap === null ? at : Date.parse(gap.to);
  }

  /** What a mark says: what it was, and what became of it. */
  function sentenceOf({ kind, stage, text, order, unitId, wanted }) {
    const sentence = order === null ? words.said(text) : orderTitle({ order, unitId, wanted }, words);
    const key = { alarm: `past.alarm.${stage}`, order: stage === "came" ? "past.order.came" : `outcome.${stage}` }[kind];
    const became = key === undefined ? "" : words.t(key);
    return became === "" || became === key ? sentence : words.t("past.mark.became", { sentence, outcome: became });
  }

  /** Those of which there is a moment: what was noted before the first frame has none. */
  function shownMarks() {
    const reach = reachOf(timeline, state.get().past?.at);
    return reach === null ? [] : timeline.marks.filter(({ at }) => within(Date.parse(at), reach) === Date.parse(at));
  }

  /** The marks are one stop of Tab: the arrow keys go from one to the next, as on a list. */
  function onMarks(pressed) {
    const marks = shownMarks();
    const goes = {
      ArrowLeft: () => toMark(-1),
      ArrowUp: () => toMark(-1),
      ArrowRight: () => toMark(1),
      ArrowDown: () => toMark(1),
      Home: () => goToMark(marks[0] ?? null),
      End: () => goToMark(marks.at(-1) ?? null),
    }[pressed.key];
    if (!goes || pressed.ctrlKey || pressed.altKey || pressed.metaKey) return;
    pressed.preventDefault();
    goes();
  }

  function play(on) {
    clearInterval(playing);
    stood = 0;
    playing = on ? setInterval(playOn, PLAYS) : null;
    if (state.get().past !== null) patch({ playing: on });
  }

  /** Where an answer takes longer than the time between two frames, it is waited for: else none would ever be shown. At its end a record that grows is followed. */
  async function playOn() {
    if (waiting) return;
    const next = playedOn(state.get().past.at, state.get().past.speed, reachOf(timeline, state.get().past.at), timeline?.gaps);
    if (next !== null) {
      stood = 0;
      go(next);
      return;
    }
    stood += 1;
    if (recording || stood > STANDS) {
      play(false);
      say(() => words.t("past.end"));
      return;
    }
    waiting = true;
    await look();
    waiting = false;
  }

  function onKey(pressed) {
    if (state.get().past === null || pressed.defaultPrevented || pressed.ctrlKey || pressed.altKey || pressed.metaKey) return;
    if (pressed.target.closest?.("input:not([type=range]), select, textarea, dialog")) return;
    const onTrack = pressed.target === slider;
    const does = {
      n: close,
      k: () => play(!state.get().past.playing),
      ArrowLeft: onTrack ? null : () => step(-1),
      ArrowRight: onTrack ? null : () => step(1),
      PageUp: () => far(-FAR),
      PageDown: () => far(FAR),
      "[": () => toMark(-1),
      "]": () => toMark(1),
    }[pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key];
    if (!does) return;
    pressed.preventDefault();
    does();
  }

  function patch(change) {
    const { past } = state.get();
    if (past !== null) state.set({ past: { ...past, ...change } });
  }

  function tellAddress(at) {
    const query = addressAt(at, location.search);
    if (query !== location.search) history.replaceState(history.state, "", query || location.pathname);
  }

  /** Says it, and again in another language. */
  function say(text, kind = "warn") {
    told = () => ({ text: text(), kind });
    setOutcome(outcome, told());
  }

  /* ---- what it shows ---- */

  function drawTrack() {
    const reach = reachOf(timeline, state.get().past.at ?? wanted);
    setProperty(slider, "disabled", reach === null);
    if (reach === null) return;
    for (const [name, value] of [
      ["min", reach.begin],
      ["max", reach.end],
    ])
      setAttribute(slider, name, String(value));
    const marks = placed(timeline.marks, reach).map(({ place, kind, count, mark, from, to }, index) => {
      const made = make("i", "", { "data-kind": kind, id: `past-mark-${index}`, role: "option" });
      made.style.setProperty("--place", String(place));
      marked.set(made, { count, mark, from, to });
      return made;
    });
    const gaps = gapsOn(timeline.gaps, reach).map(({ from, to }) => {
      const gap = make("b");
      gap.style.setProperty("--from", String(from));
      gap.style.setProperty("--to", String(to));
      return gap;
    });
    find("marks").replaceChildren(...gaps, ...marks);
    nameMarks();
  }

  /** Each mark's name, by keyboard and by pointer: when, and what. */
  function nameMarks() {
    named = words.language;
    for (const option of find("marks").querySelectorAll("[role=option]")) {
      const { count, mark, from, to } = marked.get(option);
      const [time, end] = [from, to].map((iso) => words.moment(iso, { seconds: true }));
      const key = count === 1 ? "past.mark" : time === end ? "past.mark.same" : "past.mark.some";
      const name = bare(words.t(key, { time, end, n: count, sentence: sentenceOf(mark) }));
      setAttribute(option, "aria-label", name);
      setAttribute(option, "title", name);
    }
  }

  /** Which of the marks is the event that was gone to. */
  function chooseMark() {
    const at = event === null || event.at !== state.get().past.at ? Number.NaN : Date.parse(event.mark.at);
    let chosen = null;
    for (const option of find("marks").querySelectorAll("[role=option]")) {
      const { from, to } = marked.get(option);
      const here = Date.parse(from) <= at && at <= Date.parse(to);
      if (here) chosen = option.id;
      setAttribute(option, "aria-selected", String(here));
    }
    setAttribute(find("marks"), "aria-activedescendant", chosen);
  }

  function render() {
    renderRefusal();
    const now = state.get();
    if (now.past === null) return;
    const { at, playing: plays, replay } = now.past;
    const time = at === null ? "" : words.moment(new Date(at).toISOString(), { seconds: true });
    setText(find("time"), time);
    setAttribute(find("time"), "data-waiting", waiting);
    const here = event !== null && event.at === at;
    setText(find("event"), here ? sentenceOf(event.mark) : "");
    setOutcome(outcome, told());
    const reach = reachOf(timeline, at);
    if (reach !== null) setText(find("reach"), words.t("past.reach", { begin: moment(reach.begin), end: moment(reach.end) }));
    if (document.activeElement !== slider && at !== null) setProperty(slider, "value", String(at));
    setAttribute(slider, "aria-valuetext", time);
    if (named !== words.language) nameMarks();
    chooseMark();
    const [long, short] = find("play").children;
    setText(long, words.t(plays ? "past.pause" : "past.play"));
    setAttribute(find("play"), "aria-label", long.textContent);
    setText(short, plays ? "❚❚" : "▶");
    setText(find("judged"), replay && replay.recordedBy !== replay.judgedBy ? words.t("past.judged", replay) : "");
    renderLive(now.live?.status ?? null, now.alive);
  }

  function moment(at) {
    return words.moment(new Date(at).toISOString(), { seconds: true });
  }

  /** What is so now, in a line; grave alarms of now stand out. */
  function renderLive(status, alive) {
    showRecording(words);
    if (recording) return;
    const gravest = status?.alarms?.gravest ?? null;
    const n = status?.alarms?.unacknowledged ?? 0;
    const level = !alive || status === null || isUntold(status) || latchOf(status) || (gravest !== null && gravest <= 2) ? "alarm" : null;
    const said =
      !alive || status === null
        ? words.t("past.live.untold")
        : words.t(n > 0 ? "past.live.alarms" : "past.live", {
            mode: modeInForce(status, words),
            n,
            priority: words.t(`alarm.priority.${gravest ?? 4}`),
          });
    const latch = alive ? latchOf(status) : null;
    const more = [alive && isUntold(status) ? words.t("now.untold") : "", latch ? latchTexts(latch, words).head : ""];
    setText(live, [said, ...more.filter(Boolean)].join(" "));
    setAttribute(live, "data-level", level);
    setAttribute(live, "role", level === null ? null : "alert");
  }

  return { open, follow, close, stay, render };
}
