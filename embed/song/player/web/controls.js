// Hands on the page: buttons, keys, and the pointer on panels and timeline.

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const DRAG_PX = 4; // a pointer that moves less is a click
const TURN_PER_PX = 0.008;
const KEY_TURN = Math.PI / 24;

const HELP = [
  ["Space", "play"],
  ["← →", "1 s"],
  ["Shift ← →", "one window"],
  ["↑ ↓", "speed"],
  ["Home End", "ends"],
  ["L", "loop"],
  ["C", "colour"],
  ["F", "forecasts"],
  ["A D W S", "turn"],
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
  document.addEventListener("keydown", (event) => pressKey(page, event));
  for (const panel of page.panels) connectPanel(page, panel);
  connectTimeline(page, page.timeline);
}

function changeSpeed(clock, by) {
  const index = SPEEDS.indexOf(clock.rate) + by;
  clock.rate = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, index))];
}

function pressKey(page, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter")) return;
  const { clock, camera } = page;
  const step = event.shiftKey ? page.runs[0].window_s : 1;
  const turn = (yaw, pitch) => () => page.changeView(() => camera.turn(yaw, pitch));
  const zoom = (factor) => () => page.changeView(() => camera.scale(factor));
  const actions = {
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
    a: turn(-KEY_TURN, 0),
    d: turn(KEY_TURN, 0),
    w: turn(0, KEY_TURN),
    s: turn(0, -KEY_TURN),
    "+": zoom(1.15),
    "=": zoom(1.15),
    "-": zoom(1 / 1.15),
    0: () => page.resetView(),
  };
  const action = actions[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  action();
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
    if (down !== null) release({ ...down, to: down.lastX });
    down = null;
  });
  element.addEventListener("pointercancel", () => {
    down = null;
  });
}

function connectPanel(page, panel) {
  const element = panel.above;
  followPointer(element, {
    drag: ({ dx, dy }) => page.changeView(() => page.camera.turn(dx * TURN_PER_PX, dy * TURN_PER_PX)),
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
  const span = ({ from, x, to }) => [from ?? x, to].map((place) => timeline.time(place)).sort((a, b) => a - b);
  followPointer(element, {
    drag: (moved) => page.showSpan(span(moved)),
    release: (moved) => {
      if (moved.dragged) page.setSpan(span(moved));
      else page.seek(timeline.time(moved.x));
    },
  });
  connectHover(page, element, ({ offsetX }) => timeline.time(offsetX));
  element.addEventListener("dblclick", ({ offsetX }) => {
    const { sections } = page.data;
    if (sections.length) page.setSpan(sectionSpan(sections, timeline.time(offsetX), page.duration));
  });
}

// A mouse over one place marks the same time everywhere.
function connectHover(page, element, timeAt) {
  element.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse") page.setHover(event.buttons ? null : timeAt(event));
  });
  element.addEventListener("pointerleave", () => page.setHover(null));
}
