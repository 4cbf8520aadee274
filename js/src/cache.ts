import { refuseMore } from "./arguments.js";
import { decodeAnswers, encodeAnswers } from "./answers.js";
import { instant, string } from "./context.js";
import { malformed, unavailable } from "./faults.js";
import type { Engine, Instance } from "./instance.js";
import { answersOf, isPromise, type Answers, type KeyFunction } from "./key-source.js";
import { membersOf } from "./members.js";
import { requests as read, written } from "./requests.js";
import type { CacheOptions, FieldSeal, KeyAnswer, KeyRequest, KeySource } from "./types.js";
import type * as glue from "./wasm/glue.js";

/** A cache in one instance, and the source in front of which it stands. */
export interface Caching {
  handle: glue.KeyCache;
  source: KeySource;
}

/** Returns the cache in this instance, unless somebody replaced its functions. */
export function cacheIn(instance: Instance, keys: unknown): Caching | undefined {
  return keys instanceof KeyCacheBody && keys.isUnchanged() ? keys.in(instance) : undefined;
}

/** Makes the function `cacheKeys` of an engine. */
export function cachingOf(engine: Engine): FieldSeal["cacheKeys"] {
  const cacheKeys = (
    source: unknown,
    options: CacheOptions = {},
    ...more: unknown[]
  ): KeyCacheBody => {
    refuseMore("source and options", more);
    if ((typeof source !== "object" || source === null) && typeof source !== "function")
      throw malformed("a key source has the functions current and byId");
    if (source instanceof KeyCacheBody)
      throw malformed("this key source is a cache already: its entries would be kept twice");
    return new KeyCacheBody(engine, source as KeySource, boundsOf(options));
  };
  return cacheKeys as unknown as FieldSeal["cacheKeys"];
}

/** The bounds of a cache. */
type Bounds = [entries: number, maxAgeMs: number];

function boundsOf(options: unknown): Bounds {
  const members = membersOf("the options", ["entries", "maxAgeMs"], options);
  const { entries = 10_000, maxAgeMs = 300_000 } = members;
  return [
    bound("entries", entries, 2 ** 32 - 1),
    bound("maxAgeMs", maxAgeMs, Number.MAX_SAFE_INTEGER),
  ];
}

function bound(name: string, value: unknown, most: number): number {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > most)
    throw malformed(`\`${name}\` is a whole number from 0 to ${most}`);
  return value as number;
}

/**
 * A cache in front of a source. Its entries are in the memory of the instance that uses them, so
 * that a call does not carry them over.
 */
class KeyCacheBody {
  readonly #engine: Engine;
  readonly #source: KeySource;
  readonly #bounds: Bounds;
  readonly #handles = new WeakMap<Instance, glue.KeyCache>();
  /** Those with a handle. A policy of before `restart()` may still use an older one. */
  #instances: WeakRef<Instance>[] = [];

  constructor(engine: Engine, source: KeySource, bounds: Bounds) {
    this.#engine = engine;
    this.#source = source;
    this.#bounds = bounds;
  }

  /** Milliseconds that the source may take. */
  get timeoutMs(): number | undefined {
    return this.#source.timeoutMs;
  }

  current(requests: KeyRequest[], call?: unknown): Answers {
    return this.#answer("current", requests, call);
  }

  byId(requests: KeyRequest[], call?: unknown): Answers {
    return this.#answer("byId", requests, call);
  }

  evict(owner?: string, ...more: unknown[]): void {
    refuseMore("the owner", more);
    const reference = string("owner", owner);
    this.#instances = this.#instances.filter((known) => {
      const instance = known.deref();
      if (instance === undefined || instance.isDead) return false;
      instance.run(() => this.#handles.get(instance)?.evict(reference));
      return true;
    });
  }

  isUnchanged(): boolean {
    const { current, byId } = KeyCacheBody.prototype;
    return this.current === current && this.byId === byId;
  }

  in(instance: Instance): Caching {
    let handle = this.#handles.get(instance);
    if (handle === undefined) {
      handle = instance.run((glue) => glue.KeyCache.empty(...this.#bounds));
      this.#handles.set(instance, handle);
      this.#instances.push(new WeakRef(instance));
    }
    return { handle, source: this.#source };
  }

  /** Answers requests that no policy of this package makes. */
  #answer(name: KeyFunction, requests: KeyRequest[], call: unknown): Answers {
    const asked = written(requests);
    const [text, now] = [JSON.stringify(asked), instant(Date.now())];
    const instance = this.#engine.instance;
    const { handle } = this.in(instance);
    const asking = instance.run(() => handle.ask(text, now));
    const free = (): void => instance.free(asking);
    const finish = (answers: KeyAnswer[], count: number): KeyAnswer[] => {
      const records = encodeAnswers(answers, count);
      try {
        const all = instance.run(() => asking.finish(records));
        return decodeAnswers(all, asked.length);
      } finally {
        records.fill(0);
      }
    };
    let [answers, isAwaited]: [Answers, boolean] = [[], false];
    try {
      const missing = read(instance.run(() => asking.requests()));
      // The source may change the list.
      const { length } = missing;
      if (length > 0)
        answers = answersOf(this.#source, name, call === undefined ? [missing] : [missing, call]);
      if (!isPromise(answers)) return finish(answers, length);
      isAwaited = true;
      const given = Promise.resolve(answers).catch((cause: unknown) => {
        throw unavailable(cause);
      });
      return given.then((answers) => finish(answers, length)).finally(free);
    } finally {
      // Frees the cached keys that wait in it.
      if (!isAwaited) free();
    }
  }
}
