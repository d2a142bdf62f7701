// Who changed what in this plan, newest first.
import { get } from "./api.js";
import { element } from "./words.js";

export class History {
  constructor(target, address) {
    this.target = target;
    this.address = address;
  }

  async draw() {
    const answer = await get(this.address);
    if (answer.status !== 200) return;
    const rows = answer.body.edits.map((edit) =>
      element(
        "li",
        { classes: edit.undone ? "undone" : "" },
        element("span", { classes: "small", text: `${edit.revision} · ${edit.at} · ${edit.by}` }),
        element("div", { text: edit.text }),
      ),
    );
    const none = element("li", { text: gettext("还没有人工调整。") });
    this.target.replaceChildren(...(rows.length ? rows : [none]));
  }
}
