// The plan as the page holds it: which site is in which zone, and what the zones come to.
// It changes only by what the server answers.

export const OUT = "";

export class Plan extends EventTarget {
  constructor() {
    super();
    this.placement = new Map();
    this.locks = new Set();
    this.zones = new Map();
    this.problems = [];
    this.revision = 0;
    this.undo = 0;
    this.redo = 0;
    this.mayEdit = false;
  }

  /** Take the whole state of the plan. */
  load(state) {
    this.placement = new Map(Object.entries(state.placement));
    this.locks = new Set(Object.keys(state.locks || {}).filter((site) => state.locks[site]));
    this.zones = new Map(state.zones.map((zone) => [zone.zone, zone]));
    this.mayEdit = state.may_edit;
    this.take(state);
    this.tell([...this.placement.keys()]);
  }

  /** Take what an edit changed. */
  apply(answer) {
    const { placement = {}, locks = {} } = answer.changed || {};
    for (const [site, zone] of Object.entries(placement)) this.placement.set(site, zone);
    for (const [site, isLocked] of Object.entries(locks)) {
      if (isLocked) this.locks.add(site);
      else this.locks.delete(site);
    }
    for (const zone of answer.zones || []) {
      if (zone.gone) this.zones.delete(zone.zone);
      else this.zones.set(zone.zone, zone);
    }
    this.take(answer);
    this.tell([...Object.keys(placement), ...Object.keys(locks)]);
  }

  take({ revision, undo, redo, problems }) {
    this.revision = revision;
    this.undo = undo;
    this.redo = redo;
    this.problems = problems || this.problems;
  }

  tell(sites) {
    this.dispatchEvent(new CustomEvent("change", { detail: { sites } }));
  }

  zoneOf(site) {
    return this.placement.get(site) ?? OUT;
  }

  sitesOf(zone) {
    return [...this.placement].filter(([, held]) => held === zone).map(([site]) => site);
  }

  /** Zones in the order of their numbers. */
  ordered() {
    return [...this.zones.values()].sort((a, b) => Number(a.zone) - Number(b.zone));
  }
}
