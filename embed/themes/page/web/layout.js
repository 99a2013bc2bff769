// Where everything stands on the stage: the matrix, below it a row for each theme, each reference pattern, the waveform.
// All share the axis of time from left to right.

const EDGE = { left: 68, right: 12, top: 10, gap: 8, axis: 34, wave: 52, bottom: 8 };
const ROWS_PX = 150; // of all found themes, if rows of 9 to 16 pixels allow
const ROW_PX = [9, 16];
const KNOWN_ROW_PX = 6;
const LEAST_SIDE_PX = 300;
const TABLE_PX = 440; // beside the stage, if there is room for both

class Layout {
  // Rows are made for the list of most themes, so that nothing moves when another is shown.
  constructor(duration, nThemes, nKnown) {
    this.duration = duration;
    this.nRows = Math.max(1, nThemes);
    this.nKnown = nKnown;
    this.row = nThemes ? Math.max(ROW_PX[0], Math.min(ROW_PX[1], Math.floor(ROWS_PX / nThemes))) : ROW_PX[1];
    this.known = { height: nKnown * KNOWN_ROW_PX, row: KNOWN_ROW_PX };
  }

  // As large as the window allows: all of the stage shall be seen at once.
  fit(roomWidth, roomHeight) {
    const below = EDGE.axis + this.nRows * this.row + this.known.height + EDGE.wave + 3 * EDGE.gap + EDGE.bottom;
    const besideTable = roomWidth - TABLE_PX > LEAST_SIDE_PX + EDGE.left + EDGE.right;
    const across = (besideTable ? roomWidth - TABLE_PX : roomWidth) - EDGE.left - EDGE.right;
    const side = Math.floor(Math.min(across, Math.max(LEAST_SIDE_PX, roomHeight - below - EDGE.top)));
    this.side = Math.max(100, side);
    this.matrix = { top: EDGE.top, height: this.side };
    this.found = { top: EDGE.top + this.side + EDGE.axis, height: this.nRows * this.row, row: this.row };
    this.known.top = this.found.top + this.found.height + EDGE.gap;
    const wave = this.known.top + this.known.height + (this.nKnown ? EDGE.gap : 0);
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

  time(x) {
    return Math.max(0, Math.min(1, (x - EDGE.left) / this.side)) * this.duration;
  }

  timeUp(y) {
    return Math.max(0, Math.min(1, (EDGE.top + this.side - y) / this.side)) * this.duration;
  }

  // Rectangle of an occurrence in its row.
  bar({ theme, start, end }) {
    const part = theme.list === KNOWN ? this.known : this.found;
    const [left, right] = [this.x(start), this.x(end)];
    return { left, top: part.top + theme.number * part.row, width: Math.max(2, right - left), height: part.row };
  }

  // Number of the row at a height, -1 outside of the part.
  rowAt(part, y) {
    return y < part.top || y >= part.top + part.height ? -1 : Math.floor((y - part.top) / part.row);
  }

  isIn(part, y) {
    return y >= part.top && y < part.top + part.height;
  }
}

// The smallest round step, up to ten minutes, of at least so many seconds.
function roundStep(least) {
  return [1, 2, 5, 10, 15, 30, 60, 120, 300].find((step) => step >= least) ?? 600;
}
