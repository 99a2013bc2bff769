// The sounds of the page: all in one file, which is decoded once; slices of it are played, one at a time.

const LEAD_S = 0.02; // from the call to the sound, so that its beginning is not cut

class SlicePlayer {
  // `failed` is called when nothing can be played.
  constructor(base64, failed) {
    this.base64 = base64;
    this.failed = failed;
    this.current = null;
  }

  // A browser lets no page make sound before the first user input: the context is made when something is to be played.
  async prepare() {
    if (!this.context) {
      this.context = new AudioContext();
      this.buffer = this.context.decodeAudioData(unpackBytes(this.base64).buffer);
    }
    await this.context.resume();
    return this.buffer;
  }

  // `ended` is called when the slice has been played to its end, or was stopped.
  async play([start, length], ended) {
    this.stop();
    const slice = { ended, length, since: null };
    this.current = slice;
    try {
      const buffer = await this.prepare();
      if (this.current !== slice) return; // another one was asked for meanwhile
      slice.node = new AudioBufferSourceNode(this.context, { buffer });
      slice.node.connect(this.context.destination);
      slice.node.addEventListener("ended", () => this.finish(slice));
      slice.since = this.context.currentTime + LEAD_S;
      slice.node.start(slice.since, start, length);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.finish(slice);
      this.failed();
    }
  }

  stop() {
    if (this.current) this.finish(this.current);
  }

  finish(slice) {
    if (this.current !== slice) return;
    this.current = null;
    slice.node?.stop();
    slice.ended();
  }

  // Seconds of the slice that have been played; null while it waits or nothing is played.
  get time() {
    if (this.current?.since == null) return null;
    return clamp(this.context.currentTime - this.current.since, 0, this.current.length);
  }
}
