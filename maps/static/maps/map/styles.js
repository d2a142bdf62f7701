// How everything looks. A status always has a pattern beside its colour.
const TILE = 8;

function ink() {
  return getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();
}

function paper() {
  return getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
}

const MARKS = {
  in_service: () => {},
  self_managed: (pen) => {
    pen.beginPath();
    pen.arc(4, 4, 1.5, 0, 7);
    pen.fill();
  },
  planned: (pen) => pen.fillRect(0, 3, 8, 2),
  unmanaged: (pen) =>
    lines(pen, 1.8, [
      [-2, 2, 2, -2],
      [0, 8, 8, 0],
      [6, 10, 10, 6],
    ]),
  unknown: (pen) =>
    lines(pen, 1.2, [
      [2, 2, 6, 6],
      [6, 2, 2, 6],
    ]),
  posts: (pen) => pen.fillRect(3, 0, 2, 8),
  back: (pen) =>
    lines(pen, 1.8, [
      [-2, 6, 2, 10],
      [0, 0, 8, 8],
      [6, -2, 10, 2],
    ]),
  ring: (pen) => {
    pen.beginPath();
    pen.arc(4, 4, 2.2, 0, 7);
    pen.stroke();
  },
};

function lines(pen, width, strokes) {
  pen.lineWidth = width;
  pen.beginPath();
  for (const [x1, y1, x2, y2] of strokes) {
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
  }
  pen.stroke();
}

function pattern(mark, colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = TILE;
  const pen = canvas.getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, TILE, TILE);
  pen.fillStyle = pen.strokeStyle = "#fff";
  MARKS[mark](pen);
  return pen.createPattern(canvas, "repeat");
}

function pie(counts, colours, radius) {
  const side = 2 * radius + 4;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  const total = counts.reduce((sum, count) => sum + count, 0);
  let from = -Math.PI / 2;
  counts.forEach((count, at) => {
    if (!count) return;
    const to = from + (2 * Math.PI * count) / total;
    pen.fillStyle = colours[at];
    pen.beginPath();
    pen.moveTo(side / 2, side / 2);
    pen.arc(side / 2, side / 2, radius, from, to);
    pen.fill();
    from = to;
  });
  pen.fillStyle = paper();
  pen.beginPath();
  pen.arc(side / 2, side / 2, radius * 0.62, 0, 7);
  pen.fill();
  return canvas;
}

function label(text, size = 12, weight = 400) {
  return new ol.style.Text({
    text,
    font: `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`,
    fill: new ol.style.Fill({ color: ink() }),
    stroke: new ol.style.Stroke({ color: paper(), width: 3 }),
    overflow: false,
  });
}

