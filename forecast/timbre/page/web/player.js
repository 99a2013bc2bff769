// The sounds of a row, which all run in step, over and over, on one clock; one of them is heard.

const LEAD_S = 0.02; // from the call to the sound, so that its beginning is not cut
const FADE_S = 0.005; // time constant of going from one sound to another, so that it does not click

class RowPlayer {
  // `failed` is called when sounds cannot be played.
  constructor(failed) {
    this.failed = failed;
    this.turn = null; // from the call of play to that of pause
    this.index = 0;
  }

  // Go to a row, or to another position in it; what was playing goes on there.
  load(row, position) {
    const wasPlaying = this.isPlaying;
    this.pause();
    if (row !== this.row) this.buffers = null;
    [this.row, this.position] = [row, position];
    if (wasPlaying) this.play();
  }

  get isPlaying() {
    return this.turn !== null;
  }

  get time() {
    if (this.turn?.since === undefined) return this.position;
    return Math.max(0, this.context.currentTime - this.turn.since) % this.row.duration_s;
  }

  // A browser lets no page make sound before the first user input: the context is made when something is to be played.
  async play() {
    const turn = { tracks: [] };
    this.turn = turn;
    try {
      this.context ??= new AudioContext();
      await this.context.resume();
      const decode = ({ sound }) => this.context.decodeAudioData(unpackBytes(sound).buffer);
      this.buffers ??= Promise.all(this.row.cells.map(decode)); // of this row only: they are large
      const buffers = await this.buffers;
      if (this.turn !== turn) return; // paused or called again meanwhile
      const start = this.context.currentTime + LEAD_S;
      turn.tracks = buffers.map((buffer, index) => this.startTrack(buffer, start, index === this.index ? 1 : 0));
      turn.since = start - this.position;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.pause();
      this.failed();
    }
  }

  startTrack(buffer, start, level) {
    const node = new AudioBufferSourceNode(this.context, { buffer, loop: true, loopEnd: this.row.duration_s });
    const volume = new GainNode(this.context, { gain: level });
    node.connect(volume).connect(this.context.destination);
    node.start(start, this.position);
    return { node, volume };
  }

  // From now on another sound of the row is heard.
  hear(index) {
    this.index = index;
    this.turn?.tracks.forEach(({ volume }, track) => {
      volume.gain.setTargetAtTime(track === index ? 1 : 0, this.context.currentTime, FADE_S);
    });
  }

  pause() {
    this.position = this.time;
    for (const { node } of this.turn?.tracks ?? []) node.stop();
    this.turn = null;
  }
}
