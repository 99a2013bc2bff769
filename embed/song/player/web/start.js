// Begin, and answer what tests and the console ask: places are in CSS pixels of the window.

const page = new Page(JSON.parse(element("data").textContent), element("sound-data").textContent.trim());

window.player = {
  __proto__: answersOf(page.clock),
  get speed() {
    return page.clock.rate;
  },
  get looping() {
    return page.looping;
  },
  get span() {
    return page.span;
  },
  get colour() {
    return page.colour;
  },
  get methods() {
    return [...page.shownMethods];
  },
  get view() {
    const { yaw, pitch, zoom } = page.camera;
    return { yaw, pitch, zoom };
  },
  duration: page.duration,
  runs: page.runs.map((run) => run.name),
  seek: (time) => page.seek(time),
  play: () => page.clock.play(),
  pause: () => page.clock.pause(),
  // Where a run's point is: in radii of its trajectory from its middle, and in the window.
  coordinates: (number, time = page.clock.time) => pointAt(page.runs[number], time),
  place: (number, time = page.clock.time) => {
    const panel = page.panels[number];
    return inWindow(panel.above, panel.place(pointAt(panel.run, time)));
  },
  placeOnTimeline: (time) => {
    const { above, top, bottom } = page.timeline;
    return inWindow(above, [page.timeline.x(time), (top + bottom) / 2]);
  },
};