export function makeStyles(config, shown) {
  const colours = config.statuses.map((status) => status.colour);
  const keys = config.statuses.map((status) => status.key);
  const fills = Object.fromEntries(
    config.statuses.map(({ key, colour, mark }) => [
      key,
      new ol.style.Fill({ color: pattern(mark ?? key, colour) }),
    ]),
  );
  const edge = new ol.style.Stroke({ color: "#3a4650", width: 0.8 });
  const chosen = ["#000", "#ffd400"].map((color, at) => {
    const stroke = new ol.style.Stroke({ color, width: 7 - 3.5 * at });
    const image = new ol.style.Circle({ radius: 10, stroke });
    return new ol.style.Style({ stroke, image, zIndex: at });
  });
  const pies = new Map();

  // Where modes are shown a thing has that of its site, which the tile does not know.
  const statusOf = (feature) =>
    config.modes ? shown.modes[feature.getId()] : feature.get("status");

  function gathering(count) {
    const radius = Math.round(12 + 4 * Math.log10(count));
    return new ol.style.Style({
      image: new ol.style.Circle({
        radius,
        fill: new ol.style.Fill({ color: paper() }),
        stroke: new ol.style.Stroke({ color: "#5a6470", width: 3 }),
      }),
      text: label(count.toLocaleString(), 12, 600),
      zIndex: count,
    });
  }

  function cluster(feature) {
    if (config.modes) return gathering(feature.get("n"));
    const counts = keys.map((key) => (shown.statuses.has(key) ? feature.get(key) : 0));
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (!total) return null;
    const radius = Math.round(12 + 4 * Math.log10(total));
    const name = counts.join("-");
    if (!pies.has(name)) pies.set(name, pie(counts, colours, radius));
    return new ol.style.Style({
      image: new ol.style.Icon({ img: pies.get(name), size: [2 * radius + 4, 2 * radius + 4] }),
      text: label(total.toLocaleString(), 12, 600),
      zIndex: total,
    });
  }

  const ofCompound = {};
  for (const key of keys) ofCompound[key] = new ol.style.Style({ fill: fills[key], stroke: edge });
  const ofPoint = {};
  config.statuses.forEach(({ key, colour }) => {
    ofPoint[key] = new ol.style.Style({
      image: new ol.style.Circle({
        radius: 6,
        fill: new ol.style.Fill({ color: colour }),
        stroke: edge,
      }),
    });
  });

  function compounds(feature, resolution) {
    if (feature.get("n")) return cluster(feature);
    const status = statusOf(feature);
    if (!shown.statuses.has(status)) return null;
    const isPoint = feature.getType() === "Point";
    const styles = [isPoint ? ofPoint[status] : ofCompound[status]];
    if (resolution < 2.6 && feature.get("named"))
      styles.push(new ol.style.Style({ text: label(feature.get("name")) }));
    return styles;
  }

  const held = new ol.style.Style({
    fill: new ol.style.Fill({ color: "rgba(20,30,40,.28)" }),
    stroke: new ol.style.Stroke({ color: "rgba(20,30,40,.55)", width: 0.5 }),
  });
  const aside = new ol.style.Style({
    fill: new ol.style.Fill({ color: "rgba(130,140,150,.35)" }),
    stroke: new ol.style.Stroke({ color: "rgba(110,120,130,.8)", width: 0.5 }),
  });
  const gathered = new Map();

  function buildings(feature) {
    const count = feature.get("n");
    if (count) {
      const radius = Math.round(7 + 3 * Math.log10(count));
      if (!gathered.has(count)) {
        gathered.set(
          count,
          new ol.style.Style({
            image: new ol.style.RegularShape({
              points: 4,
              angle: Math.PI / 4,
              radius,
              fill: new ol.style.Fill({ color: "rgba(90,100,110,.8)" }),
              stroke: new ol.style.Stroke({ color: "#fff", width: 1 }),
            }),
            text: new ol.style.Text({
              text: String(count),
              font: "600 10px sans-serif",
              fill: new ol.style.Fill({ color: "#fff" }),
            }),
          }),
        );
      }
      return gathered.get(count);
    }
    if (!feature.get("scattered")) return held;
    const status = feature.get("status");
    if (!status || config.modes) return aside;
    return shown.statuses.has(status) ? ofCompound[status] : null;
  }

  const ofZone = new Map();
  function zones(feature, resolution) {
    const colour = config.zones[feature.getId()] ?? "#4D4D4D";
    if (!ofZone.has(colour)) {
      ofZone.set(colour, [
        // Dark hues are lost on a dark ground without it.
        new ol.style.Style({ stroke: new ol.style.Stroke({ color: "#ffffffd0", width: 4.6 }) }),
        new ol.style.Style({ stroke: new ol.style.Stroke({ color: colour, width: 2.6 }) }),
      ]);
    }
    if (resolution > 20 || !feature.get("named")) return ofZone.get(colour);
    const text = label(config.words.zone.replace("{number}", feature.get("number")), 13, 600);
    text.getFill().setColor(colour);
    text.getStroke().setColor("#fff");
    text.setOverflow(true);
    return [...ofZone.get(colour), new ol.style.Style({ text })];
  }

  const water = new ol.style.Style({
    fill: new ol.style.Fill({ color: "rgba(120,170,210,.5)" }),
    stroke: new ol.style.Stroke({ color: "#6fa3c7", width: 2.5 }),
  });
  const kinds = {
    river: water,
    railway: [
      new ol.style.Style({ stroke: new ol.style.Stroke({ color: "#555", width: 3 }) }),
      new ol.style.Style({
        stroke: new ol.style.Stroke({ color: "#fff", width: 1.5, lineDash: [7, 7] }),
      }),
    ],
    expressway: new ol.style.Style({
      stroke: new ol.style.Stroke({ color: "#a06a3c", width: 3.5 }),
    }),
    wall: new ol.style.Style({
      stroke: new ol.style.Stroke({ color: "#5b4b3a", width: 2, lineDash: [2, 3] }),
    }),
  };
  const road = new ol.style.Style({
    stroke: new ol.style.Stroke({ color: "#b8a98f", width: 1.8 }),
  });
  const barriers = (feature) => kinds[feature.get("kind")] ?? road;

  const open = new ol.style.Style({
    stroke: new ol.style.Stroke({ color: "#0b6e4f", width: 1.6 }),
  });
  const shut = new ol.style.Style({
    stroke: new ol.style.Stroke({ color: "#b3261e", width: 1.6, lineDash: [3, 4] }),
  });
  const links = (feature) => (feature.get("is_open") ? open : shut);

  const outline = new ol.style.Style({
    stroke: new ol.style.Stroke({ color: "#3a4650", width: 2.2, lineDash: [12, 4, 2, 4] }),
  });
  const inner = new ol.style.Style({
    stroke: new ol.style.Stroke({ color: "rgba(90,105,120,.75)", width: 1, lineDash: [5, 4] }),
  });
  const areas = (feature) => (feature.get("is_asked") ? outline : inner);

  const selected = (feature) => (feature.get("code") === shown.site ? chosen : null);

  return { areas, barriers, buildings, compounds, links, zones, selected };
}
