// What would come of giving the chosen sites to a zone: before → after, asked while one looks.
import { post } from "./api.js";
import { area, count, element, interpolated, zoneName } from "./words.js";

const CALM_MS = 120;

export class Effects extends EventTarget {
  constructor(target, { address, selection, plan }) {
    super();
    this.target = target;
    this.address = address;
    this.selection = selection;
    this.plan = plan;
    this.to = null;
    this.timer = 0;
    this.asking = null;
    this.told = "";
    selection.addEventListener("change", () => this.ask());
    plan.addEventListener("change", () => this.ask());
  }

  /** Look at what giving the chosen sites to `zone` would do; null = to none in particular. */
  lookAt(zone) {
    this.to = zone;
    this.ask();
  }

  ask() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.told = "";
    if (!this.selection.size || this.to === null) {
      this.target.replaceChildren();
      this.dispatchEvent(new CustomEvent("told"));
      return;
    }
    this.timer = setTimeout(() => this.fetch(), CALM_MS);
  }

  async fetch() {
    this.asking = new AbortController();
    const question = { sites: this.selection.list(), to: this.to };
    const answer = await post(this.address, question, this.asking.signal).catch(() => null);
    if (answer?.status !== 200) return;
    this.draw(answer.body);
  }

  draw({ zones, refused = [] }) {
    const rows = zones.map(effectRow);
    for (const each of refused) rows.push(element("li", { classes: "problem", text: each.text }));
    this.target.replaceChildren(...rows);
    this.told = zones.map(short).join("  ");
    this.dispatchEvent(new CustomEvent("told"));
  }
}

const sum = (zone) => (zone ? area(zone.floor_area_m2) : gettext("无"));

function short({ zone, before, after, broken }) {
  const told = `${zoneName(zone)} ${sum(before)} → ${sum(after)}`;
  return `${told} ${verdict(broken)}`;
}

const resolved = (text) => interpolated(gettext("已解决：%(text)s"), { text });

/** ✗ where a rule is broken, △ where the policy lives with it, ✓ else. */
function verdict(broken) {
  if (!broken.length) return "✓";
  return broken.every((each) => each.exception) ? "△" : "✗";
}

function effectRow(effect) {
  const { zone, before, after, broken, mended } = effect;
  const row = element(
    "li",
    { classes: broken.length ? "broken" : "" },
    element("strong", { text: zoneName(zone) }),
    element("span", { text: ` ${sum(before)} → ${sum(after)} ${verdict(broken)}` }),
    element("div", {
      classes: "small",
      text: interpolated(gettext("%(a)s → %(b)s 处，%(c)s → %(d)s 户（套）"), {
        a: count(before?.sites ?? 0),
        b: count(after?.sites ?? 0),
        c: count(before ? before.households : 0),
        d: count(after ? after.households : 0),
      }),
    }),
  );
  for (const each of broken) {
    const classes = each.exception ? "allowed" : "problem";
    row.append(element("p", { classes, text: each.text }));
  }
  for (const each of mended || []) {
    row.append(element("p", { classes: "mended", text: resolved(each.text) }));
  }
  return row;
}
