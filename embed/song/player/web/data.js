// The data of the page: trajectories unpacked, and looked up by time with binary search.

const RADIUS = 8000; // integers to the radius of a trajectory, as they were packed

function unpackPoints(text) {
  return Float32Array.from(new Int16Array(unpackBytes(text).buffer), (value) => value / RADIUS);
}

function unpackRun(run) {
  const forecasts = {};
  for (const [method, forecast] of Object.entries(run.forecasts)) {
    forecasts[method] = { ...forecast, points: unpackPoints(forecast.points) };
  }
  const times = new Float32Array(unpackBytes(run.times_s).buffer);
  return { ...run, times, points: unpackPoints(run.points), forecasts };
}

// The last index whose value is at most the one asked for; -1 before the first.
function lastAtOrBefore(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// The point at an index, or that far on the way to the next.
function interpolate(points, index, fraction = 0) {
  const next = fraction > 0 ? index + 1 : index;
  return [0, 1, 2].map((axis) => points[3 * index + axis] * (1 - fraction) + points[3 * next + axis] * fraction);
}

// Where a trajectory is at a time: on the line between the centres of two windows, held at its ends.
function pointAt({ points, times }, time) {
  const last = times.length - 1;
  const index = lastAtOrBefore(times, time);
  if (index < 0) return interpolate(points, 0);
  if (index >= last) return interpolate(points, last);
  return interpolate(points, index, (time - times[index]) / (times[index + 1] - times[index]));
}

// The name of the section at a time, "" before the first.
function sectionAt(sections, time) {
  const index = lastAtOrBefore(sections.map(([start]) => start), time);
  return index < 0 ? "" : sections[index][1];
}

function sectionSpan(sections, time, duration) {
  const starts = sections.map(([start]) => start);
  const index = lastAtOrBefore(starts, time);
  return [index < 0 ? 0 : starts[index], starts[index + 1] ?? duration];
}
