// Who changed what in this plan, newest first; the older ones on request.
import { get } from "./api.js";
import { element, interpolated, moment } from "./words.js";

const MORE = 15;

export class History {
  constructor(target, address) {
    this.target = target;
    this.address = address;
    this.edits = [];
    this.most = MORE;
    target.addEventListener("click", (event) => {
      if (!event.target.closest("[data-more]")) return;
      this.most += 4 * MORE;
      this.show();
    });
  }

  async draw() {
    const answer = await get(this.address);
    if (answer.status !== 200) return;
    this.edits = answer.body.edits;
    this.show();
  }

  show() {
    const rows = this.edits.slice(0, this.most).map(row);
    const left = this.edits.length - rows.length;
    if (!rows.length) rows.push(element("li", { text: gettext("还没有人工调整。") }));
    if (left > 0) rows.push(element("li", {}, more(left)));
    this.target.replaceChildren(...rows);
  }
}

function row(edit) {
  const told = `${edit.revision} · ${moment(edit.at)} · ${edit.by}`;
  return element(
    "li",
    { classes: edit.undone ? "undone" : "" },
    element("span", { classes: "small", text: told }),
    element("div", { text: edit.text }),
  );
}

function more(left) {
  const text = interpolated(gettext("更多（另有 %(n)s 条）"), { n: left });
  return element("button", { type: "button", classes: "link", "data-more": true, text });
}
