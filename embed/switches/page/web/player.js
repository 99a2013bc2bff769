// What is heard: one sound after another, faded into each other at the same position.

const LEAD_S = 0.01; // from the call to the sound
const FADE_S = 0.01;

class Player {
  // `changed` is called when it starts or ends. At the rate of the sound nothing is resampled: loops keep their length.
  constructor(rateHz, changed) {
    [this.rateHz, this.changed, this.track] = [rateHz, changed, null];
  }

  get isPlaying() {
    return this.track !== null && this.context.state === "running";
  }

  get time() {
    return this.isPlaying ? Math.max(0, this.context.currentTime - this.track.since) % this.track.duration : 0;
  }

  // From now on a buffer is heard, where what was playing is; returns when, as `performance.now` counts, or null while
  // the browser is silent: it lets no page sound before the first input of its user.
  start(buffer, loop) {
    this.context ??= Object.assign(new AudioContext({ sampleRate: this.rateHz }), { onstatechange: this.changed });
    this.context.resume();
    const time = this.context.currentTime + LEAD_S;
    const position = this.isPlaying ? (this.time + LEAD_S) % buffer.duration : 0;
    this.stop();
    const node = new AudioBufferSourceNode(this.context, { buffer, loop });
    const volume = new GainNode(this.context);
    volume.gain.setValueAtTime(0, time).linearRampToValueAtTime(1, time + FADE_S);
    node.connect(volume).connect(this.context.destination);
    node.onended = () => node === this.track?.node && this.stop();
    node.start(time, position);
    this.track = { node, volume, since: time - position, duration: buffer.duration };
    this.changed();
    return this.isPlaying ? performance.now() + 1000 * (LEAD_S + (this.context.outputLatency ?? 0)) : null;
  }

  stop() {
    const time = this.context.currentTime + LEAD_S;
    this.track?.volume.gain.setValueAtTime(1, time).linearRampToValueAtTime(0, time + FADE_S);
    this.track?.node.stop(time + FADE_S);
    this.track = null;
    this.changed();
  }
}
