// What the rules answered to a converter order, sorted: what keeps it, what a person may override, how a rule stands in a line. Pure.

/** The rules that are not kept, or cannot be told yet. Advice keeps nothing. */
export function failingOf(rules) {
  return rules.filter(({ pass, advice }) => pass !== true && advice !== true);
}

/** Those of them that no reason passes. */
export function hardOf(failing) {
  return failing.filter((rule) => !mayPass(rule));
}

/** The names of those that an override passes, as the order bears them, each once: ["e", "f"]. */
export function overridesOf(failing) {
  return [...new Set(failing.filter(mayPass).map(({ rule }) => rule))];
}

function mayPass({ overridable, pass }) {
  return overridable === true && pass === false;
}

/** What is said against an order that nothing keeps, such as Stopped. */
export function adviceOf(rules) {
  return rules.filter(({ pass, advice }) => pass === false && advice === true);
}

/** The rules in the order in which the form shows them: too many trips first, beside the control by which a person resets them. */
export function tripsFirst(rules) {
  const isTrips = ({ cause }) => cause === "too-many-trips";
  return [...rules.filter(isTrips), ...rules.filter((rule) => !isTrips(rule))];
}

/** One rule as a line: {pass: "yes"|"no"|"advice"|"wait"|"untold", says: its key in the words, text}. Untold: nothing tells what it asks for. */
export function ruleLine({ rule, pass, cause, sentence, advice }, words) {
  const stands = pass === true ? (cause === "not-told" ? "untold" : "yes") : pass !== false ? "wait" : advice === true ? "advice" : "no";
  return { pass: stands, says: SAYS[stands], text: `(${rule}) ${words.said(sentence)}` };
}

const SAYS = Object.freeze({ yes: "rules.pass", no: "rules.fail", wait: "rules.wait", advice: "rules.advice", untold: "rules.untold" });
