// Music unpacked and drawn: a row for each drum or key, a cell for each step.
//
// Of drums all three kinds of channels are in a cell: its height is the hit, its darkness the velocity, and it stands
// as early or late as the offset says. Of keys the onset lies on the frame. What is negative is red.

const PER_UNIT = 100; // as the music was packed
const ROW_PX = 11; // of a drum
const KEY_PX = 3;
const MAX_NAMED_ROWS = 24; // more rows are keys
const NEGATIVE = "#e03131";
const MIN_VISIBLE = 0.06;
const PALEST = 0.18; // opacity of a velocity of 0, so that the hit is seen
const FRAME_OPACITY = 0.4; // next to an onset

// Music as a function (step, channel) -> value.
function unpackMusic(text, rows) {
  const values = new Int8Array(unpackBytes(text).buffer);
  const nChannels = countRows(rows);
  return { nSteps: values.length / nChannels, at: (step, channel) => values[step * nChannels + channel] / PER_UNIT };
}

function countRows(rows) {
  return rows.reduce((sum, [, names]) => sum + names.length, 0);
}

function heightOf(nRows) {
  return nRows * (nRows > MAX_NAMED_ROWS ? KEY_PX : ROW_PX);
}

function cellsOf(music, rows) {
  const firsts = Object.fromEntries(rows.map(([kind], i) => [kind, countRows(rows.slice(0, i))]));
  const [first, names] = rows[0];
  const cells = [];
  for (const step of countTo(music.nSteps)) {
    for (const row of countTo(names.length)) {
      const value = (kind) => (kind in firsts ? music.at(step, firsts[kind] + row) : 0);
      if (first === "hit") cells.push(drumCell(step, row, value));
      else cells.push(...keyCells(step, row, rows, value));
    }
  }
  return cells.filter((cell) => Math.abs(cell.size) > MIN_VISIBLE);
}

// Offsets are in halves of a step, early ones positive.
function drumCell(step, row, value) {
  const [size, velocity] = [value("hit"), Math.min(1, Math.abs(value("velocity")))];
  const shift = -clamp(value("offset"), -1, 1) / 2;
  return { step, row, size, alpha: PALEST + (1 - PALEST) * velocity, shift: size > 0 ? shift : 0 };
}

function keyCells(step, row, rows, value) {
  return rows.map(([kind]) => {
    const size = value(kind);
    const opacity = kind === "frame" && rows.length > 1 ? FRAME_OPACITY : 1;
    const alpha = opacity * Math.min(1, Math.abs(size));
    return { step, row, size: Math.sign(size), alpha, shift: 0, under: opacity < 1 };
  }).filter((cell) => cell.alpha > MIN_VISIBLE).sort((one, other) => other.under - one.under);
}

// The first row is at the bottom, as low notes are.
function drawCells(context, cells, nRows, { left, top, width, height }, nSteps, theme) {
  const [stepWidth, rowHeight] = [width / nSteps, height / nRows];
  const gap = Math.min(1, stepWidth * 0.12, rowHeight * 0.12);
  for (const { step, row, size, alpha, shift } of cells) {
    const cellHeight = Math.max(1, (rowHeight - gap) * Math.min(1, Math.abs(size)));
    context.globalAlpha = alpha;
    context.fillStyle = size < 0 ? NEGATIVE : theme.text;
    context.fillRect(
      left + (step + shift) * stepWidth,
      top + height - row * rowHeight - (rowHeight + cellHeight) / 2,
      Math.max(1, stepWidth - gap),
      cellHeight,
    );
  }
  context.globalAlpha = 1;
}

function drawGrid(context, { left, top, width, height }, nRows, nSteps, { steps_per_beat, steps_per_bar }, theme) {
  context.strokeStyle = theme.faint;
  for (let step = 0; step <= nSteps; step += steps_per_beat) {
    context.lineWidth = step % steps_per_bar === 0 ? 1.5 : 0.5;
    const x = left + (step * width) / nSteps;
    drawLine(context, x, top, x, top + height);
  }
  context.lineWidth = 0.5;
  const nLines = nRows > MAX_NAMED_ROWS ? 1 : nRows; // keys have no lines between them
  for (const row of countTo(nLines + 1)) {
    const y = top + (row * height) / nLines;
    drawLine(context, left, y, left + width, y);
  }
}
