// One pane of a chart: lines, bars or spans over time, with gaps as gaps, marks for events and a shade where nothing was recorded.
// It draws with the chart library; all panes of a chart share their times, their width and their cursor (chart.js).

import { axisTexts } from "../lib/slotFigures.js";
import { alone, gapsOf, isEmpty, isLong } from "../lib/slots.js";
import { tickTexts, ticksOf } from "../lib/timeTicks.js";

const LEFT = 58; // px for the figures of the upright axis
const BELOW = 24; // px for the times
const PER_TICK = 74; // px
const LANE = 9; // px of a bar among spans

/** What the pane draws of a view (chart.js) and its `pane`: {key, kind: "lines" | "bars" | "spans", height, unit, range, series: [{key, colour, look, dash, values}]}. */
export function createPlot(Library, parent, { index, look, last, onPoint }) {
  const pane = () => look().view.panes[index];
  const ratio = () => globalThis.devicePixelRatio || 1;
  const plot = new Library(optionsOf(), dataOf(), parent);

  function optionsOf() {
    const colour = (role) => () => look().colours[role];
    const grid = { stroke: colour("line"), width: 1 };
    const axis = { stroke: colour("muted"), font: look().colours.font, ticks: { show: false }, grid };
    return {
      width: look().width,
      height: heightOf(),
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7, width: 2 } },
      scales: { x: { time: false, range: () => [look().view.from, look().view.to] }, y: { range: rangeOf } },
      axes: [
        { ...axis, size: last ? BELOW : 4, splits: (u) => ticks(u), values: (_, at) => tickLabels(at), gap: 4 },
        {
          ...axis,
          size: LEFT,
          space: 28,
          gap: 6,
          values: (_, values) => (isEmpty(look().view.slots) ? values.map(() => "") : axisTexts(values, pane().unit)),
          ...(pane().kind === "spans" ? { splits: () => [], grid: { show: false } } : {}),
        },
      ],
      series: [{}, ...pane().series.map((one, at) => seriesOf(at, one, colour))],
      hooks: {
        drawClear: [shadeGaps],
        draw: [(u) => inside(u, () => drawings[pane().kind](u)), (u) => inside(u, () => drawMarks(u))],
        setCursor: [(u) => onPoint(u.cursor.left < 0 ? null : u.cursor.idx)],
      },
    };
  }

  function heightOf() {
    const lanes = pane().kind === "spans" ? (laneCount() - 1) * (LANE + 3) : 0;
    return pane().height + lanes + (last ? BELOW : 4);
  }

  function laneCount() {
    return Math.max(1, ...pane().spans.map(({ lane }) => lane + 1));
  }

  function seriesOf(at, { colour, dash, width }, of) {
    const lines = pane().kind === "lines";
    const points = lines ? { show: true, size: 4, width: 0, fill: of(colour), filter: () => alone(pane().series[at].values) } : { show: false };
    return { stroke: of(colour), width: width ?? 1.6, dash, spanGaps: false, points, ...(lines ? {} : { paths: () => null }) };
  }

  function dataOf() {
    const { slots } = look().view;
    return [slots.at.map((_, place) => middleOf(slots, place)), ...pane().series.map(({ values }) => values)];
  }

  function rangeOf(_, low, high) {
    if (pane().range) return pane().range;
    const [least, most] = [Math.min(0, low ?? 0), Math.max(0, high ?? 0)];
    const rest = (most - least || 100) * 0.08;
    return [least < 0 ? least - rest : 0, most > 0 || least === 0 ? most + rest : 0];
  }

  /** Moments of the clock; of days and months the middle of each that bears its name. */
  function ticks(u) {
    const { from, to, zone, slots } = look().view;
    const found = ticksOf(from, to, Math.max(2, Math.floor(u.bbox.width / ratio() / PER_TICK)), zone);
    return isLong(slots) ? found.map((at) => slots.at.indexOf(at)).flatMap((place) => (place < 0 ? [] : [middleOf(slots, place)])) : found;
  }

  function tickLabels(at) {
    const { slots, zone } = look().view;
    if (!last) return at.map(() => "");
    return tickTexts(isLong(slots) ? at.map((middle) => slots.at.findLast((start) => start <= middle)) : at, zone);
  }

  function middleOf({ at, until }, place) {
    return (at[place] + until[place]) / 2;
  }

  /** Draws within the pane alone. */
  function inside(u, draw) {
    const { left, top, width, height } = u.bbox;
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left, top, width, height);
    u.ctx.clip();
    draw();
    u.ctx.restore();
  }

  /** Where nothing was recorded the ground is darker: there is no value, not even 0. */
  function shadeGaps(u) {
    const { slots, recorded } = look().view;
    u.ctx.save();
    u.ctx.fillStyle = look().colours.line;
    u.ctx.globalAlpha = 0.45;
    for (const place of gapsOf(slots, recorded)) {
      const [left, right] = edgesOf(u, slots.at[place], slots.until[place]);
      if (right > left) u.ctx.fillRect(left, u.bbox.top, right - left, u.bbox.height);
    }
    u.ctx.restore();
  }

  /** Canvas pixels of a time, cut to the pane. */
  function edgesOf(u, from, to) {
    const cut = (x) => Math.min(Math.max(x, u.bbox.left), u.bbox.left + u.bbox.width);
    return [Math.round(cut(u.valToPos(from, "x", true))), Math.round(cut(u.valToPos(to, "x", true)))];
  }

  const drawings = { lines: () => {}, bars: drawBars, spans: drawSpans };

  function drawBars(u) {
    const { slots } = look().view;
    const { series } = pane();
    const ground = u.valToPos(0, "y", true);
    slots.at.forEach((at, place) => {
      const [left, right] = edgesOf(u, at, slots.until[place]);
      const rest = right - left > 6 * ratio() ? (right - left) * 0.08 : 0; // what is narrower stands side by side
      const width = (right - left - 2 * rest) / series.length;
      series.forEach(({ values, colour, look: kind }, n) => {
        if (values[place] === null || values[place] === undefined) return;
        const top = u.valToPos(values[place], "y", true);
        const box = [left + rest + n * width, Math.min(top, ground - 1), Math.max(1, width - (rest > 0 ? ratio() : 0)), Math.max(1, ground - top)];
        drawBox(u, box, look().colours[colour], kind === "hollow");
      });
    });
  }

  function drawSpans(u) {
    const { colours } = look();
    for (const { from, to, gives, running, lane } of pane().spans) {
      const [left, right] = edgesOf(u, from, to);
      if (to < look().view.from || from > look().view.to) continue;
      const box = [left, u.bbox.top + (2 + lane * (LANE + 3)) * ratio(), Math.max(2 * ratio(), right - left), LANE * ratio()];
      drawBox(u, box, colours[gives ? "bus" : "charge"], !gives);
      if (running) u.ctx.fillRect(right - 2 * ratio(), box[1] - ratio(), 2 * ratio(), box[3] + 2 * ratio());
    }
  }

  /** Filled, or as an outline where there is room for one. */
  function drawBox(u, [left, top, width, height], colour, hollow) {
    const line = 1.5 * ratio();
    u.ctx.fillStyle = colour;
    u.ctx.strokeStyle = colour;
    u.ctx.lineWidth = line;
    if (hollow && width > 2 * line && height > 2 * line) u.ctx.strokeRect(left + line / 2, top + line / 2, width - line, height - line);
    else u.ctx.fillRect(left, top, width, height);
  }

  /** Each event as a line through all panes; its sign stands on top of the first. */
  function drawMarks(u) {
    for (const { at, level } of look().view.marks) {
      const x = Math.round(u.valToPos(at, "x", true)) + 0.5;
      if (at < look().view.from || at > look().view.to) continue;
      u.ctx.strokeStyle = look().colours[level ?? "edge"];
      u.ctx.fillStyle = u.ctx.strokeStyle;
      u.ctx.lineWidth = ratio();
      u.ctx.setLineDash([2 * ratio(), 3 * ratio()]);
      u.ctx.beginPath();
      u.ctx.moveTo(x, u.bbox.top);
      u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
      u.ctx.stroke();
      if (index > 0) continue;
      u.ctx.beginPath();
      u.ctx.moveTo(x - 4 * ratio(), u.bbox.top);
      u.ctx.lineTo(x + 4 * ratio(), u.bbox.top);
      u.ctx.lineTo(x, u.bbox.top + 6 * ratio());
      u.ctx.fill();
    }
  }

  return {
    /** Draws what the view says now. */
    update() {
      plot.setSize({ width: look().width, height: heightOf() });
      plot.setData(dataOf(), true);
      plot.redraw(false, true);
    },
    /** Puts the cursor on a slot; null takes it away. */
    point(place) {
      const left = place === null ? -10 : plot.valToPos(plot.data[0][place], "x");
      plot.setCursor({ left, top: place === null ? -10 : 1 }, false);
    },
    over: plot.over,
    destroy: () => plot.destroy(),
  };
}
