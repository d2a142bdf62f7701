// The large figure follows the slider.
import { percentText, short } from "./percent.js";

export class Headline {
  constructor(root, data) {
    this.data = data;
    this.fields = Object.fromEntries(
      [...root.querySelectorAll("[data-own]")].map((field) => [field.dataset.own, field]),
    );
  }

  /** Show the rate of a stop of the slider. */
  show(stop) {
    this.fields.percent.textContent = percentText(this.data.own[stop]);
    this.fields.covered.textContent = short(this.data.covered[stop]);
    this.fields.total.textContent = short(this.data.total[stop]);
  }
}
