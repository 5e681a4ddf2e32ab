// A chart: panes above each other over the same time, with the figures of the slot under the pointer, or of the one that the keyboard
// chose, beside them. For whoever cannot see it, the same figures are its value, and records.js has a table of them.
//
// view = {slots, from, to, now (s since 1970), zone, panes, marks: [{at, level, text}], label, describe(place) → {time, figures, notes}}
//   figures: [{key, label, colour, look, text}]; the panes are those of plot.js.

import { bare } from "../lib/held.js";
import { lastKnown } from "../lib/slots.js";
import { keyed, make, setAttribute, setText } from "../widgets/text.js";
import { onTheme, readColours } from "./colours.js";
import { createPlot } from "./plot.js";

const STRIDES = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY };
const LEAST = 200; // px

/** @param onSpan (1 | -1, at) → void: a longer or a shorter span is wanted, with the moment (s since 1970) that was chosen in it; null: none was */
export function createChart(host, { onSpan }) {
  const time = make("p", "", { class: "chart-time", translate: "no" });
  const figures = make("dl", "", { class: "chart-figures" });
  const frame = make("div", "", { class: "chart-frame", tabindex: "0", role: "slider", hidden: true }); // until there is something to point at
  const notes = make("ul", "", { class: "chart-notes" });
  host.replaceChildren(time, figures, frame, notes);
  let view = null;
  let plots = [];
  let drawn = ""; // the kinds of panes that stand there
  let chosen = null; // the slot under the cursor; null: the last one of which anything is known
  let moment = null; // when the chosen slot began (s since 1970), whatever its length became since
  let pointing = false;
  let byHand = false; // while a movement of the pointer is told: the library tells of its cursor also when it draws anew
  let colours = readColours();
  const forget = onTheme(() => {
    colours = readColours();
    for (const plot of plots) plot.update();
  });
  const sizes = new ResizeObserver(() => {
    if (view === null || plots.length === 0) return;
    for (const plot of plots) plot.update();
    aim(chosen);
  });
  sizes.observe(frame);
  frame.addEventListener("keydown", onKey);
  for (const kind of ["mousemove", "mouseenter", "mouseleave"]) frame.addEventListener(kind, onPointer, { capture: true });
  frame.addEventListener("blur", () => point(null));

  /** Draws a view with the library; without one only its figures stand there. */
  function show(next, Library) {
    view = next;
    chosen = moment === null ? null : placeOf(moment, view.slots);
    setAttribute(frame, "aria-label", view.label);
    frame.hidden = Library === null;
    if (Library !== null) draw(Library);
    aim(chosen);
  }

  function draw(Library) {
    const wanted = JSON.stringify(view.panes.map(({ key, kind, series }) => [key, kind, series.map((one) => one.key)]));
    if (wanted === drawn) {
      for (const plot of plots) plot.update();
      return;
    }
    for (const plot of plots) plot.destroy();
    drawn = wanted;
    const look = () => ({ view, colours, width: Math.max(LEAST, frame.clientWidth) });
    plots = view.panes.map((_, index) => createPlot(Library, frame, { index, look, last: index === view.panes.length - 1, onPoint: pointed }));
    for (const { over } of plots) over.addEventListener("pointermove", (event) => event.pointerType === "touch" && onTouch(event));
  }

  function onTouch(event) {
    const box = event.currentTarget.getBoundingClientRect();
    const at = view.from + ((event.clientX - box.left) / box.width) * (view.to - view.from);
    const place = view.slots.until.findIndex((end) => end > at);
    if (place >= 0) point(place);
  }

  function onPointer() {
    byHand = true;
    setTimeout(() => {
      byHand = false;
    });
  }

  /** A pane tells what the pointer is at. */
  function pointed(place) {
    if (byHand && !pointing) point(place);
  }

  function point(place) {
    moment = place === null ? null : view.slots.at[place];
    aim(place);
  }

  function aim(place) {
    chosen = place;
    pointing = true;
    for (const plot of plots) plot.point(place);
    pointing = false;
    tell();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || view === null) return;
    if (event.key === "+" || event.key === "-") onSpan(event.key === "+" ? -1 : 1, moment);
    else if (Object.hasOwn(STRIDES, event.key)) move(STRIDES[event.key]);
    else return;
    event.preventDefault();
  }

  function move(by) {
    const last = view.slots.at.length - 1;
    if (last >= 0) point(Math.min(last, Math.max(0, (chosen ?? lastKnown(view.slots) ?? last) + by)));
  }

  /** The figures of the slot that is pointed at, else of the last one known. */
  function tell() {
    if (view === null) return;
    const place = chosen ?? lastKnown(view.slots) ?? view.slots.at.length - 1;
    const said = place < 0 ? { time: "", figures: [], notes: [] } : view.describe(place);
    setText(time, said.time);
    keyed(figures, said.figures, ({ key }) => key, buildFigure, showFigure);
    keyed(
      notes,
      said.notes.map((text, index) => ({ text, index })),
      ({ index }) => String(index),
      () => make("li"),
      (line, { text }) => setText(line, text),
    );
    setAttribute(frame, "aria-valuemin", "0");
    setAttribute(frame, "aria-valuemax", String(Math.max(0, view.slots.at.length - 1)));
    setAttribute(frame, "aria-valuenow", String(Math.max(0, place)));
    setAttribute(frame, "aria-valuetext", bare([said.time, ...said.figures.map(({ label, text }) => `${label} ${text}`), ...said.notes].join(", ")));
  }

  return {
    show,
    destroy() {
      forget();
      sizes.disconnect();
      for (const plot of plots) plot.destroy();
      plots = [];
    },
  };
}

/** The slot in which a moment (s since 1970) lies, or the nearest; null where there is none. */
function placeOf(moment, { at, until }) {
  const place = until.findIndex((end) => end > moment);
  if (at.length === 0) return null;
  return place < 0 ? at.length - 1 : place;
}

/** A figure with its name and how it is drawn, for a list of them. */
export function buildFigure() {
  const pair = make("div");
  const name = make("dt");
  name.append(make("i", "", { class: "swatch", "aria-hidden": "true" }), make("span"));
  pair.append(name, make("dd", "", { translate: "no" }));
  return pair;
}

/** @param {key, label, colour, look, text}; without colour and look it is not drawn */
export function showFigure(pair, { key, label, colour, look, text }) {
  const [name, value] = pair.children;
  setAttribute(pair, "data-figure", key);
  setAttribute(name.firstChild, "data-colour", colour ?? null);
  setAttribute(name.firstChild, "data-look", look ?? null);
  setText(name.lastChild, label);
  setText(value, text);
}
