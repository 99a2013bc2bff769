// Begin, and answer what tests and the console ask.

const page = new Page(JSON.parse(element("data").textContent), element("sound-data").textContent.trim());

window.atoms = {
  get playing() {
    return page.playing?.atom?.number ?? page.playing;
  },
  get time() {
    return page.sound.time;
  },
  get highlighted() {
    return page.highlighted?.atom.number ?? null;
  },
  get shown() {
    return page.shown.map((card) => card.atom.number);
  },
  decoded: () => page.sound.prepare(),
  // Middle of the mark of the code of this number, in CSS pixels of the window.
  placeOfMark: (number) => {
    const [step, row] = page.data.piece.code[number];
    const { left, width } = page.piece.codeCell(step);
    const { codeRow, code } = page.piece.layOut();
    const box = page.piece.above.getBoundingClientRect();
    return { x: box.left + left + width / 2, y: box.top + code.top + (row + 0.5) * codeRow };
  },
  placeOfStep: (step) => page.piece.x(step),
};
