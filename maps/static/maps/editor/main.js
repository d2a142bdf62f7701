// The editor of a plan: wires plan, map, lists and server together.
import { get } from "./api.js";
import { Checks } from "./checks.js";
import { Choosing } from "./choosing.js";
import { zoneColours } from "./colours.js";
import { Comments } from "./comments.js";
import { askAbout } from "./conflict.js";
import { contextLayers } from "./context.js";
import { Effects } from "./effects.js";
import { History } from "./history.js";
import { listenToKeys } from "./keys.js";
import { PlanMap } from "./map.js";
import { Mends } from "./mends.js";
import { Outbox } from "./outbox.js";
import { OUT, Plan } from "./plan.js";
import { Selection } from "./selection.js";
import { SiteList } from "./sitelist.js";
import { Tools } from "./tools.js";
import { area, count, interpolated, zoneName } from "./words.js";
import { ZoneList } from "./zones.js";

const page = document.querySelector("[data-editor]");
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const config = JSON.parse(document.getElementById("editor-config").textContent);
const at = (end) => config.address + end;

const plan = new Plan();
const selection = new Selection();
const baseLayers = contextLayers(config);
const planMap = new PlanMap(part("map"), { plan, selection, baseLayers });
const tools = new Tools(planMap, selection);
const zoneList = new ZoneList(part("zones"), part("zone-order"), { plan, limits: config.limits });
const siteList = new SiteList(part("sites"), part("site-search"), { plan, selection });
const checks = new Checks(part("checks"), plan);
const history = new History(part("history"), at("edits/"));
const comments = new Comments(part("comments"), at("comments/"));
const mends = new Mends(part("mends"), at("mends/"));
const choosing = new Choosing(part("why"), at("zones/"));
const effects = new Effects(part("effects"), { address: at("preview/"), selection, plan });
const outbox = new Outbox(at("edits/"), plan, `lianpian-plan-${config.plan}`);
let links = [];
let colours = new Map();
let target = null;

async function load() {
  const answers = await Promise.all(
    ["state/", "sites.geojson", "links.geojson"].map((end) => get(at(end))),
  );
  if (answers.some((answer) => answer.status !== 200)) {
    say("fault", gettext("没有读到方案数据。请刷新页面重试；仍不行时请联系管理员。"));
    return;
  }
  const [state, sites, found] = answers.map((answer) => answer.body);
  links = found.features.map((link) => [link.properties.a, link.properties.b]);
  planMap.loadLinks(found);
  planMap.loadSites(sites);
  siteList.load(sites);
  plan.load(state);
  page.dataset.ready = "yes";
  if (!outbox.isEmpty) outbox.send();
}

async function reload() {
  const answer = await get(at("state/"));
  if (answer.status === 200) plan.load(answer.body);
}

async function drawOutlines() {
  const answer = await get(at(`zones.geojson?revision=${plan.revision}`));
  if (answer.status === 200) planMap.loadOutlines(answer.body);
}

plan.addEventListener("change", () => {
  const numbers = plan.ordered().map((zone) => zone.zone);
  colours = zoneColours(links, (site) => plan.zoneOf(site), numbers, colours);
  planMap.paint(colours);
  zoneList.paint(colours);
  planMap.mark(plan.problems.filter((problem) => !problem.exception));
  page.classList.toggle("readonly", !plan.mayEdit);
  drawOutlines();
  history.draw();
  drawSums();
  drawTargets();
});

function drawSums() {
  // A step is taken on the revision that the person looks at.
  for (const field of page.querySelectorAll("[data-step-form] [name=revision]")) {
    field.value = plan.revision;
  }
  const out = plan.sitesOf(OUT).length;
  const apart = plan.problems.filter((problem) => problem.rule === "connected").length;
  const excepted = plan.ordered().filter((zone) => zone.exception).length;
  const against = plan.problems.filter((problem) => !problem.exception).length;
  part("sums").textContent = interpolated(
    gettext(
      "%(zones)s 个片区 · 未归入 %(out)s 处 · 不相连 %(apart)s · 违反规则 %(against)s · 政策允许的例外 %(excepted)s",
    ),
    { zones: count(plan.zones.size), out: count(out), apart, against, excepted },
  );
  part("undo").disabled = !plan.undo || !plan.mayEdit;
  part("redo").disabled = !plan.redo || !plan.mayEdit;
}

