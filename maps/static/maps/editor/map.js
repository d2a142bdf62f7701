// The map of the editor: sites coloured by zone, the chosen ones hatched, marks where rules are broken.
import { zoomOptions } from "../zoom.js";
import { hatch } from "./hatch.js";
import { OUT } from "./plan.js";
import { zoneName } from "./words.js";

const {
  Map: OlMap,
  View,
  Feature,
  Overlay,
  control,
  format,
  geom,
  layer,
  proj,
  source,
  style,
} = ol;
const NAMED_BELOW = 1.1; // metres on the ground a pixel: finer shows names of sites
const WORDED_BELOW = 4; // coarser shows the number of a zone alone
const MANY_PARTS = 8;
const projection = { dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" };

export class PlanMap {
  constructor(target, { plan, selection, baseLayers = [] }) {
    this.plan = plan;
    this.selection = selection;
    this.colours = new Map();
    this.hovered = null;
    this.sites = new source.Vector();
    this.outlines = new source.Vector();
    this.links = new source.Vector();
    this.marks = new source.Vector();
    this.siteLayer = new layer.Vector({ source: this.sites, style: (f) => this.siteStyle(f) });
    this.outlineLayer = new layer.Vector({
      source: this.outlines,
      style: (f) => this.outlineStyle(f),
    });
    this.labelLayer = new layer.Vector({
      source: this.outlines,
      style: (f) => this.zoneLabel(f),
      declutter: true,
      zIndex: 9,
    });
    this.nameLayer = new layer.Vector({
      source: this.sites,
      style: (f) => this.siteLabel(f),
      maxResolution: NAMED_BELOW,
      declutter: true,
      zIndex: 8,
    });
    this.linkLayer = new layer.Vector({ source: this.links, style: linkStyle, visible: false });
    this.markLayer = new layer.Vector({
      source: this.marks,
      style: markStyle,
      declutter: true,
      zIndex: 10,
    });
    this.map = new OlMap({
      target,
      layers: [
        ...baseLayers,
        this.outlineLayer,
        this.siteLayer,
        this.linkLayer,
        this.nameLayer,
        this.labelLayer,
        this.markLayer,
      ],
      view: new View({ center: [0, 0], zoom: 14, maxZoom: 20, enableRotation: false }),
      controls: control.defaults
        .defaults({ rotate: false, attribution: false, zoomOptions: zoomOptions() })
        .extend([new control.ScaleLine({ minWidth: 80 })]),
    });
    this.beside = besideTheCursor(this.map);
    plan.addEventListener("change", () => this.repaint());
    selection.addEventListener("change", () => this.siteLayer.changed());
    // The panel beside the map changes its room, and the browser's window does.
    new ResizeObserver(() => this.map.updateSize()).observe(target);
    document.addEventListener("theme-changed", () => this.repaint());
  }

  /** Take sites, and show all of them. */
  loadSites(collection) {
    this.sites.clear();
    this.sites.addFeatures(new format.GeoJSON(projection).readFeatures(collection));
    this.showAll();
  }

  loadOutlines(collection) {
    this.outlines.clear();
    this.outlines.addFeatures(new format.GeoJSON(projection).readFeatures(collection));
  }

  loadLinks(collection) {
    this.links.clear();
    this.links.addFeatures(new format.GeoJSON(projection).readFeatures(collection));
  }

  showAll() {
    const extent = this.sites.getExtent();
    if (!ol.extent.isEmpty(extent)) this.map.getView().fit(extent, { padding: [40, 50, 40, 50] });
  }

  /** Move to these sites. */
  show(sites) {
    const extent = ol.extent.createEmpty();
    for (const site of sites) {
      const feature = this.sites.getFeatureById(site);
      if (feature) ol.extent.extend(extent, feature.getGeometry().getExtent());
    }
    if (ol.extent.isEmpty(extent)) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const options = { padding: [80, 80, 80, 80], maxZoom: 17, duration: calm ? 0 : 250 };
    this.map.getView().fit(extent, options);
  }

  /** The site under a pixel. */
  siteAt(pixel) {
    const found = this.map.forEachFeatureAtPixel(pixel, (feature) => feature, {
      layerFilter: (each) => each === this.siteLayer,
      hitTolerance: 3,
    });
    return found?.getId();
  }

  /** Where the middle of a site is drawn. */
  pixelOf(site) {
    return this.map.getPixelFromCoordinate(this.placeOf({ sites: [site] }));
  }

  /** Sites that a shape (in map coordinates) touches. */
  sitesTouching(shape) {
    const found = [];
    this.sites.forEachFeatureIntersectingExtent(shape.getExtent(), (feature) => {
      if (touches(feature.getGeometry(), shape)) found.push(feature.getId());
    });
    return found;
  }

  /** Mark the places of broken rules. */
  mark(problems) {
    this.marks.clear();
    problems.forEach((problem, at) => {
      const place = this.placeOf(problem);
      if (place) this.marks.addFeature(new Feature({ geometry: new geom.Point(place), at }));
    });
  }

  placeOf(problem) {
    const sites = problem.sites?.length ? problem.sites : this.plan.sitesOf(problem.zone);
    const feature = sites.map((site) => this.sites.getFeatureById(site)).find(Boolean);
    return feature && ol.extent.getCenter(feature.getGeometry().getExtent());
  }

  hover(site) {
    if (this.hovered === site) return;
    this.hovered = site;
    this.siteLayer.changed();
  }

  paint(colours) {
    this.colours = colours;
    this.repaint();
  }

  repaint() {
    for (const each of [this.siteLayer, this.outlineLayer, this.labelLayer, this.nameLayer]) {
      each.changed();
    }
  }

  nameOf(site) {
    const feature = this.sites.getFeatureById(site);
    return feature ? siteText(feature, this.plan) : site;
  }

  siteStyle(feature) {
    const site = feature.getId();
    const zone = this.plan.zoneOf(site);
    const colour = this.colours.get(zone) || "#8a949e";
    const isChosen = this.selection.has(site);
    const isHovered = this.hovered === site;
    const fill = isChosen ? hatch(colour) : `${colour}${zone === OUT ? "40" : "b0"}`;
    const stroke = isChosen || isHovered ? ink() : colour;
    const shape = feature.getGeometry();
    // A strong outline around each of many small buildings would hide them.
    const isMany = shape.getType() === "MultiPolygon" && shape.getPolygons().length > MANY_PARTS;
    const width = isMany ? 1 : isChosen ? 2.5 : isHovered ? 2 : 1;
    const lineDash = zone === OUT ? [4, 3] : undefined;
    const image =
      shape.getType() === "Point"
        ? new style.Circle({
            radius: 6,
            fill: new style.Fill({ color: colour }),
            stroke: new style.Stroke({ color: stroke, width }),
          })
        : undefined;
    return new style.Style({
      image,
      fill: new style.Fill({ color: fill }),
      stroke: new style.Stroke({ color: stroke, width, lineDash }),
      zIndex: isChosen ? 2 : 1,
    });
  }

  outlineStyle(feature) {
    const zone = String(feature.get("zone"));
    const colour = this.colours.get(zone) || "#8a949e";
    return new style.Style({
      fill: new style.Fill({ color: `${colour}22` }),
      stroke: new style.Stroke({ color: colour, width: 1.5, lineDash: [6, 4] }),
    });
  }

  zoneLabel(feature) {
    const zone = String(feature.get("zone"));
    const isWorded = this.map.getView().getResolution() < WORDED_BELOW;
    return new style.Style({ text: label(isWorded ? zoneName(zone) : zone, 13, true) });
  }

  /** The name of a site, a little below its middle: the zone's number has that. */
  siteLabel(feature) {
    return new style.Style({ text: label(siteText(feature, this.plan), 12, false, 14) });
  }

  /** Say something beside the cursor; nothing = take it away. */
  say(text, coordinate) {
    this.beside.getElement().textContent = text || "";
    this.beside.setPosition(text ? coordinate : undefined);
  }
}

function besideTheCursor(map) {
  const element = document.createElement("div");
  element.className = "beside";
  const overlay = new Overlay({ element, offset: [14, 14], stopEvent: false });
  map.addOverlay(overlay);
  return overlay;
}

function touches(shape, area) {
  if (shape.getType() === "Point") return area.intersectsCoordinate(shape.getCoordinates());
  const inner =
    shape.getType() === "MultiPolygon" ? shape.getInteriorPoints() : shape.getInteriorPoint();
  const points =
    inner.getType() === "MultiPoint" ? inner.getCoordinates() : [inner.getCoordinates()];
  return (
    points.some(([x, y]) => area.intersectsCoordinate([x, y])) ||
    corners(shape).some((corner) => area.intersectsCoordinate(corner)) ||
    corners(area).some((corner) => shape.intersectsCoordinate(corner))
  );
}

function corners(shape) {
  const flat = shape.getFlatCoordinates();
  const stride = shape.getStride();
  const found = [];
  for (let at = 0; at < flat.length; at += stride) found.push([flat[at], flat[at + 1]]);
  return found;
}

function siteText(feature, plan) {
  const lock = plan.locks.has(feature.getId()) ? "🔒" : "";
  return `${lock}${feature.get("name") || feature.getId()}`;
}

const ink = () => getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();
const paper = () => getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();

function label(text, size, isStrong = false, offsetY = 0) {
  return new style.Text({
    text,
    font: `${isStrong ? "600 " : ""}${size}px "Microsoft YaHei", "Noto Sans CJK SC", sans-serif`,
    fill: new style.Fill({ color: ink() }),
    stroke: new style.Stroke({ color: paper(), width: 3 }),
    overflow: true,
    offsetY,
  });
}

function linkStyle(feature) {
  const isOpen = feature.get("open");
  return new style.Style({
    stroke: new style.Stroke({
      color: isOpen ? "#1b7837" : "#a8320a",
      width: isOpen ? 1.5 : 2,
      lineDash: isOpen ? undefined : [2, 4],
    }),
  });
}

function markStyle() {
  return new style.Style({
    image: new style.RegularShape({
      points: 3,
      radius: 10,
      displacement: [0, 16], // above the number of the zone
      declutterMode: "obstacle",
      fill: new style.Fill({ color: "#fff" }),
      stroke: new style.Stroke({ color: "#a8320a", width: 2.5 }),
    }),
    text: new style.Text({
      text: "!",
      offsetY: -15,
      declutterMode: "none",
      font: "600 11px sans-serif",
      fill: new style.Fill({ color: "#a8320a" }),
    }),
  });
}

export const toMap = (lonlat) => proj.fromLonLat(lonlat);
