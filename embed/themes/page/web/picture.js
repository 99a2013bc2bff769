// What stands still: the matrix with its axes, the rows of themes, the waveform.

const TICK_PX = 64; // least distance of two ticks
const BYTE = 127;
const PALE = 0.3; // of themes that are not pointed at, while one is

class Picture {
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
    context.font = this.page.theme.font;
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
    const step = roundStep((layout.duration * TICK_PX) / layout.side);
    context.fillStyle = theme.muted;
    for (let time = 0; time <= layout.duration; time += step) {
      context.fillRect(layout.x(time) - 0.5, bottom, 1, 4);
      context.fillRect(EDGE.left - 4, layout.y(time) - 0.5, 4, 1);
      write(context, clockTime(time, 0), layout.x(time), bottom + 6, "center", "top");
      write(context, clockTime(time, 0), EDGE.left - 7, Math.max(layout.y(time), EDGE.top + 5), "right", "middle");
    }
    write(context, "time (min:s)", EDGE.left + layout.side, bottom + 19, "right", "top");
  }

  drawRows(context) {
    const { layout, theme, themes, known, list } = this.page;
    const pale = (part) => this.page.pointedTheme && part !== this.page.pointedTheme;
    for (const each of [...themes, ...known]) {
      context.globalAlpha = pale(each) ? PALE : 1;
      for (const occurrence of each.occurrences) this.drawBar(context, occurrence);
    }
    context.globalAlpha = 1;
    context.fillStyle = theme.muted;
    const [found, row] = [layout.found, layout.row];
    for (const each of themes) {
      const y = found.top + (each.number + 0.5) * row;
      write(context, `${each.number + 1}`, EDGE.left - 7, y, "right", "middle", Math.min(11, row));
    }
    const text = list ? "no theme found" : "no themes yet";
    if (!themes.length) write(context, text, EDGE.left + 6, found.top + found.height / 2, "left", "middle");
    const middle = layout.known.top + layout.known.height / 2;
    if (known.length) write(context, "reference", EDGE.left - 7, middle, "right", "middle");
  }

  drawBar(context, occurrence) {
    const { layout, theme } = this.page;
    const { left, top, width, height } = layout.bar(occurrence);
    const isKnown = occurrence.theme.list === KNOWN;
    context.fillStyle = colourOf(occurrence.theme, theme);
    context.fillRect(left, top + (isKnown ? 1 : 0.5), width - 0.5, height - (isKnown ? 2 : 1));
    // so that one seen is told from the next, which may overlap it
    outline(context, left, top, width, height, theme.background, 1);
    const text = `${occurrence.theme.number + 1}`;
    if (isKnown || height < 9 || width < 7 * text.length + 4) return;
    context.fillStyle = "#101214";
    write(context, text, left + width / 2, top + height / 2 + 0.5, "center", "middle", Math.min(11, height));
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
      const [low, high] = [Math.min(...peaks) / BYTE, Math.max(...peaks) / BYTE];
      const tall = Math.max(1, ((high - low) * height) / 2);
      context.fillRect(EDGE.left + x, middle - (high * height) / 2, 1, tall);
    }
  }
}

function write(context, text, x, y, align, baseline, size = 11) {
  [context.textAlign, context.textBaseline] = [align, baseline];
  context.font = context.font.replace(/^[\d.]+px/, `${size}px`);
  context.fillText(text, x, y);
}
