// What does not move: the matrix with its axes, the rows of themes, the waveform.

const MIN_TICK_PX = 64;
const MAX_BYTE = 127;
const PALE = 0.3; // opacity of the themes that are not pointed at, while one is

class Background {
  constructor(canvas, page) {
    this.canvas = canvas;
    this.page = page;
    this.peaks = new Int8Array(unpackBytes(page.data.waveform).buffer);
    this.matrix = new Image();
    this.matrix.addEventListener("load", () => page.redraw());
    this.matrix.src = page.data.matrix.image;
  }

  draw() {
    const [width, height] = fitCanvas(this.canvas, this.canvas);
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    this.drawMatrix(context);
    this.drawAxes(context);
    this.drawRows(context);
    this.drawWaveform(context);
  }

  drawMatrix(context) {
    const { layout, data } = this.page;
    const { side } = layout;
    const [start, end] = data.matrix.span_s;
    context.fillStyle = "black";
    context.fillRect(EDGE.left, EDGE.top, side, side);
    const size = layout.x(end) - layout.x(start);
    if (this.matrix.complete) context.drawImage(this.matrix, layout.x(start), layout.y(end), size, size);
  }

  drawAxes(context) {
    const { layout, theme } = this.page;
    const bottom = EDGE.top + layout.side;
    for (const [time, text] of timeTicks(layout.duration, (layout.duration * MIN_TICK_PX) / layout.side)) {
      const [x, y] = [layout.x(time), layout.y(time)];
      context.fillStyle = theme.muted;
      context.fillRect(x - 0.5, bottom, 1, 4);
      context.fillRect(EDGE.left - 4, y - 0.5, 4, 1);
      drawText(context, theme, text, x, bottom + 6, { align: "center", baseline: "top" });
      drawText(context, theme, text, EDGE.left - 7, Math.max(y, EDGE.top + 5), { align: "right" });
    }
    const atEnd = { align: "right", baseline: "top" };
    drawText(context, theme, "time (min:s)", EDGE.left + layout.side, bottom + 19, atEnd);
  }

  drawRows(context) {
    const { layout, theme, themes, references, list, pointedTheme } = this.page;
    const { estimated, row } = layout;
    for (const shown of [...themes, ...references]) {
      context.globalAlpha = pointedTheme && shown !== pointedTheme ? PALE : 1;
      for (const occurrence of shown.occurrences) this.drawBar(context, occurrence);
    }
    context.globalAlpha = 1;
    for (const { index } of themes) {
      const y = estimated.top + (index + 0.5) * row;
      drawText(context, theme, `${index + 1}`, EDGE.left - 7, y, { align: "right", size: Math.min(11, row) });
    }
    const text = list ? "no theme found" : "no themes yet";
    if (!themes.length) drawText(context, theme, text, EDGE.left + 6, estimated.top + estimated.height / 2, {});
    const middle = layout.reference.top + layout.reference.height / 2;
    if (references.length) drawText(context, theme, "reference", EDGE.left - 7, middle, { align: "right" });
  }

  drawBar(context, occurrence) {
    const { layout, theme } = this.page;
    const { left, top, width, height } = layout.bar(occurrence);
    const isReference = occurrence.theme.list === REFERENCE;
    context.fillStyle = colourOf(occurrence.theme, theme);
    context.fillRect(left, top + (isReference ? 1 : 0.5), width - 0.5, height - (isReference ? 2 : 1));
    outline(context, left, top, width, height, theme.background, 1); // occurrences may overlap
    const text = `${occurrence.theme.index + 1}`;
    if (isReference || height < 9 || width < 7 * text.length + 4) return;
    const style = { colour: "#101214", align: "center", size: Math.min(11, height) };
    drawText(context, theme, text, left + width / 2, top + height / 2 + 0.5, style);
  }

  drawWaveform(context) {
    const { layout, theme } = this.page;
    const { top, height } = layout.wave;
    const [nColumns, middle] = [this.peaks.length / 2, top + height / 2];
    context.fillStyle = theme.muted;
    for (let x = 0; x < layout.side; x++) {
      const first = Math.floor((x / layout.side) * nColumns);
      const end = Math.max(first + 1, Math.floor(((x + 1) / layout.side) * nColumns));
      const peaks = this.peaks.subarray(2 * first, 2 * end);
      const [low, high] = [Math.min(...peaks) / MAX_BYTE, Math.max(...peaks) / MAX_BYTE];
      const barHeight = Math.max(1, ((high - low) * height) / 2);
      context.fillRect(EDGE.left + x, middle - (high * height) / 2, 1, barHeight);
    }
  }
}
