// The box around a trajectory, which shows how it is turned, and the names of its axes.

// Bit 0, 1, 2 of the number of a corner tells on which side of the first, second, third axis it is.
function drawBox(context, project, halfBox, page) {
  const corner = (bits) => project(...halfBox.map((half, axis) => (bits & (1 << axis) ? half : -half))).slice(0, 2);
  const starts = (axis) => countTo(8).filter((bits) => !(bits & (1 << axis)));
  const edges = (axis) => starts(axis).map((bits) => [corner(bits), corner(bits | (1 << axis))]);
  context.strokeStyle = page.theme.faint;
  context.lineWidth = 1;
  context.beginPath();
  for (const [from, to] of countTo(3).flatMap(edges)) {
    context.moveTo(...from);
    context.lineTo(...to);
  }
  context.stroke();
  nameAxes(context, edges, page);
}

// Each name stands at an edge of the outline: the lowest for the first two axes, the leftmost for the third.
function nameAxes(context, edges, page) {
  const { kept, latent_dim } = page.runs[0];
  context.fillStyle = page.theme.muted;
  context.font = page.theme.font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const axis of countTo(Math.min(3, latent_dim))) {
    const middles = edges(axis).map(([from, to]) => [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]);
    const [x, y] = middles.sort((one, other) => (axis < 2 ? other[1] - one[1] : one[0] - other[0]))[0];
    const name = (kept === null ? "z" : "component ") + (axis + 1);
    context.fillText(name, axis < 2 ? x : Math.max(10, x - 16), axis < 2 ? y + 16 : y);
  }
}
