import type { FieldSealError } from "./error.js";
import type { Keyring } from "./types-keyring.js";
import type {
  CacheOptions,
  KeyAnswer,
  KeyCache,
  KeyRequest,
  KeySource,
  SyncKeyCache,
  SyncKeySource,
} from "./types-keys.js";
import type { Policy } from "./types-policy.js";
import type { EnvelopeHead, Version } from "./types-results.js";

export type * from "./types-call.js";
export type * from "./types-keyring.js";
export type * from "./types-keys.js";
export type * from "./types-options.js";
export type * from "./types-policy.js";
export type * from "./types-results.js";

/** The classes and functions of one WebAssembly module, as an entry exports them. */
export interface FieldSeal {
  Policy: typeof Policy;
  Keyring: typeof Keyring;
  FieldSealError: typeof FieldSealError;
  /** See `keysFrom` of the entry `fieldseal`. */
  keysFrom(requests: KeyRequest[], answers: KeyAnswer[]): SyncKeySource;
  /**
   * Puts a cache in front of a key source, so that the source is not asked for each document. Two
   * caches never answer for one another. After `restart()` a cache starts empty.
   *
   * ```ts
   * const keys = cacheKeys(kms, { maxAgeMs: 60_000 });
   * for (const order of orders) await policy.seal(order, context, keys);
   * keys.evict("ada"); // her key was erased, or rotated
   * ```
   *
   * @throws {FieldSealError} `context` for bounds that are no whole numbers, and for a source that
   *   is a cache already
   */
  cacheKeys(source: SyncKeySource, options?: CacheOptions): SyncKeyCache & KeyCache;
  cacheKeys(source: KeySource, options?: CacheOptions): KeyCache;
  /**
   * Returns the public head of an envelope, the content of a sealed string. It needs no key, so it
   * does not show that the envelope opens.
   *
   * @throws {FieldSealError} `not-sealed` for a text that does not start like an envelope,
   *   `unsupported` for a suite or flag that this release does not know, `integrity` for any other
   *   text that is not a whole envelope
   */
  inspectEnvelope(text: string): EnvelopeHead;
  /** See `restart` of the entry `fieldseal`. */
  restart(): void;
  /** See `version` of the entry `fieldseal`. */
  version(): Version;
}
