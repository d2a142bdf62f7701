// The list of areas: rates follow the slider, pointing goes both ways with the map.
import { percentText } from "./percent.js";

export class AreaList extends EventTarget {
  constructor(root, data) {
    super();
    this.data = data;
    this.rows = new Map(
      [...root.querySelectorAll("tr[data-code]")].map((row) => [row.dataset.code, row]),
    );
    for (const [code, row] of this.rows) {
      for (const event of ["pointerenter", "focusin"]) {
        row.addEventListener(event, () => this.tell(code));
      }
      for (const event of ["pointerleave", "focusout"]) {
        row.addEventListener(event, () => this.tell(null));
      }
    }
  }

  tell(code) {
    this.dispatchEvent(new CustomEvent("point", { detail: code }));
  }

  /** Mark the row of an area; null = none. */
  point(code) {
    for (const [each, row] of this.rows) row.classList.toggle("hot", each === code);
  }

  /** Go to an area's own page. */
  open(code) {
    this.rows.get(code)?.querySelector("a")?.click();
  }

  /** Show the rates of a stop of the slider. */
  show(stop) {
    for (const [code, row] of this.rows) {
      const percent = this.data.below[code][stop];
      row.querySelector("[data-percent]").textContent = percentText(percent);
      row.querySelector(".rate > span").style.width = `${percent ?? 0}%`;
    }
  }
}
