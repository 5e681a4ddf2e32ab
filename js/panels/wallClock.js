// The wall's own clock: the site's time by the controller's clock, so that a picture that stands still is seen to.

import { setText } from "../widgets/text.js";

export function createWallClock({ words }) {
  const clock = document.getElementById("wall-clock");
  const wall = document.body.dataset.display === "wall";

  function render() {
    if (wall) setText(clock, words.time(words.now()));
  }

  return { render };
}
