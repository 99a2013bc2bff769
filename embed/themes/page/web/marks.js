// What moves: the present time, the pointer, the cells of the theme that is pointed at or was chosen.

const HALO = "rgb(0 0 0 / 0.55)";
const LINE = "rgb(255 255 255 / 0.85)";
const FAINT_LINE = "rgb(255 255 255 / 0.4)";

class Marks {
  constructor(canvas, page) {
    this.canvas = canvas;
    this.page = page;
  }

  resize() {
    [this.width, this.height] = fitCanvas(this.canvas, this.canvas);
  }

  draw(time) {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    const { pointedTheme, chosen, pointer } = this.page;
    const shown = pointedTheme ?? chosen?.theme;
    if (shown) this.drawCells(context, shown);
    if (chosen) this.drawChosen(context, chosen);
    if (pointer) this.drawPointer(context, pointer);
    this.drawTime(context, time);
    this.drawPair(context, time);
  }

  // Each pair of occurrences of a theme is a cell of the matrix.
  drawCells(context, theme) {
    const { layout } = this.page;
    const colour = colourOf(theme, { muted: "#d7dade" });
    for (const one of theme.occurrences) {
      for (const other of theme.occurrences) {
        const [left, top] = [layout.x(one.start), layout.y(other.end)];
        const [width, height] = [layout.x(one.end) - left, layout.y(other.start) - top];
        context.globalAlpha = one === other ? 0.35 : 1;
        outline(context, left, top, width, height, HALO, 4);
        outline(context, left, top, width, height, colour, 1.75);
      }
    }
    context.globalAlpha = 1;
  }

  drawChosen(context, occurrence) {
    const { left, top, width, height } = this.page.layout.bar(occurrence);
    outline(context, left - 1, top - 0.5, width + 1, height + 1, this.page.theme.text, 2);
  }

  drawPointer(context, { x, y }) {
    const { layout } = this.page;
    context.fillStyle = FAINT_LINE;
    if (y !== null) context.fillRect(EDGE.left, layout.y(y) - 0.5, layout.side, 1);
    context.fillRect(layout.x(x) - 0.5, EDGE.top, 1, layout.side);
    context.fillStyle = this.page.theme.muted;
    context.fillRect(layout.x(x) - 0.5, layout.estimated.top, 1, layout.wave.top + EDGE.wave - layout.estimated.top);
  }

  // A cross in the matrix, a line through rows and waveform.
  drawTime(context, time) {
    const { layout, theme } = this.page;
    const [x, y] = [layout.x(time), layout.y(time)];
    for (const [colour, thickness] of [[HALO, 3], [LINE, 1]]) {
      context.fillStyle = colour;
      context.fillRect(x - thickness / 2, EDGE.top, thickness, layout.side);
      context.fillRect(EDGE.left, y - thickness / 2, layout.side, thickness);
    }
    context.fillStyle = theme.accent;
    const top = layout.estimated.top - 4;
    context.fillRect(x - 0.75, top, 1.5, layout.wave.top + EDGE.wave - top);
    drawDisc(context, x, y, 3.5, theme.accent);
  }

  // The two chosen frames; while one is played, a point moves along their stripe.
  drawPair(context, time) {
    const { pair, layout, theme, playback } = this.page;
    if (!pair) return;
    drawRing(context, layout.x(pair.x), layout.y(pair.y), 6, HALO, 5);
    drawRing(context, layout.x(pair.x), layout.y(pair.y), 6, "white", 2);
    if (playback.side === null) return;
    const passed = time - pair[playback.side];
    const [x, y] = [pair.x + passed, pair.y + passed];
    if (Math.min(x, y) < 0 || Math.max(x, y) > layout.duration) return;
    drawDisc(context, layout.x(x), layout.y(y), 5.5, "white");
    drawDisc(context, layout.x(x), layout.y(y), 4, theme.accent);
  }
}
