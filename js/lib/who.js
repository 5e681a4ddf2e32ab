// Who gave an order or did something, as the wire names it (`by`), in the page's words: a person as that person stands there, a procedure by its name. Pure.

const OF_ONE = /^(share|estop) (.+)$/; // a guided sharing by its order, the E-stop's latch by whoever latched it

export function whoText(by, words) {
  if (typeof by !== "string" || by === "") return "--";
  const [, kind, name] = OF_ONE.exec(by) ?? [];
  if (kind) return words.t(`who.${kind}`, { name });
  const key = `who.${by}`;
  const text = words.t(key);
  return text === key ? words.name(by) : text;
}
