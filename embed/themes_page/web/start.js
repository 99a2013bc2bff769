// Begin, and answer what tests and the console ask: places are in CSS pixels of the window.

const page = new Page(JSON.parse(element("data").textContent), element("sound-data").textContent.trim());

function inWindow(x, y) {
  const box = page.marks.canvas.getBoundingClientRect();
  return { x: box.left + x, y: box.top + y };
}

function nameOf(occurrence) {
  return occurrence && [occurrence.theme.list, occurrence.theme.number, occurrence.index];
}

function occurrenceOf(list, theme, index) {
  return (list === KNOWN ? page.known : page.found[list])[theme].occurrences[index];
}

window.themes = {
  get time() {
    return page.clock.time;
  },
  get playing() {
    return page.clock.playing;
  },
  get hasSound() {
    return page.clock.hasSound;
  },
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
    return inWindow(left + width / 2, top + height / 2);
  },
  placeInMatrix: (x, y) => inWindow(page.layout.x(x), page.layout.y(y)),
  placeInWaveform: (time) => inWindow(page.layout.x(time), page.layout.wave.top + page.layout.wave.height / 2),
};
