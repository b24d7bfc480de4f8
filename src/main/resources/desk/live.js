// What the relay tells while the page is open: events as long as they come, questions otherwise.

import { get } from './api.js';

const SILENCE = 12_000;
const POLL = 5_000;
const LONGEST_WAIT = 30_000;
/** Events are of the instance that sends them; whether there are others is asked now and then. */
const OTHERS = 30_000;

/** Reports to {relay(data), sample(sample), history(all), connection({mode, status})}; mode is live, polling or down. */
export class Live {
  #to;
  #source = null;
  #heard = 0;
  #told = 0;
  #failures = 0;
  #retry = null;
  #poll = null;
  #group = false;
  #asked = 0;

  constructor(to) {
    this.#to = to;
    setInterval(() => this.#check(), 2_000);
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#rest() : this.start()));
  }

  start() {
    this.#rest();
    this.#history();
    const source = new EventSource('desk/events');
    this.#source = source;
    this.#heard = Date.now();
    source.addEventListener('relay', (event) => {
      this.#alive();
      this.#told = Date.now();
      if (!this.#group) {
        this.#to.relay(JSON.parse(event.data));
      }
      this.#to.connection({ mode: 'live' });
    });
    source.addEventListener('sample', (event) => {
      this.#alive();
      this.#to.sample(JSON.parse(event.data));
    });
    source.addEventListener('beat', () => this.#alive());
    source.addEventListener('bye', () => this.start());
    source.onerror = () => this.#broken();
    this.#question();
  }

  /** A hidden page holds no connection: browsers have few of them for each host. */
  #rest() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#retry);
    clearTimeout(this.#poll);
    this.#retry = null;
    this.#poll = null;
  }

  #alive() {
    this.#heard = Date.now();
    this.#failures = 0;
    clearTimeout(this.#poll);
    this.#poll = null;
  }

  #check() {
    const now = Date.now();
    if (this.#source && now - this.#heard > SILENCE) {
      this.#broken();
    } else if (this.#source && this.#poll === null && now - this.#told > SILENCE) {
      this.#told = now;
      this.#question();
    } else if (this.#source && this.#poll === null && now - this.#asked > (this.#group ? POLL : OTHERS)) {
      this.#question();
    }
  }

  #broken() {
    this.#source?.close();
    this.#source = null;
    this.#failures += 1;
    const wait = Math.min(LONGEST_WAIT, 1_000 * 2 ** (this.#failures - 1)) * (0.5 + Math.random() / 2);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.start(), wait);
    this.#question();
  }

  /** Asks now, and again and again as long as no event comes. */
  async #question() {
    clearTimeout(this.#poll);
    this.#asked = Date.now();
    const answer = await get('actuator/relay');
    if (answer.ok) {
      this.#group = answer.data.instances?.length > 1 || answer.data.silent?.length > 0;
      this.#to.relay(answer.data);
      if (!this.#source) {
        this.#to.connection({ mode: 'polling' });
      }
    } else {
      this.#to.connection({ mode: 'down', status: answer.status, error: answer.error });
    }
    if ((!this.#source || this.#failures > 0 || !answer.ok) && !document.hidden) {
      clearTimeout(this.#poll);
      this.#poll = setTimeout(() => this.#question(), answer.status === 401 ? LONGEST_WAIT : POLL);
    }
  }

  async #history() {
    const answer = await get('desk/history');
    if (answer.ok) {
      this.#to.history(answer.data);
    }
  }
}
