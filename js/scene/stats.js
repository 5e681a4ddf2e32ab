// How long drawing takes: the last thousand draw callbacks, for the benchmark and the curious.

const KEPT = 1000;

export function createStats() {
  const times = new Float64Array(KEPT);
  let count = 0;

  return {
    add(milliseconds) {
      times[count % KEPT] = milliseconds;
      count += 1;
    },
    /** @returns {{frames, median, p95, max}} ms over the kept ones; zeros before the first */
    read() {
      const sorted = times.slice(0, Math.min(count, KEPT)).sort();
      const at = (part) => (sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]);
      return { frames: count, median: at(0.5), p95: at(0.95), max: at(1) };
    },
    reset() {
      count = 0;
    },
  };
}
