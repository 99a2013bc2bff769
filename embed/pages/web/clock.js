// The clock of the page is the sound itself, or a film; where it cannot be played, a silent clock with the same interface.

class SilentClock {
  constructor(duration) {
    this.duration = duration;
    this.rate = 1;
    this.stopped = true;
    this.anchor(0);
  }

  anchor(time) {
    this.time = time;
    this.since = performance.now();
  }

  get currentTime() {
    const passed = this.stopped ? 0 : ((performance.now() - this.since) / 1000) * this.rate;
    return Math.min(this.time + passed, this.duration);
  }

  set currentTime(time) {
    this.anchor(time);
  }

  get ended() {
    return this.currentTime >= this.duration;
  }

  get paused() {
    return this.stopped || this.ended;
  }

  get playbackRate() {
    return this.rate;
  }

  set playbackRate(rate) {
    this.anchor(this.currentTime);
    this.rate = rate;
  }

  play() {
    this.anchor(this.ended ? 0 : this.currentTime);
    this.stopped = false;
    return Promise.resolve();
  }

  pause() {
    this.anchor(this.currentTime);
    this.stopped = true;
  }
}

class Clock {
  // `changed` is called when the clock starts, stops or jumps; `silenced` when the sound proves unplayable.
  constructor(media, base64, duration, changed, silenced) {
    this.duration = duration;
    this.source = media;
    this.changed = changed;
    this.silenced = silenced;
    const events = ["play", "pause", "seeked", "ended", "timeupdate", "ratechange"];
    for (const name of events) media.addEventListener(name, changed);
    media.addEventListener("error", () => this.silence());
    media.preservesPitch = true;
    this.ready = this.unpack(base64).then((blob) => {
      // no data: address, because browsers limit its length to less than an hour of sound
      media.src = URL.createObjectURL(blob);
    });
  }

  // What is played, as a Blob.
  unpack(base64) {
    return playableSound(base64, this.duration);
  }

  get hasSound() {
    return !(this.source instanceof SilentClock);
  }

  get time() {
    return Math.min(this.source.currentTime, this.duration);
  }

  // The time that is drawn.
  get shownTime() {
    return this.time;
  }

  get playing() {
    return !this.source.paused;
  }

  get ended() {
    return this.source.ended;
  }

  get rate() {
    return this.source.playbackRate;
  }

  set rate(rate) {
    this.source.playbackRate = rate;
    this.changed();
  }

  seek(time) {
    this.source.currentTime = Math.max(0, Math.min(time, this.duration));
    this.changed();
  }

  play() {
    this.ready
      .then(() => this.source.play())
      .then(this.changed)
      .catch((error) => {
        if (error.name === "NotSupportedError") this.silence();
      });
  }

  pause() {
    this.source.pause();
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  silence() {
    if (!this.hasSound) return;
    const { time, rate } = this;
    this.source = new SilentClock(this.duration);
    this.source.currentTime = time;
    this.source.playbackRate = rate;
    this.silenced();
    this.changed();
  }
}

function showPlaying(clock) {
  element("play").textContent = clock.playing ? "Pause" : "Play";
}
