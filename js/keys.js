// Names that nobody else has: of an order, so that it is found again, and of this page, so that it is known by its polls.

const PAGE = "page";

/** 128 random bits as 32 hex digits; getRandomValues works on plain http too. */
export function newKey(crypto = globalThis.crypto) {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** This page's name, kept over a reload of this tab; where storage is switched off it is new each time. */
export function pageName(storage = () => globalThis.sessionStorage) {
  try {
    const kept = storage().getItem(PAGE);
    if (kept) return kept;
    const made = newKey();
    storage().setItem(PAGE, made);
    return made;
  } catch {
    return newKey();
  }
}
