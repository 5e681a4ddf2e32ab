// Pictures drawn once and used many times: with a thousand units a frame is a thousand copies instead of ten thousand shapes.

const MOST = 3000;

/** A cache of small canvases, each of which `watch` is told. `get(key, width, height, draw)` draws about the middle of a canvas of that many px at the sharpness in force. */
export function createSprites(watch = () => {}) {
  let scale = 1;
  let until = Infinity;
  const kept = new Map();

  return {
    /** Forget all when the sharpness changes. */
    setScale(wanted) {
      if (wanted !== scale) kept.clear();
      scale = wanted;
    },
    clear: () => kept.clear(),
    has: (key) => kept.has(key),
    /** From now on there are so many ms for pictures that can come a frame later. */
    allow(time) {
      until = performance.now() + time;
    },
    /** Whether a picture that can come a frame later is to be shown now: it is there, or there is time left to draw it. */
    may: (key) => kept.has(key) || performance.now() < until,
    get(key, width, height, draw) {
      const found = kept.get(key);
      if (found) return found;
      if (kept.size >= MOST) kept.clear();
      const image = document.createElement("canvas");
      image.width = Math.ceil(width * scale);
      image.height = Math.ceil(height * scale);
      watch(image);
      const context = image.getContext("2d");
      context.setTransform(scale, 0, 0, scale, image.width / 2, image.height / 2);
      draw(context);
      const sprite = { image, width: image.width / scale, height: image.height / scale, scale };
      kept.set(key, sprite);
      return sprite;
    },
  };
}

/** The sprite with its middle there, on whole device px where it keeps its size, so that it stays sharp. */
export function stamp(context, sprite, x, y, times = 1) {
  const [width, height] = [sprite.width * times, sprite.height * times];
  const whole = (value) => (times === 1 ? Math.round(value * sprite.scale) / sprite.scale : value);
  context.drawImage(sprite.image, whole(x - width / 2), whole(y - height / 2), width, height);
}
