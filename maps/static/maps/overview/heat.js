// The switch between classes and the density of what nobody serves, its radius and its weight.
const number = new Intl.NumberFormat("zh-CN", { maximumSignificantDigits: 3 });

export class HeatSwitch {
  constructor(root, map) {
    this.map = map;
    this.address = root.dataset.heat;
    this.tools = root.querySelector("#heat-tools");
    this.legend = root.querySelector("#heat-legend");
    this.classes = root.querySelector("#legend");
    this.weight = root.querySelector("#heat-weight");
    this.radius = root.querySelector("#heat-radius");
    this.buttons = [...root.querySelectorAll("[data-layer]")];
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.choose(button.dataset.layer));
    }
    for (const select of [this.weight, this.radius]) {
      select.addEventListener("change", () => this.load());
    }
  }

  choose(wanted) {
    const isHeat = wanted === "heat";
    for (const button of this.buttons) {
      const isHere = button.dataset.layer === wanted;
      button.classList.toggle("active", isHere);
      button.setAttribute("aria-pressed", isHere);
    }
    this.tools.hidden = !isHeat;
    this.legend.hidden = !isHeat;
    this.classes.hidden = isHeat;
    if (isHeat) this.load();
    else this.map.showHeat(null);
  }

  async load() {
    const query = new URLSearchParams({ weight: this.weight.value, radius: this.radius.value });
    this.legend.textContent = gettext("正在计算…");
    const answer = await fetch(`${this.address}&${query}`, {
      headers: { Accept: "application/json" },
    });
    const heat = await answer.json();
    if (!answer.ok) {
      this.legend.textContent = heat.faults?.join("；") ?? gettext("没有算出来，请刷新重试。");
      return;
    }
    this.map.showHeat(heat);
    this.tell(heat);
  }

  tell(heat) {
    this.legend.replaceChildren();
    if (!heat.image) {
      this.legend.textContent = gettext("这里没有无物业管理的住处。");
      return;
    }
    const unit = heat.weight === "households" ? gettext("户（套）/公顷") : gettext("处/公顷");
    for (const band of heat.bands) {
      const key = document.createElement("span");
      const patch = document.createElement("i");
      patch.style.backgroundColor = band.colour;
      key.append(patch, `${number.format(band.low)}–${number.format(band.high)}`);
      this.legend.append(key);
    }
    const said = [
      interpolate(
        gettext("%(unit)s；四次核，半径 %(radius)s 米；%(sites)s 处无物业管理"),
        { unit, radius: heat.radius_m, sites: heat.sites },
        true,
      ),
    ];
    if (heat.guessed && heat.weight === "households") {
      said.push(
        interpolate(gettext("其中 %(n)s 处户数不详，按中位数计"), { n: heat.guessed }, true),
      );
    }
    if (heat.unplaced) {
      said.push(interpolate(gettext("另有 %(n)s 处没有位置"), { n: heat.unplaced }, true));
    }
    this.legend.append(said.join("；"));
  }
}
