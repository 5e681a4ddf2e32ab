// The page of draw.py: one scene, fed as the operator's page feeds it. The data come from draw.py by window.bench.

import { merged } from "../js/frame.js";
import { buildModel } from "../js/lib/model.js";
import { createScene } from "../js/scene/scene.js";

const selected = [];
const scene = createScene(document.getElementById("scene"), { motion: true, onSelect: (id) => selected.push(id) });
let model = null;

/** One poll's worth of work: from the parsed answer to the scene. @returns ms of script */
function feed({ frame }) {
  const began = performance.now();
  model = buildModel(merged(null, frame), { previous: model });
  scene.update(model);
  return performance.now() - began;
}

/** The same grid a second later: every figure a little other, every clock moved. */
function later(frame, beat) {
  const moved = structuredClone(frame);
  moved.clock = `2020/01/01-10:00:${String(beat % 60).padStart(2, "0")}`;
  const [rsoc, pv, vg, clock] = ["rsoc", "pv", "vg", "clock"].map((name) => frame.about.columns.indexOf(name));
  for (const row of Object.values(moved.figures)) {
    row[rsoc] = Math.max(5, Math.min(100, row[rsoc] + Math.sin(beat + row[rsoc])));
    row[pv] = Math.max(0, row[pv] + 120 * Math.sin(beat + row[rsoc]));
    row[vg] += 0.2 * Math.sin(beat);
    row[clock] = moved.clock;
  }
  return moved;
}

/** The first pictures are painted once per page. */
async function warm({ frame }) {
  feed({ frame });
  await pause(1500);
}

/** Feed new data every second, and every third second other deals, so that units glide; then tell what drawing took. */
async function run({ frame, other }, seconds) {
  scene.resetStats();
  const polls = [];
  for (let beat = 0; beat < seconds; beat += 1) {
    const next = later(Math.floor(beat / 3) % 2 === 1 ? other : frame, beat);
    await pause(1000);
    polls.push(feed({ frame: next }));
  }
  polls.sort((one, another) => one - another);
  return { ...scene.stats(), poll: polls[Math.floor(polls.length * 0.95)] };
}

function pause(milliseconds) {
  return new Promise((done) => {
    setTimeout(done, milliseconds);
  });
}

window.bench = { warm, run, feed, scene, selected };
