// Times as text, and the ticks of an axis of time.

const ROUND_STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

// Minutes and seconds, as in 1:02.5.
function clockTime(time, digits = 1) {
  const rounded = Number(time.toFixed(digits)); // or 59.96 would become 0:60.0
  const seconds = (rounded % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return `${Math.floor(rounded / 60)}:${seconds}`;
}

// Pairs of time and text, in the smallest round step of at least `minStep` seconds.
function timeTicks(duration, minStep) {
  const step = ROUND_STEPS_S.find((roundStep) => roundStep >= minStep) ?? ROUND_STEPS_S.at(-1);
  const times = countTo(Math.floor(duration / step) + 1).map((index) => index * step);
  return times.map((time) => [time, clockTime(time, step < 1 ? 1 : 0)]);
}
