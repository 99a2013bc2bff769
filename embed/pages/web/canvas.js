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

// A place of a canvas in the window, both in CSS pixels.
function inWindow(canvas, [x, y]) {
  const box = canvas.getBoundingClientRect();
  return { x: box.left + x, y: box.top + y };
}

// A function that lets `draw` be called in the next frame, once, however often it is called before.
function beforeNextFrame(draw) {
  let isComing = false;
  return () => {
    if (isComing) return;
    isComing = true;
    requestAnimationFrame(() => {
      isComing = false;
      draw();
    });
  };
}
