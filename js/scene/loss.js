// Whether the pictures are still there: a browser whose graphics process ends empties every canvas that it had there (H15), those that are
// kept for copying too, and does not always say so. Used by the scene.

const SIZE = 320; // px: large enough that browsers keep it where the others are
const EVERY = 900; // ms

/** `onLoss()` is called when what was painted may be gone, also while nothing can be painted yet: it is called again when it can. */
export function createLoss(onLoss) {
  const kept = paper(SIZE);
  const glass = paper(1, { willReadFrequently: true }); // where a pixel of it is looked at, and which stays in memory
  const timer = setInterval(look, EVERY);
  let over = false;

  watch(kept.canvas);
  dye();

  /** One more canvas, of which the browser may tell. */
  function watch(canvas) {
    for (const type of ["contextlost", "contextrestored"]) canvas.addEventListener(type, lost);
  }

  function lost() {
    if (over) return;
    dye();
    onLoss();
  }

  function dye() {
    kept.fillStyle = "#fff";
    kept.fillRect(0, 0, SIZE, SIZE);
  }

  function look() {
    if (document.visibilityState === "hidden") return;
    glass.clearRect(0, 0, 1, 1);
    glass.drawImage(kept.canvas, 0, 0);
    if (glass.getImageData(0, 0, 1, 1).data[3] !== 255) lost();
  }

  return {
    watch,
    destroy() {
      over = true;
      clearInterval(timer);
    },
  };
}

function paper(size, options = {}) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: size, height: size });
  return canvas.getContext("2d", options);
}
