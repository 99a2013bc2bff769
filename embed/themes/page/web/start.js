// Begin, and answer what tests and the console ask: places are in CSS pixels of the window.

const page = new Page(JSON.parse(element("data").textContent), element("sound-data").textContent.trim());

function onStage(x, y) {
  return inWindow(page.marks.canvas, [x, y]);
}

function nameOf(occurrence) {
  return occurrence && [occurrence.theme.list, occurrence.theme.number, occurrence.index];
}

function occurrenceOf(list, theme, index) {
  return (list === KNOWN ? page.known : page.found[list])[theme].occurrences[index];
}

window.themes = {
  __proto__: answersOf(page.clock),
  get list() {
    return page.list;
  },
  get chosen() {
    return nameOf(page.chosen);
  },
  get pair() {
    return page.pair;
  },
  get side() {
    return page.sounding.side;
  },
  get pointed() {
    return page.pointedTheme && [page.pointedTheme.list, page.pointedTheme.number];
  },
  ready: () => page.clock.ready.then(() => page.picture.matrix.decode()),
  seek: (time) => page.sounding.seek(time),
  placeOfOccurrence: (list, theme, index) => {
    const { left, top, width, height } = page.layout.bar(occurrenceOf(list, theme, index));
    return onStage(left + width / 2, top + height / 2);
  },
  placeInMatrix: (x, y) => onStage(page.layout.x(x), page.layout.y(y)),
  placeInWaveform: (time) => onStage(page.layout.x(time), page.layout.wave.top + page.layout.wave.height / 2),
};
