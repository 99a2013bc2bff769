// The page: which themes are shown, what is pointed at, what was chosen, and when it is drawn.

class Page {
  constructor(data, sound) {
    this.data = data;
    this.found = {};
    for (const [list, themes] of Object.entries(data.found)) this.found[list] = makeThemes(list, themes);
    this.known = makeThemes(KNOWN, data.known);
    [this.chosen, this.pointedTheme, this.pointer, this.pair] = [null, null, null, null];
    this.isOld = true;
    this.requestFrame = beforeNextFrame(() => this.draw());
    const changed = () => {
      this.sounding.stopAtEnd();
      this.requestFrame();
    };
    const nThemes = Math.max(0, ...Object.values(this.found).map((themes) => themes.length));
    this.layout = new Layout(data.duration_s, nThemes, this.known.length);
    this.clock = new Clock(element("sound"), sound, data.duration_s, changed, () => this.tellSilence());
    this.sounding = new Sounding(this.clock);
    this.picture = new Picture(element("picture"), this);
    this.marks = new Marks(element("marks"), this);
    this.writeTexts();
    this.knownTable = new Table(this.known, this);
    element("known").lastElementChild.append(this.knownTable.element);
    this.showList(data.shown in this.found ? data.shown : (Object.keys(this.found)[0] ?? null));
    connectControls(this);
    new ResizeObserver(() => this.resize()).observe(document.documentElement);
    window.addEventListener("resize", () => this.resize());
    DARK.addEventListener("change", () => this.resize());
  }

  writeTexts() {
    const { run, index, duration_s } = this.data;
    element("about").textContent = run;
    element("length").textContent = ` / ${clockTime(duration_s, 0)}`;
    if (index) element("index").href = index;
    element("index").hidden = !index;
    element("known").hidden = this.known.length === 0;
    element("known").firstElementChild.textContent = `Reference patterns (${this.known.length})`;
    element("picture").setAttribute("aria-label", "self-similarity matrix, themes and waveform on one axis of time");
    if (!Object.keys(this.found).length) this.tell(`Themes are found by step 6: ${this.data.hint}`);
    writeExtractors(this);
    writeHelp([...HELP, ...(Object.keys(this.found).length > 1 ? [["E", "extractor"]] : [])]);
  }

  // The themes of another extractor.
  showList(list) {
    this.list = list;
    this.themes = this.found[list] ?? [];
    [this.chosen, this.pointedTheme, this.pointer] = [null, null, null];
    this.table = new Table(this.themes, this);
    element("found").replaceChildren(...(this.themes.length ? [this.table.element] : []));
    for (const button of element("extractors").children) {
      button.setAttribute("aria-pressed", button.dataset.list === list);
    }
    this.resize();
  }

  resize() {
    this.theme = readTheme();
    const main = document.querySelector("main");
    const room = window.innerHeight - main.getBoundingClientRect().top - window.scrollY - 16;
    this.layout.fit(main.clientWidth - 2, room);
    const { style } = element("stage");
    [style.width, style.height] = [`${this.layout.width + 2}px`, `${this.layout.height + 2}px`];
    this.marks.resize();
    this.redraw();
  }

  redraw() {
    this.isOld = true;
    this.requestFrame();
  }

  draw() {
    this.sounding.stopAtEnd();
    if (this.isOld) this.picture.draw();
    this.isOld = false;
    this.marks.draw(this.clock.time);
    this.writeState();
    if (this.clock.playing) this.requestFrame();
  }

  writeState() {
    element("clock").textContent = clockTime(this.clock.time);
    element("play").textContent = this.clock.playing ? "Pause" : "Play";
    element("play").setAttribute("aria-label", this.clock.playing ? "pause" : "play");
    element("pair").hidden = !this.pair;
    if (this.pair) for (const [name, side] of [["first", "x"], ["second", "y"]]) {
      element(name).textContent = clockTime(this.pair[side]);
      element(name).setAttribute("aria-label", `play from ${clockTime(this.pair[side])}`);
    }
    for (const table of [this.table, this.knownTable]) table.mark(this.chosen, this.pointedTheme);
  }

  // A theme, and the moments under the mouse, x and maybe y; null where there is none.
  point(theme, pointer) {
    if (theme !== this.pointedTheme) this.isOld = true;
    [this.pointedTheme, this.pointer] = [theme, pointer];
    const times = pointer ? [pointer.x, pointer.y].filter((time) => time !== null) : [];
    element("pointed").textContent = times.map((time) => clockTime(time)).join(" against ");
    this.requestFrame();
  }

  playOccurrence(occurrence) {
    [this.chosen, this.pair] = [occurrence, null];
    this.sounding.play(occurrence);
    this.requestFrame();
  }

  // Two moments of which the matrix says how alike they are; the one of the side, "x" or "y", is heard.
  playPair(pair, side) {
    [this.pair, this.chosen] = [pair, null];
    this.sounding.play({ start: pair[side], side });
    this.requestFrame();
  }

  playFrom(time) {
    [this.pair, this.chosen] = [null, null];
    this.sounding.play({ start: time });
    this.requestFrame();
  }

  forget() {
    [this.pair, this.chosen] = [null, null];
    this.sounding.stop();
    this.requestFrame();
  }

  tell(text) {
    element("note").textContent = text;
    element("note").hidden = !text;
  }

  tellSilence() {
    this.tell("The sound cannot be played here; the cross moves without it.");
  }
}
