// The drawing half of the coverage map. The page calls these functions with its features; every
// word on the screen comes with them, and every value reaches the page as text, never as HTML.

/* global L */
// biome-ignore lint/correctness/noUnusedVariables: the page's last script uses it
const LianpianMap = (() => {
  const PANES = [
    "veil",
    "areas",
    "barriers",
    "heat",
    "scattered",
    "zones",
    "sites",
    "footprints",
    "crossings",
  ];
  const SITE_LABELS_FROM_ZOOM = 16.25;
  const STREET_ZOOM = 15.5;
  const state = { map: null, words: {}, sites: new Map(), zones: new Map(), labels: [] };

  // --- words and cards -------------------------------------------------------------------

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function card(title, facts) {
    const box = element("div", "card");
    box.append(element("h3", "", title));
    const list = element("dl");
    for (const [label, told] of facts) {
      const row = element("div");
      row.append(element("dt", "", label), element("dd", "", told));
      list.append(row);
    }
    box.append(list);
    return box;
  }

  function bindCard(layer, title, facts) {
    layer.bindTooltip(() => element("span", "", title), { sticky: true, direction: "top" });
    layer.bindPopup(() => card(title, facts), { maxWidth: 300, minWidth: 220 });
  }

  // --- labels: the most important first, none over another --------------------------------

  function label(at, text, className, options) {
    const box = element("span", className, text);
    const icon = L.divIcon({ html: box, className: "label", iconSize: null });
    const marker = L.marker(at, { icon, interactive: false, keyboard: false, pane: "labels" });
    state.labels.push({ marker, box, ...options });
    return marker;
  }

  function overlaps(one, other) {
    return (
      one.left < other.right &&
      other.left < one.right &&
      one.top < other.bottom &&
      other.top < one.bottom
    );
  }

  function arrangeLabels() {
    const zoom = state.map.getZoom();
    const kept = [];
    const shown = state.labels.filter((entry) => state.map.hasLayer(entry.marker));
    shown.sort((one, other) => one.rank - other.rank);
    for (const { box, from, until } of shown) {
      const place = box.getBoundingClientRect();
      const inRange = zoom >= (from ?? 0) && zoom < (until ?? Number.POSITIVE_INFINITY);
      const free = inRange && !kept.some((other) => overlaps(place, other));
      box.classList.toggle("hidden", !free);
      if (free) kept.push(place);
    }
  }

  // --- the map ---------------------------------------------------------------------------

  function homeControl(map, bounds) {
    const home = L.control({ position: "topleft" });
    home.onAdd = () => {
      const bar = element("div", "leaflet-bar");
      const button = element("a", "home", "⌂");
      button.href = "#";
      button.title = state.words.whole;
      button.setAttribute("role", "button");
      button.setAttribute("aria-label", state.words.whole);
      L.DomEvent.on(button, "click", (event) => {
        L.DomEvent.stop(event);
        showBounds(map, bounds);
      });
      bar.append(button);
      L.DomEvent.disableClickPropagation(bar);
      return bar;
    };
    home.addTo(map);
  }

  function showBounds(map, bounds) {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    map.fitBounds(bounds, { padding: [24, 24], maxZoom: 17, animate: !calm });
  }

  function create(id, { bounds, words }) {
    const map = L.map(id, {
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0.25,
      zoomDelta: 0.5,
      wheelPxPerZoomLevel: 120,
      minZoom: 9,
      maxZoom: 20,
    });
    state.map = map;
    state.words = words;
    map.getContainer().setAttribute("aria-label", words.map);
    PANES.forEach((name, order) => {
      map.createPane(name).style.zIndex = String(350 + order * 10);
    });
    map.createPane("labels").style.zIndex = "620";
    for (const name of ["footprints", "labels"]) map.getPane(name).style.pointerEvents = "none";
    map.fitBounds(bounds, { padding: [16, 16] });
    L.control
      .zoom({ position: "topleft", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out })
      .addTo(map);
    homeControl(map, bounds);
    L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
    map.on("zoomend moveend layeradd layerremove resize", L.Util.throttle(arrangeLabels, 80, null));
    map.on("popupopen", ({ popup }) => {
      popup
        .getElement()
        ?.querySelector(".leaflet-popup-close-button")
        ?.setAttribute("aria-label", words.close);
    });
    return map;
  }

  function shapes(features, pane, style, onEachFeature) {
    return L.geoJSON(features, {
      pane,
      style,
      onEachFeature,
      smoothFactor: 0.5,
      renderer: L.svg({ pane, padding: 0.4 }),
      pointToLayer: (_feature, at) => L.circleMarker(at, { radius: 7, pane }),
    });
  }

  // --- ground ----------------------------------------------------------------------------

  function veil(_map, features) {
    const style = { stroke: false, fillColor: "#8f9aa3", fillOpacity: 0.28, interactive: false };
    return shapes(features, "veil", () => style);
  }

  const AREA_LINES = {
    city: { color: "#555", weight: 3 },
    district: { color: "#444", weight: 2.5, dashArray: "10 4 2 4" },
    subdistrict: { color: "#6b6b6b", weight: 1.4, dashArray: "7 4" },
    community: { color: "#9a9a9a", weight: 0.9, dashArray: "3 3" },
    grid: { color: "#b5b5b5", weight: 0.6, dashArray: "1 3" },
  };
  const AREA_LABELS = {
    subdistrict: { rank: 3, from: 0 },
    community: { rank: 4, from: 15 },
  };

  function areas(_map, features) {
    const group = L.layerGroup();
    const line = ({ properties }) => ({
      ...(AREA_LINES[properties.level] ?? AREA_LINES.grid),
      fill: false,
      interactive: false,
    });
    group.addLayer(shapes(features, "areas", line));
    for (const { properties } of features) {
      const options = AREA_LABELS[properties.level];
      if (options && properties.at) {
        const className = `area-label ${properties.level}`;
        group.addLayer(label(properties.at, properties.name, className, options));
      }
    }
    return group;
  }

  // Each kind is one or two strokes, the wider one below.
  const BARRIER_STROKES = {
    river: [{ color: "#8ec3e6", weight: 7, fillColor: "#b9dcf2", fillOpacity: 0.8 }],
    railway: [
      { color: "#333", weight: 4 },
      { color: "#fff", weight: 2, dashArray: "8 8", lineCap: "butt" },
    ],
    expressway: [
      { color: "#b5762a", weight: 6 },
      { color: "#f6d08b", weight: 3.5 },
    ],
    arterial: [
      { color: "#b9b4ab", weight: 5 },
      { color: "#fff", weight: 3.2 },
    ],
    wall: [{ color: "#7a4b2a", weight: 2, dashArray: "2 4" }],
  };

  function barriers(_map, features) {
    const group = L.featureGroup();
    for (const step of [0, 1]) {
      const drawn = features.filter(({ properties }) => BARRIER_STROKES[properties.kind]?.[step]);
      const style = ({ geometry, properties }) => ({
        opacity: 1,
        fill: geometry.type.endsWith("Polygon"),
        ...BARRIER_STROKES[properties.kind][step],
      });
      group.addLayer(
        shapes(drawn, "barriers", style, (feature, layer) => {
          layer.bindTooltip(() => element("span", "", feature.properties.name), { sticky: true });
        }),
      );
    }
    return group;
  }

  function crossings(_map, features) {
    const group = L.layerGroup();
    const minor = features.filter(({ properties }) => properties.minor);
    const major = features.filter(({ properties }) => !properties.minor);
    group.addLayer(crossingSigns(major));
    if (minor.length) group.addLayer(new FromZoom(STREET_ZOOM, crossingSigns(minor)));
    return group;
  }

  function crossingSigns(features) {
    const group = L.layerGroup();
    const style = () => ({ color: "#00695c", weight: 3, dashArray: "1 5", interactive: false });
    group.addLayer(shapes(features, "crossings", style));
    for (const feature of features) {
      const at = L.geoJSON(feature).getBounds().getCenter();
      const icon = L.divIcon({
        html: element("span", "", feature.properties.sign),
        className: "crossing-sign",
        iconSize: [20, 20],
      });
      const marker = L.marker(at, { icon, keyboard: false, pane: "crossings" });
      marker.bindTooltip(() => element("span", "", feature.properties.name));
      group.addLayer(marker);
    }
    return group;
  }

  // A group that is drawn only from a zoom on, where single buildings can be told apart.
  const FromZoom = L.LayerGroup.extend({
    initialize(from, layer) {
      L.LayerGroup.prototype.initialize.call(this);
      this.from = from;
      this.inner = layer;
    },
    onAdd(map) {
      map.on("zoomend", this.follow, this);
      this.follow();
    },
    onRemove(map) {
      map.off("zoomend", this.follow, this);
      this.clearLayers();
    },
    follow() {
      const near = state.map.getZoom() >= this.from;
      if (near && !this.hasLayer(this.inner)) this.addInner();
      if (!near) this.clearLayers();
    },
    addInner() {
      this._map = state.map;
      this.addLayer(this.inner);
    },
  });

  function buildings(_map, features, look) {
    const style = ({ properties }) => ({
      color: look.colours?.[properties.status] ?? look.line,
      fillColor: look.colours?.[properties.status] ?? look.fill,
      fillOpacity: 0.75,
      weight: 0.8,
      interactive: Boolean(properties.card),
    });
    const inner = L.geoJSON(features, {
      pane: look.pane,
      style,
      renderer: L.canvas({ pane: look.pane, padding: 0.3 }),
      onEachFeature: ({ properties }, layer) => {
        if (properties.card) bindCard(layer, properties.name, properties.card);
      },
    });
    return new FromZoom(look.from, inner);
  }

  // --- sites and zones -------------------------------------------------------------------

  function sites(_map, features, look) {
    const style = () => ({
      color: look.line,
      weight: 1.2,
      opacity: 1,
      fillColor: look.fill,
      fillOpacity: 0.85,
      className: "site",
    });
    const group = L.layerGroup();
    const drawn = shapes(features, "sites", style, ({ properties }, layer) => {
      bindCard(layer, properties.name, properties.card);
      state.sites.set(properties.id, { layer, properties });
    });
    group.addLayer(drawn);
    for (const { properties } of features) {
      const options = { rank: 5, from: SITE_LABELS_FROM_ZOOM };
      group.addLayer(label(properties.at, properties.name, "site-label", options));
    }
    return group;
  }

  function zones(_map, features) {
    const group = L.layerGroup();
    const style = ({ properties }) => ({
      color: properties.colour,
      weight: 2.5,
      fillColor: properties.colour,
      fillOpacity: 0.14,
    });
    const drawn = shapes(features, "zones", style, ({ properties }, layer) => {
      bindCard(layer, properties.name, properties.card);
      layer.on("click", () => selectZone(properties.id));
      layer.on("mouseover", () => markZoneItem(properties.id, "hovered"));
      layer.on("mouseout", () => markZoneItem("", "hovered"));
      state.zones.set(properties.id, { layer, properties });
    });
    group.addLayer(drawn);
    for (const { properties } of features) {
      const marker = label(properties.at, properties.name, "zone-label", { rank: 1 });
      marker.on("add", () => {
        marker.getElement().firstChild.style.borderColor = properties.colour;
        marker.getElement().firstChild.style.color = properties.colour;
      });
      group.addLayer(marker);
    }
    return group;
  }

  function markZoneItem(id, className) {
    for (const item of document.querySelectorAll(".zone")) {
      item.classList.toggle(className, item.dataset.zone === id);
    }
  }

  function selectZone(id) {
    for (const { layer, properties } of state.zones.values()) {
      const chosen = properties.id === id;
      layer.setStyle({
        weight: chosen ? 4.5 : 2.5,
        fillColor: chosen ? `url(#hatch-${properties.colour.slice(1)})` : properties.colour,
        fillOpacity: chosen ? 0.7 : 0.14,
      });
    }
    markZoneItem(id, "chosen");
  }

  // --- the panel: every place on the map can be reached from it without a mouse ------------

  function onClickWithin(root, attribute, act) {
    root.addEventListener("click", ({ target }) => {
      const button = target.closest(`[${attribute}]`);
      if (button) act(button.getAttribute(attribute));
    });
  }

  // On a phone the map may have been scrolled away above the list.
  function bringMapIntoView() {
    state.map.getContainer().scrollIntoView({ block: "nearest" });
  }

  function showZone(id) {
    const zone = state.zones.get(id);
    if (!zone) return;
    bringMapIntoView();
    selectZone(id);
    showBounds(state.map, zone.layer.getBounds());
  }

  function showSite(id) {
    const site = state.sites.get(id);
    if (!site) return;
    bringMapIntoView();
    const bounds = site.layer.getBounds?.() ?? site.layer.getLatLng().toBounds(200);
    state.map.fitBounds(bounds, { maxZoom: 17, padding: [60, 60], animate: false });
    site.layer.openPopup();
  }

  function isMatch({ name, card: facts }, wanted) {
    return name.includes(wanted) || facts.some(([, told]) => told.includes(wanted));
  }

  function find(wanted) {
    const list = document.getElementById("found");
    list.replaceChildren();
    if (!wanted) return;
    const all = [...state.sites.values()].map(({ properties }) => properties);
    const hits = all.filter((site) => isMatch(site, wanted)).slice(0, 8);
    for (const { id, name, card: facts } of hits) {
      const button = element("button", "", `${name} · ${facts[0][1]}`);
      button.type = "button";
      button.setAttribute("data-show-site", id);
      const item = element("li");
      item.append(button);
      list.append(item);
    }
    if (!hits.length) list.append(element("li", "hint", state.words.nothing_found));
  }

  function putInOrder(by) {
    const list = document.querySelector(".zones");
    const items = [...list.children];
    items.sort((one, other) => one.dataset[by] - other.dataset[by]);
    list.append(...items);
  }

  // Leaflet's layer control, moved out of the map: it is the legend, with headings.
  function legend(map, overlays, groups) {
    const control = L.control.layers(null, overlays, { collapsed: false }).addTo(map);
    const box = control.getContainer();
    const labels = [...box.querySelectorAll(".leaflet-control-layers-overlays label")];
    let first = 0;
    for (const [title, count] of groups) {
      labels[first]?.before(element("h3", "", title));
      first += count;
    }
    document.getElementById("legend").append(box);
    map.on("overlayadd overlayremove", ({ layer, type }) => {
      if (layer instanceof L.ImageOverlay) {
        map.getContainer().classList.toggle("heat-shown", type === "overlayadd");
      }
    });
    const panel = document.querySelector(".panel");
    onClickWithin(panel, "data-show-zone", showZone);
    onClickWithin(panel, "data-show-site", showSite);
    document.getElementById("find").addEventListener("input", ({ target }) => {
      find(target.value.trim());
    });
    document.getElementById("order")?.addEventListener("change", ({ target }) => {
      putInOrder(target.value);
    });
    arrangeLabels();
  }

  return { create, veil, areas, barriers, crossings, buildings, sites, zones, legend };
})();
