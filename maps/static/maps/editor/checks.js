// What is broken in the plan, one after the other, each with its place.

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
    });
  }

  step(by) {
    const many = this.plan.problems.length;
    if (!many) return;
    this.at = (this.at + by + many) % many;
    this.draw();
    this.locate();
  }

  locate() {
    const problem = this.plan.problems[this.at];
    if (problem) this.dispatchEvent(new CustomEvent("locate", { detail: problem }));
  }

  draw() {
    const { problems } = this.plan;
    this.at = Math.min(this.at, Math.max(0, problems.length - 1));
    this.target.classList.toggle("clean", !problems.length);
    this.number.textContent = problems.length ? `${this.at + 1}/${problems.length}` : "0";
    this.text.textContent = problems.length ? problems[this.at].text : gettext("没有违反规则之处");
  }
}
