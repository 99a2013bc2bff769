// Rows of buttons, each with the spectrogram of a sound.

// Keys that choose a column: 0 the input, 1 to 9 runs, T the target.
function keyOf({ column }, index) {
  if (column === "target") return "t";
  return index < 10 ? `${index}` : "";
}

function nameOf({ source, held_out }) {
  return held_out ? `${source}, held out` : source;
}

// `clicked` is called with the event, the index of the cell, and its image.
function makeRow(row, clicked) {
  const section = document.createElement("section");
  const cells = textElement("div", "", "cells");
  cells.append(...row.cells.map((cell, index) => makeCell(cell, index, clicked)));
  section.append(textElement("h2", `${nameOf(row)} · ${row.duration_s.toFixed(1)} s`), cells);
  section.setAttribute("aria-label", nameOf(row));
  return section;
}

function makeCell(cell, index, clicked) {
  const button = document.createElement("button");
  const stage = textElement("span", "", "stage");
  stage.append(Object.assign(new Image(), { src: cell.image, alt: "" }), textElement("span", "", "playhead"));
  const name = textElement("span", `${cell.column} `, "name");
  name.append(textElement("kbd", keyOf(cell, index).toUpperCase()));
  button.append(name, stage, ...cell.notes.map((note) => textElement("span", note, "note")));
  connectButton(button, (event) => clicked(event, index, stage));
  return button;
}
