// The film in place of the sound: its clock, its panel to the left of the trajectories, and a strip of its frames.

HELP.find(([key]) => key === "Shift ← →")[1] = "one frame";

class FilmClock extends Clock {
  constructor(video, base64, frameRate, ...others) {
    super(video, base64, ...others);
    this.frameRate = frameRate;
    this.frameTime = null; // of the frame that is shown, where the browser says it
    if (video.requestVideoFrameCallback) this.watch(video);
  }

  watch(video) {
    video.requestVideoFrameCallback((_, { mediaTime }) => {
      this.frameTime = mediaTime;
      this.changed();
      this.watch(video);
    });
  }

  unpack(base64) {
    return Promise.resolve(new Blob([unpackBytes(base64)], { type: "video/mp4" }));
  }

  // The middle of the frame at a time, to which its point belongs. Times are rounded to millionths of a second.
  middleOfFrame(time) {
    const last = Math.round(this.duration * this.frameRate) - 1;
    return (clamp(Math.floor(time * this.frameRate + 0.01), 0, last) + 0.5) / this.frameRate;
  }

  get shownTime() {
    return this.middleOfFrame((this.hasSound ? this.frameTime : null) ?? this.time);
  }

  // To the middle of a frame: at its edge it may be the one or the other that is shown.
  seek(time) {
    super.seek(time < this.duration ? this.middleOfFrame(time) : time);
  }
}

class FilmTimeline extends Timeline {
  // As many frames next to one another as there is room for, each from the middle of its part of the film.
  drawStrip(context) {
    const { n_images, frames_per_image } = this.page.data.strip;
    const n_frames = this.page.duration * this.page.data.film.frame_rate_hz;
    const [imageWidth, imageHeight] = [this.image.width / n_images, this.image.height];
    const height = this.bottom - this.top;
    const n = Math.ceil((this.length * imageHeight) / (height * imageWidth));
    const width = this.length / n;
    const visible = (width / height) * imageHeight; // of an image, whose sides are cut off where it is wider
    for (let index = 0; index < n; index++) {
      const image = Math.floor((((index + 0.5) / n) * n_frames) / frames_per_image);
      const left = image * imageWidth + (imageWidth - visible) / 2;
      context.drawImage(this.image, left, 0, visible, imageHeight, this.left + index * width, this.top, width - 1, height);
    }
  }
}

class FilmPage extends Page {
  makeClock(sound) {
    const video = element("sound");
    this.showFilm(video);
    const silenced = () => showStatus("The film cannot be played here; the point moves without it.");
    const { frame_rate_hz } = this.data.film;
    const clock = new FilmClock(video, sound, frame_rate_hz, this.duration, this.requestFrame, silenced);
    connectButton(video, () => clock.toggle());
    return clock;
  }

  // The film's panel, before those of the trajectories and as high as all of them.
  showFilm(video) {
    const { frame_rate_hz, width, height } = this.data.film;
    const every_ms = Math.round(1000 * this.runs[0].step_s);
    const rate = `${Number(frame_rate_hz.toFixed(2))} frames per second · a point every ${every_ms} ms`;
    const figure = Object.assign(document.createElement("figure"), { id: "film" });
    figure.innerHTML = "<figcaption><strong>film</strong> </figcaption><div class=stage></div>";
    figure.firstChild.append(rate);
    figure.lastChild.append(video);
    const { style } = element("panels");
    style.setProperty("--film-rows", 2 * Math.ceil(this.runs.length / columnsFor(this.runs.length)));
    style.setProperty("--film-width", `${clamp(width / height, 0.6, 1.4)}fr`);
    style.setProperty("--film-ratio", width / height);
    element("panels").append(figure);
  }

  makeTimeline() {
    return new FilmTimeline(element("timeline"), this);
  }

  describeWindow() {
    return []; // the same for all runs: it stands above the film
  }

  // The clock is that of the frame, which begins half of it before its point.
  writeState(time) {
    super.writeState(time);
    element("clock").textContent = clockTime(time - 0.5 / this.clock.frameRate, 2);
  }
}
