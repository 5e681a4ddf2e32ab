// What a person wrote into a number field, read as that number or not at all; and a number in the very digits that are sent (H4). Pure.

import { MISSING } from "./figures.js";

const WIDE = /[\uff10-\uff19\uff0b\uff0c\uff0d\uff0e]/g; // digits, signs, comma and point as Japanese keyboards give them
const NUMBER = /^([+-]?)(0|[1-9]\d{0,5})?(?:[.,](\d{1,6}))?$/;
const GROUPED = /^[+-]?\d{1,3},\d{3}$/; // a decimal comma, or a comma between thousands?

/**
 * A decimal point or comma, half or full width, with or without a sign. Anything else is no number: an exponent, a second
 * point, a zero before other digits (of "02" a point may have been lost), digits of another script.
 * @returns {{value: number}|{problem: "empty"|"grouped"|"unreadable"}}
 */
export function readNumber(text) {
  const given = String(text)
    .trim()
    .replace(WIDE, (sign) => String.fromCodePoint(sign.codePointAt(0) - 0xfee0))
    .replace("\u2212", "-");
  if (given === "") return { problem: "empty" };
  if (GROUPED.test(given)) return { problem: "grouped" };
  const [, sign, whole, fraction] = NUMBER.exec(given) ?? [];
  if (whole === undefined && fraction === undefined) return { problem: "unreadable" };
  return { value: Number(`${sign}${whole ?? "0"}.${fraction ?? "0"}`) };
}

/** A number with as many decimals as it has, as the order bears it (at most six): never rounded to what it is not. `least` decimals always. */
export function exactly(value, least = 0) {
  if (!Number.isFinite(value)) return MISSING;
  const text = String(Number(value.toFixed(6)));
  return (text.split(".")[1] ?? "").length < least ? value.toFixed(least) : text;
}
