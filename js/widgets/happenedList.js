// The lines of what happened, wherever some of them stand. Used by panels/happened.js and panels/details.js.

import { keyed, make, setAttribute, setText } from "./text.js";

/** @param told as lib/happened.js gives it; times by the site's clock, the browser's in their title. */
export function showHappened(list, told, words) {
  const items = told.length > 0 ? told : [{ key: "none", none: true }];
  keyed(
    list,
    items,
    ({ key }) => key,
    build,
    (line, one) => {
      setText(line.firstChild, one.none ? words.t("happened.none") : one.text);
      setText(line.lastChild, one.none ? "" : [...one.more, words.time(one.at)].filter(Boolean).join(" · "));
      setAttribute(line.lastChild, "title", one.none ? null : words.beside(one.at, { seconds: true }) || null);
      setAttribute(line, "data-level", one.level ?? null);
    },
  );
}

function build() {
  const line = make("li");
  line.append(make("span"), make("span", "", { class: "lines" }));
  return line;
}
