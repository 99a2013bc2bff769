// Themes as a table, a button for each occurrence.

class Table {
  constructor(themes, page) {
    this.page = page;
    this.rows = new Map();
    this.buttons = new Map();
    this.element = document.createElement("table");
    const isReference = themes[0]?.list === REFERENCE;
    const columns = isReference ? ["pattern"] : ["theme", "strength"];
    const head = this.element.createTHead().insertRow();
    head.append(...[...columns, "duration", "occurrences"].map((name) => textElement("th", name)));
    for (const cell of head.cells) cell.scope = "col";
    const body = this.element.createTBody();
    for (const theme of themes) this.addRow(body.insertRow(), theme);
  }

  addRow(row, theme) {
    const chip = textElement("span", `${theme.index + 1}`, "chip");
    chip.style.background = colourOf(theme, { muted: "#9299a1" });
    row.insertCell().append(chip);
    if (theme.strength !== null) row.insertCell().textContent = theme.strength.toFixed(theme.strength < 100 ? 1 : 0);
    row.insertCell().textContent = `${meanDuration(theme).toFixed(1)} s`;
    const buttons = document.createElement("div");
    buttons.append(...theme.occurrences.map((occurrence) => this.makeButton(occurrence)));
    row.insertCell().append(buttons);
    row.addEventListener("pointerenter", () => this.page.point(theme, null));
    row.addEventListener("pointerleave", () => this.page.point(null, null));
    this.rows.set(theme, row);
  }

  makeButton(occurrence) {
    const button = textElement("button", spanText(occurrence));
    const { theme, index } = occurrence;
    const kind = theme.list === REFERENCE ? "reference pattern" : "theme";
    const label = `play occurrence ${index + 1} of ${kind} ${theme.index + 1}, ${spanText(occurrence)}`;
    button.setAttribute("aria-label", label);
    connectButton(button, () => this.page.playOccurrence(occurrence));
    this.buttons.set(occurrence, button);
    return button;
  }

  mark(chosen, pointedTheme) {
    for (const [occurrence, button] of this.buttons) button.setAttribute("aria-current", occurrence === chosen);
    for (const [theme, row] of this.rows) row.classList.toggle("pointed", theme === pointedTheme);
  }
}
