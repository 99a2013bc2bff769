// A picture of music: a row for each drum or key, a cell for each step.
//
// Of drums all three kinds of channels are in a cell: its height is the hit, its darkness the velocity, and it stands
// as early or late as the offset says. Of keys the onset lies on the frame. What is negative is red.

const NEGATIVE = "#e03131";
const UNSEEN = 0.06;
const PALEST = 0.18; // of a velocity of 0, so that the hit is seen
const FRAME_DARKNESS = 0.4; // beside an onset

function cellsOf(music, rows) {
  const firsts = Object.fromEntries(rows.map(([kind], i) => [kind, countRows(rows.slice(0, i))]));
  const [first, names] = rows[0];
  const cells = [];
  for (const step of countTo(music.nSteps)) {
    for (const row of countTo(names.length)) {
      const value = (kind) => (kind in firsts ? music.at(step, firsts[kind] + row) : 0);
      if (first === "hit") cells.push(strokeCell(step, row, value));
      else cells.push(...keyCells(step, row, rows, value));
    }
  }
  return cells.filter((cell) => Math.abs(cell.size) > UNSEEN);
}

// Offsets are in halves of a step, early ones positive.
function strokeCell(step, row, value) {
  const [size, velocity] = [value("hit"), Math.min(1, Math.abs(value("velocity")))];
  const shift = -Math.max(-1, Math.min(1, value("offset"))) / 2;
  return { step, row, size, alpha: PALEST + (1 - PALEST) * velocity, shift: size > 0 ? shift : 0 };
}

function keyCells(step, row, rows, value) {
  return rows.map(([kind]) => {
    const size = value(kind);
    const share = kind === "frame" && rows.length > 1 ? FRAME_DARKNESS : 1;
    return { step, row, size: Math.sign(size), alpha: share * Math.min(1, Math.abs(size)), shift: 0, under: share < 1 };
  }).filter((cell) => cell.alpha > UNSEEN).sort((one, other) => other.under - one.under);
}

function countRows(rows) {
  return rows.reduce((sum, [, names]) => sum + names.length, 0);
}

// The first row is at the bottom, as low notes are.
function drawCells(context, cells, nRows, { left, top, width, height }, nSteps, theme) {
  const [stepWidth, rowHeight] = [width / nSteps, height / nRows];
  const gap = Math.min(1, stepWidth * 0.12, rowHeight * 0.12);
  for (const { step, row, size, alpha, shift } of cells) {
    const tall = Math.max(1, (rowHeight - gap) * Math.min(1, Math.abs(size)));
    context.globalAlpha = alpha;
    context.fillStyle = size < 0 ? NEGATIVE : theme.text;
    context.fillRect(
      left + (step + shift) * stepWidth,
      top + height - row * rowHeight - (rowHeight + tall) / 2,
      Math.max(1, stepWidth - gap),
      tall,
    );
  }
  context.globalAlpha = 1;
}

function drawGrid(context, { left, top, width, height }, nRows, nSteps, stepsPerBeat, stepsPerBar, theme) {
  context.strokeStyle = theme.faint;
  for (let step = 0; step <= nSteps; step += stepsPerBeat) {
    context.lineWidth = step % stepsPerBar === 0 ? 1.5 : 0.5;
    line(context, left + (step * width) / nSteps, top, left + (step * width) / nSteps, top + height);
  }
  context.lineWidth = 0.5;
  if (nRows > 24) nRows = 1; // keys have no lines between them
  for (const row of countTo(nRows + 1)) {
    line(context, left, top + (row * height) / nRows, left + width, top + (row * height) / nRows);
  }
}

function line(context, ...[fromX, fromY, toX, toY]) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}
