// Figures as text: decimals, sign, "--" where there is none (N17). Used by the scene and the panels.

export const MISSING = "--";
const MINUS = "-"; // the specification's own figures use the plain hyphen

/** A finite number, or null for anything else; numbers in strings and booleans are none (as the controller reads them). */
export function finite(value) {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The figure with that many decimals, "--" for none; never "-0.0". */
export function figure(value, decimals = 0) {
  const number = finite(value);
  if (number === null) return MISSING;
  const text = Math.abs(number).toFixed(decimals);
  return number < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** As `figure`, with the sign always shown: current and power, + charges (N14). */
export function signed(value, decimals = 0) {
  const text = figure(value, decimals);
  return text === MISSING || text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`;
}

/** Power for people: "700 W", "1.7 kW"; watts below a kilowatt. */
export function power(value) {
  const number = finite(value);
  if (number === null) return `${MISSING} W`;
  return Math.abs(number) < 1000 ? `${figure(number)} W` : `${figure(number / 1000, 1)} kW`;
}

/** Charge in percent without decimals, "--" for none; what lies outside 0..100 is shown as it is. */
export function percent(value) {
  const number = finite(value);
  return number === null ? MISSING : `${figure(number)}%`;
}
