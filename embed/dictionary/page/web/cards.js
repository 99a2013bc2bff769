// The dictionary: a card for each atom, with its music, number, fraction of use and labels; a card is a button.

const MIN_LIFT = 1.2; // times as often as in all music: less is not typical
const MAX_LABELS = 2;

class Card {
  constructor(atom, page) {
    this.atom = atom;
    this.page = page;
    this.music = unpackMusic(atom.music, page.data.rows);
    this.cells = cellsOf(this.music, page.data.rows);
    this.canvas = document.createElement("canvas");
    this.button = document.createElement("button");
    this.button.className = "card";
    this.button.classList.toggle("silent", !this.hasSound);
    this.button.setAttribute("aria-label", `atom ${atom.number}, ${percent(atom.fraction)} of use, ${this.labels}`);
    const number = textElement("span", "", "number");
    number.append(textElement("strong", `${atom.number}`), textElement("span", percent(atom.fraction)));
    this.button.append(this.canvas, number, textElement("span", this.labels, "labels"));
    this.button.addEventListener("click", () => page.playAtom(this));
  }

  get hasSound() {
    return this.atom.sound[1] > 0;
  }

  get labels() {
    return this.page.data.labels
      .map((label, i) => [this.atom.lifts[i], label])
      .filter(([lift]) => lift >= MIN_LIFT)
      .sort(([one], [other]) => other - one)
      .slice(0, MAX_LABELS)
      .map(([lift, label]) => `${label} ×${lift.toFixed(1)}`)
      .join(", ");
  }

  draw(theme) {
    const [width, height] = fitCanvas(this.canvas, this.canvas);
    const context = this.canvas.getContext("2d");
    const nRows = this.page.data.rows[0][1].length;
    const box = { left: 1, top: 1, width: width - 2, height: height - 2 };
    context.clearRect(0, 0, width, height);
    drawGrid(context, box, nRows, this.music.nSteps, this.page.data, theme);
    drawCells(context, this.cells, nRows, box, this.music.nSteps, theme);
  }
}

function percent(fraction) {
  return `${(100 * fraction).toFixed(fraction < 0.0995 ? 1 : 0)} %`;
}

// Cards in the order chosen: "use", "number", or the index of a label, of which only what is typical is shown.
function orderCards(cards, order) {
  if (order === "use") return [...cards];
  if (order === "number") return [...cards].sort((one, other) => one.atom.number - other.atom.number);
  const lift = (card) => card.atom.lifts[Number(order)];
  return cards.filter((card) => lift(card) >= MIN_LIFT).sort((one, other) => lift(other) - lift(one));
}

function fillOrders(select, labels) {
  const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });
  select.append(option("use", "by use"), option("number", "by number"));
  if (!labels.length) return;
  const group = Object.assign(document.createElement("optgroup"), { label: "typical of" });
  group.append(...labels.map((label, i) => option(`${i}`, label)));
  select.append(group);
}
