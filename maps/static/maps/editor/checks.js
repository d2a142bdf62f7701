// What is broken in the plan, one after the other, each with its place. What the policy lives with
// is told after it, and does not shout.
import { isMendable } from "./mends.js";
import { allowed, zoneName } from "./words.js";

export class Checks extends EventTarget {
  constructor(target, plan) {
    super();
    this.target = target;
    this.plan = plan;
    this.at = 0;
    this.text = target.querySelector("[data-text]");
    this.number = target.querySelector("[data-number]");
    plan.addEventListener("change", () => this.draw());
    target.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]");
      if (step) this.step(Number(step.dataset.step));
      else if (event.target.closest("[data-locate]")) this.locate();
      else if (event.target.closest("[data-mend]")) this.mend();
    });
  }

  /** Broken rules, and after them those that the policy lives with. */
  get problems() {
    const { problems } = this.plan;
    return [...problems.filter((p) => !p.exception), ...problems.filter((p) => p.exception)];
  }

  get current() {
    return this.problems[this.at];
  }

  step(by) {
    const many = this.problems.length;
    if (!many) return;
    this.at = (this.at + by + many) % many;
    this.draw();
    this.locate();
  }

  locate() {
    if (this.current) this.dispatchEvent(new CustomEvent("locate", { detail: this.current }));
  }

  mend() {
    if (this.current) this.dispatchEvent(new CustomEvent("mend", { detail: this.current }));
  }

  draw() {
    const { problems } = this;
    this.at = Math.min(this.at, Math.max(0, problems.length - 1));
    const { current } = this;
    this.target.classList.toggle("clean", !current || Boolean(current.exception));
    for (const each of this.target.querySelectorAll("button")) each.hidden = !current;
    this.target.querySelector("[data-mend]").hidden = !isMendable(current);
    this.number.textContent = problems.length ? `${this.at + 1}/${problems.length}` : "";
    this.text.textContent = current ? told(current) : gettext("没有违反规则之处");
    this.text.title = current?.exact ?? this.text.textContent;
  }
}

function told({ zone, text, exception }) {
  const sentence = `${zoneName(zone)}：${text}`;
  if (!exception) return sentence;
  return allowed(sentence);
}
