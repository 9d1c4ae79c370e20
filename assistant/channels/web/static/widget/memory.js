// What this tab keeps: nothing before the first message, nothing after "delete", never more than MOST.

/** @import { Kept, Turn } from "./types" */

const MOST = 300_000;

/** A random id, also where the page is not served over https. */
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Memory {
  /** Each page load is a life of its own: a copied tab must not send what the first one is sending. */
  life = newId();
  /** @type {Kept} */
  kept = { turns: [], ticks: {} };

  /** @param {string} key */
  constructor(key) {
    this.key = key;
    try {
      const found = JSON.parse(sessionStorage.getItem(key) ?? "null");
      if (Array.isArray(found?.turns)) this.kept = { ticks: {}, ...found };
    } catch { /* no storage here, or damaged: begin anew */ }
    // A discarded tab never said goodbye.
    if (this.kept.released || /** @type {any} */ (document).wasDiscarded) this.claim();
  }

  /** Take over the messages that wait. */
  claim() {
    this.waiting().forEach((turn) => (turn.life = this.life));
    this.kept.released = false;
    this.save();
  }

  /** Leave the messages that wait to the next page. */
  release() {
    this.kept.released = true;
    this.save();
  }

  waiting() {
    return this.kept.turns.filter((turn) => !turn.reply && !turn.refused);
  }

  /** The next message this page may send. @returns {Turn | undefined} */
  next() {
    return this.waiting().find((turn) => turn.life === this.life);
  }

  save() {
    const { turns } = this.kept;
    if (!turns.length) return;
    let text = JSON.stringify(this.kept);
    while (text.length > MOST && turns.length > 1) {
      turns.shift();
      text = JSON.stringify(this.kept);
    }
    try {
      sessionStorage.setItem(this.key, text);
    } catch { /* full or forbidden: the conversation lives in this page only */ }
  }

  forget() {
    this.kept = { turns: [], ticks: {} };
    try {
      sessionStorage.removeItem(this.key);
    } catch { /* there is none */ }
  }
}
