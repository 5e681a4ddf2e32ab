// The first half second of a question: nothing counts as its answer that was pressed before a person can have read it (H3).
//
// Used by every dialog whose button gives an order. It counts from the first frame that shows the question, and anew whenever
// another takes its place, its wording changes, its buttons move, or a dialog above it closes. A press counts by when it began;
// the second half of a double click never counts. What stops is free of all this, and so is Cancel.

const HOLD = 500; // ms
const MOVED = 8; // px: less is no other place for a pointer
const UNSEEN = 1000; // ms after which it counts without a frame, as in a tab that draws none
const holds = new Set();

/** @param buttons () => the buttons that are held */
export function createHold(dialog, buttons) {
  let readyAt = -Infinity; // by the clock of event.timeStamp
  let turn = 0;
  let pressedAt = null;
  let places = "";
  const hold = {
    arm,
    free,
    show,
    again: () => {
      if (dialog.open && readyAt !== -Infinity) arm();
    },
  };
  holds.add(hold);

  function arm() {
    const mine = (turn += 1);
    const counted = () => {
      if (mine !== turn || readyAt !== Infinity) return;
      readyAt = performance.now() + HOLD;
      places = placesNow();
      wait(mine);
    };
    readyAt = Infinity;
    show();
    requestAnimationFrame(() => requestAnimationFrame(counted));
    setTimeout(counted, UNSEEN);
  }

  function wait(mine) {
    if (mine !== turn) return;
    if (performance.now() < readyAt) setTimeout(() => wait(mine), readyAt - performance.now());
    else show();
  }

  /** For what stops: answered at once. */
  function free() {
    turn += 1;
    readyAt = -Infinity;
    show();
  }

  /** Marks the buttons as they are; called again by who builds them anew. */
  function show() {
    const held = performance.now() < readyAt;
    for (const button of buttons()) {
      if (held) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  }

  function placesNow() {
    return buttons()
      .map((button) => button.getBoundingClientRect())
      .map(({ x, y }) => [x, y]);
  }

  function haveMoved() {
    const now = placesNow();
    return now.length !== places.length || now.some(([x, y], index) => Math.hypot(x - places[index][0], y - places[index][1]) > MOVED);
  }

  function refuseEarly(event) {
    const pressed = event.type === "submit" ? event.submitter : event.target.closest("button");
    if (!buttons().includes(pressed)) return;
    const began = pressedAt ?? event.timeStamp;
    if (event.type === "click") pressedAt = null;
    if (readyAt === -Infinity || (began >= readyAt && event.detail < 2) || (event.type === "submit" && event.timeStamp >= readyAt)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  const press = (event) => {
    if (event.type !== "keydown" || ((event.key === "Enter" || event.key === " ") && !event.repeat)) pressedAt = event.timeStamp;
  };
  for (const type of ["pointerdown", "keydown"]) dialog.addEventListener(type, press, { capture: true });
  for (const type of ["click", "submit"]) dialog.addEventListener(type, refuseEarly, { capture: true });
  dialog.addEventListener("close", () => {
    for (const other of holds) if (other !== hold) other.again();
  });
  if (globalThis.ResizeObserver)
    new ResizeObserver(() => {
      // the journal's page does without
      if (dialog.open && readyAt !== Infinity && readyAt !== -Infinity && haveMoved()) arm();
    }).observe(dialog);
  return hold;
}

const changes = new WeakMap(); // button -> {what, since}

/** Notes what a button of the page orders, without a question, and holds it where that has become something else under a pointer. */
export function noteWhat(button, what) {
  const before = changes.get(button);
  if (before?.what === what) return;
  const held = Boolean(before?.what && what);
  changes.set(button, { what, since: held ? performance.now() : -Infinity });
  if (!held) return;
  button.setAttribute("aria-disabled", "true");
  setTimeout(() => button.removeAttribute("aria-disabled"), HOLD);
}

/** Whether a click is the second half of a double click, or meant what the button did half a second ago. */
export function isHasty(button, event) {
  return event.detail > 1 || event.timeStamp - (changes.get(button)?.since ?? -Infinity) < HOLD;
}
