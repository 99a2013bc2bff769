// Colours of the page, which follow the light or dark of the system, and of times, sections and themes.

const SECTION_COLOURS = ["#4c8dca", "#c99a1e", "#3fa35b", "#9a6fd0", "#2fa9a4", "#d0705f", "#a0714f", "#8d8d8d"];
const DARK = matchMedia("(prefers-color-scheme: dark)");

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const names = ["background", "text", "muted", "faint", "accent"];
  const colours = names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return { ...Object.fromEntries(colours), fontFamily: style.fontFamily };
}

// The dark end of the colours of time is lost on a dark ground, the yellow end on a white one.
function visibleColours(colours) {
  const [start, end] = DARK.matches ? [0.2, 1] : [0, 0.93];
  return colours.slice(Math.round(start * colours.length), Math.round(end * colours.length));
}

function sectionColour(index) {
  return SECTION_COLOURS[index % SECTION_COLOURS.length];
}
