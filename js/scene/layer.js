// A canvas on which a part of the picture stands, with the picture's own px as unit.

export function createLayer() {
  return layerOf(document.createElement("canvas"));
}

export function layerOf(image, options = {}) {
  const context = image.getContext("2d", options);
  return {
    image,
    context,
    /** The picture's own px under that view {k, x, y}; `scale` is device px per CSS px. */
    aim(scale, { k, x, y }) {
      context.setTransform(scale * k, 0, 0, scale * k, scale * x, scale * y);
    },
    /** Empty, and aimed. */
    clear(scale, view) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, image.width, image.height);
      this.aim(scale, view);
    },
    resize(width, height) {
      if (image.width !== width || image.height !== height) Object.assign(image, { width, height });
    },
  };
}
