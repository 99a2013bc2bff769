// The page: what is played, what is highlighted, and in what order the cards stand.

const CARD_STEP_PX = 9;
const CARD_WIDTHS_PX = [130, 420];
const MIN_CARD_PX = 40;

class Page {
  constructor(data, sound) {
    this.data = data;
    this.highlighted = null;
    this.playing = null; // a card, or "original", or "reconstruction"
    this.player = new SlicePlayer(sound, () => showStatus("The sound cannot be played here."));
    this.cards = data.atoms.map((atom) => new Card(atom, this));
    this.piece = new Piece(this);
    this.writeTexts();
    this.setCardSize();
    fillOrders(element("order"), data.labels);
    element("order").addEventListener("change", () => this.arrange());
    for (const name of ["original", "reconstruction"]) {
      element(name).addEventListener("click", () => this.playPiece(name));
      element(name).hidden = !this.soundOf(name)[1];
    }
    connectKeys(() => this.keyActions());
    new ResizeObserver(() => this.draw()).observe(document.body);
    DARK.addEventListener("change", () => this.draw());
    this.arrange();
  }

  writeTexts() {
    const { atoms, atom_steps, n_atoms, labels, piece, rows } = this.data;
    const shown = atoms.length < n_atoms ? `the ${atoms.length} most used of ${n_atoms}` : `${n_atoms}`;
    const ratio = labels.length ? " · ×: how many times as often in a label as in all music" : "";
    element("summary").textContent = `${shown} atoms of ${atom_steps} steps · %: fraction of all uses${ratio}`;
    element("about").textContent = [piece.name, piece.label].filter(Boolean).join(" · ");
    element("legend").textContent = {
      hit: "height: hit · shade: velocity · position: early or late · red: negative",
      onset: "strong: onset · pale: sustained · red: negative",
    }[rows[0][0]] ?? "shade: value · red: negative";
  }

  setCardSize() {
    const width = clamp(CARD_STEP_PX * this.data.atom_steps, ...CARD_WIDTHS_PX);
    const height = Math.max(MIN_CARD_PX, heightOf(this.data.rows[0][1].length));
    element("cards").style.setProperty("--card-width", `${width}px`);
    element("cards").style.setProperty("--music-height", `${height}px`);
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
    const isPlaying = this.playing === name;
    this.player.stop();
    if (isPlaying) return;
    this.play(name, this.soundOf(name), element(name));
    this.movePlayhead();
  }

  playAtom(card) {
    this.highlight(card.atom.number, false);
    if (card.hasSound) this.play(card, card.atom.sound, card.button);
  }

  play(what, slice, button) {
    this.player.stop();
    this.playing = what;
    this.mark(button, true);
    this.player.play(slice, () => {
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

  get isPiecePlaying() {
    return typeof this.playing === "string";
  }

  drawPlayhead() {
    this.piece.drawAbove(this.isPiecePlaying ? this.player.time : null);
  }

  // The playhead moves on the clock of the sound, and nothing is drawn while nothing is played.
  movePlayhead() {
    this.drawPlayhead();
    if (this.isPiecePlaying) requestAnimationFrame(() => this.movePlayhead());
  }

  highlight(number, scroll = true) {
    this.highlighted?.button.classList.remove("highlighted");
    this.highlighted = this.cards.find((card) => card.atom.number === number) ?? null;
    this.drawPlayhead();
    const isMissing = number !== null && !this.highlighted;
    showStatus(isMissing ? `Atom ${number} is not among the most used, which are shown.` : "");
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
  keyActions() {
    const index = this.shown.findIndex((card) => card.button === document.activeElement);
    const focus = (neighbour) => () => this.shown[neighbour]?.button.focus();
    const arrows = index >= 0 && { arrowleft: focus(index - 1), arrowright: focus(index + 1) };
    return { " ": () => this.playPiece("original"), ...arrows };
  }
}

const page = new Page(pageData(), pageSound());
