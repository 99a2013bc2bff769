// The box around a trajectory, which shows how it is rotated, and the names of its axes.

// Bit 0, 1, 2 of the index of a corner says on which side of the first, second, third axis it is.
function drawBox(context, project, halfBox, page) {
  const corner = (bits) => project(...halfBox.map((half, axis) => (bits & (1 << axis) ? half : -half))).slice(0, 2);
  const starts = (axis) => countTo(8).filter((bits) => !(bits & (1 << axis)));
  const edges = (axis) => starts(axis).map((bits) => [corner(bits), corner(bits | (1 << axis))]);
  [context.strokeStyle, context.lineWidth] = [page.theme.faint, 1];
  for (const [from, to] of countTo(3).flatMap(edges)) drawLine(context, ...from, ...to);
  nameAxes(context, edges, page);
}

// Each name stands at an edge of the outline: the lowest for the first two axes, the leftmost for the third.
function nameAxes(context, edges, { runs, theme }) {
  const { kept, latent_dim } = runs[0];
  for (const axis of countTo(Math.min(3, latent_dim))) {
    const middles = edges(axis).map(([from, to]) => [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]);
    const [x, y] = middles.sort((one, other) => (axis < 2 ? other[1] - one[1] : one[0] - other[0]))[0];
    const name = (kept === null ? "z" : "component ") + (axis + 1);
    const [nameX, nameY] = axis < 2 ? [x, y + 16] : [Math.max(10, x - 16), y];
    drawText(context, theme, name, nameX, nameY, { align: "center" });
  }
}
