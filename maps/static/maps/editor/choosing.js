// Who serves a zone: the planner's own choice among all providers, those that rules refuse included.
import { get } from "./api.js";
import { interpolated } from "./words.js";

export class Choosing extends EventTarget {
  constructor(target, address) {
    super();
    this.target = target;
    this.address = address;
    this.zone = null;
    target.addEventListener("click", (event) => this.clicked(event));
    target.addEventListener("change", (event) => this.picked(event));
    target.addEventListener("submit", (event) => this.submitted(event));
  }

  /** Show a zone's card. */
  async show(zone) {
    const answer = await get(`${this.address}${zone}/`);
    if (answer.status !== 200) return;
    this.zone = zone;
    this.target.innerHTML = answer.body; // written and escaped by our own server
    this.target.closest("details").open = true;
  }

  /** Show the card anew where it is the zone's; a zone that is gone leaves the card empty. */
  async refresh(zones) {
    if (!this.zone || !zones.includes(this.zone)) return;
    const answer = await get(`${this.address}${this.zone}/`);
    this.target.innerHTML = answer.status === 200 ? answer.body : "";
  }

  async clicked(event) {
    const wanted = event.target.closest("[data-providers]");
    if (wanted) await this.list();
    if (event.target.closest("[data-release]")) this.tell({ action: "release" });
  }

  async list() {
    const place = this.target.querySelector("[data-candidates]");
    place.textContent = gettext("正在读取…");
    const answer = await get(`${this.address}${this.zone}/providers/`);
    if (answer.status === 200) {
      place.innerHTML = answer.body; // written and escaped by our own server
    } else {
      place.textContent = gettext("没有读到服务主体名单，请重试。");
    }
    place.querySelector("input:checked, input")?.focus();
  }

  /** Who is refused may be chosen only with a reason. */
  picked(event) {
    if (event.target.name !== "provider") return;
    const isRefused = event.target.hasAttribute("data-refused");
    const form = event.target.form;
    form.elements.reason.required = isRefused;
    form.querySelector("[data-required]").hidden = !isRefused;
  }

  submitted(event) {
    const form = event.target.closest("[data-choose]");
    if (!form) return;
    event.preventDefault();
    const provider = form.elements.provider.value;
    this.tell({ action: "choose", provider, reason: form.elements.reason.value.trim() });
  }

  tell(edit) {
    this.dispatchEvent(new CustomEvent("edit", { detail: { ...edit, zones: [this.zone] } }));
  }
}

/** How a zone's list names its provider. */
export function providerLine({ provider, choice, is_backstop: isBackstop }) {
  if (choice) {
    const name = provider || choice.provider;
    return interpolated(gettext("%(name)s · %(choice)s"), { name, choice: choice.text });
  }
  if (!provider) return gettext("暂无可推荐的服务主体");
  const told = isBackstop ? gettext("拟推荐 %(name)s（兜底）") : gettext("拟推荐 %(name)s");
  return interpolated(told, { name: provider });
}
