// Themes as a table, a button for each occurrence.

class Table {
  constructor(themes, page) {
    this.page = page;
    this.rows = new Map();
    this.buttons = new Map();
    this.element = document.createElement("table");
    const head = this.element.createTHead().insertRow();
    const isKnown = themes[0]?.list === KNOWN;
    const names = [isKnown ? "pattern" : "theme", ...(isKnown ? [] : ["strength"]), "length", "occurrences"];
    head.append(...names.map((name) => textElement("th", name)));
    for (const cell of head.cells) cell.scope = "col";
    const body = this.element.createTBody();
    for (const theme of themes) this.addRow(body.insertRow(), theme);
  }

  addRow(row, theme) {
    const chip = textElement("span", `${theme.number + 1}`, "chip");
    chip.style.background = colourOf(theme, { muted: "#9299a1" });
    row.insertCell().append(chip);
    if (theme.strength !== null) row.insertCell().textContent = theme.strength.toFixed(theme.strength < 100 ? 1 : 0);
    row.insertCell().textContent = `${meanLength(theme).toFixed(1)} s`;
    const buttons = document.createElement("div");
    buttons.append(...theme.occurrences.map((occurrence) => this.makeButton(occurrence)));
    row.insertCell().append(buttons);
    row.addEventListener("pointerenter", () => this.page.point(theme, null));
    row.addEventListener("pointerleave", () => this.page.point(null, null));
    this.rows.set(theme, row);
  }

  makeButton(occurrence) {
    const button = textElement("button", spanTime(occurrence));
    const { theme, index } = occurrence;
    const what = theme.list === KNOWN ? "reference pattern" : "theme";
    const which = `${index + 1} of ${what} ${theme.number + 1}`;
    button.setAttribute("aria-label", `play occurrence ${which}, ${spanTime(occurrence)}`);
    connectButton(button, () => this.page.playOccurrence(occurrence));
    this.buttons.set(occurrence, button);
    return button;
  }

  mark(chosen, pointedTheme) {
    for (const [occurrence, button] of this.buttons) button.setAttribute("aria-current", occurrence === chosen);
    for (const [theme, row] of this.rows) row.classList.toggle("pointed", theme === pointedTheme);
  }
}
