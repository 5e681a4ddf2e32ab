// The bus in the middle: its voltage, what flows on it, the cluster's charge, and words when it is not at its voltage (Z6b).

import { shortDuration } from "../lib/durations.js";
import { figure, percent, power, MISSING } from "../lib/figures.js";
import { roundRect, write } from "./cells.js";
import { stamp } from "./sprites.js";
import { fill } from "./words.js";
import { veil } from "./theme.js";

const GRAVE = new Set(["dead", "outOfBand", "twoReferences"]);
const QUIET_SKEW = 3; // s: readings of one beat

export function drawHub(pen, hub, model) {
  const { theme } = pen;
  paintDisc(pen, hub, model);
  const { bus, totals } = model;
  const line = (text, at, size, colour, weight = 400) =>
    write(pen, text, hub.x, hub.y + hub.r * at, { size: hub.r * size, colour, weight, most: hub.r * 1.62 });
  const note = noteOf(bus, pen.words, theme);
  line(pen.words.hubLabel, -0.56, 0.15, theme.muted, 600);
  line(`${bus.voltage === null ? MISSING : figure(bus.voltage, 1)} V`, -0.2, 0.4, note.grave ? theme.alarm : theme.text, 700);
  line(`${figure(bus.current, 1)} A \u00b7 ${power(bus.power)}`, 0.16, 0.205, theme.bus, 600);
  if (note.text) line(note.text, 0.42, 0.185, note.colour, 600);
  else line(`${percent(totals.rsoc)} \u00b7 ${energy(totals.remaining)}`, 0.42, 0.18, theme.muted);
  belowHub(pen, hub, model);
}

function paintDisc({ context, theme, sprites }, hub, model) {
  const flowing = (model.bus.power ?? 0) > 40;
  stamp(
    context,
    sprites.get(`glow|${hub.r}|${flowing}`, hub.r * 3.5, hub.r * 3.5, (target) => paintGlow(target, theme, hub.r, flowing)),
    hub.x,
    hub.y,
  );
  circle(context, hub, hub.r);
  context.fillStyle = theme.disc;
  context.fill();
  const width = Math.max(3, hub.r * 0.07);
  context.lineWidth = width;
  context.strokeStyle = theme.line;
  circle(context, hub, hub.r - width / 2);
  context.stroke();
  paintGauge(context, theme, hub, model.totals.rsoc, width);
}

function paintGlow(context, theme, r, flowing) {
  const glow = context.createRadialGradient(0, 0, r * 0.9, 0, 0, r * 1.7);
  glow.addColorStop(0, veil(theme.bus, (flowing ? 0.16 : 0.05) * (theme.dark ? 1 : 0.6)));
  glow.addColorStop(1, veil(theme.bus, 0));
  circle(context, { x: 0, y: 0 }, r * 1.7);
  context.fillStyle = glow;
  context.fill();
}

/** The ring around the disc is the cluster's charge. */
function paintGauge(context, theme, hub, rsoc, width) {
  if (rsoc === null) return;
  context.strokeStyle = theme.charge;
  context.lineWidth = width;
  context.lineCap = "round";
  context.beginPath();
  context.arc(hub.x, hub.y, hub.r - width / 2, -Math.PI / 2, -Math.PI / 2 + (Math.PI * 2 * Math.max(0, Math.min(100, rsoc))) / 100);
  context.stroke();
  context.lineCap = "butt";
}

function noteOf(bus, words, theme) {
  if (bus.state === "steady") return { text: "", grave: false };
  if (GRAVE.has(bus.state)) return { text: `\u25b2 ${words[bus.state]}`, colour: theme.alarm, grave: true };
  if (bus.state === "noReference") return { text: `\u25b2 ${words.noReference}`, colour: theme.warn, grave: false };
  return { text: words[bus.state], colour: bus.state === "ramping" ? theme.bus : theme.muted, grave: false };
}

/** Notes on a plate under the disc: how far the readings are apart, and deals that cannot be told. */
function belowHub(pen, hub, { bus, dealsKnown, units }) {
  const { context, theme, words } = pen;
  const notes = [];
  if (units.length === 0) notes.push([words.noUnits, theme.muted]);
  else if (!dealsKnown) notes.push([`\u25b2 ${words.dealsUnknown}`, theme.warn]);
  if (bus.last !== null) notes.push([fill(words.last, { voltage: figure(bus.last.voltage, 1), age: shortDuration(bus.last.age, words) }), theme.warn]);
  if (bus.skew !== null && bus.skew >= QUIET_SKEW) notes.push([fill(words.skew, { seconds: figure(bus.skew) }), theme.muted]);
  const size = Math.max(9, hub.r * 0.17);
  notes.forEach(([text, colour], index) => {
    const y = hub.y + hub.r + size * (1.2 + index * 1.75);
    context.font = `400 ${size.toFixed(1)}px ${theme.font}`;
    const width = context.measureText(text).width + size * 1.2;
    context.fillStyle = veil(theme.bg, 0.86);
    roundRect(context, hub.x - width / 2, y - size * 0.8, width, size * 1.6, size * 0.8);
    context.fill();
    write(pen, text, hub.x, y, { size, colour });
  });
}

function energy(wh) {
  if (wh === null) return `${MISSING} kWh`;
  return wh < 1000 ? `${figure(wh)} Wh` : `${figure(wh / 1000, 1)} kWh`;
}

function circle(context, { x, y }, r) {
  context.beginPath();
  context.arc(x, y, r, 0, Math.PI * 2);
}
