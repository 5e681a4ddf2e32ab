// Pan and zoom of the picture: Ctrl and wheel, two fingers, drag while zoomed, double click for the whole. Used by the scene.

const LARGEST = 6;

/** `changed()` is called after every move. `toWorld` turns a pointer event into the picture's own px. */
export function createView(canvas, changed) {
  let view = { k: 1, x: 0, y: 0 };
  const fingers = new Map();
  const off = new AbortController();
  const listen = (type, handler, options = {}) => canvas.addEventListener(type, handler, { signal: off.signal, ...options });

  function put(next) {
    const k = Math.max(1, Math.min(LARGEST, next.k));
    const inside = (value, size) => Math.min(0, Math.max(size * (1 - k), value));
    view = { k, x: inside(next.x, canvas.clientWidth), y: inside(next.y, canvas.clientHeight) };
    canvas.style.touchAction = k > 1 ? "none" : "pan-x pan-y";
    changed();
  }

  function zoomAt(point, factor) {
    const k = Math.max(1, Math.min(LARGEST, view.k * factor));
    put({ k, x: point.x - ((point.x - view.x) * k) / view.k, y: point.y - ((point.y - view.y) * k) / view.k });
  }

  listen(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomAt(local(event), Math.exp(-event.deltaY * 0.004));
    },
    { passive: false },
  );
  listen("dblclick", () => put({ k: 1, x: 0, y: 0 }));
  listen("pointerdown", (event) => fingers.set(event.pointerId, local(event)));
  for (const type of ["pointerup", "pointercancel", "pointerleave"]) listen(type, (event) => fingers.delete(event.pointerId));
  listen("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = local(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (other) zoomAt(other, distance(now, other) / Math.max(1, distance(before, other)));
    else if (view.k > 1) put({ ...view, x: view.x + now.x - before.x, y: view.y + now.y - before.y });
  });
  canvas.style.touchAction = "pan-x pan-y";

  function local(event) {
    const frame = canvas.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  }

  return {
    get: () => view,
    toWorld(event) {
      const point = local(event);
      return { x: (point.x - view.x) / view.k, y: (point.y - view.y) / view.k };
    },
    clamp: () => put(view),
    destroy: () => off.abort(),
  };
}

function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
