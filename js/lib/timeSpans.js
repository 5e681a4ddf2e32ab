// How much of the past is shown, and in which steps. Pure.

const [HOUR, DAY] = [3600, 86_400]; // s

/** The spans that are offered, the shortest first, each with the step that fits. */
export const SPANS = Object.freeze([
  { name: "1h", seconds: HOUR, step: "60" },
  { name: "6h", seconds: 6 * HOUR, step: "60" },
  { name: "1d", seconds: DAY, step: "60" },
  { name: "1w", seconds: 7 * DAY, step: "1800" },
  { name: "1mo", seconds: 31 * DAY, step: "day" },
  { name: "12mo", seconds: 365 * DAY, step: "day" },
]);

export const STEPS = Object.freeze(["60", "1800", "day", "month"]);

const LENGTHS = { 60: 60, 1800: 1800, day: DAY, month: 28 * DAY };
const MOST = 3000; // slots that are drawn at once
const FEWEST = 2;

/** The steps in which so many seconds can be shown: neither a single slot nor more than can be told apart. */
export function stepsFor(seconds) {
  const fitting = STEPS.filter((step) => seconds / LENGTHS[step] <= MOST && seconds / LENGTHS[step] >= FEWEST);
  return fitting.length > 0 ? fitting : [seconds < HOUR ? "60" : "month"];
}

/** The step that fits so many seconds: that of the shortest span that holds them. */
export function stepFor(seconds) {
  const { step } = SPANS.find((span) => seconds <= span.seconds) ?? { step: seconds > 5 * 365 * DAY ? "month" : "day" };
  const fitting = stepsFor(seconds);
  return fitting.includes(step) ? step : fitting[0];
}

/** The name of the span of so many seconds; null for one that is not offered. */
export function spanOf(seconds) {
  return SPANS.find((span) => Math.abs(span.seconds - seconds) < 60)?.name ?? null;
}

/** The next longer (1) or shorter (-1) span than so many seconds; the longest or shortest where there is none. */
export function nextSpan(seconds, direction) {
  const found = direction > 0 ? SPANS.find((span) => span.seconds > seconds + 60) : SPANS.findLast((span) => span.seconds < seconds - 60);
  return found ?? (direction > 0 ? SPANS.at(-1) : SPANS[0]);
}

/**
 * What is shown: `seconds` up to `to` (Date), or up to now where that is null, in `step`.
 * @returns {{from: Date, to: Date}} both to the minute, so that an address stands still for a while
 */
export function rangeOf({ seconds, to }, now) {
  const end = to ?? new Date(Math.ceil(now.getTime() / 60_000) * 60_000);
  return { from: new Date(end.getTime() - seconds * 1000), to: end };
}

/** Where a span must end that a moment (s since 1970; null: any) lies in it: where it ended, or around that moment; null: now. */
export function endAround(at, { seconds, to }, now) {
  const { from, to: end } = rangeOf({ seconds, to }, now);
  if (at === null || (at * 1000 >= from.getTime() && at * 1000 < end.getTime())) return to;
  const around = new Date(at * 1000 + seconds * 500);
  return around >= now ? null : around;
}

/** The same span, earlier (-1) or later (1) by its own length; up to now where that would lie ahead. */
export function moved({ seconds, to }, direction, now) {
  const end = new Date((to ?? now).getTime() + direction * seconds * 1000);
  return end >= now ? null : end;
}
