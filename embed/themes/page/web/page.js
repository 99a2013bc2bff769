// The page: which themes are shown, what is pointed at, what was chosen, and when it is drawn.

class Page {
  constructor(data, sound) {
    this.data = data;
    this.estimated = {};
    for (const [list, themes] of Object.entries(data.estimated)) this.estimated[list] = makeThemes(list, themes);
    this.references = makeThemes(REFERENCE, data.reference);
    [this.chosen, this.pointedTheme, this.pointer, this.pair] = [null, null, null, null];
    this.isOld = true;
    this.requestFrame = beforeNextFrame(() => this.draw());
    const changed = () => {
      this.playback.stopAtEnd();
      this.requestFrame();
    };
    const nThemes = Math.max(0, ...Object.values(this.estimated).map((themes) => themes.length));
    this.layout = new Layout(data.duration_s, nThemes, this.references.length);
    const silenced = () => showStatus("The sound cannot be played here; the cross moves without it.");
    this.clock = new Clock(element("sound"), sound, data.duration_s, changed, silenced);
    this.playback = new Playback(this.clock);
    this.background = new Background(element("background"), this);
    this.marks = new Marks(element("marks"), this);
    this.writeTexts();
    this.referenceTable = new Table(this.references, this);
    element("reference").lastElementChild.append(this.referenceTable.element);
    this.showList(data.shown in this.estimated ? data.shown : (Object.keys(this.estimated)[0] ?? null));
    connectControls(this);
    new ResizeObserver(() => this.resize()).observe(document.documentElement);
    window.addEventListener("resize", () => this.resize());
    DARK.addEventListener("change", () => this.resize());
  }

  writeTexts() {
    const { run, index, duration_s } = this.data;
    const lists = Object.entries(this.estimated);
    element("about").textContent = run;
    element("length").textContent = ` / ${clockTime(duration_s, 0)}`;
    if (index) element("index").href = index;
    element("index").hidden = !index;
    element("reference").hidden = this.references.length === 0;
    element("reference").firstElementChild.textContent = `Reference patterns (${this.references.length})`;
    if (!lists.length) showStatus(`Themes are found by step 6: ${this.data.hint}`);
    for (const [list, themes] of lists) {
      const button = textElement("button", `${LABELS[list]} (${themes.length})`);
      button.dataset.list = list;
      connectButton(button, () => this.showList(list));
      element("extractors").append(button);
    }
    writeHelp([...HELP, ...(lists.length > 1 ? [["E", "extractor"]] : [])]);
  }

  // Show the themes of another extractor.
  showList(list) {
    this.list = list;
    this.themes = this.estimated[list] ?? [];
    [this.chosen, this.pointedTheme, this.pointer] = [null, null, null];
    this.table = new Table(this.themes, this);
    element("estimated").replaceChildren(...(this.themes.length ? [this.table.element] : []));
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
    this.playback.stopAtEnd();
    if (this.isOld) this.background.draw();
    this.isOld = false;
    this.marks.draw(this.clock.time);
    this.writeState();
    if (this.clock.playing) this.requestFrame();
  }

  writeState() {
    showPlaying(this.clock);
    element("clock").textContent = clockTime(this.clock.time);
    element("pair").hidden = !this.pair;
    if (this.pair) for (const [name, side] of [["first", "x"], ["second", "y"]]) {
      element(name).textContent = clockTime(this.pair[side]);
      element(name).setAttribute("aria-label", `play from ${clockTime(this.pair[side])}`);
    }
    for (const table of [this.table, this.referenceTable]) table.mark(this.chosen, this.pointedTheme);
  }

  // A theme, and the times under the mouse, x and maybe y; null where there is none.
  point(theme, pointer) {
    if (theme !== this.pointedTheme) this.isOld = true;
    [this.pointedTheme, this.pointer] = [theme, pointer];
    const times = pointer ? [pointer.x, pointer.y].filter((time) => time !== null) : [];
    element("pointed").textContent = times.map((time) => clockTime(time)).join(" against ");
    this.requestFrame();
  }

  playOccurrence(occurrence) {
    this.choose({ occurrence });
    this.playback.play(occurrence);
  }

  // Two frames whose similarity the matrix shows; the one of the side, "x" or "y", is played.
  playPair(pair, side) {
    if (!pair) return; // the next frame hides the button
    this.choose({ pair });
    this.playback.play({ start: pair[side], side });
  }

  playInTurn() {
    if (this.pair) this.playback.playInTurn(this.pair);
  }

  playFrom(time) {
    this.choose({});
    this.playback.play({ start: time });
  }

  stop() {
    this.choose({});
    this.playback.stop();
  }

  choose({ occurrence = null, pair = null }) {
    [this.chosen, this.pair] = [occurrence, pair];
    this.requestFrame();
  }
}

const page = new Page(pageData(), pageSound());
