// What the page was given: trajectories unpacked, and questions of time and place answered by binary search.

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

function between(points, index, share) {
  const next = share > 0 ? index + 1 : index;
  return [0, 1, 2].map((axis) => points[3 * index + axis] * (1 - share) + points[3 * next + axis] * share);
}

// Where a trajectory is at a time: on the line between the centres of two windows, held at its ends.
function pointAt(run, time) {
  const last = run.times.length - 1;
  const index = lastAtOrBefore(run.times, time);
  if (index < 0) return between(run.points, 0, 0);
  if (index >= last) return between(run.points, last, 0);
  return between(run.points, index, (time - run.times[index]) / (run.times[index + 1] - run.times[index]));
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

function showTime(time, digits) {
  if (time < 60) return time.toFixed(digits);
  const minutes = Math.floor(time / 60);
  return `${minutes}:${(time - 60 * minutes).toFixed(digits).padStart(digits ? digits + 3 : 2, "0")}`;
}
