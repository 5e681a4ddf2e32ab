// The scene's colours: the page's custom properties, read once per theme change, and what is mixed from them.

const FALLBACK = {
  bg: "#15181c",
  panel: "#1d2125",
  line: "#3a4147",
  text: "#e8ecef",
  muted: "#98a2aa",
  charge: "#3c8f70",
  bus: "#8fdcff",
  pv: "#f0c75e",
  utility: "#6ea5e0",
  load: "#dfe4e8",
  warn: "#f0a848",
  alarm: "#f2705c",
  crown: "#f5d23c",
  stale: "#6a737b",
};

/** @returns {{bg, panel, line, text, muted, charge, bus, pv, utility, load, warn, alarm, crown, stale, inside, chargeTop, staleTop, figure, halo, glow, dark, font}} */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const theme = {};
  for (const [name, fallback] of Object.entries(FALLBACK)) theme[name] = plain(style.getPropertyValue(`--${name}`).trim(), fallback);
  const dark = luminance(theme.bg) < 0.4;
  return {
    ...theme,
    dark,
    inside: dark ? mix(theme.bg, "#000000", 0.45) : "#ffffff",
    chargeTop: mix(theme.charge, "#ffffff", dark ? 0.16 : 0.28),
    staleTop: mix(theme.stale, dark ? "#000000" : "#ffffff", 0.25),
    figure: mix(theme.muted, theme.text, 0.35), // of what is not live
    halo: dark ? "rgba(0, 0, 0, 0.62)" : "rgba(255, 255, 255, 0.78)",
    glow: mix(theme.bg, theme.bus, dark ? 0.075 : 0.05),
    disc: dark ? mix(theme.bg, "#000000", 0.32) : "#ffffff",
    font: style.fontFamily || "system-ui, sans-serif",
  };
}

/** Any CSS colour as #rrggbb; the fallback for what is none. */
function plain(colour, fallback) {
  if (colour === "" || !CSS.supports("color", colour)) return fallback;
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  return /^#[0-9a-f]{6}$/i.test(context.fillStyle) ? context.fillStyle : fallback;
}

export function mix(one, other, part) {
  const [a, b] = [channels(one), channels(other)];
  return `rgb(${a.map((value, i) => Math.round(value + (b[i] - value) * part)).join(", ")})`;
}

/** The colour with an opacity. */
export function veil(colour, alpha) {
  return `rgba(${channels(colour).join(", ")}, ${alpha})`;
}

function channels(colour) {
  if (colour.startsWith("rgb"))
    return colour
      .match(/[\d.]+/g)
      .slice(0, 3)
      .map(Number);
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function luminance(colour) {
  const [r, g, b] = channels(colour);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}
