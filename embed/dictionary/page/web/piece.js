// The piece: its code above, its music, the reconstruction below, on one axis of time with a moving playhead.

const CODE_ROW_PX = [4, 12]; // least and most
const CODE_PX = 180;
const LEFT_PX = 92;
const TITLE_PX = 18;
const EDGE_PX = 8;
const ATOM_PX = 11; // least height of a row that has its number beside it
const NAMED_ROW_PX = 9;

class Piece {
  constructor(page) {
    this.page = page;
    this.data = page.data.piece;
    this.music = this.data.music.map((text) => unpackMusic(text, this.data.rows));
    this.cells = this.music.map((music) => cellsOf(music, this.data.rows));
    this.largest = Math.max(...this.data.code.map(([, , value]) => Math.abs(value)), 1e-9);
    [this.score, this.above] = [element("score"), element("above")];
    this.score.setAttribute("aria-label", `${this.data.name}: code, music and reconstruction`);
    this.score.parentElement.style.height = `${this.layOut().height}px`;
    this.above.addEventListener("click", (event) => this.click(event));
  }

  layOut() {
    const nRows = Math.max(1, this.data.active.length);
    const codeRow = Math.max(CODE_ROW_PX[0], Math.min(CODE_ROW_PX[1], CODE_PX / nRows));
    const nNames = this.data.rows[0][1].length;
    const musicHeight = nNames * (nNames > 24 ? KEY_PX : ROW_PX);
    const code = { top: TITLE_PX, height: nRows * codeRow };
    const original = { top: code.top + code.height + TITLE_PX + EDGE_PX, height: musicHeight };
    const reconstruction = { top: original.top + musicHeight + TITLE_PX + EDGE_PX, height: musicHeight };
    return { codeRow, code, parts: [original, reconstruction], height: reconstruction.top + musicHeight + EDGE_PX };
  }

  box({ top, height }) {
    return { left: LEFT_PX, top, width: this.score.clientWidth - LEFT_PX - EDGE_PX, height };
  }

  x(step) {
    return LEFT_PX + (step / this.data.n_steps) * (this.score.clientWidth - LEFT_PX - EDGE_PX);
  }

  draw(theme) {
    const context = this.score.getContext("2d");
    const [width, height] = fitCanvas(this.score, this.score);
    fitCanvas(this.above, this.above);
    context.clearRect(0, 0, width, height);
    const { codeRow, code, parts } = this.layOut();
    this.drawCode(context, theme, codeRow, code);
    for (const [i, part] of parts.entries()) this.drawMusic(context, theme, i, part);
    this.drawAbove(null, theme);
  }

  drawTitle(context, theme, text, top) {
    context.fillStyle = theme.muted;
    context.font = theme.font;
    [context.textAlign, context.textBaseline] = ["left", "alphabetic"];
    context.fillText(text, LEFT_PX, top - 5);
  }

  drawMusic(context, theme, i, part) {
    const { steps_per_beat, steps_per_bar } = this.page.data;
    const [box, names] = [this.box(part), this.data.rows[0][1]];
    this.drawTitle(context, theme, ["original", "reconstruction"][i], part.top);
    drawGrid(context, box, names.length, this.data.n_steps, steps_per_beat, steps_per_bar, theme);
    drawCells(context, this.cells[i], names.length, box, this.data.n_steps, theme);
    this.nameRows(context, theme, names, part, names.length > 24 ? (name) => /^C\d/.test(name) : () => true);
  }

  drawCode(context, theme, rowHeight, part) {
    this.drawTitle(context, theme, "code: where atoms begin, the most used on top", part.top);
    const { steps_per_beat, steps_per_bar } = this.page.data;
    drawGrid(context, this.box(part), 1, this.data.n_steps, steps_per_beat, steps_per_bar, theme);
    for (const [step, row, value] of this.data.code) {
      context.globalAlpha = 0.25 + 0.75 * (Math.abs(value) / this.largest);
      context.fillStyle = value < 0 ? NEGATIVE : theme.text;
      const { left, width } = this.codeCell(step);
      context.fillRect(left, part.top + row * rowHeight + 0.5, width, rowHeight - 1);
    }
    context.globalAlpha = 1;
    const names = [...this.data.active].reverse().map((number) => `${number}`);
    if (rowHeight >= ATOM_PX - 1) this.nameRows(context, theme, names, part, () => true);
  }

  // An atom may begin before the first step: what of its mark is there is shown, at least a bit.
  codeCell(step) {
    const { n_steps } = this.data;
    const { stride_steps } = this.page.data;
    const left = Math.max(LEFT_PX - 4, this.x(step));
    return { left, width: Math.max(4, this.x(Math.min(n_steps, step + stride_steps)) - left - 1) };
  }

  nameRows(context, theme, names, { top, height }, wanted) {
    const rowHeight = height / names.length;
    context.font = theme.font.replace(/^\d+px/, `${Math.min(11, Math.max(NAMED_ROW_PX, rowHeight))}px`);
    [context.fillStyle, context.textAlign, context.textBaseline] = [theme.muted, "right", "middle"];
    for (const [i, name] of names.entries()) {
      if (!wanted(name)) continue;
      context.fillText(name.replaceAll("_", " "), LEFT_PX - 7, top + height - (i + 0.5) * rowHeight);
    }
  }

  // The playhead, and the row of the atom that is highlighted.
  drawAbove(time, theme = this.page.theme) {
    const context = this.above.getContext("2d");
    const { codeRow, code, height } = this.layOut();
    context.clearRect(0, 0, this.above.clientWidth, this.above.clientHeight);
    const row = this.data.active.indexOf(this.page.highlighted?.atom.number);
    context.strokeStyle = theme.accent;
    context.lineWidth = 1.5;
    if (row >= 0) context.strokeRect(2, code.top + row * codeRow, this.above.clientWidth - 4, codeRow);
    if (time === null) return;
    const x = this.x(Math.min(this.data.n_steps, time / this.data.step_s));
    line(context, x, code.top, x, height - EDGE_PX);
  }

  // The atom under the pointer is the nearest mark of the row, if there is one.
  click({ offsetX, offsetY }) {
    const { codeRow, code } = this.layOut();
    const row = Math.floor((offsetY - code.top) / codeRow);
    const hit = this.data.code.some(([step, of]) => {
      const { left, width } = this.codeCell(step);
      return of === row && offsetX >= left - 3 && offsetX <= left + width + 3;
    });
    this.page.highlight(hit ? this.data.active[row] : null);
  }
}
