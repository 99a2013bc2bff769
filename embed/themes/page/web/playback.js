// What is played: the piece from some time on, or a span of it, or two spans in turn.

const TURN_S = 5; // of each of two frames that are played in turn

class Playback {
  constructor(clock) {
    this.clock = clock;
    this.spans = []; // that are still to be played to their ends, the present one first
  }

  // Which of the two chosen frames is played, "x" or "y"; null if none is.
  get side() {
    return this.spans[0]?.side ?? null;
  }

  // Each span has `start`, maybe `end`, maybe `side`.
  play(...spans) {
    this.spans = spans;
    this.clock.seek(spans[0].start);
    this.clock.play();
  }

  playInTurn({ x, y }) {
    const turn = (start, side) => ({ start, side, end: Math.min(start + TURN_S, this.clock.duration) });
    this.play(turn(x, "x"), turn(y, "y"));
  }

  seek(time) {
    this.spans = [];
    this.clock.seek(time);
  }

  stop() {
    this.spans = [];
    this.clock.pause();
  }

  // To be called often while it plays.
  stopAtEnd() {
    const [{ end } = {}, ...others] = this.spans;
    if (end === undefined || (this.clock.playing && this.clock.time < end) || this.clock.time < end - 0.001) return;
    if (others.length) {
      this.play(...others);
      return;
    }
    this.stop();
    this.clock.seek(end);
  }
}
