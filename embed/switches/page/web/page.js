// The page: the setting that is wanted, the one that is heard, and what the server is asked.

const REST_MS = 250; // without a change, until the sound is refined

class Page {
  constructor(data) {
    Object.assign(this, { data, isAsking: false, isToPlay: false, changedAt: null });
    this.requestFrame = beforeNextFrame(() => this.draw());
    this.player = new Player(data.rate_hz, this.requestFrame);
    element("run").append(...Object.keys(data.runs).map((run) => new Option(run)));
    element("clip").append(new Option("Load clip", ""), ...data.names.map((name, index) => new Option(name, index)));
    this.makeRows("switches", data.names, "checkbox", { min: 0, max: 1, step: 0.05 });
    this.wanted = this.heard = { run: element("run").value, setting: {}, loop: true };
    this.connect();
    this.openAddress();
    this.show();
  }

  makeRows(kind, names, type, limits) {
    this[kind] = names.map((name, index) => makeRow(name, type, limits, (value) => this.set(kind, index, value)));
    element(kind).replaceChildren(...this[kind]);
  }

  connect() {
    const connect = (name, event, action) => element(name).addEventListener(event, ({ target }) => action(target));
    connect("run", "change", ({ value }) => this.change({ run: value }));
    connect("clip", "change", ({ value }) => {
      if (value) this.putOnSliders(this.data.runs[this.heard.run].clips[value]);
    });
    connect("loop", "change", ({ checked }) => this.change({ loop: checked }));
    connect("filter", "input", ({ value }) => {
      for (const row of this.switches) row.hidden = !row.textContent.toLowerCase().includes(value.toLowerCase());
    });
    connectButton(element("play"), () => this.toggle());
    connectButton(element("reset"), () => this.change({ setting: {} }));
    connectButton(element("random"), () => this.putOnSliders(this.sliders.map(drawNormal)));
    const refused = () => showStatus("The browser does not copy it: select the text.");
    connectButton(element("copy"), () => navigator.clipboard.writeText(element("setting").value).catch(refused));
    connectButton(element("apply"), () => this.open(this.wanted.run, element("setting").value));
    connectKeys(({ target }) => (target.matches?.("textarea, [type=search], [type=checkbox]") ? {} : { " ": () => this.toggle() }));
    window.addEventListener("hashchange", () => this.openAddress());
  }

  // What is 0 is left out.
  set(kind, index, value) {
    const setting = { switches: {}, sliders: {}, ...this.wanted.setting };
    this.change({ setting: { ...setting, [kind]: { ...setting[kind], [index + 1]: value || undefined } } });
  }

  putOnSliders(positions) {
    this.change({ setting: { sliders: Object.fromEntries(positions.map((s, i) => [i + 1, Number(s.toFixed(3))])) } });
  }

  openAddress() {
    const { run, setting } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    if (setting === undefined) this.change({}, false);
    else this.open(run, setting);
  }

  // A setting from elsewhere is shown once the server has found it right.
  open(run, text) {
    try {
      this.change({ run, setting: JSON.parse(text) });
    } catch {
      showStatus("The setting is not JSON.");
    }
  }

  change(change, isToPlay = true) {
    Object.assign(this, { wanted: { ...this.wanted, ...change }, isToPlay });
    this.changedAt ??= performance.now();
    showStatus("");
    if (this.isAsking) return; // it is what is asked next
    clearTimeout(this.rest);
    this.call?.abort();
    this.ask();
  }

  // Quick calls, each for the newest setting, until there is no newer one; then one that refines.
  async ask() {
    this.isAsking = true;
    while (this.changedAt) await this.hear("quick");
    this.isAsking = false;
    this.rest = setTimeout(() => this.hear("full"), REST_MS);
  }

  async hear(iterations) {
    const { wanted, changedAt } = this;
    this.changedAt = null;
    this.call = new AbortController();
    try {
      const body = JSON.stringify({ ...wanted, iterations });
      const response = await fetch(this.data.call, { method: "POST", body, signal: this.call.signal });
      if (!response.ok) throw new RangeError(await response.text());
      const { sound, image } = await response.json();
      const context = new OfflineAudioContext(1, 1, this.data.rate_hz);
      this.buffer = await context.decodeAudioData(unpackBytes(sound).buffer);
      const heardAt = (this.isToPlay || this.player.isPlaying) && this.player.start(this.buffer, wanted.loop);
      if (heardAt && changedAt) element("heard").textContent = `heard after ${Math.round(heardAt - changedAt)} ms`;
      Object.assign(this, { isToPlay: false, heard: wanted });
      Object.assign(element("download"), { href: `data:audio/wav;base64,${sound}` });
      Object.assign(element("image"), { src: image });
    } catch (error) {
      if (error.name === "AbortError") return;
      showStatus(error instanceof RangeError ? error.message : "There is no sound: is step 4 still running?");
      this.wanted = this.heard;
    }
    if (iterations === "quick" && !this.changedAt) this.show();
  }

  show() {
    const { run, setting, loop } = this.heard;
    if (run !== this.shownRun) this.makeRows("sliders", this.data.runs[run].sliders, "range", { min: -4, max: 4, step: 0.05 });
    this.shownRun = run;
    this.switches.forEach((row, index) => row.show(setting.switches?.[index + 1] ?? 0));
    this.sliders.forEach((row, index) => row.show(setting.sliders?.[index + 1] ?? 0));
    [element("run").value, element("clip").value, element("loop").checked] = [run, "", loop];
    element("setting").value = JSON.stringify(setting);
    history.replaceState(null, "", `#${new URLSearchParams({ run, setting: JSON.stringify(setting) })}`);
    drawTicks(element("picture"), this.buffer?.duration ?? 0, this.data.ticks);
    this.requestFrame();
  }

  toggle() {
    if (this.player.isPlaying) this.player.stop();
    else if (this.buffer) this.player.start(this.buffer, this.heard.loop);
  }

  draw() {
    const { isPlaying, time } = this.player;
    element("play").textContent = isPlaying ? "Stop" : "Play";
    element("playhead").style.left = `${(100 * time) / (this.buffer?.duration ?? 1)}%`;
    if (isPlaying) this.requestFrame();
  }
}

function drawNormal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

const page = new Page(pageData());
