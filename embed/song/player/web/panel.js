// One run: its trajectory on one canvas, drawn anew when the view changes, and the moving point on another above it.

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
    const { name, latent_dim, kept, window_s } = this.run;
    const parts = [`windows of ${window_s.toFixed(2)} s`, `${latent_dim} dimension${latent_dim === 1 ? "" : "s"}`];
    if (kept !== null) parts.push(`${Math.round(100 * kept)}\u00a0% of variance shown`);
    const reference = this.page.runs[0];
    if (this.run !== reference) parts.push(`aligned to ${reference.name} (Procrustes)`);
    const caption = this.figure.querySelector("figcaption");
    const strong = document.createElement("strong");
    strong.textContent = name;
    caption.append(strong, " ", parts.join(" · "));
  }

  resize() {
    [this.width, this.height] = fitCanvas(this.below, this.stage);
    fitCanvas(this.above, this.stage);
  }

  // Looked up once, because a turn of the view draws every segment anew.
  recolour() {
    this.colours = Array.from(this.run.times, (time) => this.page.colourAt(time));
  }

  projector() {
    return this.page.camera.projector(this.width, this.height);
  }

  place(point) {
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
      const far = Math.max(0, Math.min(DEPTHS - 1, Math.floor(((screen[3 * i + 2] + 0.8) / 1.6) * DEPTHS)));
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
    const project = this.projector();
    this.drawForecasts(context, project, time);
    this.drawTail(context, project, time);
    const [x, y] = project(...pointAt(this.run, time));
    const { theme } = this.page;
    drawDisc(context, x, y, 6.5, theme.background);
    drawDisc(context, x, y, 5, theme.accent);
    if (hover === null) return;
    const [hoverX, hoverY] = project(...pointAt(this.run, hover));
    context.strokeStyle = theme.text;
    context.lineWidth = 1.2;
    context.beginPath();
    context.arc(hoverX, hoverY, 6, 0, 2 * Math.PI);
    context.stroke();
  }

  drawTail(context, project, time) {
    const { times } = this.run;
    const [first, end] = [time - TAIL_S, time].map((moment) => lastAtOrBefore(times, moment) + 1);
    const moments = [time - TAIL_S, ...times.subarray(first, end), time];
    context.strokeStyle = this.page.theme.text;
    context.lineCap = "round";
    let [x, y] = project(...pointAt(this.run, moments[0]));
    for (const moment of moments.slice(1)) {
      const [nextX, nextY] = project(...pointAt(this.run, moment));
      context.lineWidth = 3.4 - (2.8 * (time - moment)) / TAIL_S;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(nextX, nextY);
      context.stroke();
      [x, y] = [nextX, nextY];
    }
  }

  // The forecasts from the last start, each with a dot where it says the point is now, and the path that came.
  drawForecasts(context, project, time) {
    const shown = Object.entries(this.run.forecasts).filter(([method]) => this.page.shownMethods.has(method));
    const lines = [];
    for (const [method, { starts_s, n_points, points }] of shown) {
      const start = lastAtOrBefore(starts_s, time);
      if (start < 0) continue;
      const at = (step) => project(...between(points, start * n_points + step, 0));
      const moment = (step) => starts_s[start] + step * this.run.step_s;
      const truth = (step) => project(...pointAt(this.run, moment(step)));
      if (lines.length === 0) lines.push({ colour: this.page.theme.text, places: countTo(n_points).map(truth) });
      const now = Math.min(Math.round((time - moment(0)) / this.run.step_s), n_points - 1);
      lines.push({ colour: this.page.methodColour(method), places: countTo(n_points).map(at), now });
    }
    for (const line of lines) this.drawForecast(context, line);
  }

  drawForecast(context, { colour, places, now }) {
    const line = new Path2D();
    for (const [x, y] of places) line.lineTo(x, y);
    context.lineJoin = "round";
    for (const [style, width] of [[this.page.theme.background, 4], [colour, now === undefined ? 1.2 : 2]]) {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.stroke(line);
    }
    if (now !== undefined) drawDisc(context, places[now][0], places[now][1], 3.5, colour);
  }

  // The time of the point of the path nearest to a place in the panel, null where none is near.
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
