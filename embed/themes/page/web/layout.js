// Where everything is on the stage: the matrix, below it a row for each theme and each reference pattern, the waveform.
// All share the axis of time from left to right.

const EDGE = { left: 68, right: 12, top: 10, gap: 8, axis: 34, wave: 52, bottom: 8 };
const ROWS_PX = 150; // of all estimated themes, if rows of 9 to 16 pixels allow
const ROW_PX = [9, 16];
const REFERENCE_ROW_PX = 6;
const MIN_SIDE_PX = 300;
const TABLE_PX = 440; // next to the stage, if there is room for both

class Layout {
  // Rows are made for the list with most themes, so that nothing moves when another is shown.
  constructor(duration, nThemes, nReferences) {
    this.duration = duration;
    this.nRows = Math.max(1, nThemes);
    this.nReferences = nReferences;
    this.row = nThemes ? clamp(Math.floor(ROWS_PX / nThemes), ...ROW_PX) : ROW_PX[1];
    this.reference = { height: nReferences * REFERENCE_ROW_PX, row: REFERENCE_ROW_PX };
  }

  // As large as the window allows: all of the stage shall be seen at once.
  fit(roomWidth, roomHeight) {
    const below = EDGE.axis + this.nRows * this.row + this.reference.height + EDGE.wave + 3 * EDGE.gap + EDGE.bottom;
    const fitsTable = roomWidth - TABLE_PX > MIN_SIDE_PX + EDGE.left + EDGE.right;
    const across = (fitsTable ? roomWidth - TABLE_PX : roomWidth) - EDGE.left - EDGE.right;
    const side = Math.floor(Math.min(across, Math.max(MIN_SIDE_PX, roomHeight - below - EDGE.top)));
    this.side = Math.max(100, side);
    this.matrix = { top: EDGE.top, height: this.side };
    this.estimated = { top: EDGE.top + this.side + EDGE.axis, height: this.nRows * this.row, row: this.row };
    this.reference.top = this.estimated.top + this.estimated.height + EDGE.gap;
    const wave = this.reference.top + this.reference.height + (this.nReferences ? EDGE.gap : 0);
    this.wave = { top: wave, height: EDGE.wave };
    this.width = EDGE.left + this.side + EDGE.right;
    this.height = wave + EDGE.wave + EDGE.bottom;
  }

  x(time) {
    return EDGE.left + (time / this.duration) * this.side;
  }

  y(time) {
    return EDGE.top + this.side - (time / this.duration) * this.side;
  }

  timeAtX(x) {
    return clamp((x - EDGE.left) / this.side, 0, 1) * this.duration;
  }

  timeAtY(y) {
    return clamp((EDGE.top + this.side - y) / this.side, 0, 1) * this.duration;
  }

  // Rectangle of an occurrence in its row.
  bar({ theme, start, end }) {
    const part = theme.list === REFERENCE ? this.reference : this.estimated;
    const [left, right] = [this.x(start), this.x(Math.min(end, this.duration))];
    return { left, top: part.top + theme.index * part.row, width: Math.max(2, right - left), height: part.row };
  }

  // Index of the row at a height, -1 outside of the part.
  rowAt(part, y) {
    return this.isIn(part, y) ? Math.floor((y - part.top) / part.row) : -1;
  }

  isIn(part, y) {
    return y >= part.top && y < part.top + part.height;
  }
}
