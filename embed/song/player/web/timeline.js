// The spectrogram with its axes, the names of sections above it, the colours of time below it, and a cursor on it.

const MARGIN = { left: 44, right: 10, names: 20, colours: 5, axis: 22 };
const TICK_PX = 70; // least distance of two ticks of time
const TICK_LINE_PX = 13; // of two ticks of frequency

class Timeline {
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.below = document.createElement("canvas");
    this.above = document.createElement("canvas");
    element.append(this.below, this.above);
    element.setAttribute("aria-valuemax", page.duration.toFixed(2));
    this.picture = new Image();
    this.picture.addEventListener("load", () => this.page.redraw());
    this.picture.src = page.data.spectrogram.image;
  }

  resize() {
    [this.width, this.height] = fitCanvas(this.below, this.element);
    fitCanvas(this.above, this.element);
    this.top = this.page.data.sections.length ? MARGIN.names : 2;
    this.bottom = this.height - MARGIN.axis - MARGIN.colours;
  }

  x(time) {
    return MARGIN.left + (time / this.page.duration) * (this.width - MARGIN.left - MARGIN.right);
  }

  time(x) {
    const share = (x - MARGIN.left) / (this.width - MARGIN.left - MARGIN.right);
    return Math.max(0, Math.min(1, share)) * this.page.duration;
  }

  draw() {
    const context = this.below.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    context.font = this.page.theme.font;
    this.drawPicture(context);
    this.drawSections(context);
    this.drawTimes(context);
    this.drawFrequencies(context);
  }

  drawPicture(context) {
    const [start, end] = this.page.data.spectrogram.span_s.map((time) => this.x(time));
    context.fillStyle = "black";
    context.fillRect(this.x(0), this.top, this.x(this.page.duration) - this.x(0), this.bottom - this.top);
    if (this.picture.complete) context.drawImage(this.picture, start, this.top, end - start, this.bottom - this.top);
    for (let x = this.x(0); x < this.x(this.page.duration); x++) {
      context.fillStyle = this.page.colourAt(this.time(x + 0.5));
      context.fillRect(x, this.bottom + 1, 1.5, MARGIN.colours - 1);
    }
  }

  drawSections(context) {
    const { sections } = this.page.data;
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const [index, [start, name]] of sections.entries()) {
      const [left, right] = [this.x(start), this.x(sections[index + 1]?.[0] ?? this.page.duration)];
      context.fillStyle = this.page.sectionColour(name);
      context.fillRect(left, 0, Math.max(1, right - left - 1), 2);
      context.save();
      context.beginPath();
      context.rect(left, 0, right - left - 2, this.top);
      context.clip();
      context.fillStyle = this.page.theme.text;
      context.fillText(name, left + 4, this.top / 2 + 1);
      context.restore();
    }
  }

  drawTimes(context) {
    const step = roundStep((this.page.duration * TICK_PX) / Math.max(1, this.width - MARGIN.left - MARGIN.right));
    const baseline = this.bottom + MARGIN.colours;
    context.fillStyle = this.page.theme.muted;
    context.textBaseline = "top";
    for (let number = 0; number * step <= this.page.duration; number++) {
      const x = this.x(number * step);
      context.fillRect(x - 0.5, baseline, 1, 4);
      context.textAlign = number === 0 ? "left" : "center";
      const unit = number === 0 ? (this.page.duration < 60 ? " s" : " min:s") : "";
      if (x < this.width - 16) context.fillText(showTime(number * step, step < 1 ? 1 : 0) + unit, x, baseline + 6);
    }
  }

  drawFrequencies(context) {
    context.fillStyle = this.page.theme.muted;
    context.textAlign = "right";
    context.textBaseline = "middle";
    let above = -Infinity;
    for (const [share, frequency] of [...this.page.data.spectrogram.ticks].reverse()) {
      const y = Math.max(this.top + 5, Math.min(this.bottom - 5, this.bottom - share * (this.bottom - this.top)));
      if (y - above < TICK_LINE_PX) continue;
      const unit = above === -Infinity ? " kHz" : "";
      context.fillText(`${frequency / 1000}${unit}`, MARGIN.left - 5, y);
      above = y;
    }
    if (this.width < 600) return;
    context.fillStyle = "rgb(255 255 255 / 0.7)";
    context.fillText(this.page.data.spectrogram.label, this.width - MARGIN.right - 6, this.top + 10);
  }

  drawCursor(time, hover) {
    const context = this.above.getContext("2d");
    const { page, top, bottom } = this;
    context.clearRect(0, 0, this.width, this.height);
    if (page.span !== null) this.shade(context, page.span);
    context.fillStyle = "rgb(255 255 255 / 0.16)";
    for (const window_s of new Set(page.runs.map((run) => run.window_s))) {
      const left = this.x(Math.max(0, time - window_s / 2));
      const right = this.x(Math.min(page.duration, time + window_s / 2));
      context.fillRect(left, top, right - left, bottom - top);
    }
    if (hover !== null) {
      context.fillStyle = "rgb(255 255 255 / 0.6)";
      context.fillRect(this.x(hover) - 0.5, top, 1, bottom - top);
    }
    context.fillStyle = "white";
    context.fillRect(this.x(time) - 1, top, 2, bottom - top);
    drawDisc(context, this.x(time), bottom + MARGIN.colours / 2, 6, page.theme.background);
    drawDisc(context, this.x(time), bottom + MARGIN.colours / 2, 4.5, page.theme.accent);
    this.element.setAttribute("aria-valuenow", time.toFixed(2));
    this.element.setAttribute("aria-valuetext", `${time.toFixed(1)} s ${sectionAt(page.data.sections, time)}`.trim());
  }

  // A chosen span: what is outside of it is dimmed.
  shade(context, [start, end]) {
    context.fillStyle = "rgb(0 0 0 / 0.55)";
    context.fillRect(this.x(0), this.top, this.x(start) - this.x(0), this.bottom - this.top);
    context.fillRect(this.x(end), this.top, this.x(this.page.duration) - this.x(end), this.bottom - this.top);
    context.fillStyle = "white";
    for (const time of [start, end]) context.fillRect(this.x(time) - 0.5, this.top, 1, this.bottom - this.top);
  }
}

// The smallest round step, up to an hour, of at least so many seconds.
function roundStep(least) {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800];
  return steps.find((step) => step >= least) ?? 3600;
}
