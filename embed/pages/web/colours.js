// Colours of the page, which follow the light or dark of the system, and of times, sections and methods.

const SECTION_COLOURS = ["#4c8dca", "#c99a1e", "#3fa35b", "#9a6fd0", "#2fa9a4", "#d0705f", "#a0714f", "#8d8d8d"];
const METHOD_COLOURS = ["#ff5630", "#0a84ff", "#a855f7", "#ff9f0a", "#00a88f", "#a0714f", "#6b8e23", "#708090"];
const DARK = matchMedia("(prefers-color-scheme: dark)");

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const names = ["background", "text", "muted", "faint", "accent"];
  const colours = names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return { ...Object.fromEntries(colours), font: `11px ${style.fontFamily}` };
}

// The dark end of the colours of time is lost on a dark ground, the yellow end on a white one.
function visibleColours(colours) {
  const share = DARK.matches ? [0.2, 1] : [0, 0.93];
  return colours.slice(...share.map((end) => Math.round(end * colours.length)));
}

function pick(colours, index) {
  return colours[index % colours.length];
}
