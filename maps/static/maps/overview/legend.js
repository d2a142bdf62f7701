// The legend counts the areas of each class on the day of the slider.
import { classOf } from "./percent.js";

export class Legend {
  constructor(element, data) {
    this.data = data;
    this.counts = [...element.querySelectorAll("[data-class] b")];
  }

  /** Count the areas at a stop of the slider. */
  show(stop) {
    const found = Object.values(this.data.below).map((told) =>
      classOf(told[stop], this.data.classes),
    );
    this.counts.forEach((field, number) => {
      const wanted = this.data.classes[number];
      field.textContent = found.filter((each) => each === wanted).length;
    });
  }
}
