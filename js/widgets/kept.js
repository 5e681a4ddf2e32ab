// What this browser keeps for all of its pages: choices, and who did something last. Where storage is switched off nothing is kept.

/** What was kept under this key; null where there is nothing, or nothing can be kept. */
export function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps it; where that cannot be, what was chosen holds until the page is left. */
export function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // storage is full or switched off
  }
}
