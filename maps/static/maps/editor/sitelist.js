// All sites as a list: what the map shows, for keyboard and screen reader, with the same selection.
import { area, count, element, interpolated, zoneName } from "./words.js";

const MOST = 300;

export class SiteList extends EventTarget {
  constructor(target, search, { plan, selection }) {
    super();
    this.target = target;
    this.search = search;
    this.plan = plan;
    this.selection = selection;
    this.sites = [];
    search.addEventListener("input", () => this.draw());
    plan.addEventListener("change", () => this.draw());
    selection.addEventListener("change", () => this.tick());
    target.addEventListener("change", (event) => {
      const { site } = event.target.dataset;
      if (site) selection.choose([site], event.target.checked ? "besides" : "without");
    });
    target.addEventListener("click", (event) => {
      const { show } = event.target.dataset;
      if (show) this.dispatchEvent(new CustomEvent("show", { detail: { site: show } }));
    });
  }

  load(collection) {
    this.sites = collection.features
      .map(({ id, properties }) => ({ id, ...properties }))
      .sort((a, b) => (a.name || a.id).localeCompare(b.name || b.id, "zh"));
    this.draw();
  }

  /** What the chosen sites come to: where something is not known, of those that are. */
  sumsOfChosen() {
    const sums = { floorAreaM2: 0, households: 0, unknown: 0 };
    for (const site of this.sites) {
      if (!this.selection.has(site.id)) continue;
      sums.floorAreaM2 += site.floor_area_m2 ?? 0;
      sums.households += site.households ?? 0;
      sums.unknown += site.floor_area_m2 == null || site.households == null ? 1 : 0;
    }
    return sums;
  }

  draw() {
    const wanted = this.search.value.trim().toLowerCase();
    const found = this.sites.filter((site) => this.matches(site, wanted));
    const rows = found.slice(0, MOST).map((site) => this.row(site));
    if (found.length > MOST) {
      const told = gettext("另有 %(n)s 处，请输入名称缩小范围。");
      const text = interpolated(told, { n: count(found.length - MOST) });
      rows.push(element("li", { classes: "small", text }));
    }
    if (!found.length) rows.push(element("li", { text: gettext("没有找到") }));
    this.target.replaceChildren(...rows);
  }

  matches(site, wanted) {
    const words = `${site.name} ${site.id} ${zoneName(this.plan.zoneOf(site.id))}`.toLowerCase();
    return words.includes(wanted);
  }

  row(site) {
    const box = element("input", {
      type: "checkbox",
      classes: "form-check-input",
      "data-site": site.id,
      "aria-label": site.name || site.id,
    });
    box.checked = this.selection.has(site.id);
    const told = [zoneName(this.plan.zoneOf(site.id)), site.kind_text, area(site.floor_area_m2)];
    return element(
      "li",
      {},
      box,
      element("button", {
        type: "button",
        classes: "link",
        "data-show": site.id,
        text: site.name || site.id,
      }),
      element("span", { classes: "small", text: told.filter(Boolean).join(" · ") }),
    );
  }

  tick() {
    for (const box of this.target.querySelectorAll("input[data-site]")) {
      box.checked = this.selection.has(box.dataset.site);
    }
  }
}
