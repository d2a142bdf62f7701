// Colours of zones: neighbours never share one (greedy colouring, the most constrained zone first).

export const PALETTE = [
  "#4e79a7",
  "#f28e2b",
  "#59a14f",
  "#b07aa1",
  "#edc948",
  "#76b7b2",
  "#e15759",
  "#9c755f",
  "#ff9da7",
  "#86bcb6",
];

/** Return zone → colour, for links [[site, site]…] between sites; a colour once given is kept. */
export function zoneColours(links, zoneOf, zones, kept = new Map()) {
  const near = neighbours(links, zoneOf);
  const given = new Map();
  const free = (zone, colour) =>
    ![...(near.get(zone) || [])].some((other) => given.get(other) === colour);
  for (const zone of zones) {
    const before = kept.get(zone);
    if (before && free(zone, before)) given.set(zone, before);
  }
  const left = zones.filter((zone) => !given.has(zone));
  left.sort((a, b) => (near.get(b)?.size || 0) - (near.get(a)?.size || 0) || Number(a) - Number(b));
  for (const zone of left) {
    const start = Number(zone) % PALETTE.length;
    const turned = [...PALETTE.slice(start), ...PALETTE.slice(0, start)];
    given.set(zone, turned.find((colour) => free(zone, colour)) || turned[0]);
  }
  return given;
}

function neighbours(links, zoneOf) {
  const near = new Map();
  const add = (a, b) => {
    if (!near.has(a)) near.set(a, new Set());
    near.get(a).add(b);
  };
  for (const [one, other] of links) {
    const [a, b] = [zoneOf(one), zoneOf(other)];
    if (a && b && a !== b) {
      add(a, b);
      add(b, a);
    }
  }
  return near;
}
