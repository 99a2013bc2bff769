// The page: which target, row and sound are chosen, and what plays.

const HELP = [
  ["Click", "play at the present position; in the chosen sound: from there"],
  ["Space", "play, pause"],
  ["← → ↑ ↓", "another sound, also while playing; or the key next to its name"],
  ["Home", "back to the beginning"],
];

class Page {
  constructor(data) {
    this.data = data;
    this.requestFrame = beforeNextFrame(() => this.draw());
    this.player = new RowPlayer(() => showStatus("The sound cannot be played here."));
    element("about").textContent = data.about;
    const targets = [...new Set(data.rows.map(({ target }) => target))];
    element("target").append(...targets.map((target) => new Option(target)));
    element("target").addEventListener("change", ({ target }) => {
      target.blur(); // keys are for the sounds again
      this.showTarget();
    });
    element("choice").hidden = targets.length < 2;
    connectButton(element("play"), () => this.toggle());
    connectKeys(() => this.keyActions());
    writeHelp(HELP);
    this.showTarget();
  }

  // Of the input that was chosen before the position is kept.
  showTarget() {
    const { row: before, index, time } = this.player;
    this.rows = this.data.rows.filter(({ target }) => target === element("target").value);
    const clicked = (row) => (event, cell, stage) => this.click(event, row, cell, stage);
    element("rows").replaceChildren(...this.rows.map((row) => makeRow(row, clicked(row))));
    const same = this.rows.find((row) => before && nameOf(row) === nameOf(before));
    const row = same ?? this.rows[0];
    this.player.load(row, same ? time % row.duration_s : 0);
    this.choose(row, Math.min(index, row.cells.length - 1));
  }

  // What is playing goes on with the chosen sound, in another row from its beginning.
  choose(row, index) {
    if (row !== this.player.row) this.player.load(row, 0);
    this.player.hear(index);
    for (const button of element("rows").querySelectorAll("button")) button.setAttribute("aria-pressed", "false");
    this.buttons()[index].setAttribute("aria-pressed", "true");
    this.requestFrame();
  }

  // Those of the chosen row.
  buttons() {
    return element("rows").children[this.rows.indexOf(this.player.row)].querySelectorAll("button");
  }

  click(event, row, index, stage) {
    const isChosen = row === this.player.row && index === this.player.index;
    if (isChosen && event.detail === 0) return this.toggle(); // by key
    const { left, width } = stage.getBoundingClientRect();
    if (isChosen) this.seek(clamp((event.clientX - left) / width, 0, 0.999) * row.duration_s);
    else this.choose(row, index);
    if (!this.player.isPlaying) this.toggle();
  }

  seek(time) {
    this.player.load(this.player.row, time);
    this.requestFrame();
  }

  toggle() {
    if (this.player.isPlaying) this.player.pause();
    else this.player.play();
    this.requestFrame();
  }

  keyActions() {
    const { row, index } = this.player;
    const above = this.rows.indexOf(row) + this.rows.length - 1;
    const show = (row, index) => () => this.show(row, (index + row.cells.length) % row.cells.length);
    return {
      ...Object.fromEntries(row.cells.map((cell, cellIndex) => [keyOf(cell, cellIndex), show(row, cellIndex)])),
      " ": () => this.toggle(),
      arrowleft: show(row, index - 1),
      arrowright: show(row, index + 1),
      arrowup: show(this.rows[above % this.rows.length], index),
      arrowdown: show(this.rows[(above + 2) % this.rows.length], index),
      home: () => this.seek(0),
    };
  }

  // A sound chosen by key comes into view, and has the focus if another one had it.
  show(row, index) {
    const hadFocus = element("rows").contains(document.activeElement);
    this.choose(row, index);
    const button = this.buttons()[index];
    if (hadFocus) button.focus({ preventScroll: true });
    button.scrollIntoView({ block: "nearest" });
  }

  draw() {
    const { row, index, time, isPlaying } = this.player;
    element("play").textContent = isPlaying ? "Pause" : "Play";
    element("heard").textContent = `${nameOf(row)}: ${row.cells[index].column}`;
    element("clock").textContent = `${clockTime(time)} / ${clockTime(row.duration_s)}`;
    for (const playhead of element("rows").querySelectorAll(".playhead")) playhead.hidden = true;
    for (const button of this.buttons()) {
      const playhead = button.querySelector(".playhead");
      playhead.hidden = false;
      playhead.style.left = `${(100 * time) / row.duration_s}%`;
    }
    if (isPlaying) this.requestFrame();
  }
}

const page = new Page(pageData());
