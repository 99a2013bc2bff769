// The strip, which is a spectrogram with its axes, the names of sections above it, the colours of time below it, and a cursor on it.

const MARGIN = { left: 10, frequencies: 44, right: 10, names: 20, colours: 5, axis: 22 };
const MIN_TICK_PX = 85; // between two ticks of time
const MIN_TICK_LINE_PX = 13; // between two ticks of frequency

class Timeline {
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.below = document.createElement("canvas");
    this.above = document.createElement("canvas");
    element.append(this.below, this.above);
    element.setAttribute("aria-valuemax", page.duration.toFixed(2));
    this.image = new Image();
    this.image.addEventListener("load", () => this.page.redraw());
    this.image.src = page.data.strip.image;
    this.left = page.data.strip.ticks.length ? MARGIN.frequencies : MARGIN.left;
  }

  resize() {
    [this.width, this.height] = fitCanvas(this.below, this.element);
    fitCanvas(this.above, this.element);
    this.top = this.page.data.sections.length ? MARGIN.names : 2;
    this.bottom = this.height - MARGIN.axis - MARGIN.colours;
    this.length = this.width - this.left - MARGIN.right;
  }

  x(time) {
    return this.left + (time / this.page.duration) * this.length;
  }

  time(x) {
    return clamp((x - this.left) / this.length, 0, 1) * this.page.duration;
  }

  draw() {
    const context = this.below.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    this.fill(context, "black", 0, this.page.duration);
    if (this.image.complete) this.drawStrip(context);
    this.drawColours(context);
    this.drawSections(context);
    this.drawTimes(context);
    this.drawFrequencies(context);
  }

  // From one time to another, over the height of the strip.
  fill(context, colour, start, end) {
    context.fillStyle = colour;
    context.fillRect(this.x(start), this.top, this.x(end) - this.x(start), this.bottom - this.top);
  }

  // A line at a time, over the height of the strip.
  fillLine(context, colour, time, width) {
    context.fillStyle = colour;
    context.fillRect(this.x(time) - width / 2, this.top, width, this.bottom - this.top);
  }

  drawStrip(context) {
    const [start, end] = this.page.data.strip.span_s.map((time) => this.x(time));
    context.drawImage(this.image, start, this.top, end - start, this.bottom - this.top);
  }

  drawColours(context) {
    for (let x = this.x(0); x < this.x(this.page.duration); x++) {
      context.fillStyle = this.page.colourAt(this.time(x + 0.5));
      context.fillRect(x, this.bottom + 1, 1.5, MARGIN.colours - 1);
    }
  }

  drawSections(context) {
    const { sections } = this.page.data;
    for (const [index, [start, name]] of sections.entries()) {
      const [left, right] = [this.x(start), this.x(sections[index + 1]?.[0] ?? this.page.duration)];
      context.fillStyle = this.page.sectionColour(name);
      context.fillRect(left, 0, Math.max(1, right - left - 1), 2);
      context.save();
      context.beginPath();
      context.rect(left, 0, right - left - 2, this.top);
      context.clip();
      const { theme } = this.page;
      drawText(context, theme, name, left + 4, this.top / 2 + 1, { colour: theme.text });
      context.restore();
    }
  }

  drawTimes(context) {
    const { duration, theme } = this.page;
    const baseline = this.bottom + MARGIN.colours;
    for (const [time, text] of timeTicks(duration, (duration * MIN_TICK_PX) / Math.max(1, this.length))) {
      const x = this.x(time);
      context.fillStyle = theme.muted;
      context.fillRect(x - 0.5, baseline, 1, 4);
      const [align, unit] = time === 0 ? ["left", " min:s"] : ["center", ""];
      if (x < this.width - 16) drawText(context, theme, text + unit, x, baseline + 6, { align, baseline: "top" });
    }
  }

  drawFrequencies(context) {
    const { theme } = this.page;
    let above = -Infinity;
    for (const [fraction, frequency] of [...this.page.data.strip.ticks].reverse()) {
      const y = clamp(this.bottom - fraction * (this.bottom - this.top), this.top + 5, this.bottom - 5);
      if (y - above < MIN_TICK_LINE_PX) continue;
      const unit = above === -Infinity ? " kHz" : "";
      drawText(context, theme, `${frequency / 1000}${unit}`, this.left - 5, y, { align: "right" });
      above = y;
    }
    if (this.width < 600) return;
    const style = { colour: "rgb(255 255 255 / 0.7)", align: "right" };
    drawText(context, theme, this.page.data.strip.label, this.width - MARGIN.right - 6, this.top + 10, style);
  }

  drawCursor(time, hover) {
    const context = this.above.getContext("2d");
    const { page, bottom } = this;
    context.clearRect(0, 0, this.width, this.height);
    if (page.span !== null) this.shade(context, page.span);
    for (const window_s of new Set(page.runs.map((run) => run.window_s))) {
      const [start, end] = [time - window_s / 2, time + window_s / 2].map((edge) => clamp(edge, 0, page.duration));
      this.fill(context, "rgb(255 255 255 / 0.16)", start, end);
    }
    if (hover !== null) this.fillLine(context, "rgb(255 255 255 / 0.6)", hover, 1);
    this.fillLine(context, "rgb(0 0 0 / 0.5)", time, 4);
    this.fillLine(context, "white", time, 2);
    drawDisc(context, this.x(time), bottom + MARGIN.colours / 2, 6, page.theme.background);
    drawDisc(context, this.x(time), bottom + MARGIN.colours / 2, 4.5, page.theme.accent);
    this.element.setAttribute("aria-valuenow", time.toFixed(2));
    this.element.setAttribute("aria-valuetext", `${time.toFixed(1)} s ${sectionAt(page.data.sections, time)}`.trim());
  }

  // A chosen span: what is outside of it is dimmed.
  shade(context, [start, end]) {
    this.fill(context, "rgb(0 0 0 / 0.55)", 0, start);
    this.fill(context, "rgb(0 0 0 / 0.55)", end, this.page.duration);
    for (const time of [start, end]) this.fillLine(context, "white", time, 1);
  }
}
