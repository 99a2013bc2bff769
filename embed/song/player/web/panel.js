// One run: its trajectory on one canvas, redrawn when the view changes, and the moving point on another above it.

const TAIL_S = 0.5;
const DEPTHS = 6; // steps of fading from near to far
const CLICK_PX = 28; // how near to the path a click must be

class Panel {
  constructor(run, page) {
    this.run = run;
    this.page = page;
    this.figure = document.createElement("figure");
    this.figure.innerHTML = "<figcaption></figcaption><div><canvas></canvas><canvas role=img></canvas></div>";
    this.stage = this.figure.querySelector("div");
    this.stage.className = "stage";
    [this.below, this.above] = this.figure.querySelectorAll("canvas");
    this.above.setAttribute("aria-label", `trajectory of ${run.name}`);
    this.writeCaption();
    this.screen = new Float32Array(3 * run.times.length);
  }

  writeCaption() {
    const { name, latent_dim, kept } = this.run;
    const parts = [...this.page.describeWindow(this.run), `${latent_dim} dimension${latent_dim === 1 ? "" : "s"}`];
    if (kept !== null) parts.push(`${Math.round(100 * kept)}\u00a0% of variance shown`);
    if (this.run.thinned) parts.push(this.run.thinned);
    const reference = this.page.runs[0];
    if (this.run !== reference) parts.push(`aligned to ${reference.name} (Procrustes)`);
    this.figure.querySelector("figcaption").append(textElement("strong", name), " ", parts.join(" · "));
  }

  resize() {
    [this.width, this.height] = fitCanvas(this.below, this.stage);
    fitCanvas(this.above, this.stage);
  }

  // Looked up once, because a change of the view redraws every segment.
  recolour() {
    this.colours = Array.from(this.run.times, (time) => this.page.colourAt(time));
  }

  projector() {
    return this.page.camera.projector(this.width, this.height);
  }

  project(point) {
    return this.projector()(...point);
  }

  drawPath() {
    const context = this.below.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    const project = this.projector();
    drawBox(context, project, this.run.half_box, this.page);
    const { points } = this.run;
    for (let i = 0; i < points.length; i += 3) {
      this.screen.set(project(points[i], points[i + 1], points[i + 2]), i);
    }
    this.strokePath(context);
  }

  strokePath(context) {
    const { screen, colours } = this;
    const { times } = this.run;
    context.lineWidth = times.length > 4000 ? 0.8 : 1.4;
    context.lineJoin = "round";
    let style = null;
    for (let i = 0; i + 1 < times.length; i++) {
      const far = clamp(Math.floor(((screen[3 * i + 2] + 0.8) / 1.6) * DEPTHS), 0, DEPTHS - 1);
      const colour = colours[i];
      if (style === null || style.colour !== colour || style.far !== far) {
        if (style !== null) context.stroke();
        style = { colour, far };
        context.strokeStyle = colour;
        context.globalAlpha = 1 - (0.7 * far) / (DEPTHS - 1);
        context.beginPath();
        context.moveTo(screen[3 * i], screen[3 * i + 1]);
      }
      context.lineTo(screen[3 * i + 3], screen[3 * i + 4]);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  drawPoint(time, hover) {
    const context = this.above.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    this.drawForecasts(context, time);
    this.drawTail(context, time);
    const { theme } = this.page;
    const [x, y] = this.project(pointAt(this.run, time));
    drawDisc(context, x, y, 6.5, theme.background);
    drawDisc(context, x, y, 5, theme.accent);
    if (hover === null) return;
    const [hoverX, hoverY] = this.project(pointAt(this.run, hover));
    drawRing(context, hoverX, hoverY, 6, theme.text, 1.2);
  }

  drawTail(context, now) {
    const { times } = this.run;
    const [first, end] = [now - TAIL_S, now].map((time) => lastAtOrBefore(times, time) + 1);
    const tail = [now - TAIL_S, ...times.subarray(first, end), now];
    context.strokeStyle = this.page.theme.text;
    context.lineCap = "round";
    const project = this.projector();
    let [x, y] = project(...pointAt(this.run, tail[0]));
    for (const time of tail.slice(1)) {
      const [nextX, nextY] = project(...pointAt(this.run, time));
      context.lineWidth = 3.4 - (2.8 * (now - time)) / TAIL_S;
      drawLine(context, x, y, nextX, nextY);
      [x, y] = [nextX, nextY];
    }
  }

  // The forecasts from the last start, each with a dot at the point forecast for now, and the true path.
  drawForecasts(context, time) {
    const shown = Object.entries(this.run.forecasts).filter(([method]) => this.page.shownMethods.has(method));
    const project = this.projector();
    const lines = [];
    for (const [method, { starts_s, n_points, points }] of shown) {
      const start = lastAtOrBefore(starts_s, time);
      if (start < 0) continue;
      const forecast = (step) => project(...interpolate(points, start * n_points + step));
      const truth = (step) => project(...pointAt(this.run, starts_s[start] + step * this.run.step_s));
      if (lines.length === 0) lines.push({ colour: this.page.theme.text, points: countTo(n_points).map(truth) });
      const now = Math.min(Math.round((time - starts_s[start]) / this.run.step_s), n_points - 1);
      lines.push({ colour: this.page.data.methods[method].colour, points: countTo(n_points).map(forecast), now });
    }
    for (const line of lines) this.drawForecast(context, line);
  }

  drawForecast(context, { colour, points, now }) {
    const line = new Path2D();
    for (const [x, y] of points) line.lineTo(x, y);
    context.lineJoin = "round";
    for (const [style, width] of [[this.page.theme.background, 4], [colour, now === undefined ? 1.2 : 2]]) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.stroke(line);
    }
    if (now !== undefined) drawDisc(context, points[now][0], points[now][1], 3.5, colour);
  }

  // The time of the point of the path nearest to a position in the panel, null where none is near.
  timeNear(x, y) {
    let nearest = CLICK_PX ** 2;
    let time = null;
    for (let i = 0; i < this.run.times.length; i++) {
      const distance = (this.screen[3 * i] - x) ** 2 + (this.screen[3 * i + 1] - y) ** 2;
      if (distance < nearest) [nearest, time] = [distance, this.run.times[i]];
    }
    return time;
  }
}
