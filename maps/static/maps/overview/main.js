// The overview: list, map, trend and slider tell the same day.

import { Headline } from "./headline.js";
import { HeatSwitch } from "./heat.js";
import { Legend } from "./legend.js";
import { AreaList } from "./list.js";
import { AreaMap } from "./map.js";
import { Slider } from "./slider.js";
import { Trend } from "./trend.js";

const root = document.getElementById("overview");
const data = JSON.parse(document.getElementById("overview-data").textContent);

const parts = [new Headline(root, data), new Trend(document.getElementById("trend"), data)];
const target = document.getElementById("map");
if (target) {
  const list = new AreaList(root, data);
  const map = new AreaMap(target, data);
  const legend = new Legend(document.getElementById("legend"), data);
  parts.push(list, map, legend);
  list.addEventListener("point", (event) => map.point(event.detail));
  map.addEventListener("point", (event) => list.point(event.detail));
  map.addEventListener("open", (event) => list.open(event.detail));
  map.load(root.dataset.areas);
  new HeatSwitch(root, map);
}

const slider = new Slider(root, data);
slider.addEventListener("move", (event) => {
  for (const part of parts) part.show(event.detail);
});
