// Themes as the page knows them. All occurrences are made once, so that one is asked for by itself.

const KNOWN = "known";
const LABELS = { lag: "Lag themes", nieto_farbood: "Themes by Nieto and Farbood" };

function makeThemes(list, described) {
  return described.map(({ strength, spans_s }, number) => {
    const theme = { list, number, strength };
    theme.occurrences = spans_s.map(([start, end], index) => ({ theme, index, start, end }));
    return theme;
  });
}

// Of all occurrences of a theme: their mean length in seconds.
function meanLength({ occurrences }) {
  return occurrences.reduce((sum, { start, end }) => sum + end - start, 0) / occurrences.length;
}

function colourOf(theme, colours) {
  return theme.list === KNOWN ? colours.muted : pick(SECTION_COLOURS, theme.number);
}

function clockTime(time, digits = 1) {
  return `${Math.floor(time / 60)}:${(time % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0")}`;
}

function spanTime({ start, end }) {
  return `${clockTime(start)} – ${clockTime(end)}`;
}