/** The zone that holds all the chosen sites already; null = none does. */
function homeOfAll() {
  const homes = new Set(selection.list().map((site) => plan.zoneOf(site)));
  return homes.size === 1 ? [...homes][0] : null;
}

/** The zones that the chosen sites may go to: those around them first. */
function nearTargets(home) {
  const chosen = selection.sites;
  const near = new Map();
  for (const [a, b] of links) {
    if (chosen.has(a) === chosen.has(b)) continue;
    const zone = plan.zoneOf(chosen.has(a) ? b : a);
    if (zone && zone !== home) near.set(zone, (near.get(zone) || 0) + 1);
  }
  return [...near.keys()].sort((a, b) => near.get(b) - near.get(a) || Number(a) - Number(b));
}

const noneChosen = () =>
  plan.mayEdit
    ? gettext("在图上或列表中选择纳管对象，再归入片区")
    : gettext("只供查看：点选纳管对象看其数据");

function chosenLine(many) {
  const { floorAreaM2, households, unknown } = siteList.sumsOfChosen();
  const parts = [
    interpolated(gettext("已选 %(n)s 处"), { n: count(many) }),
    interpolated(gettext("%(n)s 户（套）"), { n: count(households) }),
    area(floorAreaM2),
  ];
  if (unknown) parts.push(interpolated(gettext("另有 %(n)s 处数据不详"), { n: count(unknown) }));
  return parts.join(" · ");
}

function drawTargets() {
  const many = selection.size;
  part("chosen").textContent = many ? chosenLine(many) : noneChosen();
  const home = homeOfAll();
  const near = nearTargets(home);
  const rest = plan
    .ordered()
    .map((zone) => zone.zone)
    .filter((zone) => zone !== home);
  const all = [...near, ...rest.filter((zone) => !near.includes(zone))];
  const select = part("target");
  if (!all.includes(target)) target = all[0] ?? null;
  if (near.length && !near.includes(target)) target = near[0];
  select.replaceChildren(
    ...all.map((zone) => new Option(zoneName(zone), zone, zone === target, zone === target)),
  );
  const mayGive = many > 0 && plan.mayEdit;
  for (const each of page.querySelectorAll("[data-needs-sites]")) each.disabled = !mayGive;
  page.querySelector('[data-action="clear"]').disabled = many === 0;
  effects.lookAt(mayGive ? target : null);
}

selection.addEventListener("change", drawTargets);
part("target").addEventListener("change", (event) => {
  target = event.target.value;
  effects.lookAt(target);
});
effects.addEventListener("told", () => planMap.say(effects.told, planMap.lastPlace));

function put(edit) {
  if (plan.mayEdit) outbox.put(edit);
}

function give(to) {
  if (!selection.size) return;
  put({ action: "assign", sites: selection.list(), to });
  selection.clear();
}

function zonesOfSelection() {
  return [...new Set(selection.list().map((site) => plan.zoneOf(site)))].filter(Boolean);
}

const actions = {
  give: () => target && give(target),
  "new-zone": () => give("new"),
  "take-out": () => give(OUT),
  lock: () => put({ action: "lock", sites: selection.list() }),
  unlock: () => put({ action: "unlock", sites: selection.list() }),
  split: () => {
    const zones = zonesOfSelection();
    if (zones.length === 1) put({ action: "split", zones, sites: selection.list() });
    else say("hint", gettext("请只选同一片区的纳管对象，再切出。"));
  },
  merge: () => {
    const zones = zonesOfSelection();
    if (zones.length > 1) put({ action: "merge", zones });
    else say("hint", gettext("请先选中两个以上片区的纳管对象，再合并。"));
  },
  undo: () => plan.undo && put({ action: "undo" }),
  redo: () => plan.redo && put({ action: "redo" }),
  links: () => toggle("links", planMap.linkLayer),
  "show-all": () => planMap.showAll(),
  clear: () => {
    tools.abort();
    selection.clear();
  },
  check: () => mendAt(checks.current?.zone ?? OUT),
};

