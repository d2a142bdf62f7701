// The zones beside the map, live: sums against limits, provider, money, what is broken.

import { providerLine } from "./choosing.js";
import { isMendable } from "./mends.js";
import { OUT } from "./plan.js";
import { allowed, area, count, element, interpolated, metres, yuan, zoneName } from "./words.js";

const against = (zone) => (zone.problems || []).filter((problem) => !problem.exception).length;
const known = (number) => number ?? Number.POSITIVE_INFINITY;
const ORDERS = {
  number: () => 0,
  problems: (a, b) => against(b) - against(a) || Boolean(b.exception) - Boolean(a.exception),
  floor_area: (a, b) => known(a.floor_area_m2) - known(b.floor_area_m2),
  margin: (a, b) => known(a.margin_yuan) - known(b.margin_yuan),
};

export class ZoneList extends EventTarget {
  constructor(target, order, { plan, limits }) {
    super();
    this.order = order;
    this.target = target;
    this.plan = plan;
    this.limits = limits;
    this.colours = new Map();
    this.open = null;
    plan.addEventListener("change", () => this.draw());
    target.addEventListener("click", (event) => this.clicked(event));
    order.addEventListener("change", () => this.draw());
  }

  paint(colours) {
    this.colours = colours;
    this.draw();
  }

  clicked(event) {
    const row = event.target.closest("[data-zone]");
    if (!row) return;
    const wanted = event.target.closest("[data-do]")?.dataset.do || "show";
    this.dispatchEvent(new CustomEvent(wanted, { detail: { zone: row.dataset.zone } }));
  }

  draw() {
    const out = this.plan.sitesOf(OUT);
    const zones = this.plan.ordered().sort(ORDERS[this.order.value]);
    const rows = zones.map((zone) => this.row(zone));
    if (out.length) rows.push(outRow(out.length));
    this.target.replaceChildren(...rows);
  }

  /** Bring a zone into view, and set it off from the others. */
  find(zone) {
    this.open = zone;
    for (const row of this.target.children) {
      row.classList.toggle("open", row.dataset.zone === zone);
      if (row.dataset.zone === zone) row.scrollIntoView({ block: "nearest" });
    }
  }

  row(zone) {
    const isOpen = zone.zone === this.open;
    const row = element("li", {
      classes: `zone${against(zone) ? " broken" : ""}${isOpen ? " open" : ""}`,
      "data-zone": zone.zone,
    });
    const swatch = element("span", { classes: "swatch", "aria-hidden": "true" });
    swatch.style.background = this.colours.get(zone.zone) || "";
    row.append(
      element(
        "div",
        { classes: "line" },
        swatch,
        element("button", { classes: "name", type: "button", text: zoneName(zone.zone) }),
        element("span", { classes: "sum", text: area(zone.floor_area_m2) }),
        this.bar(zone),
      ),
      element("div", { classes: "facts-line small" }, ...this.facts(zone)),
      element(
        "div",
        { classes: "line small" },
        element("span", { classes: "provider", text: providerLine(zone) }),
        button("why", gettext("理由")),
        button("choose", gettext("选中")),
        zone.problems?.some(isMendable) ? button("mend", gettext("修复建议")) : null,
        button(
          zone.locked ? "unlock" : "lock",
          zone.locked ? gettext("解锁") : gettext("锁定"),
          !this.plan.mayEdit,
        ),
      ),
    );
    for (const problem of zone.problems || []) row.append(problemLine(problem));
    return row;
  }

  /** Where the floor area lies between the limits. */
  bar(zone) {
    const { floor_area_min_m2: minimum, floor_area_max_m2: maximum } = this.limits;
    if (zone.floor_area_m2 == null || !(maximum || minimum)) return null;
    const full = (maximum || minimum * 2) * 1.2;
    const bar = element("span", { classes: "bounds", "aria-hidden": "true" });
    const fill = element("span", { classes: "fill" });
    fill.style.width = `${Math.min(100, (100 * zone.floor_area_m2) / full)}%`;
    bar.append(fill);
    for (const limit of [minimum, maximum]) {
      if (!limit) continue;
      const mark = element("span", { classes: "limit" });
      mark.style.left = `${(100 * limit) / full}%`;
      bar.append(mark);
    }
    return bar;
  }

  facts(zone) {
    const parts = [
      interpolated(gettext("%(n)s 处"), { n: count(zone.sites) }),
      interpolated(gettext("%(n)s 户（套）"), { n: count(zone.households) }),
      interpolated(gettext("直径 %(n)s"), { n: metres(zone.diameter_m) }),
      interpolated(gettext("年收支差额 %(n)s"), { n: yuan(zone.margin_yuan) }),
    ];
    if (zone.locked) parts.push(gettext("已锁定"));
    return parts.map((text) => element("span", { text }));
  }
}

/** A broken rule; without a mark where the policy lives with it. */
function problemLine({ text, exception }) {
  if (!exception) return element("p", { classes: "problem", text });
  return element("p", { classes: "allowed", text: allowed(text) });
}

function button(action, text, isHidden = false) {
  return element("button", {
    type: "button",
    classes: "link",
    "data-do": action,
    text,
    hidden: isHidden,
  });
}

function outRow(sites) {
  const text = interpolated(gettext("未归入 %(n)s 处"), { n: count(sites) });
  return element(
    "li",
    { classes: "zone out", "data-zone": OUT },
    element("button", { classes: "name", type: "button", text }),
    button("choose", gettext("选中")),
    button("mend", gettext("修复建议")),
  );
}
