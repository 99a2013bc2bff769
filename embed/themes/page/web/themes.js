// Themes, estimated and reference. All occurrences are made once, so that one can be compared by identity.

const REFERENCE = "reference";
const LABELS = { lag: "Lag themes", nieto_farbood: "Themes by Nieto and Farbood" };

function makeThemes(list, described) {
  return described.map(({ strength, spans_s }, index) => {
    const theme = { list, index, strength };
    theme.occurrences = spans_s.map(([start, end], occurrence) => ({ theme, index: occurrence, start, end }));
    return theme;
  });
}

function meanDuration({ occurrences }) {
  return occurrences.reduce((sum, { start, end }) => sum + end - start, 0) / occurrences.length;
}

function colourOf({ list, index }, colours) {
  return list === REFERENCE ? colours.muted : sectionColour(index);
}

function spanText({ start, end }) {
  return `${clockTime(start)} – ${clockTime(end)}`;
}
