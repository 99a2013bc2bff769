// The page: what is shown, and when it is drawn.

// Panels side by side.
function columnsFor(n_runs) {
  return n_runs < 4 ? n_runs : Math.ceil(Math.sqrt(n_runs));
}

class Page {
  constructor(data, sound) {
    this.data = data;
    this.duration = data.duration_s;
    this.runs = data.runs.map(unpackRun);
    this.camera = new Camera();
    this.colour = "time";
    this.shownMethods = new Set(Object.keys(data.methods));
    this.sectionNames = [...new Set(data.sections.map(([, name]) => name))];
    [this.span, this.looping, this.hover] = [null, false, null];
    [this.pathsAreOld, this.wasPlaying] = [true, false];
    this.requestFrame = beforeNextFrame(() => this.draw());
    this.clock = this.makeClock(sound);
    this.panels = this.runs.map((run) => new Panel(run, this));
    element("panels").append(...this.panels.map((panel) => panel.figure));
    element("panels").style.setProperty("--columns", columnsFor(this.runs.length));
    this.timeline = this.makeTimeline();
    this.writeTexts();
    connectControls(this);
    const observer = new ResizeObserver(() => this.resize());
    for (const part of [document.documentElement, ...this.panels.map((panel) => panel.stage)]) observer.observe(part);
    DARK.addEventListener("change", () => this.resize());
    this.resize();
  }

  makeClock(sound) {
    const silenced = () => showStatus("The sound cannot be played here; the point moves without it.");
    return new Clock(element("sound"), sound, this.duration, this.requestFrame, silenced);
  }

  makeTimeline() {
    return new Timeline(element("timeline"), this);
  }

  // What a caption says of what a point of the run is.
  describeWindow({ window_s }) {
    return [`windows of ${window_s.toFixed(2)} s`];
  }

  writeTexts() {
    const methods = Object.entries(this.data.methods);
    element("length").textContent = ` / ${clockTime(this.duration, 2)}`;
    element("colour").hidden = this.sectionNames.length === 0;
    const notes = this.data.notes.join(" · ");
    element("notes").textContent = `In this page: ${notes}.`;
    element("notes").hidden = notes === "";
    const has = { C: this.sectionNames.length > 0, F: methods.length > 0 };
    writeHelp(HELP.filter(([key]) => has[key] ?? true));
    element("truth").hidden = methods.length === 0;
    for (const [method, { name, colour }] of methods) {
      const button = document.createElement("button");
      button.innerHTML = "<i></i>";
      button.firstChild.style.background = colour;
      button.append(name);
      button.dataset.method = method;
      connectButton(button, () => this.toggleMethod(method));
      element("methods").append(button);
    }
  }

  colourAt(time) {
    if (this.colour === "section") return this.sectionColour(sectionAt(this.data.sections, time));
    const index = Math.floor((time / this.duration) * this.timeColours.length);
    return this.timeColours[clamp(index, 0, this.timeColours.length - 1)];
  }

  sectionColour(name) {
    const index = this.sectionNames.indexOf(name);
    return index < 0 ? this.theme.muted : sectionColour(index);
  }

  resize() {
    this.theme = readTheme();
    this.timeColours = visibleColours(this.data.time_colours);
    for (const part of [...this.panels, this.timeline]) part.resize();
    this.recolour();
  }

  recolour() {
    for (const panel of this.panels) panel.recolour();
    this.redraw();
  }

  redraw() {
    this.pathsAreOld = true;
    this.requestFrame();
  }

  draw() {
    this.loopAtEnd();
    if (this.pathsAreOld) for (const panel of this.panels) panel.drawPath();
    if (this.pathsAreOld) this.timeline.draw();
    this.pathsAreOld = false;
    const time = this.clock.shownTime;
    for (const panel of this.panels) panel.drawPoint(time, this.hover);
    this.timeline.drawCursor(time, this.hover);
    this.writeState(time);
    if (this.clock.playing) this.requestFrame();
  }

  writeState(time) {
    showPlaying(this.clock);
    element("clock").textContent = clockTime(time, 2);
    element("section").textContent = sectionAt(this.data.sections, time);
    element("speed").textContent = `${this.clock.rate}×`;
    element("loop").setAttribute("aria-pressed", this.looping);
    element("span").textContent = this.span ? this.span.map((end) => clockTime(end, 2)).join(" – ") : "";
    element("clear").hidden = this.span === null;
    element("colour").textContent = `Colour: ${this.colour}`;
    for (const button of element("methods").children) {
      button.setAttribute("aria-pressed", this.shownMethods.has(button.dataset.method));
    }
  }

  loopAtEnd() {
    const [start, end] = this.span ?? [0, this.duration];
    const passed = this.clock.playing && this.clock.time >= end;
    const ended = this.wasPlaying && this.clock.ended; // it stops by itself, a little before or after its stated length
    this.wasPlaying = this.clock.playing;
    if (!this.looping || !(passed || ended)) return;
    this.clock.seek(start);
    this.clock.play();
  }

  seek(time) {
    const [start, end] = this.span ?? [0, this.duration];
    if (time < start || time >= end) this.looping &&= this.span === null;
    this.clock.seek(time);
  }

  showSpan(span) {
    this.span = span;
    this.requestFrame();
  }

  setSpan(span) {
    this.looping = span !== null;
    if (span !== null) this.clock.seek(span[0]);
    this.showSpan(span);
  }

  setLoop(looping) {
    this.looping = looping;
    this.requestFrame();
  }

  setHover(time) {
    if (time === this.hover) return;
    this.hover = time;
    this.requestFrame();
  }

  changeView(change) {
    change();
    this.redraw();
  }

  resetView() {
    this.changeView(() => this.camera.reset());
  }

  toggleColour() {
    if (this.sectionNames.length === 0) return;
    this.colour = this.colour === "time" ? "section" : "time";
    this.recolour();
  }

  toggleMethod(method) {
    if (!this.shownMethods.delete(method)) this.shownMethods.add(method);
    this.requestFrame();
  }

  toggleForecasts() {
    this.shownMethods = new Set(this.shownMethods.size > 0 ? [] : Object.keys(this.data.methods));
    this.requestFrame();
  }
}
