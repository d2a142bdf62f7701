// Proposals to mend a zone (修复建议): each with what it would do, taken with one press.
import { get } from "./api.js";
import { area, count, element, interpolated, zoneName } from "./words.js";

const MENDABLE = ["connected", "floor_area_min", "households_min"];

/** Whether proposals can be asked for against a broken rule. */
export const isMendable = (problem) => MENDABLE.includes(problem?.rule);

export class Mends extends EventTarget {
  constructor(target, address) {
    super();
    this.target = target;
    this.address = address;
    this.first = [...target.childNodes];
    this.proposals = [];
    target.addEventListener("click", (event) => {
      const { at, do: wanted } = event.target.closest("[data-do]")?.dataset || {};
      if (wanted) this.dispatchEvent(new CustomEvent(wanted, { detail: this.proposals[at] }));
    });
  }

  async ask(zone) {
    const answer = await get(`${this.address}?zone=${encodeURIComponent(zone)}`);
    if (answer.status !== 200) return;
    this.proposals = answer.body.proposals;
    const heading = element("p", { classes: "chosen", text: zoneName(zone) });
    const none = element("p", {
      classes: "note",
      text: gettext("没有可行的修复建议。可在图上选取对象后归入相邻片区，或合并片区。"),
    });
    const rows = this.proposals.map((each, at) => row(each, at));
    this.target.replaceChildren(heading, ...(rows.length ? rows : [none]));
  }

  /** Forget proposals made for a plan that has changed since. */
  clear() {
    this.proposals = [];
    this.target.replaceChildren(...this.first);
  }
}

function row({ edit, zones, lived_with: isLivedWith }, at) {
  const where = edit.to === "new" ? gettext("新片区") : zoneName(edit.to);
  const title = interpolated(gettext("把 %(n)s 处归入%(where)s"), {
    n: count(edit.sites.length),
    where,
  });
  const made = element(
    "div",
    { classes: "mend" },
    element("strong", { text: `${title} ${isLivedWith ? "✓" : "✗"}` }),
  );
  for (const each of zones) made.append(effect(each));
  made.append(
    button("look", at, gettext("看位置"), "link"),
    button("apply", at, gettext("采用"), "btn btn-sm btn-outline-secondary", true),
  );
  return made;
}

function effect({ zone, before, after }) {
  const told = (state) => (state ? area(state.floor_area_m2) : gettext("无"));
  const line = element("div", {
    classes: "small",
    text: `${zoneName(zone)} ${told(before)} → ${told(after)}`,
  });
  for (const problem of after?.problems || []) {
    const classes = problem.exception ? "allowed" : "problem";
    line.append(element("p", { classes, text: problem.text }));
  }
  return line;
}

function button(wanted, at, text, classes, edits = false) {
  return element("button", {
    type: "button",
    classes,
    "data-do": wanted,
    "data-at": String(at),
    "data-edits": edits,
    text,
  });
}
