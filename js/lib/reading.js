// The converter's words, and how the picture shows a power. Pure.

/** Below these W the original drew no line (A15-5). */
export const THRESHOLDS = Object.freeze({ pv: 200, load: 100, utility: 400 });

/** The converter's words (A15-4). */
const WORDS = Object.freeze({ "0x0000": "wait", "0x0014": "reference", "0x0041": "charge", "0x0002": "discharge" });

/** The word of a converter state as sent, in any way of writing its hexadecimal digits; null for none of the four. */
export function wordOf(sent) {
  const match = typeof sent === "string" ? /^0x([0-9a-f]{1,4})$/i.exec(sent.trim()) : null;
  return match ? (WORDS[`0x${match[1].toLowerCase().padStart(4, "0")}`] ?? null) : null;
}

/**
 * How many dots a flow gets and how fast they run, from its power: none below the threshold or when the hardware does not tell.
 * @returns {{dots: number, pace: number}|null} 2 to 6 dots; pace 1 to 3 is the speed's step
 */
export function dotsOf(watts, threshold, most = 6) {
  if (watts === null || watts < threshold) return null;
  const steps = Math.log2(watts / threshold);
  return { dots: Math.min(most, 2 + Math.floor(steps)), pace: Math.min(3, 1 + Math.floor(steps / 1.5)) };
}
