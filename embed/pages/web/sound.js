// The sound that the page carries, in a form in which browsers seek to the sample.

const MAX_DECODED_S = 600; // 50 MB as WAV
const DECODED_HZ = 44100;
const HEADER_BYTES = 44;

// After a seek in MP3 a browser may play one of its frames, 26 ms, off its clock; in WAV it does not.
async function playableSound(base64, duration) {
  const bytes = unpackBytes(base64);
  const compressed = new Blob([bytes], { type: "audio/mpeg" });
  if (duration > MAX_DECODED_S) return compressed;
  try {
    const decoded = await new OfflineAudioContext(1, 1, DECODED_HZ).decodeAudioData(bytes.buffer);
    return toWav(decoded.getChannelData(0));
  } catch {
    return compressed; // a browser that cannot decode it fails when it is to play it
  }
}

// RIFF WAVE, PCM of one channel, 16 bits, little-endian.
function toWav(samples) {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + 2 * samples.length));
  const write = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + 2 * samples.length, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, DECODED_HZ, true);
  view.setUint32(28, 2 * DECODED_HZ, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  for (let i = 0; i < samples.length; i++) {
    view.setInt16(HEADER_BYTES + 2 * i, 32767 * Math.max(-1, Math.min(1, samples[i])), true);
  }
  return new Blob([view], { type: "audio/wav" });
}
