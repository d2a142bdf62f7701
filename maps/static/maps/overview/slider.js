// The slider of days: moving shows a day at once, letting go opens it; ▶ goes through the months.
const STEP_MS = 350;

export class Slider extends EventTarget {
  constructor(root, data) {
    super();
    this.data = data;
    this.input = root.querySelector("#slider");
    this.day = root.querySelector("#slider-day");
    this.link = root.querySelector("#open-day");
    this.button = root.querySelector("#replay");
    this.timer = null;
    this.input.max = data.days.length - 1;
    this.input.value = data.here;
    this.tell(data.here);
    this.input.addEventListener("input", () => this.move(Number(this.input.value)));
    this.input.addEventListener("change", () => this.open());
    this.button.addEventListener("click", () => (this.timer ? this.pause() : this.play()));
  }

  /** Show a stop without leaving the page. */
  move(stop) {
    this.input.value = stop;
    this.tell(stop);
    this.link.href = this.address(stop);
    this.link.hidden = stop === this.data.here;
    this.dispatchEvent(new CustomEvent("move", { detail: stop }));
  }

  tell(stop) {
    this.day.textContent = this.data.days[stop];
    this.input.setAttribute("aria-valuetext", this.data.days[stop]);
    const field = document.getElementById("day");
    if (field) field.value = this.data.days[stop];
  }

  address(stop) {
    const query = new URLSearchParams(this.data.query);
    const day = this.data.days[stop];
    if (day === this.data.today) query.delete("date");
    else query.set("date", day);
    return `?${query}`;
  }

  /** Open the page of the day where the slider stands. */
  open() {
    this.pause();
    const stop = Number(this.input.value);
    if (stop !== this.data.here) location.assign(this.address(stop));
  }

  play() {
    const last = this.data.days.length - 1;
    this.move(Number(this.input.value) === last ? 0 : Number(this.input.value));
    this.timer = setInterval(() => this.step(last), STEP_MS);
    this.say(true);
  }

  step(last) {
    const next = Number(this.input.value) + 1;
    if (next > last) this.pause();
    else this.move(next);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.say(false);
  }

  say(isPlaying) {
    this.button.textContent = isPlaying ? "❚❚" : "▶";
    this.button.setAttribute("aria-pressed", isPlaying);
  }
}
