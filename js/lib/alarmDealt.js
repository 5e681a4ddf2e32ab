// What persons have done with the alarm of something that holds: a banner of it stays, and says so. Pure.

/** {state, by, until} of the alarm of this kind and subject ("" for the cluster); null where nobody has dealt with it. */
export function dealtWith(status, kind, subject = "") {
  return status?.alarms?.dealt?.find?.((one) => one.kind === kind && one.subject === subject) ?? null;
}

/** "Its alarm was read by Sato.": "" where nobody has dealt with it. */
export function dealtSentence(dealt, words) {
  if (dealt === null) return "";
  const by = dealt.by === "" ? words.t("dealt.nobody") : dealt.by;
  return words.t(`dealt.${dealt.state}`, { by, until: dealt.until === null ? "" : words.time(dealt.until) });
}
