import { encodeAnswers, requests } from "./answers.js";
import type { Instance } from "./instance.js";
import { ask, askSync, type KeyFunction } from "./key-source.js";
import type { KeyRequest, KeySource, SyncKeySource } from "./types.js";
import type * as glue from "./wasm/glue.js";

/** A call that waits for the answers to its key requests. Free it in the end. */
export class Pending<S extends glue.Step> {
  readonly #instance: Instance;
  readonly #step: S;
  readonly #asks: KeyFunction;

  constructor(instance: Instance, step: S, asks: KeyFunction) {
    this.#instance = instance;
    this.#step = step;
    this.#asks = asks;
  }

  /** Returns the keys that the call needs. */
  requests(): KeyRequest[] {
    return requests(this.#instance.run(() => this.#step.requests()));
  }

  /** Asks the source for what is needed, and returns the answers as they cross. */
  async answers(keys: KeySource): Promise<Uint8Array> {
    const asked = this.requests();
    // Before the source is asked, which may change the list.
    const { length } = asked;
    return length === 0 ? NONE : encodeAnswers(await ask(keys, this.#asks, asked), length);
  }

  /** Does what {@link answers} does, with a source that answers at once. */
  answersSync(keys: SyncKeySource): Uint8Array {
    const asked = this.requests();
    const { length } = asked;
    return length === 0 ? NONE : encodeAnswers(askSync(keys, this.#asks, asked), length);
  }

  /** Runs the second step, and wipes the answers. */
  finish<T>(answers: Uint8Array, finish: (step: S, answers: Uint8Array) => T): T {
    try {
      return this.#instance.run(() => finish(this.#step, answers));
    } finally {
      answers.fill(0);
    }
  }

  free(): void {
    this.#instance.free(this.#step);
  }
}

const NONE = new Uint8Array();
