// User input: buttons, keys, and the pointer on panels and timeline.

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const DRAG_PX = 4; // a pointer that moves less is a click
const ROTATION_PER_PX = 0.008;
const ROTATION_PER_KEY = Math.PI / 24;

const HELP = [
  ["Space", "play"],
  ["← →", "1 s"],
  ["Shift ← →", "one window"],
  ["↑ ↓", "speed"],
  ["Home End", "ends"],
  ["L", "loop"],
  ["C", "colour"],
  ["F", "forecasts"],
  ["A D W S", "rotate"],
  ["+ −", "zoom"],
  ["0", "reset view"],
];

function connectControls(page) {
  const { clock } = page;
  const actions = {
    play: () => clock.toggle(),
    slower: () => changeSpeed(clock, -1),
    faster: () => changeSpeed(clock, 1),
    loop: () => page.setLoop(!page.looping),
    clear: () => page.setSpan(null),
    colour: () => page.toggleColour(),
    reset: () => page.resetView(),
  };
  for (const [name, action] of Object.entries(actions)) connectButton(element(name), action);
  connectKeys(({ shiftKey }) => keyActions(page, shiftKey ? page.runs[0].window_s : 1));
  for (const panel of page.panels) connectPanel(page, panel);
  connectTimeline(page, page.timeline);
}

function changeSpeed(clock, by) {
  clock.rate = SPEEDS[clamp(SPEEDS.indexOf(clock.rate) + by, 0, SPEEDS.length - 1)];
}

function keyActions(page, step) {
  const { clock, camera } = page;
  const rotate = (yaw, pitch) => () => page.changeView(() => camera.rotate(yaw, pitch));
  const zoom = (factor) => () => page.changeView(() => camera.scale(factor));
  return {
    " ": () => clock.toggle(),
    arrowleft: () => page.seek(clock.time - step),
    arrowright: () => page.seek(clock.time + step),
    arrowup: () => changeSpeed(clock, 1),
    arrowdown: () => changeSpeed(clock, -1),
    home: () => page.seek(0),
    end: () => page.seek(page.duration),
    l: () => page.setLoop(!page.looping),
    escape: () => page.setSpan(null),
    c: () => page.toggleColour(),
    f: () => page.toggleForecasts(),
    a: rotate(-ROTATION_PER_KEY, 0),
    d: rotate(ROTATION_PER_KEY, 0),
    w: rotate(0, ROTATION_PER_KEY),
    s: rotate(0, -ROTATION_PER_KEY),
    "+": zoom(1.15),
    "=": zoom(1.15),
    "-": zoom(1 / 1.15),
    0: () => page.resetView(),
  };
}

// Calls back with the distance from where the pointer went down while it is dragged, and on release if it was a click.
function followPointer(element, { drag, release }) {
  let down = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    down = { x: event.offsetX, y: event.offsetY, lastX: event.offsetX, lastY: event.offsetY, dragged: false };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (down === null) return;
    const [x, y] = [event.offsetX, event.offsetY];
    down.dragged ||= Math.hypot(x - down.x, y - down.y) >= DRAG_PX;
    if (down.dragged) drag({ from: down.x, to: x, dx: x - down.lastX, dy: y - down.lastY });
    [down.lastX, down.lastY] = [x, y];
  });
  element.addEventListener("pointerup", () => {
    if (down !== null) release({ ...down, from: down.x, to: down.lastX });
    down = null;
  });
  element.addEventListener("pointercancel", () => {
    down = null;
  });
}

function connectPanel(page, panel) {
  const element = panel.above;
  followPointer(element, {
    drag: ({ dx, dy }) => page.changeView(() => page.camera.rotate(dx * ROTATION_PER_PX, dy * ROTATION_PER_PX)),
    release: ({ dragged, x, y }) => {
      const time = panel.timeNear(x, y);
      if (!dragged && time !== null) page.seek(time);
    },
  });
  connectHover(page, element, ({ offsetX, offsetY }) => panel.timeNear(offsetX, offsetY));
  element.addEventListener("dblclick", () => page.resetView());
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      page.changeView(() => page.camera.scale(Math.exp(-event.deltaY * 0.0015)));
    },
    { passive: false },
  );
}

function connectTimeline(page, timeline) {
  const element = timeline.above;
  const span = ({ from, to }) => [from, to].map((x) => timeline.time(x)).sort((a, b) => a - b);
  followPointer(element, {
    drag: (dragged) => page.showSpan(span(dragged)),
    release: (released) => {
      if (released.dragged) page.setSpan(span(released));
      else page.seek(timeline.time(released.x));
    },
  });
  connectHover(page, element, ({ offsetX }) => timeline.time(offsetX));
  element.addEventListener("dblclick", ({ offsetX }) => {
    const { sections } = page.data;
    if (sections.length) page.setSpan(sectionSpan(sections, timeline.time(offsetX), page.duration));
  });
}

// What is under the mouse marks the same time in all panels and on the timeline.
function connectHover(page, element, timeAt) {
  element.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse") page.setHover(event.buttons ? null : timeAt(event));
  });
  element.addEventListener("pointerleave", () => page.setHover(null));
}
