// User input: buttons, keys, and the pointer on the stage.

const HELP = [
  ["Space", "play"],
  ["← →", "next occurrence"],
  ["↑ ↓", "next theme"],
  ["Enter", "again"],
  ["Esc", "stop"],
  ["Click in the matrix", "play the frame of its column"],
  ["Shift click", "that of its row"],
  ["X Y B", "column, row, both"],
];

function connectControls(page) {
  connectButton(element("play"), () => page.clock.toggle());
  connectButton(element("first"), () => page.playPair(page.pair, "x"));
  connectButton(element("second"), () => page.playPair(page.pair, "y"));
  connectButton(element("both"), () => page.playInTurn());
  connectKeys(() => keyActions(page));
  const { canvas } = page.marks;
  canvas.addEventListener("click", (event) => click(page, event));
  canvas.addEventListener("pointermove", (event) => movePointer(page, event));
  canvas.addEventListener("pointerleave", () => page.point(null, null));
}

// Keys that would do nothing now are left to the browser.
function keyActions(page) {
  const lists = Object.keys(page.estimated);
  const next = lists[(lists.indexOf(page.list) + 1) % lists.length];
  const step = (byThemes, byOccurrences) => () => stepTo(page, byThemes, byOccurrences);
  return {
    " ": () => page.clock.toggle(),
    escape: () => page.stop(),
    ...(page.chosen && { enter: () => page.playOccurrence(page.chosen) }),
    ...(page.themes.length && { arrowright: step(0, 1), arrowleft: step(0, -1) }),
    ...(page.themes.length && { arrowdown: step(1, 0), arrowup: step(-1, 0) }),
    ...(page.pair && { x: () => page.playPair(page.pair, "x"), y: () => page.playPair(page.pair, "y") }),
    ...(page.pair && { b: () => page.playInTurn() }),
    ...(lists.length > 1 && { e: () => page.showList(next) }),
  };
}

// Another occurrence of the theme, or the first of another theme; after the last comes the first.
function stepTo(page, byThemes, byOccurrences) {
  const themes = page.chosen?.theme.list === REFERENCE ? page.references : page.themes;
  const isInTable = document.activeElement.closest("table") !== null;
  const present = page.chosen ?? { theme: themes[0], index: byOccurrences > 0 ? -1 : 0 };
  const start = page.chosen || byThemes <= 0 ? present.theme.index : -1;
  const { occurrences } = themes[(start + byThemes + themes.length) % themes.length];
  const index = byThemes ? 0 : (present.index + byOccurrences + occurrences.length) % occurrences.length;
  page.playOccurrence(occurrences[index]);
  if (isInTable) [page.table, page.referenceTable].map((table) => table.buttons.get(page.chosen)?.focus());
}

// What is under the pointer: an occurrence (of several the one on top), its theme, and times.
function whatIsAt({ layout, themes, references }, x, y) {
  const time = layout.timeAtX(x);
  if (layout.isIn(layout.matrix, y)) return { theme: null, x: time, y: layout.timeAtY(y) };
  const theme = themes[layout.rowAt(layout.estimated, y)] ?? references[layout.rowAt(layout.reference, y)] ?? null;
  const isOn = (occurrence) => {
    const { left, width } = layout.bar(occurrence);
    return x >= left - 1 && x <= left + width + 1;
  };
  return { theme, occurrence: theme?.occurrences.findLast(isOn), x: time, y: null };
}

function click(page, { offsetX, offsetY, shiftKey }) {
  const { occurrence, x, y } = whatIsAt(page, offsetX, offsetY);
  if (occurrence) page.playOccurrence(occurrence);
  else if (y === null) page.playFrom(x);
  else page.playPair({ x, y }, shiftKey ? "y" : "x");
}

function movePointer(page, { offsetX, offsetY, pointerType }) {
  if (pointerType !== "mouse") return;
  const { theme, occurrence, x, y } = whatIsAt(page, offsetX, offsetY);
  page.marks.canvas.classList.toggle("on-occurrence", Boolean(occurrence));
  page.point(occurrence ? theme : null, { x, y });
}
