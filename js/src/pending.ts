import { encodeAnswers } from "./answers.js";
import { cacheIn } from "./cache.js";
import type { Instance } from "./instance.js";
import { ask, askSync, type KeyFunction } from "./key-source.js";
import { requests } from "./requests.js";
import type { KeyRequest, KeySource, SyncKeySource } from "./types.js";
import type * as glue from "./wasm/glue.js";

/** A call that waits for the answers to its key requests. Free it in the end. */
export class Pending<R> {
  readonly #instance: Instance;
  readonly #step: glue.Step<R>;
  readonly #asks: KeyFunction;

  constructor(instance: Instance, step: glue.Step<R>, asks: KeyFunction) {
    this.#instance = instance;
    this.#step = step;
    this.#asks = asks;
  }

  /** Returns the keys that the call needs; after it looked into a cache, those that it lacks. */
  requests(): KeyRequest[] {
    return requests(this.#instance.run(() => this.#step.requests()));
  }

  /** Asks the source, and returns the answers as they cross. */
  async answers(keys: KeySource): Promise<Uint8Array> {
    const [source, asked] = this.#remaining(keys);
    // The source may change the list.
    const { length } = asked;
    return length === 0 ? NONE : encodeAnswers(await ask(source, this.#asks, asked), length);
  }

  /** Does what {@link answers} does, with a source that answers at once. */
  answersSync(keys: SyncKeySource): Uint8Array {
    const [source, asked] = this.#remaining(keys);
    const { length } = asked;
    if (length === 0) return NONE;
    return encodeAnswers(askSync(source as SyncKeySource, this.#asks, asked), length);
  }

  /** Looks into the cache, if the source is one. Returns the source to ask, and the requests. */
  #remaining(keys: KeySource): [source: KeySource, asked: KeyRequest[]] {
    const cache = cacheIn(this.#instance, keys);
    if (cache === undefined) return [keys, this.requests()];
    const isMissing = this.#instance.run(() => this.#step.lookup(cache.handle));
    return [cache.source, isMissing ? this.requests() : []];
  }

  /** Runs the second step, and wipes the answers. */
  finish(answers: Uint8Array): R {
    try {
      return this.#instance.run(() => this.#step.finish(answers));
    } finally {
      answers.fill(0);
    }
  }

  free(): void {
    this.#instance.free(this.#step);
  }
}

const NONE = new Uint8Array();
