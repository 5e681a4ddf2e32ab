// The picture for those who do not see it or use the keyboard: a list box beside the canvas with one option per unit.
//
// One tab stop whatever the number of units; arrows, Home, End move, Enter or Space opens (V7). Texts are renewed every two
// seconds at most, of a thousand units every ten, and only where they changed; that of the chosen one at once.

import { percent, signed } from "../lib/figures.js";
import { duration } from "../lib/durations.js";
import { isolated } from "../lib/wire.js";
import { fill } from "./words.js";

const EVERY = 2000; // ms
const EACH = 10; // ms per unit: what many cost must not grow with their number
let lists = 0;

export function createOutline(canvas, { onActive, onOpen, words }) {
  const prefix = `scene-unit-${(lists += 1)}`;
  const list = document.createElement("ul");
  list.translate = false; // ids, states and figures
  const options = []; // {element, id, text}
  const off = new AbortController();
  let texts = words;
  let units = [];
  let active = -1;
  let timer = null;
  let renewed = -Infinity;

  list.className = "scene-outline";
  list.tabIndex = 0;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", texts.list);
  hideFromSight(list);
  canvas.setAttribute("aria-hidden", "true");
  canvas.after(list);

  list.addEventListener(
    "keydown",
    (event) => {
      const next = steps(event.key, active, units.length);
      if (next !== null) activate(next);
      else if ((event.key === "Enter" || event.key === " ") && units[active]) onOpen(units[active].id);
      else return;
      event.preventDefault();
    },
    { signal: off.signal },
  );
  list.addEventListener("focus", () => activate(Math.max(0, active)), { signal: off.signal });
  list.addEventListener("blur", () => onActive(null), { signal: off.signal });
  list.addEventListener(
    "click",
    (event) => {
      const index = options.findIndex(({ element }) => element === event.target);
      if (index < 0) return;
      activate(index);
      onOpen(units[index].id);
    },
    { signal: off.signal },
  );

  function activate(index) {
    if (!units[index]) return;
    if (options[active]) options[active].element.removeAttribute("aria-selected");
    active = index;
    renew();
    options[active].element.setAttribute("aria-selected", "true");
    list.setAttribute("aria-activedescendant", options[active].element.id);
    if (document.activeElement === list) onActive(units[active].id);
  }

  function renew() {
    timer = null;
    renewed = performance.now();
    list.setAttribute("aria-label", texts.list);
    while (options.length > units.length) options.pop().element.remove();
    units.forEach((unit, index) => {
      const option = options[index] ?? addOption(index);
      const text = describe(unit, texts);
      if (option.text !== text) option.element.textContent = option.text = text;
    });
    if (active >= units.length) active = units.length - 1;
  }

  function addOption(index) {
    const element = document.createElement("li");
    element.id = `${prefix}-${index}`;
    element.setAttribute("role", "option");
    list.append(element);
    options.push({ element, text: null });
    return options[index];
  }

  return {
    update(next) {
      const activeId = units[active]?.id;
      units = next;
      const found = units.findIndex(({ id }) => id === activeId);
      if (found >= 0 && found !== active) activate(found);
      timer ??= setTimeout(renew, Math.max(0, renewed + Math.max(EVERY, EACH * units.length) - performance.now()));
    },
    setWords(next) {
      texts = next;
      renew();
    },
    /** The unit of the last keyboard step or click. */
    setActive(id) {
      const index = units.findIndex((unit) => unit.id === id);
      if (index >= 0) activate(index);
    },
    element: list,
    destroy() {
      clearTimeout(timer);
      off.abort();
      list.remove();
      canvas.removeAttribute("aria-hidden");
    },
  };
}

/** One unit in a sentence: what the picture shows of it. */
export function describe(unit, words) {
  const parts = [unit.name && unit.name !== unit.id ? `${isolated(unit.id)} ${isolated(unit.name)}` : isolated(unit.id)];
  parts.push(unit.state === "live" || unit.age === null ? words[unit.state] : `${words[unit.state]} ${duration(unit.age, words)}`);
  parts.push(fill(words.charge, { percent: percent(unit.rsoc) }));
  if (unit.crown) parts.push(words.reference);
  if (unit.gridMaster) parts.push(words.gridMaster);
  if (unit.alarm) parts.push(words.alarm);
  if (unit.alarmPriority) parts.push(fill(words.priority, { n: unit.alarmPriority }));
  const flowing = unit.running || (unit.state === "live" && unit.sharing === "running");
  if (flowing && unit.current !== null)
    parts.push(fill(unit.current < 0 ? words.discharging : words.charging, { current: signed(unit.current, 1).replace(/^[+-]/, "") }));
  else if (unit.inDeal) parts.push(unit.sharing === "agreed" ? words.agreedUnit : words.unknownUnit);
  return parts.join(", ");
}

/** The next option for a key, or null when the key is not for us. */
export function steps(key, from, count) {
  const to = {
    ArrowRight: from + 1,
    ArrowDown: from + 1,
    ArrowLeft: from - 1,
    ArrowUp: from - 1,
    Home: 0,
    End: count - 1,
    PageDown: from + 10,
    PageUp: from - 10,
  }[key];
  return to === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, to));
}

/** Out of sight, not out of the accessibility tree; by CSSOM, which the content security policy allows. */
function hideFromSight(element) {
  Object.assign(element.style, {
    position: "absolute",
    width: "1px",
    height: "1px",
    margin: "-1px",
    padding: "0",
    overflow: "hidden",
    clipPath: "inset(50%)",
    whiteSpace: "nowrap",
    border: "0",
  });
}
