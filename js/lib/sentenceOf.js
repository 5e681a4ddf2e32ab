// A sentence of the controller from its code and parameters, in a catalogue of templates {code: "…{unit}…{volts:.1f}…"}; and what it names. Pure.
// `say` makes of a parameter's text what is shown.

import { isolated } from "./wire.js";

const NAMED = 8; // entries of a list before the rest is counted, as the controller does
const PLACE = /\{(\w+)(?::([^}]*))?\}/g;

/** The text, or null where the catalogue does not know the code. */
export function sentenceOf({ code, parameters }, catalogue, say = isolated) {
  if (code === "joined") return parameters.parts.map((part) => shown(part, null, catalogue, say)).join(parameters.between);
  if (!Object.hasOwn(catalogue, code)) return null;
  return catalogue[code].replace(PLACE, (place, name, format) =>
    Object.hasOwn(parameters, name) ? shown(parameters[name], format ?? null, catalogue, say) : place,
  );
}

/** Whether a sentence shows this text as one of its parameters, in a list among them, or in a sentence within it. */
export function isNamedIn({ parameters }, text) {
  return Object.values(parameters).some((value) => isShown(value, text));
}

/** Every text that a sentence shows as a parameter, also in a list or in a sentence within it. */
export function textsIn({ parameters }) {
  return Object.values(parameters).flatMap(textsOf);
}

function textsOf(value) {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === "object" && value !== null) return textsIn(value);
  return typeof value === "string" && value !== "" ? [value] : [];
}

function isShown(value, text) {
  if (Array.isArray(value)) return value.slice(0, NAMED).some((entry) => isShown(entry, text));
  return typeof value === "object" && value !== null ? isNamedIn(value, text) : value === text;
}

/** A parameter: a number in its format, a list counted out, a sentence in its turn, a text as what somebody else wrote. */
function shown(value, format, catalogue, say) {
  if (value === null || value === undefined) return "不明";
  if (typeof value === "number") return say(numberText(value, format));
  if (Array.isArray(value)) {
    const named = value
      .slice(0, NAMED)
      .map((entry) => shown(entry, null, catalogue, say))
      .join("、");
    return value.length > NAMED ? `${named} ほか${value.length - NAMED}件` : named;
  }
  if (typeof value === "object") return sentenceOf(value, catalogue, say) ?? say(value.text);
  return say(value);
}

/** A number as Python writes it with this format: "g", ".3g", ".1f", "d"; without one as it is. */
function numberText(value, format) {
  const fixed = /^\.(\d+)f$/.exec(format ?? "");
  if (fixed) return value.toFixed(Number(fixed[1]));
  const digits = /^\.(\d+)g$/.exec(format ?? "");
  if (digits) return String(Number(value.toPrecision(Number(digits[1]))));
  const sign = format === "+g" && value >= 0 ? "+" : "";
  return /^\+?g$/.test(format ?? "") ? `${sign}${Number(value.toPrecision(6))}` : String(value);
}
