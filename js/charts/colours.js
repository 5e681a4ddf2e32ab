// The charts' colours: the page's own (css/base.css), read anew whenever its theme changes.

const ROLES = ["panel", "line", "edge", "text", "muted", "charge", "bus", "pv", "utility", "load", "warn", "alarm"];

/** {role: colour, font}: `font` for 11 px labels. */
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(ROLES.map((role) => [role, style.getPropertyValue(`--${role}`).trim()]));
  return { ...colours, font: `11px ${getComputedStyle(document.body).fontFamily}` };
}

/** Calls back whenever the theme was changed; returns what ends that. */
export function onTheme(changed) {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}
