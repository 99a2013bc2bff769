// The page: what is played, what is highlighted, and in what order the cards stand.

const CARD_STEP_PX = 9;
const CARD_WIDTHS_PX = [130, 420];

class Page {
  constructor(data, base64) {
    this.data = data;
    this.highlighted = null;
    this.playing = null; // a card, or "original", or "reconstruction"
    this.sound = new Sound(base64, () => this.tell("The sound cannot be played here."));
    this.cards = data.atoms.map((atom) => new Card(atom, this));
    this.piece = new Piece(this);
    this.describe();
    this.size();
    fillOrders(element("order"), data.labels);
    element("order").addEventListener("change", () => this.arrange());
    for (const name of ["original", "reconstruction"]) {
      element(name).addEventListener("click", () => this.playPiece(name));
      element(name).hidden = !this.soundOf(name)[1];
    }
    document.addEventListener("keydown", (event) => this.pressKey(event));
    new ResizeObserver(() => this.draw()).observe(document.body);
    DARK.addEventListener("change", () => this.draw());
    this.arrange();
  }

  describe() {
    const { atoms, atom_steps, n_atoms, labels, piece, rows } = this.data;
    const shown = atoms.length < n_atoms ? `the ${atoms.length} most used of ${n_atoms}` : `${n_atoms}`;
    const ratio = labels.length ? " · ×: how many times as often in a label as in all music" : "";
    element("summary").textContent = `${shown} atoms of ${atom_steps} steps · %: fraction of all uses${ratio}`;
    element("about").textContent = [piece.name, piece.label].filter(Boolean).join(" · ");
    element("legend").textContent = {
      hit: "height: hit · shade: velocity · place: early or late · red: negative",
      onset: "strong: onset · pale: it sounds on · red: negative",
    }[rows[0][0]] ?? "shade: value · red: negative";
  }

  size() {
    const nRows = this.data.rows[0][1].length;
    const width = Math.max(CARD_WIDTHS_PX[0], Math.min(CARD_WIDTHS_PX[1], CARD_STEP_PX * this.data.atom_steps));
    const height = Math.max(40, nRows * (nRows > 24 ? KEY_PX : ROW_PX));
    element("cards").style.setProperty("--card-width", `${width}px`);
    element("cards").style.setProperty("--picture-height", `${height}px`);
  }

  arrange() {
    this.shown = orderCards(this.cards, element("order").value);
    element("cards").replaceChildren(...this.shown.map((card) => card.button));
    this.draw();
  }

  draw() {
    this.theme = readTheme();
    this.piece.draw(this.theme);
    for (const card of this.shown) card.draw(this.theme);
  }

  soundOf(name) {
    return this.data.piece.sounds[name === "original" ? 0 : 1];
  }

  playPiece(name) {
    const again = this.playing === name;
    this.sound.stop();
    if (again) return;
    this.start(name, this.soundOf(name), element(name));
    this.follow();
  }

  playAtom(card) {
    this.highlight(card.atom.number, false);
    if (card.audible) this.start(card, card.atom.sound, card.button);
  }

  start(what, slice, button) {
    this.sound.stop();
    this.playing = what;
    this.mark(button, true);
    this.sound.play(slice, () => {
      this.playing = null;
      this.mark(button, false);
    });
  }

  mark(button, on) {
    if (button.classList.contains("card")) button.classList.toggle("playing", on);
    else {
      button.setAttribute("aria-pressed", on);
      button.textContent = `${on ? "Stop" : "Play"} ${button.id}`;
    }
  }

  // The playhead moves on the clock of the sound, and nothing is drawn while nothing is played.
  follow() {
    const whole = typeof this.playing === "string";
    this.piece.drawAbove(whole ? this.sound.time : null);
    if (whole) requestAnimationFrame(() => this.follow());
  }

  highlight(number, scroll = true) {
    this.highlighted?.button.classList.remove("highlighted");
    this.highlighted = this.cards.find((card) => card.atom.number === number) ?? null;
    this.piece.drawAbove(typeof this.playing === "string" ? this.sound.time : null);
    const isMissing = number !== null && !this.highlighted;
    this.tell(isMissing ? `Atom ${number} is not among the most used, which are shown.` : "");
    if (!this.highlighted) return;
    if (!this.shown.includes(this.highlighted)) {
      element("order").value = "use";
      this.arrange();
    }
    this.highlighted.button.classList.add("highlighted");
    if (scroll) {
      this.highlighted.button.focus({ preventScroll: true });
      this.highlighted.button.scrollIntoView({ block: "nearest" });
    }
  }

  // Arrows go from card to card; Space outside of buttons plays the piece.
  pressKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    const place = this.shown.findIndex((card) => card.button === document.activeElement);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && place >= 0) this.shown[place + step]?.button.focus();
    else if (event.key === " " && event.target.tagName !== "BUTTON") this.playPiece("original");
    else return;
    event.preventDefault();
  }

  tell(text) {
    element("note").textContent = text;
    element("note").hidden = !text;
  }
}
