// The dictionary: a card for each atom, with its picture, number, share of use and labels; a card is a button.

const OVER = 1.2; // times as often as elsewhere: less is no news
const LABELS_SHOWN = 2;
const ROW_PX = 11;
const KEY_PX = 3;

class Card {
  constructor(atom, page) {
    this.atom = atom;
    this.page = page;
    this.music = unpackMusic(atom.music, page.data.rows);
    this.cells = cellsOf(this.music, page.data.rows);
    this.canvas = document.createElement("canvas");
    this.button = document.createElement("button");
    this.button.className = "card";
    this.button.classList.toggle("silent", !this.audible);
    this.button.setAttribute("aria-label", `atom ${atom.number}, ${percent(atom.share)} of use, ${this.labels}`);
    this.button.append(this.canvas, this.numberLine(), textElement("span", this.labels, "labels"));
    this.button.addEventListener("click", () => page.playAtom(this));
  }

  get audible() {
    return this.atom.sound[1] > 0;
  }

  get labels() {
    return this.page.data.labels
      .map((label, i) => [this.atom.lifts[i], label])
      .filter(([lift]) => lift >= OVER)
      .sort(([one], [other]) => other - one)
      .slice(0, LABELS_SHOWN)
      .map(([lift, label]) => `${label} ×${lift.toFixed(1)}`)
      .join(", ");
  }

  numberLine() {
    const element = textElement("span", "", "number");
    const share = textElement("span", percent(this.atom.share));
    element.append(textElement("strong", `${this.atom.number}`), share);
    return element;
  }

  draw(theme) {
    const [width, height] = fitCanvas(this.canvas, this.canvas);
    const context = this.canvas.getContext("2d");
    const { rows, steps_per_beat, steps_per_bar } = this.page.data;
    const [nRows, box] = [rows[0][1].length, { left: 1, top: 1, width: width - 2, height: height - 2 }];
    context.clearRect(0, 0, width, height);
    drawGrid(context, box, nRows, this.music.nSteps, steps_per_beat, steps_per_bar, theme);
    drawCells(context, this.cells, nRows, box, this.music.nSteps, theme);
  }
}

function percent(share) {
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}

// Cards in the order chosen: "use", "number", or the index of a label, of which only what is typical is shown.
function orderCards(cards, order) {
  if (order === "use") return [...cards];
  if (order === "number") return [...cards].sort((one, other) => one.atom.number - other.atom.number);
  const lift = (card) => card.atom.lifts[Number(order)];
  return cards.filter((card) => lift(card) >= OVER).sort((one, other) => lift(other) - lift(one));
}

function fillOrders(select, labels) {
  const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });
  select.append(option("use", "by use"), option("number", "by number"));
  if (!labels.length) return;
  const group = Object.assign(document.createElement("optgroup"), { label: "typical of" });
  group.append(...labels.map((label, i) => option(`${i}`, label)));
  select.append(group);
}
