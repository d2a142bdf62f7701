// What people said of the plan, newest first, and a line to say more.
import { get, post } from "./api.js";
import { element, moment, zoneName } from "./words.js";

export class Comments {
  constructor(target, address) {
    this.address = address;
    this.list = target.querySelector("[data-list]");
    this.form = target.querySelector("form");
    this.fault = target.querySelector("[data-fault]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.say();
    });
  }

  async draw() {
    const answer = await get(this.address);
    if (answer.status === 200) this.show(answer.body);
  }

  async say() {
    const [text, send] = [this.form.elements.text, this.form.querySelector("button")];
    send.disabled = true;
    const answer = await post(this.address, { text: text.value }).catch(() => ({ status: 0 }));
    send.disabled = false;
    this.fault.textContent = answer.status === 200 ? "" : fault(answer);
    if (answer.status !== 200) return;
    text.value = "";
    this.show(answer.body);
  }

  show({ comments }) {
    const rows = comments.map((each) => {
      const about = each.zone == null ? "" : ` · ${zoneName(each.zone)}`;
      return element(
        "li",
        {},
        element("span", { classes: "small", text: `${moment(each.at)} · ${each.by}${about}` }),
        element("div", { classes: "words", text: each.text }),
      );
    });
    const none = element("li", { classes: "note", text: gettext("还没有意见。") });
    this.list.replaceChildren(...(rows.length ? rows : [none]));
  }
}

function fault({ body }) {
  return body?.faults?.join("；") || gettext("没有发出，请稍后再试。您写的内容还在。");
}
