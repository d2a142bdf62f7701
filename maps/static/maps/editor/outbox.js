// Edits on their way to the server, one at a time. An edit that was not acknowledged is kept, also
// over a reload, and sent again under the same number: the server counts it once.
import { post } from "./api.js";

const WAITS_MS = [1000, 2000, 5000, 10000];

export class Outbox extends EventTarget {
  constructor(address, plan, key) {
    super();
    this.address = address;
    this.plan = plan;
    this.key = key;
    this.waiting = this.stored();
    this.isBusy = false;
    this.timer = 0;
  }

  stored() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key)) || [];
    } catch {
      return [];
    }
  }

  store() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.waiting));
    } catch {
      // Without room in the browser the edit still waits in memory.
    }
  }

  /** Put an edit in line; it is on its way at once where nothing is before it. */
  put(edit) {
    this.waiting.push({ request: crypto.randomUUID(), ...edit });
    this.store();
    this.send();
  }

  get isEmpty() {
    return this.waiting.length === 0;
  }

  async send(tries = 0) {
    if (this.isBusy || this.isEmpty) return;
    clearTimeout(this.timer);
    this.isBusy = true;
    this.tell("saving");
    const edit = this.waiting[0];
    const body = { revision: this.plan.revision, ...edit };
    const answer = await post(this.address, body).catch(() => ({ status: 0, body: {} }));
    this.isBusy = false;
    if (answer.status === 0 || answer.status >= 500) this.again(tries, answer);
    else this.settle(edit, answer);
  }

  again(tries, answer) {
    this.tell("unsaved", answer);
    const wait = WAITS_MS[Math.min(tries, WAITS_MS.length - 1)];
    this.timer = setTimeout(() => this.send(tries + 1), wait);
  }

  settle(edit, answer) {
    if (answer.status === 412) {
      this.tell("conflict", { edit, ...answer.body });
      return;
    }
    this.drop();
    if (answer.status === 200) {
      this.plan.apply(answer.body);
      this.tell("saved", { edit, ...answer.body });
    } else {
      this.tell("refused", { edit, status: answer.status, ...answer.body });
    }
    this.send();
  }

  /** Take the edit at the front out of the line. */
  drop() {
    this.waiting.shift();
    this.store();
  }

  /** Send the edit at the front once more, after what others did. */
  rebase() {
    this.waiting[0] = { ...this.waiting[0], request: crypto.randomUUID(), rebase: true };
    delete this.waiting[0].revision;
    this.store();
    this.send();
  }

  tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
