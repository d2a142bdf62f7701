// Two plans side by side: one view for both maps, and the sites that they place differently hatched.
import { contextLayers } from "../editor/context.js";
import { zoneName } from "../editor/words.js";
import { pairedColours } from "./colours.js";
import { Side } from "./side.js";

const root = document.getElementById("compare");
const config = JSON.parse(document.getElementById("compare-config").textContent);
const view = new ol.View({ center: [0, 0], zoom: 13, maxZoom: 20, enableRotation: false });
const moved = new Set(config.moved);

async function load(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function makeSide(plan, at) {
  const [sites, zones] = await Promise.all([load(plan.sites), load(plan.zones)]);
  const target = root.querySelectorAll("[data-map]")[at];
  const below = contextLayers({ tiles: plan.tiles, basemap: config.basemap });
  return new Side(target, { view, sites, zones, moved, placement: plan.placement, below });
}

function told(site, sides) {
  const name = sides.map((side) => side.nameOf(site)).find(Boolean) ?? site;
  const zones = sides.map((side) =>
    side.knows(site) ? zoneName(side.zoneOf(site)) : gettext("不在方案内"),
  );
  return `${name}：${zones.join(" → ")}`;
}

function link(sides) {
  const note = root.querySelector("[data-note]");
  const select = (site) => {
    for (const side of sides) side.select(site);
    for (const row of document.querySelectorAll("button[data-site]")) {
      row.closest("tr").classList.toggle("chosen", row.dataset.site === site);
    }
    note.textContent = site ? told(site, sides) : "";
  };
  sides.forEach((side, at) => {
    const other = sides[1 - at];
    side.addEventListener("point", ({ detail }) => other.pointAt(detail));
    side.addEventListener("select", ({ detail }) => select(detail));
  });
  root.querySelector("[data-only-moved]").addEventListener("change", ({ target }) => {
    for (const side of sides) side.showOnlyMoved(target.checked);
  });
  document.addEventListener("click", ({ target }) => {
    const row = target.closest("button[data-site]");
    if (!row) return;
    select(row.dataset.site);
    const extent = sides.map((side) => side.extentOf(row.dataset.site)).find(Boolean);
    if (extent) view.fit(extent, { padding: [70, 70, 70, 70], maxZoom: 16 });
    root.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("theme-changed", () => {
    for (const side of sides) side.repaint();
  });
}

async function start() {
  try {
    const sides = await Promise.all(config.plans.map(makeSide));
    const colours = pairedColours(sides[0].outlines, sides[1].outlines, config.same);
    for (const [at, side] of sides.entries()) side.paint(colours[at]);
    link(sides);
    const whole = ol.extent.createEmpty();
    for (const side of sides) ol.extent.extend(whole, side.sites.getExtent());
    if (!ol.extent.isEmpty(whole)) view.fit(whole, { padding: [20, 20, 20, 20] });
    root.dataset.ready = "yes";
  } catch {
    root.querySelector("[data-note]").textContent = gettext("地图未能读取，请刷新页面再试。");
  }
}

start();