function toggle(name, layer) {
  layer.setVisible(!layer.getVisible());
  page.querySelector(`[data-action="${name}"]`).setAttribute("aria-pressed", layer.getVisible());
}

page.addEventListener("click", (event) => {
  const { action, tool } = event.target.closest("[data-action], [data-tool]")?.dataset || {};
  if (tool) tools.take(tool);
  else if (action) actions[action]?.();
});
tools.addEventListener("change", showTool);
function showTool() {
  for (const each of page.querySelectorAll("[data-tool]")) {
    each.setAttribute("aria-pressed", each.dataset.tool === tools.name);
  }
}
showTool();
listenToKeys(tools, actions);

zoneList.addEventListener("show", ({ detail }) => planMap.show(plan.sitesOf(detail.zone)));
zoneList.addEventListener("choose", ({ detail }) => selection.choose(plan.sitesOf(detail.zone)));
for (const action of ["lock", "unlock"]) {
  zoneList.addEventListener(action, ({ detail }) =>
    put({ action, sites: plan.sitesOf(detail.zone) }),
  );
}
zoneList.addEventListener("why", ({ detail }) => choosing.show(detail.zone));
choosing.addEventListener("edit", ({ detail }) => put(detail));
zoneList.addEventListener("mend", ({ detail }) => mendAt(detail.zone));
checks.addEventListener("mend", ({ detail }) => mendAt(detail.zone));
mends.addEventListener("apply", ({ detail }) => put(detail.edit));
mends.addEventListener("look", ({ detail }) => {
  selection.choose(detail.edit.sites);
  planMap.show(detail.edit.sites);
});

async function mendAt(zone) {
  part("mends").closest("details").open = true;
  await mends.ask(zone);
  part("mends").closest("details").scrollIntoView({ block: "nearest" });
}

/** What is clicked on the map is found in the list of zones. */
planMap.map.on("click", (event) => {
  const site = planMap.siteAt(event.pixel);
  if (site && tools.name === "pick") zoneList.find(plan.zoneOf(site));
});

siteList.addEventListener("show", ({ detail }) => planMap.show([detail.site]));
checks.addEventListener("locate", ({ detail }) => {
  const sites = detail.sites?.length ? detail.sites : plan.sitesOf(detail.zone);
  planMap.show(sites);
});

planMap.map.on("pointermove", (event) => {
  planMap.lastPlace = event.coordinate;
  if (event.dragging) return;
  const site = planMap.siteAt(event.pixel);
  planMap.hover(site);
  planMap.say(effects.told || siteLine(site), event.coordinate);
});

function siteLine(site) {
  if (!site) return "";
  return [planMap.nameOf(site), zoneName(plan.zoneOf(site))].join(" · ");
}

function say(kind, text) {
  const line = part("said");
  line.className = `said ${kind}`;
  line.textContent = text;
}

outbox.addEventListener("saving", () => say("saving", gettext("正在保存…")));
outbox.addEventListener("saved", ({ detail }) => {
  say("saved", `✓ ${detail.text || gettext("已保存")}`);
  choosing.refresh((detail.zones || []).map((zone) => zone.zone));
  mends.clear();
});
outbox.addEventListener("unsaved", () =>
  say("fault", gettext("未保存：暂时连不上服务器，正在重试；刷新页面也不会丢失。")),
);
outbox.addEventListener("refused", async ({ detail }) => {
  const told = detail.faults?.join("；") || detail.text || gettext("未能保存，方案已重新读取。");
  await reload();
  say("fault", told);
});
outbox.addEventListener("conflict", ({ detail }) => {
  say("fault", gettext("他人先改动了方案，请选择。"));
  askAbout(part("conflict"), detail, {
    keep: async () => {
      await reload();
      outbox.rebase();
    },
    drop: async () => {
      outbox.drop();
      await reload();
      say("saved", gettext("已采用对方的改动。"));
      outbox.send();
    },
  });
});
addEventListener("beforeunload", (event) => {
  if (!outbox.isEmpty) event.preventDefault();
});

load();

comments.draw();

// Journeys ask where a site is drawn.
export { planMap };
