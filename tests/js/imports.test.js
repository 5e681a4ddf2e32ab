// Who of the page's scripts may import whom, and who alone may touch what: the house as docs/architecture.md draws it.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const HOUSE = fileURLToPath(new URL("../../js", import.meta.url));

/** Room to the rooms that it may import from; a room is a folder of js/, or a file that stands in none. */
const MAY_IMPORT = {
  "i18n/": ["i18n/"],
  "lib/": ["lib/"],
  "scene/": ["scene/", "lib/"],
  "widgets/": ["widgets/", "lib/", "words.js"],
  "charts/": ["charts/", "widgets/", "lib/"],
  "panels/": ["charts/", "widgets/", "lib/", "words.js"], // no other panel: they meet in the state
  "first.js": [],
  "alive.js": [],
  "api.js": ["lib/"],
  "frame.js": [],
  "keys.js": [],
  "poller.js": [],
  "state.js": [],
  "words.js": ["i18n/", "lib/"],
  "orders.js": ["keys.js", "lib/"],
  "main.js": null, // those that build a page, and what two of them share: whatever they need
  "journal.js": null,
  "history.js": null,
  "alarms.js": null,
  "incidents.js": null,
  "account.js": null,
  "selfcheck.js": null,
  "beside.js": null,
  "help.js": ["widgets/", "words.js"],
  "refused.js": ["widgets/", "words.js"],
  "login.js": ["i18n/", "widgets/", "words.js"],
};

/** What is kept for few: the rooms that may have it, and how it is known in a script without its comments. */
const KEPT = {
  "a request": [["api.js"], /\b(?:fetch|XMLHttpRequest|EventSource|WebSocket|sendBeacon|importScripts)\b/],
  "an address of its own": [["api.js"], /\.(?:href|src|action)\s*=\s*["'`]|\b(?:location\.(?:assign|replace)|open)\(\s*["'`]/],
  "a route": [
    ["api.js"],
    /["'`]\/?(?:get|set|share|commands|upsMode)\/|["'`]\/?(?:(?:journal|history|ledger)\.csv[?$]|commands\b|readyz\b|healthz\b|(?:history|ledger|alarms|incidents)[?$/]|selfcheck["'`])/,
  ],
  "the chart library": [["charts/"], /\bu[Pp]lot\b(?!\.(?:js|css))/],
  "a canvas": [["scene/"], /\bcanvas\b|getContext|OffscreenCanvas|CanvasRenderingContext2D/i],
  jQuery: [["panels/"], /\bjQuery\b|\$\(/],
  "the page or the browser": [
    [
      "scene/",
      "charts/",
      "widgets/",
      "panels/",
      "first.js",
      "alive.js",
      "api.js",
      "keys.js",
      "poller.js",
      "words.js",
      "state.js",
      "orders.js",
      "main.js",
      "journal.js",
      "history.js",
      "alarms.js",
      "incidents.js",
      "account.js",
      "selfcheck.js",
      "beside.js",
      "help.js",
      "refused.js",
      "login.js",
    ],
    /\b(?:document|window|globalThis|navigator|localStorage|sessionStorage|performance|matchMedia|setTimeout|setInterval|requestAnimationFrame|queueMicrotask)\b/,
  ],
};

/** Every script as {name, code, imports}: its path below js/, its text without comments, the paths that it imports. */
function scripts() {
  const names = readdirSync(HOUSE, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".js"));
  return names.sort().map((name) => read(name, readFileSync(join(HOUSE, name), "utf8")));
}

function read(name, text) {
  const code = withoutComments(text);
  const named = [...code.matchAll(/^(?:import|export)\b[^;]*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']|\bimport\(\s*["'`]([^"'`]+)["'`]/gm)];
  return { name, code, imports: named.map(([, from, bare, lazy]) => normalize(join(dirname(name), from ?? bare ?? lazy))) };
}

/** Blanks comments; texts stay, for an address is a text. */
function withoutComments(text) {
  return text.replace(/("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, kept) => kept ?? "");
}

function roomOf(name) {
  return name.includes("/") ? name.slice(0, name.indexOf("/") + 1) : name;
}

/** What breaks a rule in these scripts, as sentences. */
function broken(house) {
  const rooms = new Set(house.map(({ name }) => roomOf(name)));
  const found = [...rooms].filter((room) => !Object.hasOwn(MAY_IMPORT, room)).map((room) => `${room} has no rule here`);
  for (const { name, code, imports } of house) {
    const allowed = MAY_IMPORT[roomOf(name)];
    if (allowed) found.push(...imports.filter((path) => !allowed.includes(roomOf(path))).map((path) => `${name} imports ${path}`));
    for (const [what, [holders, sign]] of Object.entries(KEPT))
      if (!holders.includes(roomOf(name)) && sign.test(code)) found.push(`${name} has ${what}: ${sign.exec(code)[0]}`);
  }
  return found;
}

test("the house is read: every room has its rule, and the imports are seen", () => {
  const house = scripts();
  assert.deepEqual(
    Object.keys(MAY_IMPORT).filter((room) => !house.some(({ name }) => roomOf(name) === room)),
    [],
    "a rule for what is not there",
  );
  const of = (name) => house.find((one) => one.name === name).imports;
  assert.ok(of("main.js").includes("panels/units.js") && of("main.js").includes("state.js"));
  assert.ok(of("words.js").includes("i18n/said.js"), "an import() counts too");
  assert.ok(of("panels/cluster.js").includes("widgets/stop.js"));
});

test("nobody imports whom they may not, and nobody has what is another's", () => {
  assert.deepEqual(broken(scripts()), []);
});

test("what breaks a rule is found", () => {
  const bad = {
    "panels/one.js": 'import { x } from "./two.js";',
    "panels/api.js": 'import { createApi } from "../api.js";',
    "lib/one.js": 'import { t } from "../words.js";',
    "lib/wait.js": "export const wait = () => setTimeout(() => {}, 1);",
    "lib/find.js": 'export const find = () => document.getElementById("x");',
    "scene/one.js": 'import { make } from "../widgets/text.js";',
    "scene/panel.js": 'export const late = () => import("../panels/units.js");',
    "widgets/panel.js": 'import "../panels/units.js";',
    "widgets/query.js": 'globalThis.jQuery("#x").hide();',
    "widgets/chart.js": "new globalThis.uPlot({}, []);",
    "charts/unit.js": 'import { createDetails } from "../panels/details.js";',
    "panels/file.js": "link.href = `history.csv${query}`;",
    "widgets/paint.js": 'document.createElement("canvas");',
    "panels/ask.js": 'fetch("get/frame");',
    "panels/link.js": "link.href = `journal.csv${query}`;",
    "panels/route.js": 'ask("get/status");',
    "state.js": 'import { merged } from "./frame.js";',
    "cellar/one.js": "",
  };
  for (const [name, text] of Object.entries(bad)) assert.notEqual(broken([read(name, text)]).length, 0, name);
  assert.deepEqual(broken([read("lib/said.js", "/** The document. */\n// fetch(x), a canvas\nexport const n = 1; // setTimeout(f)")]), []);
});

test("no part of the page is handed the whole page", () => {
  for (const { name, code } of scripts()) if (/^(?:panels|widgets)\//.test(name)) assert.doesNotMatch(code, /\(page\b|\bpage\./, name);
});
