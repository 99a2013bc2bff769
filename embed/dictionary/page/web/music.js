// The music that the page was given, unpacked.

const PER_UNIT = 100; // as the music was packed

// Music as a function (step, channel) -> value.
function unpackMusic(text, rows) {
  const values = new Int8Array(unpackBytes(text).buffer);
  const nChannels = rows.reduce((sum, [, names]) => sum + names.length, 0);
  return { nSteps: values.length / nChannels, at: (step, channel) => values[step * nChannels + channel] / PER_UNIT };
}
