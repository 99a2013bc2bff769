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

function drawRing(context, x, y, radius, colour, width) {
  [context.strokeStyle, context.lineWidth] = [colour, width];
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

function drawLine(context, fromX, fromY, toX, toY) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

function outline(context, left, top, width, height, colour, lineWidth) {
  [context.strokeStyle, context.lineWidth] = [colour, lineWidth];
  context.strokeRect(left, top, width, height);
}

// Text in the font of the theme; `align` and `baseline` say which part of it is at x and y.
function drawText(context, theme, text, x, y, { colour = theme.muted, align = "left", baseline = "middle", size = 11 }) {
  [context.fillStyle, context.textAlign, context.textBaseline] = [colour, align, baseline];
  context.font = `${size}px ${theme.fontFamily}`;
  context.fillText(text, x, y);
}

// The integers from 0 to n - 1.
function countTo(n) {
  return Array.from({ length: n }, (_, index) => index);
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

// A function that lets `draw` be called in the next frame, once, however often it is called before.
function beforeNextFrame(draw) {
  let isRequested = false;
  return () => {
    if (isRequested) return;
    isRequested = true;
    requestAnimationFrame(() => {
      isRequested = false;
      draw();
    });
  };
}
