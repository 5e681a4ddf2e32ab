// The scene's canvases, one upon another: the still ground (the page's own canvas), tiles, dots, and the cells above them.
//
// The browser lays them together off the main thread, so a frame in which only dots move paints nothing but dots. The parent of
// the page's canvas becomes their frame (position: relative, by CSSOM, which the content security policy allows).

import { layerOf } from "./layer.js";

export function createStack(canvas) {
  const parent = canvas.parentElement;
  if (getComputedStyle(parent).position === "static") parent.style.position = "relative";
  const upper = [overlay("tiles"), overlay("dots"), overlay("cells")];
  canvas.after(...upper);
  const layers = [layerOf(canvas, { alpha: false }), ...upper.map((element) => layerOf(element))];

  function overlay(name) {
    const element = document.createElement("canvas");
    element.dataset.layer = name;
    element.setAttribute("aria-hidden", "true");
    Object.assign(element.style, { position: "absolute", pointerEvents: "none", display: "block", margin: "0" });
    return element;
  }

  return {
    layers,
    ground: layers[0],
    tiles: layers[1],
    dots: layers[2],
    over: layers[3],
    /** Few units have no tiles, and a canvas that is not shown costs nothing. */
    showTiles(shown) {
      upper[0].style.display = shown ? "block" : "none";
    },
    /** Lay the upper ones exactly on the page's own; it may have been moved. */
    align() {
      const box = { left: canvas.offsetLeft, top: canvas.offsetTop, width: canvas.clientWidth, height: canvas.clientHeight };
      for (const element of upper) for (const [side, value] of Object.entries(box)) element.style[side] = `${value}px`;
    },
    /** The size in device px; empties all. */
    resize(width, height) {
      for (const { image } of layers) Object.assign(image, { width, height });
    },
    destroy() {
      for (const element of upper) element.remove();
    },
  };
}
