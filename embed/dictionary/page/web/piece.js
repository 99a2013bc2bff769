// The piece: its code, its music and the reconstruction on one axis of time with a moving playhead.

const CODE_ROW_PX = [4, 12]; // least and most
const CODE_PX = 180;
const LEFT_PX = 92;
const TITLE_PX = 18;
const EDGE_PX = 8;
const MIN_NUMBERED_ROW_PX = 10; // lower rows of the code have no number
const NAME_PX = [9, 11]; // size of the names of rows

class Piece {
  constructor(page) {
    this.page = page;
    this.data = page.data.piece;
    this.cells = this.data.music.map((text) => cellsOf(unpackMusic(text, this.data.rows), this.data.rows));
    this.largest = Math.max(...this.data.code.map(([, , value]) => Math.abs(value)), 1e-9);
    [this.score, this.above] = [element("score"), element("above")];
    this.score.setAttribute("aria-label", `${this.data.name}: code, music and reconstruction`);
    this.score.parentElement.style.height = `${this.layOut().height}px`;
    this.above.addEventListener("click", (event) => this.click(event));
  }

  layOut() {
    const nRows = Math.max(1, this.data.active.length);
    const codeRow = clamp(CODE_PX / nRows, ...CODE_ROW_PX);
    const musicHeight = heightOf(this.data.rows[0][1].length);
    const code = { top: TITLE_PX, height: nRows * codeRow };
    const original = { top: code.top + code.height + TITLE_PX + EDGE_PX, height: musicHeight };
    const reconstruction = { top: original.top + musicHeight + TITLE_PX + EDGE_PX, height: musicHeight };
    const height = reconstruction.top + musicHeight + EDGE_PX;
    return { codeRow, code, music: { original, reconstruction }, height };
  }

  get width() {
    return this.score.clientWidth - LEFT_PX - EDGE_PX;
  }

  box({ top, height }) {
    return { left: LEFT_PX, top, width: this.width, height };
  }

  x(step) {
    return LEFT_PX + (step / this.data.n_steps) * this.width;
  }

  draw(theme) {
    const context = this.score.getContext("2d");
    const [width, height] = fitCanvas(this.score, this.score);
    fitCanvas(this.above, this.above);
    context.clearRect(0, 0, width, height);
    const { codeRow, code, music } = this.layOut();
    this.drawCode(context, theme, codeRow, code);
    for (const [i, [name, part]] of Object.entries(music).entries()) {
      this.drawMusic(context, theme, name, part, this.cells[i]);
    }
    this.drawAbove(null, theme);
  }

  // A title above a part, and the grid of its beats and rows.
  drawPart(context, theme, title, part, nRows) {
    drawText(context, theme, title, LEFT_PX, part.top - 5, { baseline: "alphabetic" });
    drawGrid(context, this.box(part), nRows, this.data.n_steps, this.page.data, theme);
  }

  drawMusic(context, theme, title, part, cells) {
    const names = this.data.rows[0][1];
    this.drawPart(context, theme, title, part, names.length);
    drawCells(context, cells, names.length, this.box(part), this.data.n_steps, theme);
    this.nameRows(context, theme, names, part, names.length > MAX_NAMED_ROWS ? /^C\d/ : /./);
  }

  drawCode(context, theme, rowHeight, part) {
    this.drawPart(context, theme, "code: where atoms begin, the most used on top", part, 1);
    for (const [step, row, value] of this.data.code) {
      context.globalAlpha = 0.25 + 0.75 * (Math.abs(value) / this.largest);
      context.fillStyle = value < 0 ? NEGATIVE : theme.text;
      const { left, width } = this.codeCell(step);
      context.fillRect(left, part.top + row * rowHeight + 0.5, width, rowHeight - 1);
    }
    context.globalAlpha = 1;
    const names = [...this.data.active].reverse().map((number) => `${number}`);
    if (rowHeight >= MIN_NUMBERED_ROW_PX) this.nameRows(context, theme, names, part, /./);
  }

  // An atom may begin before the first step: its mark is then cut, but never invisible.
  codeCell(step) {
    const left = Math.max(LEFT_PX - 4, this.x(step));
    const end = this.x(Math.min(this.data.n_steps, step + this.page.data.stride_steps));
    return { left, width: Math.max(4, end - left - 1) };
  }

  // Write the names that match the pattern, the first at the bottom.
  nameRows(context, theme, names, { top, height }, pattern) {
    const rowHeight = height / names.length;
    const style = { align: "right", size: clamp(rowHeight, ...NAME_PX) };
    for (const [i, name] of names.entries()) {
      const y = top + height - (i + 0.5) * rowHeight;
      if (pattern.test(name)) drawText(context, theme, name.replaceAll("_", " "), LEFT_PX - 7, y, style);
    }
  }

  // The playhead, and the row of the atom that is highlighted.
  drawAbove(time, theme = this.page.theme) {
    const context = this.above.getContext("2d");
    const { codeRow, code, height } = this.layOut();
    const { clientWidth, clientHeight } = this.above;
    context.clearRect(0, 0, clientWidth, clientHeight);
    const row = this.data.active.indexOf(this.page.highlighted?.atom.number);
    context.strokeStyle = theme.accent;
    context.lineWidth = 1.5;
    if (row >= 0) context.strokeRect(2, code.top + row * codeRow, clientWidth - 4, codeRow);
    if (time === null) return;
    const x = this.x(Math.min(this.data.n_steps, time / this.data.step_s));
    drawLine(context, x, code.top, x, height - EDGE_PX);
  }

  // The atom under the pointer is the nearest mark of the row, if there is one.
  click({ offsetX, offsetY }) {
    const { codeRow, code } = this.layOut();
    const row = Math.floor((offsetY - code.top) / codeRow);
    const isHit = this.data.code.some(([step, rowOfStep]) => {
      const { left, width } = this.codeCell(step);
      return rowOfStep === row && offsetX >= left - 3 && offsetX <= left + width + 3;
    });
    this.page.highlight(isHit ? this.data.active[row] : null);
  }
}
