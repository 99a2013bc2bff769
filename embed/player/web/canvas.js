// What every canvas needs.

// A canvas as large as the element it fills, in the pixels of the screen; returns its size in CSS pixels.
function fitCanvas(canvas, element) {
  const [width, height] = [element.clientWidth, element.clientHeight];
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
  return [width, height];
}

function drawDisc(context, x, y, radius, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function countTo(n) {
  return Array.from({ length: n }, (_, number) => number);
}
