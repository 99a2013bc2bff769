// Rows of switches and sliders, and the axes of the spectrogram.

// `type` is that of the control, checkbox or range; `changed` is called with the value, `row.show` shows one.
function makeRow(name, type, limits, changed) {
  const make = (type) => Object.assign(document.createElement("input"), { type, ...limits });
  const [control, number, text] = [make(type), make("number"), textElement("span", name, "filler")];
  number.setAttribute("aria-label", `${name}, exactly`);
  control.addEventListener("input", () => {
    number.value = type === "checkbox" ? Number(control.checked) : control.value;
    changed(number.valueAsNumber);
  });
  number.addEventListener("change", () => changed(number.valueAsNumber || 0));
  const row = textElement("label", "", "bar");
  row.append(...(type === "checkbox" ? [control, text] : [text, control]), number);
  row.show = (value) => ([control.value, control.checked, number.value] = [value, value > 0, value]);
  return row;
}

// Ticks at whole seconds, and at pairs of text and height in percent.
function drawTicks(picture, duration, heights) {
  const draw = (text, place) => Object.assign(picture.appendChild(textElement("small", text, "tick")).style, place);
  for (const tick of picture.querySelectorAll(".tick")) tick.remove();
  for (const [text, height] of heights) draw(text, { right: "calc(100% + 0.4rem)", bottom: `calc(${height}% - 0.6rem)` });
  for (let time = 0; time < duration; time++) draw(`${time} s`, { top: "100%", left: `${(100 * time) / duration}%` });
}
