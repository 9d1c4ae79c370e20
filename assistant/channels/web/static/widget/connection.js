// Talking to the server over plain requests: with a time limit, again and again, each message once.

/** @import { Answer, Turn } from "./types" */

const LIMIT = 20_000;
const LONGEST_WAIT = 30_000;
const MOST_TRIES = 5;

/** The server answered, but not with what was asked for. */
export class Refused extends Error {
  /** @param {number} status @param {number} wait milliseconds to wait; 0: not said @param {string} said */
  constructor(status, wait, said) {
    super(said);
    this.status = status;
    this.wait = wait;
  }
}

/**
 * Ask the server; the answer is its JSON, or null. Throws Refused, or what fetch throws.
 * @param {string} url
 * @param {object} [body]
 * @param {string} [method]
 * @returns {Promise<any>}
 */
export const call = async (url, body, method = body ? "POST" : "GET") => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LIMIT);
  try {
    const response = await fetch(url, {
      method,
      body: body && JSON.stringify(body),
      headers: body && { "Content-Type": "application/json" },
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: stop.signal,
    });
    if (response.ok) return response.status === 204 ? null : await response.json();
    const { error } = await response.json().catch(() => ({}));
    throw new Refused(response.status, 1000 * Number(response.headers.get("Retry-After")) || 0, error?.message ?? "");
  } finally {
    clearTimeout(timer);
  }
};

/** Sends what waits, one message after the other, until each is answered; the same id is answered once. */
export class Outbox {
  #busy = false;
  #tries = 0;
  #timer = 0;

  /**
   * @param {{
   *   next: () => Turn | undefined,
   *   send: (turn: Turn) => Promise<Answer>,
   *   done: (turn: Turn, answer: Answer) => void,
   *   refused: (turn: Turn, error: Refused) => void,
   *   trouble: (error: unknown, tries: number) => void,
   * }} way
   */
  constructor(way) {
    this.way = way;
  }

  get busy() {
    return this.#busy;
  }

  async flush() {
    clearTimeout(this.#timer);
    if (this.#busy) return;
    this.#busy = true;
    /** @type {Turn | undefined} */
    let turn;
    try {
      while ((turn = this.way.next())) {
        try {
          const answer = await this.way.send(turn);
          this.#tries = 0;
          this.way.done(turn, answer);
        } catch (error) {
          if (!(error instanceof Refused) || !this.#final(error)) throw error;
          this.#tries = 0;
          this.way.refused(turn, error);
        }
      }
    } catch (error) {
      const wait = (error instanceof Refused && error.wait) || Math.min(LONGEST_WAIT, 1000 * 2 ** this.#tries);
      this.#tries += 1;
      // A little chance, else all phones of a room come back in the same moment.
      this.#timer = setTimeout(() => this.flush(), wait * (1 + Math.random() / 4));
      this.way.trouble(error, this.#tries);
    } finally {
      this.#busy = false;
    }
  }

  /** Whether asking once more is useless. @param {Refused} error */
  #final({ status }) {
    if ([408, 425, 429, 502, 503, 504].includes(status)) return false;
    return status < 500 || this.#tries + 1 >= MOST_TRIES;
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
